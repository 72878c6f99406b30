"""What the sheets of a batch share: its rows as they were frozen, its heading, its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from db.aiding.batches import plain_payments
from db.gc_pause import gc_paused
from db.registers.aid import Aid, AidStep
from db.registers.hardship import Hardship
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import dates
from desktop.typeset.form import AS_GIVEN, BY_NAME, BY_SURNAME, Form, Option, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.values import whole

#: What paper reads of a row: for long lists, plain values and no more of them than needed.
READ: Final = (
    "id", "name", "member", "hardship", "organization", "sex", "born_on", "joined_on", "standard",
    "amount", "goods", "goods_value", "bank", "account_number", "basis", "snapshot",
)  # fmt: skip

LISTED: Final = "名册顺序"
ORDER: Final = Option("order", "排序", LISTED, (LISTED, BY_SURNAME, BY_NAME))
BY_BRANCH: Final = "一支部一册"
TOGETHER: Final = "合为一册"
VOLUMES: Final = Option("volumes", "分册", TOGETHER, (TOGETHER, BY_BRANCH))


@dataclass(frozen=True)
class Paid:
    """One row of a list, as the frozen list says it (as it stands now before it is frozen)."""

    #: The plain values of an `AidPayment` that paper reads (`READ`), references by their ids.
    row: Any
    frozen: Mapping[str, Any] = field(default_factory=dict)
    #: The branch as it is called now.
    home: str = ""

    @property
    def name(self) -> str:
        return str(self.frozen.get("name") or self.row.name)

    @property
    def branch(self) -> str:
        return str(self.frozen["organization"]) if "organization" in self.frozen else self.home

    @cached_property
    def member(self) -> Member | None:
        """The member who is paid; None for somebody of another register."""
        return Member.get_or_none(Member.id == self.row.member_id)

    @cached_property
    def _source(self) -> Member | Hardship | None:
        return self.member or Hardship.get_or_none(Hardship.id == self.row.hardship_id)

    @property
    def id_number(self) -> str:
        known = self.frozen.get("id_number")
        if known is not None:
            return str(known)
        return str(self._source.id_number) if self._source is not None else ""

    @property
    def phone(self) -> str:
        known = self.frozen.get("phone")
        if known is not None:
            return str(known)
        return str(self._source.phone) if self._source is not None else ""

    @property
    def kind(self) -> str:
        return str(self.frozen.get("kind") or "党员")

    @property
    def amount(self) -> int:
        return int(self.frozen.get("amount", self.row.amount) or 0)

    @property
    def standard(self) -> int:
        return int(self.frozen.get("standard", self.row.standard) or 0)

    @property
    def value(self) -> int:
        return int(self.frozen.get("goods_value", self.row.goods_value) or 0)

    @property
    def goods(self) -> str:
        return str(self.frozen.get("goods", self.row.goods) or "")

    @property
    def bank(self) -> str:
        return str(self.frozen.get("bank") or self.row.bank)

    @property
    def account(self) -> str:
        return str(self.frozen.get("account_number") or self.row.account_number)

    @property
    def joined_on(self) -> str:
        return str(self.frozen.get("joined_on") or self.row.joined_on)

    @property
    def stroke_code(self) -> str:
        return ""


@dataclass(frozen=True)
class Batch:
    """A batch, or the part of it that belongs to one branch."""

    aid: Aid
    rows: Sequence[Paid]
    branch: str = ""

    @property
    def heading(self) -> Mapping[str, Any]:
        kept = self.aid.heading
        return kept if isinstance(kept, dict) else {}

    @property
    def name(self) -> str:
        return str(self.heading.get("name") or self.aid.name)

    @property
    def issuer(self) -> str:
        return str(self.heading.get("issuer") or self.aid.issuer)

    def title(self) -> str:
        return f"{self.name}{self.branch}"

    def heads(self) -> tuple[str, ...]:
        """What stands right above the table."""
        fund = self.heading.get("fund") or (self.aid.fund.name if self.aid.fund else "")
        document = self.heading.get("document") or self.aid.document
        day = dates.show(str(self.heading.get("pay_on") or self.aid.pay_on), "chinese")
        left = f"资金来源：{fund}" + (f"　文号：{document}" if document else "")
        number = f"名册编号：{self.aid.number}" if self.aid.number else "（未定册，不作发放依据）"
        return (left, f"发放日期：{day}　{number}")


def batches(records: Iterable[Any], volumes: str = TOGETHER) -> list[Batch]:
    """Each batch with its rows in order; branch by branch when asked."""
    found = []
    for aid in _aids(records):
        rows = rows_of(aid)
        if volumes != BY_BRANCH:
            found.append(Batch(aid, rows))
            continue
        parts: dict[str, list[Paid]] = {}
        for one in rows:
            parts.setdefault(one.branch, []).append(one)
        found += [Batch(aid, part, branch) for branch, part in parts.items()] or [Batch(aid, ())]
    return found


def _aids(records: Iterable[Any]) -> list[Aid]:
    kept: dict[int, Aid] = {}
    for record in records:
        aid = record if isinstance(record, Aid) else record.aid
        kept.setdefault(aid.id, aid)
    return list(kept.values())


def rows_of(aid: Aid) -> list[Paid]:
    """The rows of a list, corrections apart."""
    names: Any = Organization.select(Organization.id, Organization.name)
    homes = dict(names.tuples())
    with gc_paused():
        return [
            Paid(
                row,
                row.snapshot if isinstance(row.snapshot, dict) else {},
                homes.get(row.organization_id, ""),
            )
            for row in plain_payments(aid, READ)
        ]


def ordered(rows: Sequence[Paid], order: str) -> list[Paid]:
    """Rows in the order that was chosen."""
    if order in {LISTED, AS_GIVEN}:
        return list(rows)
    from db.rules.strokes import name_key, surname_key

    key = name_key if order == BY_NAME else surname_key
    return sorted(rows, key=lambda one: (key(one.name, one.stroke_code), one.row.id))


class BatchForm(Form):
    """A sheet of one batch of payments, marked with its number; a volume a branch where it offers that."""

    of = Aid
    paper = A4_LANDSCAPE
    signed = True

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        asked = VOLUMES in self.choices
        return batches(records, options[VOLUMES.name]) if asked else batches(records)

    def mark(self, subject: Any) -> Mark | None:
        """A frozen list carries its own number, one that is not yet frozen the batch's."""
        aid = whole(subject).aid
        return Mark(self.id, aid.id, aid.number or short_number(aid.id))


def steps_of(aid: Aid) -> dict[str, AidStep]:
    """The last decision of each step."""
    query = AidStep.living().where(AidStep.aid == aid.id).order_by(AidStep.id)
    return {step.step: step for step in query}


def meeting_words(step: AidStep | None, amount: str = "") -> str:
    """A branch's meeting in words: 应到 …, 实到 …, 同意 …."""
    if step is None:
        return ""
    counts = [
        f"{label}{value}人"
        for label, value in (
            ("应到", step.expected),
            ("实到", step.present),
            ("同意", step.approving),
        )
        if value is not None
    ]
    return "，".join([*counts, step.opinion or "同意", amount]).strip("，")


def age(born_on: str, on: str) -> str:
    """Full years on a day; "" when the birth is not known."""
    found = dates.age_at(born_on, on)
    return "" if found is None else str(found)


def party_years(member: Member | None, on: str) -> str:
    """党龄 in full years on a day."""
    if member is None:
        return ""
    found = dates.years_between(member.confirmed_on, on)
    return "" if found is None else str(found)
