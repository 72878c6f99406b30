"""The few numbers of the exchange that an office may set itself; the usual ones stand in resources/exchange.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from db import access
from db.connection import database
from db.errors import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """One number: its label, help, unit, usual and highest value."""

    name: str
    label: str
    help: str
    unit: str
    usual: int
    highest: int


@cache
def limits() -> dict[str, Limit]:
    """Every limit by name."""
    text = (files("resources") / "exchange.toml").read_text(encoding="utf-8")
    return {name: Limit(name, **one) for name, one in tomllib.loads(text).items()}


def number(name: str) -> int:
    """The number in force, in its unit."""
    row = database.execute_sql(
        "SELECT value FROM exchange_choice WHERE name = ?", (name,)
    ).fetchone()
    return limits()[name].usual if row is None else int(row[0])


def set_number(name: str, value: int) -> None:
    """Set a number for this office."""
    access.require("manage")
    one = limits()[name]
    if not 1 <= value <= one.highest:
        raise Refusal(f"“{one.label}”请填 1 到 {one.highest} 之间的数（{one.unit}）。")
    with database.atomic():
        database.execute_sql(
            "INSERT INTO exchange_choice (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
