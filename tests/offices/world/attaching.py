"""Photos of visits and scans of evidence are added at the desks, and another one put in a row's place."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from db import attachments
from db.codes import code_list
from db.errors import Refusal
from db.identity import identity
from db.record import Record
from db.registers.hardship import Evidence, Hardship
from db.registers.member import Member
from db.registers.visit import Visit, VisitFile
from tests.offices.papers import PHOTO
from tests.offices.world.county import World

#: Bytes of a paper: the least and the most.
_SIZE = (300, 4000)


def photograph(world: World) -> Any:
    """A photo at a visit, a new one or one that was made before; the county adds to anybody's."""
    name = world.any_seat()

    def what() -> Any:
        visits = _ours(Visit)
        if not visits or world.chance.random() < 0.5:
            day = f"2026-02-{world.chance.randint(1, 28):02d}"
            visits = [Visit(from_on=day, visitors="斯琴", way="household", place="某嘎查")]
            visits[0].save()
        visit = world.chance.choice(visits)
        row = VisitFile(visit=visit, office=visit.office, **_paper(world))
        row.save()
        return row.id, row.digest

    return name, world.seats[name].do(what)


def prove(world: World) -> Any:
    """A member's hardship of some year, and the scan that proves it."""
    name = world.any_seat()

    def what() -> Any:
        members = _ours(Member)
        if not members:
            return None
        member = world.chance.choice(members)
        year = world.chance.randint(2024, 2026)
        found = Hardship.select().where(Hardship.member == member, Hardship.year == year)
        hardship = found.order_by(Hardship.id).first()
        with suppress(Refusal):
            if hardship is None:
                kind = code_list("hardship").codes[0]
                hardship = Hardship(
                    member=member, year=year, category=kind, office=member.office, name=member.name
                )
                hardship.save()
            kind = code_list("evidence_kind").codes[0]
            row = Evidence(hardship=hardship, office=hardship.office, kind=kind, **_paper(world))
            row.save()
            return row.id, row.digest
        return None

    return name, world.seats[name].do(what)


def replace(world: World) -> Any:
    """A row gets another paper in place of its own, at either side: both may do that at once."""
    name = world.any_seat()
    model: Any = world.chance.choice([VisitFile, Evidence])

    def what() -> Any:
        rows = _ours(model)
        if not rows:
            return None
        row = world.chance.choice(rows)
        before, row.digest = row.digest, _paper(world)["digest"]
        world.sayings.say((model.stem(), row.id, "digest"), row.digest, [before])
        with suppress(Refusal):
            row.save()
            return row.id, row.digest
        return None

    return name, world.seats[name].do(what)


def _paper(world: World) -> dict[str, Any]:
    """A paper that nobody else has, kept at the open desk, and what a row says of it."""
    content = PHOTO + world.chance.randbytes(world.chance.randint(*_SIZE))
    name = f"照片{world.next_word()}.jpg"
    return {
        "digest": attachments.kept().put(content),
        "file_name": name,
        "size": len(content),
    }


def _ours(model: type[Record]) -> list[Any]:
    """Rows that the open office may write of."""
    us = identity()
    every = model.living().order_by(model.id)
    return [one for one in every if us.level == "county" or one.office == us.office_code]
