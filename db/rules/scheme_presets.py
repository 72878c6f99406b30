"""The schemes that ship with the program: `resources/schemes/*.toml`, each a circular's rules as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from db.presets import shipped
from db.rules.scheme import Scheme
from db.rules.scheme_reading import read_scheme


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped scheme: its file's stem, its body as plain values (fit for JSON), and the scheme."""

    stem: str
    body: dict[str, Any]
    scheme: Scheme


@cache
def presets() -> tuple[Preset, ...]:
    """All shipped schemes, by the name of their file."""
    return tuple(preset(stem) for stem in _texts())


@cache
def preset(stem: str) -> Preset:
    """One shipped scheme; KeyError if there is none of that name."""
    body = _plain(tomllib.loads(_texts()[stem], parse_float=Decimal))
    return Preset(stem, body, read_scheme(body))


@cache
def _texts() -> dict[str, str]:
    return dict(shipped("schemes"))


def _plain(value: Any) -> Any:
    """Decimals as text: JSON must not turn 0.1 into something else."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value
