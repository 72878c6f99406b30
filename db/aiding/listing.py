"""谁在名单里、谁不在、为什么: the rule of a batch on everybody it may be for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.aiding.facts import Candidate, candidates
from db.codes import code_list
from db.registers.aid import Aid, AidPayment
from db.rules import aid_rules


@dataclass(frozen=True, slots=True)
class Line:
    """One person under a rule: in with an amount, or out with the reasons; doubts are shown."""

    candidate: Candidate
    inside: bool
    words: str
    amount: int = 0
    doubt: str = ""
    #: Out although the conditions hold: stopped by a rule of payment.
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A batch looked at before it is drawn up."""

    inside: tuple[Line, ...]
    outside: tuple[Line, ...]

    @property
    def total(self) -> int:
        """What the batch would pay, in 分."""
        return sum(line.amount for line in self.inside)

    @property
    def stopped(self) -> tuple[Line, ...]:
        """Those who meet the conditions and are stopped."""
        return tuple(line for line in self.outside if line.stopped)

    def reasons(self) -> list[tuple[str, int]]:
        """Why people are out, by how many, most first."""
        return Counter(line.words for line in self.outside).most_common()


def look_at(aid: Aid) -> Listing:
    """Judge everybody within the scope; nothing is written."""
    rule = aid_rules.read(aid.rule)
    paid = already_paid(aid)
    households: dict[str, str] = {}
    inside: list[Line] = []
    outside: list[Line] = []
    for one in candidates(aid, rule.subjects):
        line = _line(rule, aid, one, paid, households)
        (inside if line.inside else outside).append(line)
    return Listing(tuple(inside), tuple(outside))


def _line(
    rule: aid_rules.Rule,
    aid: Aid,
    one: Candidate,
    paid: dict[str, str],
    households: dict[str, str],
) -> Line:
    verdict = aid_rules.judge(rule, one.facts, aid.pay_on)
    if not verdict.inside:
        return Line(one, False, "；".join(verdict.words))
    stop = aid_rules.stop(one.facts)
    if stop:
        return Line(one, False, stop, stopped=True)
    before = next((paid[key] for key in one.keys if key in paid), "")
    if before:
        return Line(one, False, f"本周期已在“{before}”领过", stopped=True)
    doubt = ""
    household = one.facts.household
    if household and rule.household != "off":
        other = households.get(household)
        if other and rule.household == "stop":
            return Line(one, False, f"与{other}同一户，一户只发一份", stopped=True)
        doubt = f"与{other}同一户" if other else ""
        households.setdefault(household, one.facts.name)
    return Line(one, True, "；".join(verdict.words), verdict.amount, doubt)


def already_paid(aid: Aid) -> dict[str, str]:
    """Who has this right in this period already: key of the person → name of the batch."""
    query: Any = (
        AidPayment.living()
        .join(Aid, on=AidPayment.aid)
        .select(AidPayment.person, AidPayment.snapshot, Aid.name)
        .where(
            AidPayment.frozen == 1,
            AidPayment.correction_of.is_null(),
            AidPayment.result != "uncollected",
            Aid.right_code == aid.right_code,
            Aid.period == aid.period,
            Aid.retired == "",
            Aid.id != (aid.id or 0),
        )
    )
    found: dict[str, str] = {}
    for person, snapshot, name in query.tuples():
        keys = snapshot.get("keys", ()) if isinstance(snapshot, dict) else ()
        for key in (person, *keys):
            found[key] = name
    return found


def households_twice(rows: Iterable[AidPayment]) -> list[tuple[AidPayment, AidPayment]]:
    """Pairs of one household on one list."""
    first: dict[str, AidPayment] = {}
    pairs = []
    for row in rows:
        if row.household:
            if row.household in first:
                pairs.append((first[row.household], row))
            first.setdefault(row.household, row)
    return pairs


def purpose_of(aid: Aid) -> str:
    """The use of money under which a batch is booked."""
    return str(code_list("aid_kind")[aid.kind].extra["purpose"])
