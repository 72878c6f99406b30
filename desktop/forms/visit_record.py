"""走访记录表: one trip with its households, gifts and matters (docs/systems.md 16)."""

from __future__ import annotations

from typing import Any

from db.codes import code_list
from db.registers.matter import Matter
from db.registers.visit import Gift, Household, Visit, VisitServed
from db.rules import dates
from desktop.forms.visit_parts import span
from desktop.typeset.column import money
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.roster import CENTRE, MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

_ON_FORM = 8
_MATTERS = 5
"""Households and matters that stand on the form itself; more go to a list behind it."""


class VisitRecord(Form):
    """One sheet for each trip; the households of a long one on a list behind it."""

    of = Visit
    title = "走访记录表"
    paper = A4.with_margins(20, 20, 14, 22)
    signed = True
    choices = (BLANK,)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """When, where, who; what was found; what people asked for; signatures."""
        visit = subject
        homes = list(Household.living().where(Household.visit == visit.id).order_by(Household.id))
        gifts = list(Gift.living().where(Gift.visit == visit.id).order_by(Gift.id))
        matters = list(Matter.living().where(Matter.visit == visit.id).order_by(Matter.id))
        served = list(VisitServed.living().where(VisitServed.visit == visit.id))
        sheet.title(self.title)
        number = f"记录编号：{visit.number}" if visit.number else "记录编号："
        sheet.heads(number, f"录入日期：{dates.show(visit.entered_on, 'chinese')}")
        with sheet.grid(24, 36, 24, 30, 22, 34, row=9.2) as grid:
            grid.reserve = 14
            row = grid.row().label("走访日期").cell(span(visit.from_on, visit.until_on), 3)
            row.label("天数").cell(visit.days)
            where = visit.organization.name if visit.organization is not None else ""
            row = grid.row().label("走访人").cell(visit.visitors, 3)
            row.label("方式").cell(code_list("visit_way").label_of(visit.way))
            grid.row().label("陪同人员").cell(visit.companions, 3).label("记录人").name(
                visit.recorder
            )
            grid.row().label("党组织").cell(where, 3, size=11).label("户数").cell(
                f"{len(homes)} 户" if homes else ""
            )
            grid.row().label("地点").cell(visit.place, 5)
            points = "、".join(one.contact_point.name for one in served)
            grid.row().label("计入联系点", size=11).cell(points, 5, size=11)
            grid.row().label("事由").cell(visit.purpose, 5)
            people = _people(homes, gifts) if len(homes) <= _ON_FORM else _brief(homes)
            grid.row(30, fill=1).label("走访对象").block(people, 5, size=11, indent=0)
            grid.row(24, fill=1).label("走访情况").block(visit.found, 5, size=11)
            grid.row(18, fill=0.6).label("群众意见\n建议", size=11).block(
                visit.opinions, 5, size=11
            )
            grid.row(18, fill=0.9).label("要办的事").block(_asked(matters), 5, size=11, indent=0)
            grid.row(16, fill=0.4).label("送去款物").block(_given(gifts), 5, size=11, indent=0)
            grid.row(14, fill=0.4).label("下步打算").block(visit.plan, 5, size=11)
        sheet.signatures("走访人", "被走访人（代表）", "记录人")
        if len(homes) > _ON_FORM:
            sheet.page()
            _list(sheet, visit, homes, gifts)
        if len(matters) > _MATTERS:
            sheet.page()
            _matters(sheet, visit, matters)


def _people(homes: list[Any], gifts: list[Any]) -> str:
    kinds = code_list("visited")
    given = _by_home(gifts)
    lines = []
    for at, one in enumerate(homes, 1):
        facts = [kinds.short_of(one.kind), f"{one.people} 口人" if one.people else ""]
        told = "；".join(filter(None, (one.situation, one.difficulty, one.wishes)))
        value = f"　慰问 {money(given[one.id])} 元" if one.id in given else ""
        tail = f"　{told}" if told else ""
        lines.append(f"{at}. {one.head}（{'，'.join(filter(None, facts))}）{tail}{value}")
    return "\n".join(lines)


def _brief(homes: list[Any]) -> str:
    kinds = code_list("visited")
    counts = [(code.label, sum(one.kind == code.code for one in homes)) for code in kinds]
    told = "、".join(f"{label} {count} 户" for label, count in counts if count)
    return f"共 {len(homes)} 户：{told}。名单附后。"


def _asked(matters: list[Any]) -> str:
    if len(matters) > _MATTERS:
        settled = sum(bool(one.settled_on) for one in matters)
        return f"共 {len(matters)} 件，已办结 {settled} 件。清单附后。"
    return "\n".join(
        f"{at}. {one.raised_by}：{one.content}（{one.number}，{one.state()}）"
        for at, one in enumerate(matters, 1)
    )


def _given(gifts: list[Any]) -> str:
    if not gifts:
        return ""
    cash = sum(one.value or 0 for one in gifts if one.kind == "money")
    goods = [one for one in gifts if one.kind == "goods"]
    worth = sum(one.value or 0 for one in goods)
    told = f"慰问金 {money(cash)} 元" if cash else ""
    if goods:
        told += f"{'；' if told else ''}慰问品折款 {money(worth)} 元"
        told += f"（{'；'.join(dict.fromkeys(one.what for one in goods))}）"
    vouchers = "、".join(dict.fromkeys(one.aid_reference for one in gifts if one.aid_reference))
    return f"{told}。" + (f"\n入账凭证：{vouchers}" if vouchers else "")


def _by_home(gifts: list[Any]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in gifts:
        if one.household_id is not None:
            found[one.household_id] = found.get(one.household_id, 0) + (one.value or 0)
    return found


def _list(sheet: Sheet, visit: Any, homes: list[Any], gifts: list[Any]) -> None:
    given = _by_home(gifts)
    kinds = code_list("visited")

    def told(one: Any) -> str:
        return "；".join(filter(None, (one.situation, one.difficulty, one.wishes)))

    sheet.roster(
        Roster(
            title="走访户名单",
            title_size=SIZES["三号"],
            heads=(f"{visit.visitors}　{span(visit.from_on, visit.until_on)}",),
            columns=(
                ORDINAL,
                Column(Household.head, 24),
                Column("走访对象", 22, lambda one: kinds.short_of(one.kind), kind=CENTRE),
                Column("人口", 11, lambda one: one.people, kind=CENTRE),
                Column("家庭情况、困难和诉求", 58, told, kind=TEXT),
                Column("慰问（元）", 22, lambda one: given.get(one.id), kind=MONEY),
                Column("签字", 24, kind=NAME),
            ),
            size=10,
        ),
        homes,
    )


def _matters(sheet: Sheet, visit: Any, matters: list[Any]) -> None:
    sheet.roster(
        Roster(
            title="要办的事清单",
            title_size=SIZES["三号"],
            heads=(f"{visit.visitors}　{span(visit.from_on, visit.until_on)}",),
            columns=(
                ORDINAL,
                Column(Matter.number, 24, kind=CENTRE),
                Column(Matter.raised_by, 24),
                Column(Matter.content, 62, kind=TEXT),
                Column("办结时限", 22, lambda m: dates.show(m.due_on), kind=CENTRE),
                Column("状态", 22, lambda m: m.state().replace("无法解决", ""), kind=CENTRE),
            ),
            size=10,
        ),
        matters,
    )
