"""Who is at the keyboard, and what that person may do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from db.errors import Refusal


class Role(StrEnum):
    """The four roles of an office; the stored code is the word itself."""

    ADMIN = "管理员"
    CLERK = "录入"
    APPROVER = "审批"
    READER = "查阅"


#: What each role may do. `private` = see protected personal data unmasked; `manage` = people,
#: settings, schemes, restore.
VERBS: dict[Role, frozenset[str]] = {
    Role.ADMIN: frozenset(
        {"read", "write", "retire", "approve", "import", "export", "print", "private", "manage"}
    ),
    Role.CLERK: frozenset({"read", "write", "retire", "import", "export", "print", "private"}),
    Role.APPROVER: frozenset({"read", "approve", "export", "print", "private"}),
    Role.READER: frozenset({"read"}),
}

_WORDS = {
    "read": "查看",
    "write": "修改",
    "retire": "停用",
    "approve": "审批",
    "import": "导入",
    "export": "导出",
    "print": "打印",
    "private": "查看个人敏感信息",
    "manage": "管理",
}


@dataclass(frozen=True, slots=True)
class Person:
    """The person who acts; id 0 is the program itself."""

    id: int
    name: str
    role: Role


PROGRAM = Person(0, "程序", Role.ADMIN)
_signed_in: Person | None = None
_thread = threading.local()


def _now() -> Person | None:
    person: Person | None = getattr(_thread, "person", None)
    return person or _signed_in


def acting() -> Person:
    """The person who has unlocked the program; refuses when nobody has."""
    person = _now()
    if person is None:
        raise Refusal("尚未登录，请先输入口令。")
    return person


def act_as(person: Person | None) -> None:
    """Set who acts from now on, in every thread; None locks."""
    global _signed_in
    _signed_in = person


@contextmanager
def acting_as(person: Person) -> Iterator[Person]:
    """Act as somebody for a while on this thread only, then as before."""
    before = getattr(_thread, "person", None)
    _thread.person = person
    try:
        yield person
    finally:
        _thread.person = before


@contextmanager
def approving(stem: str = "", label: str = "") -> Iterator[None]:
    """Write down a decision: inside, who may approve may also write the rows of that decision."""
    require("approve", stem, label)
    before = getattr(_thread, "approving", False)
    _thread.approving = True
    try:
        yield
    finally:
        _thread.approving = before


#: Registers that only the administrator may change, whatever the verb.
_managed: set[str] = set()


def keep_for_managers(stem: str) -> None:
    """Changes of this register need the right to manage; the registry calls it from Meta."""
    _managed.add(stem)


def can(verb: str, stem: str = "") -> bool:
    """Whether the acting person may do this to that register."""
    person = _now()
    if person is None:
        return False
    allowed = VERBS[person.role]
    if verb in {"write", "retire", "import"} and stem in _managed:
        return "manage" in allowed
    if verb == "write" and getattr(_thread, "approving", False):
        return "write" in allowed or "approve" in allowed
    return verb in allowed


def require(verb: str, stem: str = "", label: str = "") -> None:
    """Refuse in words when the acting person may not do this."""
    person = acting()
    if not can(verb, stem):
        what = f"“{label}”" if label else ""
        raise Refusal(
            f"“{person.name}”的权限是“{person.role}”，不能{_WORDS.get(verb, verb)}{what}。"
        )
