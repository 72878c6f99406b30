"""The decisions of this office (`db.registers.office_setting`), or the usual where it made none."""

from __future__ import annotations

from collections.abc import Mapping

from db import access, journal
from db.connection import database
from db.registers.office_setting import OfficeSetting
from db.rules import amount
from db.rules.office_settings import TEXT, declared


def value(key: str) -> int:
    """The number that holds in this office; the default also where no office is open, as for a blank sheet."""
    return int(_said(key))


def text(key: str) -> str:
    """Words of this office, as its address; "" until somebody writes them."""
    return str(_said(key))


def _said(key: str) -> int | str:
    known = declared()[key]
    if database.obj is None:
        return known.default
    row = OfficeSetting.living().where(OfficeSetting.key == key).first()
    if row is None or known.refusal(row.value):
        return known.default
    return str(row.value) if known.kind == TEXT else int(row.value)


def days(key: str) -> int:
    """A number of days."""
    return value(key)


def flag(key: str) -> bool:
    """Yes or no."""
    return bool(value(key))


def values() -> dict[str, int | str]:
    """Everything that may be decided, as it holds now."""
    return {key: _said(key) for key in declared()}


def numbers() -> dict[str, int]:
    """The numbers among it."""
    return {key: said for key, said in values().items() if isinstance(said, int)}


def change(given: Mapping[str, int | str]) -> int:
    """Decide anew, in one operation; returns how many values changed. For administrators."""
    access.require("manage")
    changed = {key: new for key, new in given.items() if new != _said(key)}
    if not changed:
        return 0
    labels = "、".join(declared()[key].label for key in changed)
    with journal.operation(f"修改本单位设置：{labels}"):
        for key, new in changed.items():
            row = OfficeSetting.living().where(OfficeSetting.key == key).first()
            row = row or OfficeSetting(key=key)
            row.value = str(new)
            row.save()
    return len(changed)


def in_capitals(cents: int, prefix: str = "人民币") -> str:
    """An amount in Chinese capitals, with 整 after 角 as this office writes it."""
    whole = flag("whole_after_jiao")
    return amount.capitals(cents, whole_after_jiao=whole, prefix=prefix)
