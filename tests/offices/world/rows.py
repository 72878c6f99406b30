"""What people write at their desks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.registers.fund import Fund, FundBudget
from db.registers.member import Honour, Member
from db.registers.organization import Organization
from db.registers.visit_rule import VisitRule
from tests.offices.world.chance import id_of
from tests.offices.world.county import SAID, World


def make_branch(world: World) -> Any:
    name = world.any_town()

    def what() -> Any:
        above = world.living(Organization, world.seats[name].code)
        parent = world.chance.choice(above) if above and world.chance.random() < 0.5 else None
        with suppress(Refusal):
            row = Organization(name=f"{world.next_word()}支部", kind="branch", parent=parent)
            row.save()
            return row.id
        return None

    return name, world.seats[name].do(what)


def make_member(world: World) -> Any:
    name = world.any_town()

    def what() -> Any:
        branches = world.living(Organization, world.seats[name].code)
        if not branches:
            return None
        # Few numbers, so that the same person is entered at two places.
        serial = world.chance.randrange(60) if world.chance.random() < 0.3 else None
        number = "" if serial is None else id_of(serial)
        row = Member(
            name=f"王{world.next_word()[-3:]}",
            organization=world.chance.choice(branches),
            category="full",
            id_number=number,
        )
        with suppress(Refusal):
            row.save()
            return row.id
        return None

    return name, world.seats[name].do(what)


def grant(world: World) -> Any:
    name = world.any_town()
    amount = world.chance.randrange(1, 10**9)

    def what() -> Any:
        branches = world.living(Organization, world.seats[name].code)
        if not branches:
            return None
        fund = Fund(name=f"资金{world.next_word()}", kind=code_list("fund_kind").codes[0])
        fund.save()
        budget = FundBudget(
            fund=fund, organization=world.chance.choice(branches), year=2026, amount=amount
        )
        with suppress(Refusal):
            budget.save()
            return budget.id
        return None

    return name, world.seats[name].do(what)


def rule(world: World) -> Any:
    """The county makes a rule that goes to every township."""

    def what() -> Any:
        world.serial += 1
        year = 1800 + world.serial % 1000
        one = VisitRule(
            name=f"规定{world.next_word()}", period="month", least_visits=1,
            from_on=f"{year}-01-01", until_on=f"{year}-12-31",
        )  # fmt: skip
        with suppress(Refusal):
            one.save()
            return one.id
        return None

    return world.county.do(what)


def edit(world: World) -> Any:
    name = world.any_seat()
    model = world.chance.choice([Organization, Organization, Member, Member, Honour])
    if name == "county" and world.chance.random() < 0.1:
        model = VisitRule
    column = world.chance.choice(SAID[model])
    value = world.next_word()

    def what() -> Any:
        rows = [row.id for row in model.select(model.id).order_by(model.id)]
        if not rows:
            return None
        kept = model.get_by_id(world.chance.choice(rows))
        before = getattr(kept, column)
        setattr(kept, column, value)
        place = (model.stem(), kept.id, column)
        with suppress(Refusal):
            world.sayings.say(place, value, [before])
            kept.save()
            return place, value
        return None

    return name, world.seats[name].do(what)


def move(world: World) -> Any:
    """A branch is put under another one, at either side: rings come from two right moves."""
    name = world.any_seat()

    def what() -> Any:
        rows = [row.id for row in Organization.living().order_by(Organization.id)]
        if len(rows) < 2:
            return None
        one = Organization.get_by_id(world.chance.choice(rows))
        same = [r.id for r in Organization.living() if r.office == one.office and r.id != one.id]
        if not same:
            return None
        one.parent = world.chance.choice(sorted(same))
        with suppress(Refusal):
            one.save()
            return one.id, one.parent_id
        return None

    return name, world.seats[name].do(what)


def retire(world: World) -> Any:
    name = world.any_seat()
    model = world.chance.choice([Organization, Member])

    def what() -> Any:
        rows = sorted(row.id for row in model.select(model.id))
        if not rows:
            return None
        row = model.get_by_id(world.chance.choice(rows))
        with suppress(Refusal):
            if row.retired:
                row.restore()
            else:
                row.retire("撤销")
            return row.id, row.retired
        return None

    return name, world.seats[name].do(what)


def decide(world: World) -> Any:
    """Somebody settles about half of what waits."""
    name = world.any_seat()
    return name, world.seats[name].do(lambda: world.decide_some(0.5))
