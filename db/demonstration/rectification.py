"""Villages of the training county that are put in order: who answers for each, what was brought there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from db.bulk import insert_rows, update_rows
from db.codes import code_list
from db.demonstration.calendar import between, text
from db.demonstration.keeping import Event, Kept
from db.demonstration.visits import somebody
from db.demonstration.words import figures, share_out, stream, words
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.rectification import MonthlyProgress, Problem, Project, Rectification
from db.registers.visit import Visit, VisitRectified

#: After the contact points and the visits of the same moments.
ORDER = 55
#: Of ten villages so many are accepted before the year ends.
_TURNED = 0.5
_YUAN = 100
_THOUSAND = 1000 * _YUAN

_COLUMNS = ("organization", "year", "kind", "from_on", "due_on", "ground", "situation", "cause", "plan", "leader",
            "township", "unit_name", "coordinator", "section_name")  # fmt: skip


@dataclass(slots=True)
class Brought:
    """A project before it is kept: which village of the list, what, from whom, how much, when."""

    village: int
    kind: str
    unit_name: str
    amount: int
    on: date


@dataclass(slots=True)
class Listed:
    """A village of the list: its unit, the text that describes it."""

    unit: int
    described: dict[str, Any]
    problems: list[int] = field(default_factory=list)
    id: int = 0


def events(kept: Kept) -> Iterator[Event]:
    """The list in January, projects through the year, acceptance in autumn; visits are counted for it."""
    today = kept.world.today
    rng = stream(kept.world.seed, "rectification")
    villages = [
        unit for unit in kept.world.county.units if unit.village and unit.status == "active"
    ]
    grounds = words("rectification")["grounds"]
    listed = [
        Listed(unit.place, grounds[at % len(grounds)])
        for at, unit in enumerate(rng.sample(villages, figures()["rectified_villages"]))
    ]
    brought = _projects(rng, today, len(listed))
    run = partial(_keep_list, kept, rng, listed)
    yield Event(f"{today.year}-01-08T09:30:00", "确定后进整顿对象", "import", run)
    for month in range(2, today.month + 1):
        last = min(date(today.year, month, 28), today)
        mine = [one for one in brought if one.on.month == month]
        run = partial(_keep_month, kept, rng, listed, mine, last)
        yield Event(f"{text(last)}T10:20:00", f"{month}月整顿进展", "import", run)
    run = partial(_finish, kept, rng, listed)
    yield Event(f"{text(today)}T11:10:00", "后进整顿验收", "edit", run)


def _projects(rng: Random, today: date, villages: int) -> list[Brought]:
    """As many projects of as many classes and as much money as the county reports."""
    wanted = figures()
    count, classes = wanted["rectification_projects"], wanted["rectification_classes"]
    kinds = list(code_list("rectification_project").codes[:classes])
    kinds += rng.choices(kinds, k=count - classes)
    sums = share_out(
        wanted["rectification_amount"] // _THOUSAND,
        [rng.lognormvariate(0.0, 0.6) for _ in kinds],
        8,
    )
    units = words("rectification")["units"]
    last = min(today, date(today.year, 10, 31))
    return [
        Brought(
            at % villages,
            kind,
            rng.choice(units),
            thousands * _THOUSAND,
            between(rng, date(today.year, 2, 10), last),
        )
        for at, (kind, thousands) in enumerate(zip(kinds, sums, strict=True))
    ]


def _keep_list(kept: Kept, rng: Random, listed: list[Listed]) -> None:
    year = kept.world.today.year
    lists = words("rectification")
    mine = [one for one in listed if one.unit in kept.organizations]
    rows = []
    for one in mine:
        unit = kept.world.county.units[one.unit]
        rows.append((
            kept.organizations[one.unit], year, rng.choices(("backward", "slack"), (4, 1))[0],
            f"{year}-01-08", f"{year}-12-20", one.described["ground"], one.described["situation"],
            one.described["cause"], one.described["plan"], _leader(kept.organizations[one.unit]),
            f"{unit.town}党委 {somebody(rng, 1975, 1990)}", rng.choice(lists["units"]),
            somebody(rng, 1980, 1998), rng.choice(lists["sections"]),
        ))  # fmt: skip
    problems: list[tuple[Any, ...]] = []
    for one, row in zip(mine, insert_rows(Rectification, _COLUMNS, rows), strict=True):
        one.id = row
        problems += [
            (row, one.described["ground"], asked, measure, somebody(rng, 1970, 1995),
             f"{year}-{rng.randrange(6, 12):02d}-20")
            for asked, measure in one.described["problems"]
        ]  # fmt: skip
    columns = ("rectification", "kind", "words", "measure", "person", "due_on")
    ids = iter(insert_rows(Problem, columns, problems))
    for one in mine:
        one.problems = [next(ids) for _ in one.described["problems"]]


def _leader(organization: int) -> int | None:
    """The leader whose contact point the village is, one of 处级 before the others."""
    county = Leader.rank.in_(sorted(code_list("leader_rank").marked("county")))
    query: Any = (
        ContactPoint.living()
        .join(Leader)
        .where(ContactPoint.organization == organization)
        .order_by(county.desc(), Leader.position)
        .select(ContactPoint.leader)
    )
    row = query.tuples().first()
    return row[0] if row else None


def _keep_month(
    kept: Kept, rng: Random, listed: list[Listed], brought: list[Brought], last: date
) -> None:
    labels = code_list("rectification_project")
    rows = []
    for one in brought:
        village = listed[one.village]
        if village.id:
            name = f"{kept.world.county.units[village.unit].short_name}{labels.label_of(one.kind)}"
            rows.append(
                (village.id, name, one.kind, one.unit_name, one.amount, text(one.on), "running")
            )
    columns = ("rectification", "name", "kind", "unit_name", "amount", "from_on", "state")
    insert_rows(Project, columns, rows)
    said = words("rectification")["months"]["words"]
    insert_rows(
        MonthlyProgress,
        ("rectification", "on", "words", "person"),
        [
            (one.id, text(last), rng.choice(said), somebody(rng, 1980, 1998))
            for one in listed
            if one.id
        ],
    )
    struck = [p for one in listed if one.id for p in one.problems if rng.random() < 0.09]
    update_rows(
        Problem,
        ["done_on", "result"],
        [(problem, (text(last), "已按措施整改，经苏木党委复核")) for problem in struck],
    )


def _finish(kept: Kept, rng: Random, listed: list[Listed]) -> None:
    """Some villages are accepted; trips to the villages count for them."""
    today = kept.world.today
    accepted = text(today - timedelta(days=9))
    turned = [one for one in listed if one.id and rng.random() < _TURNED]
    update_rows(
        Rectification,
        ["asked_on", "accepted_on", "accepted_by", "score", "opinion", "result", "lifted_on"],
        [
            (one.id, (text(today - timedelta(days=21)), accepted, "旗委组织部", rng.randrange(8200, 9700, 50),
                      "问题清单全部销号，班子运转正常，群众认可，同意转化。", "turned",
                      text(today - timedelta(days=4))))
            for one in turned
        ],
    )  # fmt: skip
    left = [p for one in turned for p in one.problems]
    open_ones: Any = Problem.select(Problem.id).where(Problem.id.in_(left), Problem.done_on == "")
    update_rows(
        Problem,
        ["done_on", "result"],
        [(row[0], (accepted, "已整改到位")) for row in open_ones.tuples()],
    )
    at = {kept.organizations[one.unit]: one.id for one in listed if one.id}
    trips: Any = (
        Visit.living().where(Visit.organization.in_(list(at))).select(Visit.id, Visit.organization)
    )
    rows = [(visit, at[place]) for visit, place in trips.order_by(Visit.id).tuples()]
    insert_rows(VisitRectified, ("visit", "rectification"), rows)
