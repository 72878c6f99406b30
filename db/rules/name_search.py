"""Whether something typed into the search box means a name, and how well.

Typed may be: the name or a part of it, its full pinyin, its initials, or both mixed (zhang三,
zhangs, 张sm, zhangxm): then each character of the name stands as itself or as the beginning of its
reading. Dots, spaces, case and full-width forms do not matter; every reading counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from db.rules import pinyin
from db.rules.names import comparable

PATTERN_LENGTH = 4  # initials beyond the fourth narrow nothing any more
LONGEST_QUERY = 64


class Fit(IntEnum):
    """How well, best first."""

    EXACT = 0
    PREFIX = 1
    SOUND = 2
    MIXED = 3
    TAIL = 4
    PART = 5
    SOUND_PART = 6
    TEXT = 7


def typed(text: str) -> str:
    """What was typed, as it is compared."""
    plain = comparable(text)[:LONGEST_QUERY]
    return plain.replace("u:", "v").replace("ü", "v")


def fit_name(query: str, name: str) -> Fit | None:
    """How `typed` text fits one name; None if not at all."""
    plain = comparable(name)
    if query == plain:
        return Fit.EXACT
    if plain.startswith(query):
        return Fit.PREFIX
    best: Fit | None = Fit.PART if query in plain else None
    if not _has_letters(query):
        return best
    for reading in pinyin.readings(name):
        found = _fit_reading(query, plain, reading)
        if found is not None and (best is None or found < best):
            best = found
    return best


def _fit_reading(query: str, plain: str, reading: pinyin.Reading) -> Fit | None:
    full = "".join(reading)
    firsts = "".join(syllable[0] for syllable in reading)
    if query in (full, firsts):
        return Fit.EXACT
    if full.startswith(query) or firsts.startswith(query):
        return Fit.SOUND
    if _piecewise(query, plain, reading):
        return Fit.MIXED
    if not query.isascii() and any(
        _piecewise(query, plain[start:], reading[start:]) for start in range(1, len(plain))
    ):
        return Fit.PART
    return Fit.SOUND_PART if query in full or query in firsts else None


def _piecewise(query: str, plain: str, reading: pinyin.Reading) -> bool:
    """Whether the query is used up by characters from the start, each itself or begun in sound."""
    places = {0}
    length = len(query)
    for sign, syllable in zip(plain, reading, strict=False):
        onward: set[int] = set()
        for place in places:
            if query[place] == sign:
                onward.add(place + 1)
            for letter in syllable:
                if place >= length or query[place] != letter:
                    break
                place += 1
                onward.add(place)
        if length in onward:
            return True
        if not onward:
            return False
        places = onward
    return False


def sounds_alike(query: str, name: str) -> bool:
    """Whether some characters of a name in a row sound as those typed: 共天 for 公田村."""
    return any(
        asked == reading[start : start + len(asked)]
        for asked in pinyin.readings(query)
        for reading in pinyin.readings(name)
        for start in range(len(reading) - len(asked) + 1)
    )


def is_mixed(query: str) -> bool:
    """Whether the text may hold beginnings of readings next to characters, or several of them."""
    return len(query) > 1 and _has_letters(query)


def _has_letters(query: str) -> bool:
    return any("a" <= sign <= "z" for sign in query)


def initial_patterns(query: str, at_most: int = 200) -> list[str]:
    """Beginnings of initials that a mixed query may stand for, the selective part only.

    zhangs → zs, zhas, zhgs, …: every way to cut it into beginnings of syllables, each given by its
    first letter; four letters each, fewer where that would make more than `at_most` patterns.
    One-letter patterns are left out where the whole query is one syllable: the full pinyin covers it.
    """
    patterns: list[str] = []
    for length in range(PATTERN_LENGTH, 0, -1):
        patterns = _without_longer(p for p in _cuts(query, length) if len(p) > 1 or length == 1)
        if len(patterns) <= at_most:
            break
    return patterns


def _cuts(query: str, most: int) -> frozenset[str]:
    starts = pinyin.syllable_starts()
    length = len(query)
    after: list[frozenset[str]] = [frozenset()] * length + [frozenset({""})]
    for place in range(length - 1, -1, -1):
        sign = query[place]
        found: set[str] = set()
        if sign.isascii() and sign.isalpha():
            for end in range(place + 1, min(place + 6, length) + 1):
                if query[place:end] in starts:
                    found.update(sign + tail for tail in after[end])
        else:
            firsts = {reading[0][0] for reading in pinyin.readings(sign)}
            firsts.update(reading[0] for reading in pinyin.sign_readings(sign))
            found.update(first + tail for first in firsts for tail in after[place + 1])
        after[place] = frozenset(pattern[:most] for pattern in found)
    return after[0]


def _without_longer(patterns: Iterable[str]) -> list[str]:
    """The patterns that have no other one as their beginning."""
    kept: list[str] = []
    for pattern in sorted(patterns):
        if not kept or not pattern.startswith(kept[-1]):
            kept.append(pattern)
    return kept


def longest_run(query: str) -> str:
    """The longest run of characters that are no letters, to look for inside names."""
    runs = "".join(s if not ("a" <= s <= "z") else " " for s in query).split()
    return max(runs, key=len, default="")
