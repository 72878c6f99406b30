"""Rows a second of Morango's push from one Django process to another over loopback HTTP, SQLite both.

Run by an interpreter that has morango. A row has the fields of a row of an office's ledger; what counts
is one push from serializing to the server's last deserialized row.

    python morango_sync.py FOLDER ROWS
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SETTINGS = """
import os
from pathlib import Path
SECRET_KEY = "measuring"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "morango.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "morango", "ledger",
]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(Path(__file__).parent / os.environ["SIDE"]),
    "OPTIONS": {"timeout": 100},
}}
"""

MODELS = """
from django.db import models
from morango.models import SyncableModel

class Row(SyncableModel):
    morango_profile = "ledger"
    morango_model_name = "row"
    office, name, kind, address, phone, situation, found, notes, retired, people = (
        models.CharField(max_length=60, blank=True) for _ in range(10)
    )
    dataset = models.CharField(max_length=32)

    def calculate_source_id(self, *args, **kwargs):
        return None

    def calculate_partition(self, *args, **kwargs):
        return self.dataset
"""

PREPARE = """
import django; django.setup()
from django.core.management import call_command
call_command("makemigrations", "ledger", verbosity=0)
call_command("migrate", verbosity=0)
from morango.models import Certificate, ScopeDefinition
ScopeDefinition.objects.create(
    id="full", profile="ledger", version=1, primary_scope_param_key="mainpartition",
    description="all", read_filter_template="", write_filter_template="",
    read_write_filter_template="${mainpartition}",
)
Certificate.generate_root_certificate("full")
"""

PUSH = """
import sys, time
import django; django.setup()
from ledger.models import Row
from morango.models import Certificate, DatabaseIDModel, Filter, InstanceIDModel, Store
from morango.sync.controller import MorangoProfileController
certificate = Certificate.objects.get()
for at in range(int(sys.argv[1])):
    Row(
        office="150823102", name=f"第{at}户", kind="household", address=f"{at % 9}组{at}号",
        phone=f"139{10000000 + at}", situation="已走访", found="道路需要维修", people=str(at % 6),
        dataset=certificate.id,
    ).save()
start = time.perf_counter()
controller = MorangoProfileController("ledger")
network = controller.create_network_connection(sys.argv[2])
session = network.create_sync_session(certificate, certificate, chunk_size=500)
client = session.get_push_client()
client.initialize(Filter(certificate.id))
client.run()
client.finalize()
session.close_sync_session()
print(int(sys.argv[1]) / (time.perf_counter() - start))
"""

FORGET = """
import django; django.setup()
from morango.models import DatabaseIDModel, InstanceIDModel
InstanceIDModel.objects.all().delete()
DatabaseIDModel.objects.all().delete()
"""

COUNT = "import django; django.setup()\nfrom ledger.models import Row\nprint(Row.objects.count())"


def main(folder: Path, rows: int) -> float:
    """Make both sides, start the one, push from the other; returns rows a second."""
    (folder / "ledger" / "migrations").mkdir(parents=True)
    for name in ("ledger/__init__.py", "ledger/migrations/__init__.py"):
        (folder / name).touch()
    (folder / "measuring.py").write_text(SETTINGS, encoding="utf-8")
    (folder / "ledger" / "models.py").write_text(MODELS, encoding="utf-8")

    def run(side: str, code: str, *arguments: str) -> str:
        environ = {"DJANGO_SETTINGS_MODULE": "measuring", "SIDE": side, "PYTHONPATH": str(folder)}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, *arguments],
            cwd=folder, env=environ, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr)
        return done.stdout

    run("town.db", PREPARE)
    shutil.copy(folder / "town.db", folder / "county.db")
    run("county.db", FORGET)
    environ = {
        "DJANGO_SETTINGS_MODULE": "measuring",
        "SIDE": "county.db",
        "PYTHONPATH": str(folder),
    }
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "django", "runserver", "--noreload", "127.0.0.1:8731"],
        cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for("http://127.0.0.1:8731/")
        rate = float(run("town.db", PUSH, str(rows), "http://127.0.0.1:8731/").split()[-1])
    finally:
        server.terminate()
        server.wait()
    if int(run("county.db", COUNT)) != rows:
        raise SystemExit("not all rows arrived")
    return rate


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))
