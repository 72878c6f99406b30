"""姓氏笔画 and 姓名笔画: the two orders in which official lists of names stand.

Characters are compared by the number of their strokes, then stroke by stroke (横 竖 撇 点 折, as
GB 13000.1 字序规范 has it), then by their place in 通用规范汉字表. 姓氏笔画 (Party lists) counts the
middle of a two-character name as empty, so 田富 stands before 田大利; 姓名笔画 does not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from db.rules.names import MIDDLE_DOT


class SignKey(NamedTuple):
    """The place of one character: strokes, their kinds, then 0 known, 1 placed, 2 by count only."""

    strokes: int
    kinds: str
    sureness: int
    place: int


Key = tuple[SignKey, ...]

_EMPTY = SignKey(0, "", 0, 0)
_UNKNOWN_COUNT = 99  # signs without any data stand after all others, by code point
_DIGITS = re.compile(r"[1-5]+")
_COUNT = re.compile(r"(\d{1,2})画?")


@cache
def _table() -> tuple[dict[str, SignKey], dict[int, str], frozenset[str]]:
    """(keys of characters, characters of which only the count is known, those placed nearly)."""
    keys: dict[str, SignKey] = {}
    counts: dict[int, str] = {}
    near: set[str] = set()
    folder = resources.files("resources")
    for line in folder.joinpath("strokes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        first, _, rest = line.partition(" ")
        if first.startswith("="):
            counts[int(first[1:])] = rest
            continue
        place = 0
        for group in rest.split(" "):
            sureness = 1 if group[:1] in ("+", "~") else 0
            if group.startswith("~"):
                near.update(group)
            for sign in group[sureness:]:
                keys[sign] = SignKey(len(first), first, sureness, place)
                place += 1
    own = tomllib.loads(folder.joinpath("rules", "strokes.toml").read_text(encoding="utf-8"))
    for sign, kinds in own.get("characters", {}).items():
        keys[sign] = _typed(kinds) or keys.get(sign, _EMPTY)
    return keys, counts, frozenset(near)


@lru_cache(maxsize=65536)
def sign_key(sign: str) -> SignKey:
    """The place of one character."""
    keys, counts, _ = _table()
    key = keys.get(sign)
    if key is not None:
        return key
    for count, signs in counts.items():
        if sign in signs:
            return SignKey(count, "9", 2, ord(sign))
    return SignKey(_UNKNOWN_COUNT, "", 2, ord(sign))


def count(sign: str) -> int | None:
    """The number of strokes of a character; None if not known."""
    strokes = sign_key(sign).strokes
    return None if strokes == _UNKNOWN_COUNT else strokes


def unknown(name: str) -> str:
    """The characters of a name whose place in the order is not certain; "" if all is well.

    A list prints them for checking; the person's 笔画码 settles them.
    """
    _, _, near = _table()
    doubtful = (s for s in _signs(name) if sign_key(s).sureness == 2 or s in near)
    return "".join(doubtful)


def surname_key(name: str, override: str = "") -> Key:
    """The sort key of 姓氏笔画 order; `override` is the person's own 笔画码 (see `read_override`)."""
    keys = _keys(name, override)
    return (keys[0], _EMPTY, keys[1]) if len(keys) == 2 else keys


def name_key(name: str, override: str = "") -> Key:
    """The sort key of 姓名笔画 order: character by character, no empty middle."""
    return _keys(name, override)


def by_surname(names: Iterable[str]) -> list[str]:
    """The names in 姓氏笔画 order."""
    return sorted(names, key=surname_key)


def by_name(names: Iterable[str]) -> list[str]:
    """The names in 姓名笔画 order."""
    return sorted(names, key=name_key)


def _signs(name: str) -> str:
    return "".join(name.replace(MIDDLE_DOT, "").split())


def _keys(name: str, override: str) -> Key:
    keys = tuple(map(sign_key, _signs(name)))
    return _overridden(keys, override) if override else keys


def _overridden(keys: Key, override: str) -> Key:
    typed = read_override(override)
    return tuple(
        (typed[number] or key) if number < len(typed) else key for number, key in enumerate(keys)
    )


@lru_cache(maxsize=4096)
def read_override(text: str) -> tuple[SignKey | None, ...]:
    """A typed 笔画码: for each character its strokes (12343), its count (9画) or - for the table.

    Parts are separated by spaces or slashes. A part that is none of these counts as “-”.
    """
    return tuple(_typed(part) for part in re.split(r"[\s/、，,]+", text.strip()))


def _typed(part: str) -> SignKey | None:
    if _DIGITS.fullmatch(part):
        return SignKey(len(part), part, 0, 0)
    match = _COUNT.fullmatch(part)
    return SignKey(int(match.group(1)), "9", 2, 0) if match else None
