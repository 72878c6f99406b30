"""Pinyin of names: without tones, ü as v, every usual reading of a polyphonic surname.

The single-character dictionary of pypinyin is read as a file: importing the package would cost a
quarter of a second and its phrases, which names do not need and which read surnames wrong.
"""

from __future__ import annotations

import itertools
import json
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources, util
from pathlib import Path

from db.rules.names import comparable

Reading = tuple[str, ...]

MOST_READINGS = 8  # of one name; the usual ones come first
_MARKS = {"\u0304", "\u0301", "\u030c", "\u0300"}  # the four tones


@cache
def _dictionary() -> dict[str, str]:
    """Code point as text → readings with tones, the usual one first."""
    spec = util.find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin")
    path = Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


@cache
def _own() -> tuple[dict[str, tuple[Reading, ...]], dict[str, tuple[str, ...]]]:
    """(readings of surnames by syllables, readings of single characters)."""
    path = resources.files("resources").joinpath("rules", "pinyin.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    surnames = {
        name: tuple(tuple(reading.split()) for reading in readings)
        for name, readings in table["surnames"].items()
    }
    return surnames, {sign: tuple(readings) for sign, readings in table["given"].items()}


def _toneless(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading)
    plain = unicodedata.normalize("NFC", "".join(s for s in letters if s not in _MARKS))
    return plain.replace("ü", "v").replace("ê", "e")


@lru_cache(maxsize=65536)
def sign_readings(sign: str) -> tuple[str, ...]:
    """The readings of a character inside a name; a sign without any stands for itself."""
    own = _own()[1].get(sign)
    if own is not None:
        return own
    if sign.isascii():
        return (sign.lower(),)
    tones = _dictionary().get(str(ord(sign)))
    return (_toneless(tones.partition(",")[0]),) if tones else (sign.casefold(),)


@lru_cache(maxsize=65536)
def _surname_readings(sign: str) -> tuple[Reading, ...]:
    own = _own()[0].get(sign)
    return own if own is not None else tuple((reading,) for reading in sign_readings(sign))


@lru_cache(maxsize=16384)
def readings(name: str) -> tuple[Reading, ...]:
    """All readings of a name, syllable by syllable, the usual one first; at most eight.

    Dots and spaces do not count; letters and digits stand for themselves.
    """
    plain = comparable(name)
    if not plain:
        return ()
    surnames = _own()[0]
    length = 2 if plain[:2] in surnames and len(plain) > 2 else 1
    heads = surnames[plain[:2]] if length == 2 else _surname_readings(plain[0])
    rest = [sign_readings(sign) for sign in plain[length:]]
    if len(heads) == 1 and all(len(choices) == 1 for choices in rest):
        return ((*heads[0], *(choices[0] for choices in rest)),)
    # Rather every reading of the surname than every combination of the given name.
    usual = [(*head, *(choices[0] for choices in rest)) for head in heads]
    every = ((*head, *tail) for tail in itertools.product(*rest) for head in heads)
    return tuple(dict.fromkeys(itertools.islice(itertools.chain(usual, every), 64)))[:MOST_READINGS]


def written(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All readings of a name written together, and all their initials.

    单小芳 → (shanxiaofang, danxiaofang, …), (sxf, dxf, …)
    """
    every = readings(name)
    if len(every) == 1:
        only = every[0]
        return ("".join(only),), ("".join([syllable[0] for syllable in only]),)
    together = dict.fromkeys(["".join(reading) for reading in every])
    firsts = dict.fromkeys(["".join([s[0] for s in reading]) for reading in every])
    return tuple(together), tuple(firsts)


def full(name: str) -> tuple[str, ...]:
    """All readings written together: 单小芳 → shanxiaofang, danxiaofang, …"""
    return written(name)[0]


def initials(name: str) -> tuple[str, ...]:
    """The first letters of all readings: 单小芳 → sxf, dxf, cxf."""
    return written(name)[1]


def sound_key(name: str) -> tuple[Reading, str]:
    """The sort key of 音序 order: by the usual reading, equal ones by character."""
    every = readings(name)
    return (every[0] if every else (), name)


@cache
def syllable_starts() -> frozenset[str]:
    """Every beginning of every syllable: what typed letters may stand for."""
    path = resources.files("resources").joinpath("rules", "pinyin.toml")
    syllables = tomllib.loads(path.read_text(encoding="utf-8"))["syllables"].split()
    return frozenset(s[:end] for s in syllables for end in range(1, len(s) + 1))
