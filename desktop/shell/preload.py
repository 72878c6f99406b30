"""What the unlock page asks of the rest of the program, without loading it before it is painted."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from db.errors import Trouble

#: Loaded on the database worker while the person types; nothing here touches a widget.
NEXT = (
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.argon2",
    "db.office",
    "db.registry",
    "db.rules.id_number",
    "desktop.shell.frame",
    "desktop.shell.idle",
    "desktop.shell.keeping",
)


def people(folder: Path) -> list[tuple[int, str]]:
    """Who can unlock this folder: number and name."""
    from db import vault

    return [(slot.person, slot.name) for slot in vault.people(folder)]


def unlock(folder: Path, secret: str, person: int | None) -> Any:
    """Open the folder; returns who is acting. Raises what ``db.office.open_office`` raises."""
    from db import office

    return office.open_office(folder, secret, person)


def may_rescue(problem: Exception, folder: Path) -> bool:
    """Whether restoring a copy could help: the data is ill, not merely newer or in use elsewhere.

    Never for rows on a server: one that is not reached today has them all tomorrow.
    """
    from db import address, migrations, office

    if (folder / address.FILE).exists():
        return False

    sound = migrations.Newer | office.InUse
    return isinstance(problem, Trouble) and not isinstance(problem, sound)


def copies(folder: Path) -> list[tuple[str, str]]:
    """The copies of a folder that does not open, latest first: file name, and what it is in words."""
    from db import backup

    return [
        (each.file.name, f"{each.at.replace('T', ' ')[:16]}，{each.rows:,} 条记录")
        for each in backup.copies(folder)
    ]


def rescue(folder: Path, secret: str, copy: str, person: int | None) -> Any:
    """Restore a copy into a folder that no longer opens; returns who is acting."""
    from db import office

    return office.rescue(folder, secret, copy, person)


def preload() -> None:
    """Load what comes after the passphrase: the registers, the frame, the page of the last day."""
    for name in NEXT:
        importlib.import_module(name)
    from db import registry
    from db.codes import code_list
    from db.columns import columns_of
    from db.fields import Choice
    from desktop import settings
    from desktop.shell import walk

    for model in registry.models():
        for column in columns_of(model):
            if isinstance(column, Choice):
                code_list(column.codes_name)
    walk.tools()
    walk.load(str(settings.current["last_page"]))
