"""PostgreSQL's driver is there in a product whose Python has no TLS of its own."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name == "_ssl":
            raise ModuleNotFoundError("No module named '_ssl'", name="_ssl")
sys.meta_path.insert(0, Without())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "_ssl" else found(name, *more)
from db import driver
driver.load()
import psycopg
assert "ssl" not in sys.modules
print(psycopg.pq.__impl__)
"""


def test_the_driver_loads_where_python_has_no_ssl() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True)
    assert done.stdout.strip() == "binary", done.stderr
