"""证书编号: the numbers of a round's certificates, by the pattern the office uses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from db.errors import Refusal

_SLOT = re.compile(r"\{(年|类|序号)(?::(\d{1,2}))?\}")


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that would give everybody the same number, or has unknown words."""
    if "序号" not in {m.group(1) for m in _SLOT.finditer(pattern)}:
        raise Refusal("证书编号样式里要有 {序号}")
    rest = _SLOT.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise Refusal("证书编号样式里只能用 {年}、{类}、{序号} 或 {序号:3}")


def number(pattern: str, year: int, kind: int, serial: int) -> str:
    """One number: {年}-{类}-{序号:3} → 2026-1-007."""
    values = {"年": year, "类": kind, "序号": serial}
    return _SLOT.sub(lambda m: f"{values[m.group(1)]:0{m.group(2) or 1}d}", pattern)


def numbers(pattern: str, year: int, kinds: Iterable[int], used: Iterable[str] = ()) -> list[str]:
    """A fresh number for each award, in order; `kinds` is each one's place of award type.

    Where the pattern tells the kind, each kind counts from 1. Numbers in `used` are passed over.
    """
    check_pattern(pattern)
    by_kind = "类" in {m.group(1) for m in _SLOT.finditer(pattern)}
    taken = set(used)
    counters: dict[int, int] = {}
    found = []
    for kind in kinds:
        key = kind if by_kind else 0
        while True:
            counters[key] = counters.get(key, 0) + 1
            fresh = number(pattern, year, kind, counters[key])
            if fresh not in taken:
                break
        taken.add(fresh)
        found.append(fresh)
    return found
