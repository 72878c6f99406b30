"""What is found at a server's address, before anything is made there or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from db import address, migrations, sharing, vault
from db.connection import dialect
from db.errors import Refusal

#: empty: nothing, or what a founding left that was broken off; office: one is in it; gone: one was
#: and has moved away; foreign: tables that are not ours.
State = Literal["empty", "office", "gone", "foreign"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """Which office a database holds and who can unlock it."""

    state: State
    name: str = ""
    code: str = ""
    people: tuple[tuple[int, str], ...] = ()

    @property
    def words(self) -> str:
        """What was found, in one sentence."""
        if self.state == "empty":
            return "连上了：数据库是空的，用户有建表的权限。"
        if self.state == "foreign":
            return "连上了，但这个数据库里已有别的表，不能用。请管理员另建一个空的数据库。"
        office = f"“{self.name}”（{self.code}）"
        if self.state == "gone":
            return f"连上了，但{office}的台账已从这个数据库搬走，这里只留有底本。"
        return f"连上了：数据库里是{office}的台账。"

    def require_empty(self) -> None:
        """Refusal when an office cannot be put into this database."""
        if self.state == "office":
            raise Refusal(
                f"这个数据库里已经有“{self.name}”（{self.code}）的台账，没有改动它。"
                "要从这台电脑使用它，请选“加入”；要另放一份，请管理员另建一个空的数据库。"
            )
        if self.state != "empty":
            raise Refusal(self.words)

    def require_office(self) -> None:
        """Refusal when there is nothing in this database to join."""
        if self.state == "empty":
            raise Refusal(
                "连上了，但这个数据库里还没有台账，无从加入。请先在一台电脑上新建，或核对数据库名。"
            )
        if self.state != "office":
            raise Refusal(self.words)


def look(url: str) -> Prospect:
    """Enter, look round, leave: nothing is written.

    Refusal when the address is wrong, the rights do not suffice or the database does not keep text
    as UTF-8; Trouble when the server is not reached, or a newer program wrote what is there.
    """
    opened = address.open_server(url)
    try:
        return _look(opened)
    finally:
        opened.close_everywhere()


def _look(opened: Any) -> Prospect:
    _require_rights(opened)
    tables = dialect(opened).columns(opened)
    if not tables:
        return Prospect("empty")
    number = dialect(opened).schema(opened)
    if not number:
        return Prospect("foreign")
    migrations.require_known(number)
    kept = sharing.kept_vault(opened)
    gone = address.moved_to(opened) is not None
    if "identity" not in tables or not (kept or gone):
        return Prospect("empty")
    row = opened.execute_sql("SELECT office_name, office_code FROM identity").fetchone()
    if row is None:
        return Prospect("empty")
    name, code = map(str, row)
    if gone:
        return Prospect("gone", name, code)
    people = tuple((slot.person, slot.name) for slot in vault.people_in(kept))
    return Prospect("office", name, code, people)


def _require_rights(opened: Any) -> None:
    row = opened.execute_sql(
        "SELECT has_schema_privilege(current_schema(), 'CREATE'),"
        " has_database_privilege(current_database(), 'TEMPORARY')"
    ).fetchone()
    if not (row[0] and row[1]):
        raise Refusal(
            "连上了，但这个用户没有在数据库里建表的权限，没有改动什么。"
            "请管理员把数据库的所有者设为这个用户（见 docs/postgresql.md）。"
        )
