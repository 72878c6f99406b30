"""Election terms of leading groups: when the next election is due and how far it may be moved."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from db.codes import code_list
from db.rules import dates


@dataclass(frozen=True)
class TermRules:
    """Years of a term by kind of organization, and the delay allowed."""

    years: Mapping[str, int]
    village_years: Mapping[str, int]
    delay_years: int


def read_term_rules(table: Mapping[str, Any]) -> TermRules:
    """Term rules from their table (see resources/rules/terms.toml)."""
    return TermRules(
        years=dict(table["years"]),
        village_years=dict(table["village_years"]),
        delay_years=int(table["delay_years"]),
    )


@cache
def known_term_rules() -> TermRules:
    """The rules that come with the program."""
    path = resources.files("resources").joinpath("rules", "terms.toml")
    return read_term_rules(tomllib.loads(path.read_text(encoding="utf-8")))


def term_years(kind: str, *, village: bool, rules: TermRules | None = None) -> int | None:
    """The length of a term for a 党组织类别; None for kinds that hold no elections."""
    known = rules or known_term_rules()
    kinds = code_list("organization_kind")
    term = kinds[kind].extra.get("term") if kind in kinds else None
    return (known.village_years if village else known.years).get(term) if term else None


def election_due(
    elected_on: str, kind: str, *, village: bool, rules: TermRules | None = None
) -> str:
    """The date the term ends, at the precision of the last election; "" if it cannot be told."""
    years = term_years(kind, village=village, rules=rules)
    return dates.add_months(elected_on, 12 * years) if elected_on and years else ""


def latest_with_approval(due: str, rules: TermRules | None = None) -> str:
    """The last date to which an approved delay may move the election."""
    known = rules or known_term_rules()
    return dates.add_months(due, 12 * known.delay_years) if due else ""
