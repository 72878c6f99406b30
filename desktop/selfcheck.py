"""What a new version does when it is tried: loads all of itself, draws a window, opens a copy of the data.

Asked by the version before (`desktop.updating.trial`): a JSON object on standard input names the copy and
its key, the answer goes into a file.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

from db import release
from desktop import reporting
from desktop.updating.trial import FAILED


def check(asked: dict[str, Any]) -> dict[str, Any]:
    """Look at oneself; raises whatever is broken."""
    from db import migrations, registry

    return {
        "version": release.version(),
        "schema": migrations.newest(),
        "registers": len(registry.models()),
        "modules": _load_all(),
        "window": _draw(),
        "counts": _open(asked) if asked else {},
    }


def _load_all() -> int:
    """Every module of the desk, and the registers and scripts that are only found by walking.

    What else of `db` the desk needs comes along; a server's driver, which a product may lack, does not.
    """
    import db.migrations
    import db.registers
    import desktop

    count = 0
    for package in (desktop, db.registers, db.migrations):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
                count += 1
    return count


def _draw() -> bool:
    from desktop.shell.frame import Frame
    from desktop.shell.unlock import UnlockPage
    from desktop.start import application

    application(["zhengyou"])
    return not any(page.grab().isNull() for page in (UnlockPage(), Frame()))


def _open(asked: dict[str, Any]) -> dict[str, int]:
    """Open the copy as this version would, migrations and all; returns the rows per table."""
    from db import connection, copying, migrations
    from db.connection import database, dialect
    from db.errors import Trouble

    key = bytes.fromhex(asked["key"])
    connection.attach(connection.open_file(Path(asked["file"]), key, mode="delete"))
    try:
        migrations.run(lambda: None)
        migrations.prepare()
        found = database.execute_sql(dialect().integrity_findings()).fetchall()
        if [row[0] for row in found] != ["ok"]:
            raise Trouble("升级后的数据检验不通过。")
        return copying.count_rows(database)
    finally:
        connection.detach()


def run(report: Path, text: str) -> dict[str, Any]:
    """Check oneself as asked and write the answer down, also what is broken."""
    try:
        said = check(json.loads(text or "{}"))
    except Exception as problem:
        broken = reporting.report(problem).splitlines()[-4:]
        report.write_text(json.dumps({FAILED: broken}, ensure_ascii=False), encoding="utf-8")
        raise
    report.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return said
