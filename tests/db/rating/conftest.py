"""A township with two branches of herders, and rounds in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from db.bulk import save_many
from db.rating.marking import put
from db.rating.opening import open_round
from db.rating.schemes import adopt
from db.registers.appraisal import Appraisal, Meeting, Participant
from db.registers.member import Member, MemberFlag
from db.registers.organization import Organization

NAMES = [
    "巴图",
    "其其格",
    "王文",
    "李大鸣",
    "包玉山",
    "乌云",
    "高娃",
    "那顺",
    "白音",
    "陈静",
    "阿荣",
    "刘江",
]


@dataclass
class Town:
    committee: Any
    branches: list[Any]
    members: list[Any]


@pytest.fixture
def town(office: object) -> Town:
    committee = Organization(name="白音胡舒苏木党委", kind="committee", township=1, code="15082301")
    committee.save()
    branches = [
        Organization(
            name=f"{name}嘎查党支部",
            kind="branch",
            domain="pastoral",
            parent=committee,
            code=f"15082301{n}",
            founded_on="1990-07-01",
        )
        for n, name in enumerate(("哈沙图", "乌兰"), 1)
    ]
    save_many(branches)
    members = [
        Member(
            name=name,
            category="full",
            organization=branches[n % 2],
            joined_on="2001-07-01",
            confirmed_on="2002-07-01",
            born_on="1970-01-01",
        )
        for n, name in enumerate(NAMES)
    ]
    members[10].category, members[10].confirmed_on = "probationary", ""
    save_many(members)
    MemberFlag(member=members[11], kind="bedridden", from_on="2019").save()
    return Town(committee, branches, members)


def rounds(town: Town, stem: str = "rural_ten_stars", period: str = "2024") -> Appraisal:
    return open_round(adopt(stem), town.committee, period)


def rated(appraisal: Appraisal) -> list[Participant]:
    return list(
        Participant.living()
        .where(Participant.appraisal == appraisal.id, Participant.state == "rated")
        .order_by(Participant.id)
    )


def mark_all(appraisal: Appraisal, points: dict[int, int] | int) -> None:
    """Every rater group gives each participant the same points (1/100) on every item."""
    rules = appraisal.rules
    for rater in rules.raters:
        boxes = len(rules.sheet[rater.id])
        put(
            appraisal,
            rater.id,
            {
                row.id: [points if isinstance(points, int) else points[row.id]] * boxes
                for row in rated(appraisal)
            },
        )


def meet(appraisal: Appraisal, present: int = 9, expected: int = 10) -> None:
    places = {row.branch_id for row in rated(appraisal)}
    if appraisal.subject == "organization":
        places = {appraisal.organization_id}
    for place in sorted(places):  # type: ignore[type-var]
        Meeting(
            appraisal=appraisal,
            organization=place,
            held_on="2024-12-10",
            expected=expected,
            present=present,
        ).save()
