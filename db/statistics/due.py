"""What is due in the office: each kind of reminder with the rows it counts, computed from the ledgers.

A file beside this one that has `REMINDERS` adds its own; nothing lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from db.codes import code_list
from db.office_settings import days
from db.registers.appraisal import Appraisal
from db.registers.commendation import Commendation
from db.registers.member import Member
from db.registers.organization import Organization

#: 发展党员工作细则: the probation of a new member lasts one year.
PROBATION_YEARS = 1


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder: a sentence, the rows behind it, and whether the day has passed already."""

    key: str
    words: str
    stem: str
    ids: tuple[int, ...]
    late: int = 0
    until: str = ""
    #: Which part of a tool's page it leads to.
    chip: str = ""

    @property
    def count(self) -> int:
        """How many rows it is about."""
        return len(self.ids)


def due(today: date | None = None) -> list[Due]:
    """Everything that waits, the most pressing first; runs where the database is."""
    day = today or date.today()
    from db.statistics import modules

    asked = (*ASKED, *(ask for each in modules() for ask in getattr(each, "REMINDERS", ())))
    found = [each for ask in asked for each in ask(day) if each.ids]
    return sorted(found, key=lambda each: (not each.late, each.until or "9999"))


def elections(day: date) -> Iterator[Due]:
    """换届: terms that end soon, and those that are over."""
    limit = (day + timedelta(days=days("election_days"))).isoformat()
    rows = list(
        Organization.living()
        .where(
            Organization.status == "active",
            Organization.election_due != "",
            Organization.election_due <= limit,
        )
        .order_by(Organization.election_due)
        .select(Organization.id, Organization.election_due)
        .tuples()
    )
    late = sum(1 for _, on in rows if on < day.isoformat())
    yield Due("election", "个党组织即将届满", Organization.stem(), _ids(rows), late, _first(rows))


def probation(day: date) -> Iterator[Due]:
    """转正: probation that ends soon, and that which is over."""
    limit = (day + timedelta(days=days("probation_days"))).isoformat()
    rows = []
    for each, joined in (
        Member.living()
        .where(Member.category == "probationary", Member.joined_on != "", _counted())
        .select(Member.id, Member.joined_on)
        .tuples()
    ):
        ends = f"{int(joined[:4]) + PROBATION_YEARS}{joined[4:]}"
        if ends <= limit:
            rows.append((each, ends))
    rows.sort(key=lambda row: row[1])
    late = sum(1 for _, on in rows if on < day.isoformat()[: len(on)])
    yield Due("probation", "名预备党员预备期将满", Member.stem(), _ids(rows), late, _first(rows))


def notices(day: date) -> Iterator[Due]:
    """公示: notices that run now, the nearest end first."""
    for model, words in ((Appraisal, "个评比正在公示"), (Commendation, "个表彰正在公示")):
        rows = list(
            model.living()
            .where(
                model.notice_from != "",
                model.notice_from <= day.isoformat(),
                model.decided_on == "",
            )
            .order_by(model.notice_until)
            .select(model.id, model.notice_until)
            .tuples()
        )
        late = sum(1 for _, on in rows if on and on < day.isoformat())
        yield Due(f"notice_{model.stem()}", words, model.stem(), _ids(rows), late, _first(rows))


def rounds(day: date) -> Iterator[Due]:
    """评比: rounds that were begun and are neither sealed nor in public notice."""
    rows = list(
        Appraisal.living()
        .where(
            Appraisal.sealed_on == "",
            Appraisal.notice_from == "",
            Appraisal.rated_on <= day.isoformat(),
        )
        .order_by(Appraisal.rated_on)
        .select(Appraisal.id, Appraisal.rated_on)
        .tuples()
    )
    yield Due("round", "个评比正在进行", Appraisal.stem(), _ids(rows))


def incomplete(day: date) -> Iterator[Due]:
    """资料: members of the headcount whose record lacks what every sheet needs."""
    del day
    rows = (
        Member.living()
        .where(
            _counted(),
            (Member.id_number == "")
            | (Member.joined_on == "")
            | (Member.born_on == "")
            | (Member.sex == "")
            | ((Member.category == "full") & (Member.confirmed_on == "")),
        )
        .select(Member.id)
        .tuples()
    )
    yield Due("incomplete", "名党员资料不全", Member.stem(), _ids(rows))
    bare = (
        Organization.living()
        .where(
            Organization.status == "active",
            (Organization.domain == "") | (Organization.founded_on == ""),
        )
        .select(Organization.id)
        .tuples()
    )
    yield Due("bare", "个党组织资料不全", Organization.stem(), _ids(bare))


ASKED: tuple[Callable[[date], Iterator[Due]], ...] = (
    notices,
    elections,
    probation,
    rounds,
    incomplete,
)


def _counted() -> Any:
    codes = [each.code for each in code_list("standing") if each.is_marked("counted")]
    return Member.standing.in_(codes)


def _ids(rows: Any) -> tuple[int, ...]:
    return tuple(row[0] for row in rows)


def _first(rows: list[tuple[int, str]]) -> str:
    return next((on for _, on in rows if on), "")
