"""Names as the people of a banner carry them: Han by generation, Mongolian in Han transcription."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

from db.demonstration.words import Weighted, words

HAN, MONGOLIAN, HUI, MANCHU, UYGUR, KAZAKH = "01", "02", "03", "11", "05", "17"
_OWN_SURNAMES = {MONGOLIAN: "mongolian", HUI: "hui", MANCHU: "manchu"}
_OWN_NAMES = {UYGUR: "uygur", KAZAKH: "kazakh"}


@cache
def _surnames(kind: str) -> Weighted:
    return Weighted(words("people")["surnames"][kind])


@cache
def _generation(born: int) -> dict[str, Any]:
    given = words("people")["given"]
    starts = sorted(int(year) for year in given)
    return dict(given[str(max((s for s in starts if s <= born), default=starts[0]))])


def name_of(rng: Random, *, male: bool, born: int, ethnicity: str = HAN) -> str:
    """A full name for somebody born in that year."""
    if ethnicity in _OWN_NAMES:
        return str(rng.choice(words("people")["others"][_OWN_NAMES[ethnicity]]))
    if ethnicity == MONGOLIAN and rng.random() < 0.62:
        return _mongolian(rng, male=male)
    if ethnicity == HAN and rng.random() < 0.004:
        surname: str = rng.choice(words("people")["surnames"]["compound"])
    else:
        surname = _surnames(_OWN_SURNAMES.get(ethnicity, "weights")).draw(rng)
    return surname + _given(rng, male=male, born=born)


def _mongolian(rng: Random, *, male: bool) -> str:
    lists = words("people")["mongolian"]
    name = str(rng.choice(lists["man" if male else "woman"]))
    chance = rng.random()
    if chance < 0.014:
        return f"{rng.choice(lists['clans'])}·{name}"
    if chance < 0.10 and len(name) <= 3:
        return _surnames("mongolian").draw(rng) + name
    return name


def _given(rng: Random, *, male: bool, born: int) -> str:
    sets = _generation(born)["man" if male else "woman"]
    if rng.random() < 0.006:
        rare = rng.choice(words("people")["rare"]["characters"])
        return str(rare if rng.random() < 0.5 else rng.choice(sets["first"]) + rare)
    single = 0.10 if born < 1966 else 0.30 if born < 1996 else 0.22
    if rng.random() < single:
        return str(rng.choice(sets["single"]))
    first, second = rng.choice(sets["first"]), rng.choice(sets["second"])
    return str(first + (second if second != first else rng.choice(sets["single"])))
