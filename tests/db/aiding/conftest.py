from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from db import access
from db.access import Person, Role
from db.aiding import batches, ledger
from db.registers.aid import Aid
from db.registers.fund import Fund
from db.registers.member import Member
from db.registers.organization import Organization
from tests.factories import kept

APPROVER = Person(77, "审批人", Role.APPROVER)


@dataclass
class Scene:
    """A branch of old herders and a fund."""

    branch: Organization
    members: list[Member]
    fund: Fund

    def batch(self, pay_on: str = "2026-06-20", preset: str = "medical") -> Aid:
        aid = batches.open_batch(preset, pay_on, self.fund)
        batches.draw_up(aid)
        return aid

    def approved(self, pay_on: str = "2026-06-20", preset: str = "medical") -> Aid:
        aid = self.batch(pay_on, preset)
        approve(aid)
        return Aid.get_by_id(aid.id)


def approve(aid: Aid) -> None:
    batches.advance(aid, "2026-05-01", "送审")
    with access.acting_as(APPROVER):
        while aid.step != "approved":
            batches.advance(aid, "2026-06-10", "同意")


@pytest.fixture
def scene(office: Any) -> Scene:
    branch = kept(Organization, name="哈沙图嘎查党支部", kind="branch", village=1)
    members = [
        kept(
            Member,
            name=name,
            organization=branch,
            category="full",
            sex="1",
            born_on="1950-03-01",
            joined_on="1975-06-01",
            confirmed_on="1976-06-01",
            occupation="farmer",
        )
        for name in ("巴图", "田大利", "田富", "白音")
    ]
    fund = ledger.open_fund("合作医疗专项", "fiscal", 100_000, "2026-01-01")
    return Scene(branch, members, fund)
