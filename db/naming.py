"""The office is called otherwise from now on: one step in the record of operations, and back again."""

from __future__ import annotations

from db import access, identity, journal
from db.errors import Fault, Refusal

_LONGEST = 60


def rename(name: str, undoes: int | None = None) -> int:
    """Give the office another name; returns the operation. For administrators.

    What was printed and what stands in the record keep the name they were made under.
    """
    access.require("manage")
    old, name = identity.identity().office_name, " ".join(name.split())
    if not name or len(name) > _LONGEST:
        raise Refusal.of_faults([Fault("name", f"请填写单位全称，不超过 {_LONGEST} 个字。")])
    if name == old:
        raise Refusal("名称没有变化。")
    with journal.operation(
        f"单位改名：由“{old}”改为“{name}”", kind=journal.RENAME, undoes=undoes
    ) as opened:
        identity.rename(name)
        journal.log(identity.STEM, 1, {"office_name": [old, name]})
        return opened.id


def take_back(done: journal.Operation) -> int:
    """Give the office the name it had before that operation; refuses when it was renamed again since."""
    old, new = journal.entries(done.id)[0].changes["office_name"]
    if identity.identity().office_name != new:
        raise Refusal("后来又改过名称，不能撤销这一步。请在“设置”里直接改。")
    return rename(old, undoes=done.id)
