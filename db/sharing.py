"""One office on a server, several PCs: the vault they share, and how a further PC comes to it.

Each PC's folder holds its own copy of `vault.json`; the one on the server is what counts. It opens
nothing without a passphrase.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from db import address, vault
from db.connection import database, dialect
from db.errors import Refusal, Trouble


def empty_server(url: str) -> Any:
    """Open a database on a server that no office is in yet; Refusal when it holds anything else.

    What a founding or a move that was broken off left there is taken away.
    """
    opened = address.open_server(url)
    try:
        _empty(opened)
    except BaseException:
        opened.close_everywhere()
        raise
    return opened


def _empty(opened: Any) -> None:
    tables = dialect(opened).columns(opened)
    if not tables:
        return
    if not dialect(opened).schema(opened):
        raise Refusal("这个数据库里已有别的表，请管理员另建一个空的数据库。")
    if kept_vault(opened):
        raise Refusal(
            "这个数据库里已经有一份台账，没有改动它。要从这台电脑使用它，请选“加入”"
            "（命令行加 --join）；要另建，请换一个空的数据库。"
        )
    with opened.atomic():
        names = ", ".join(f'"{name}"' for name in tables if name != "server_schema")
        opened.execute_sql(f"TRUNCATE {names}")
        for statement in dialect(opened).journal_tables():
            opened.execute_sql(statement)


def kept_vault(opened: Any) -> str:
    """The vault that a server keeps for all PCs; "" when none was laid down yet."""
    row = opened.execute_sql("SELECT text FROM server_vault").fetchone()
    return "" if row is None else str(row[0])


def give_vault(folder: Path, opened: Any = None) -> None:
    """Lay this folder's vault down on the server for the other PCs."""
    place = opened or database
    if not place.shared:
        return
    place.execute_sql(
        "INSERT INTO server_vault VALUES (1, ?) ON CONFLICT (one) DO UPDATE"
        " SET text = excluded.text",
        (vault.text(folder),),
    )


def take_vault(folder: Path) -> bool:
    """Bring this folder's vault to what the server has; whether that was something new."""
    if not database.shared:
        return False
    kept = kept_vault(database)
    with suppress(Trouble):
        if kept == vault.text(folder):
            return False
    if not kept:
        # A move was killed before its last step.
        give_vault(folder)
        return False
    vault.put(folder, kept)
    return True


@contextmanager
def one_vault(folder: Path) -> Iterator[None]:
    """Change the vault inside: nobody else does meanwhile, and everybody gets what came of it."""
    if not database.shared:
        yield
        return
    with database.atomic():
        take_vault(folder)
        yield
        give_vault(folder)


def fetch_vault(folder: Path, url: str) -> None:
    """Take over the vault of the office on a server into a fresh folder; Refusal when there is none."""
    opened = address.open_server(url)
    try:
        address.require_here(opened)
        kept = kept_vault(opened) if dialect(opened).schema(opened) else ""
    finally:
        opened.close_everywhere()
    if not kept:
        raise Refusal("这个数据库里还没有台账，无从加入。请先在一台电脑上新建。")
    vault.put(folder, kept)
