from __future__ import annotations

from dataclasses import dataclass

import pytest

from db import office as offices
from db.commending import programme
from db.commending.nominating import nominate_members, nominate_organizations
from db.commending.quotas import award_types
from db.registers.commendation import AwardType, Commendation, Opinion
from db.registers.member import Member, Post
from db.registers.organization import Organization
from tests.factories import kept


@dataclass
class Township:
    """A small township: a committee, two villages and the office's branch."""

    committee: Organization
    villages: list[Organization]
    agency: Organization
    members: list[Member]

    def of(self, branch: Organization) -> list[Member]:
        return [m for m in self.members if m.organization_id == branch.id]


@pytest.fixture
def township(office: offices.Office) -> Township:
    committee = kept(
        Organization,
        name="中共白音胡舒苏木委员会",
        kind="committee",
        township=1,
        domain="agency",
        election_due="2030-06",
    )
    villages = [
        kept(
            Organization,
            name=f"{name}党支部",
            kind="branch",
            parent=committee,
            village=1,
            domain="pastoral",
            unit_kind="gacha",
            election_due="2029-03",
            code=f"15082310100{i}",
        )
        for i, name in enumerate(("哈沙图嘎查", "哈沙图村"), 1)
    ]
    agency = kept(
        Organization,
        name="机关党支部",
        kind="branch",
        parent=committee,
        domain="agency",
        election_due="2028",
        code="150823101003",
    )
    members = [
        kept(
            Member,
            name=f"{surname}{given}",
            organization=branch,
            sex="1",
            ethnicity="02",
            born_on="1975-03",
            joined_on="2001-06-20",
            confirmed_on="2002-06-20",
            category="full",
            education="61",
        )
        for branch, count in ((villages[0], 21), (villages[1], 20), (agency, 9))
        for surname, given in zip(
            "巴包白陈丁额高韩贾康李马那欧齐任苏田王许杨"[:count],
            "图玉山静宁敦富娜军伟平超顺平峰华和利文丽光"[:count],
            strict=True,
        )
    ]
    kept(Post, organization=villages[0], kind="secretary", member=members[0], from_on="2019-05")
    return Township(committee, villages, agency, members)


@pytest.fixture
def round_(township: Township) -> Commendation:
    """A 七一 round standing at 推荐."""
    opened = programme.open_programme("july_first_township", 2026, scope=township.committee)
    programme.set_condition(opened, "review", mode="off")
    programme.start_nominating(opened, "2026-06-10")
    return opened


def award(commendation: Commendation, name: str) -> AwardType:
    return next(t for t in award_types(commendation) if t.name == name)


def put_forward(round_: Commendation, township: Township, count: int = 3) -> None:
    """Three members and one branch, with what their forms need."""
    people = award(round_, "优秀共产党员")
    nominate_members(people, township.of(township.villages[0])[1 : 1 + count - 1])
    nominate_members(people, township.of(township.agency)[:1])
    nominate_organizations(award(round_, "先进基层党组织"), [township.villages[0]])
    for one in round_.nominations:
        one.deeds = "扎根基层，带领群众增收。"
        one.save()
        if one.member_id:
            kept(
                Opinion,
                nomination=one,
                organ="branch",
                words="同意推荐",
                on="2026-06-05",
                expected=20,
                present=18,
                approving=17,
            )
