"""The schemes that ship with the program: `resources/schemes/*.toml`, each a circular's rules as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

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
    folder = resources.files("resources").joinpath("schemes")
    stems = sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )
    return tuple(preset(stem) for stem in stems)


@cache
def preset(stem: str) -> Preset:
    """One shipped scheme; KeyError if there is none of that name."""
    path = resources.files("resources").joinpath("schemes", f"{stem}.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(stem) from None
    body = _plain(tomllib.loads(text, parse_float=Decimal))
    return Preset(stem, body, read_scheme(body))


def _plain(value: Any) -> Any:
    """Decimals as text: JSON must not turn 0.1 into something else."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value
