"""Training offices for the tests: each scale is built once a run, also when workers share the run."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from db import demonstration, office, registry, resettling, vault
from db.connection import database

CHEAP = {"memory": 64, "iterations": 1, "lanes": 1}


def _take(lock: IO[str]) -> None:
    """Wait until no other worker has this file; it is given back when it is closed."""
    if sys.platform == "win32":
        import msvcrt

        taken = False
        while not taken:
            with suppress(OSError):  # it gives up by itself after ten seconds
                msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                taken = True
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)


def built(shared: Path, scale: str) -> Path:
    """The folder of a training office, made by whoever comes first."""
    folder = shared / f"training-{scale}"
    with (shared / f"training-{scale}.lock").open("w") as lock:
        _take(lock)
        if not (folder / demonstration.PASSPHRASE_FILE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            kept, vault.COST = vault.COST, CHEAP
            try:
                demonstration.build(folder, scale, 1)
            finally:
                vault.COST = kept
    return folder


def borrowed(shared: Path, own: Path, scale: str) -> Path:
    """A copy for one worker: a folder can be open in one program only."""
    template = built(shared, scale)
    if own == shared:
        return template
    folder = own / template.name
    if not folder.exists():
        shutil.copytree(template, folder)
    return folder


def on_server(folder: Path, fresh: Callable[[], str]) -> Path:
    """A copy whose rows were moved to a server, once a run."""
    moved = folder.with_name(f"{folder.name}-server")
    if not moved.exists():
        shutil.copytree(folder, moved)
        opened(moved)
        try:
            resettling.to_server(moved, office.current().key, fresh())
        finally:
            office.close_office()
    return moved


def opened(folder: Path) -> None:
    """Open it with the passphrase that lies beside it."""
    secret = (folder / demonstration.PASSPHRASE_FILE).read_text(encoding="utf-8").strip()
    office.open_office(folder, secret)


def digest() -> str:
    """One number for every row of every register of the open office."""
    whole = hashlib.sha256()
    for model in sorted(registry.models(), key=lambda one: one.stem()):
        rows = database.execute_sql(f'SELECT * FROM "{model.stem()}" ORDER BY id').fetchall()
        whole.update(
            json.dumps([model.stem(), [list(row) for row in rows]], ensure_ascii=False).encode()
        )
    return whole.hexdigest()
