"""推荐对象一览表: everybody put forward, under each award type, in 推荐顺序 or by strokes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.commendation import Commendation
from desktop.forms.commendation_parts import WHO, Recipient, month, recipients, unit_and_post
from desktop.typeset.form import AS_GIVEN, BY_NAME, BY_SURNAME, Form, Option, Options
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster, Section
from desktop.typeset.sheet import Sheet

RANKED = "推荐顺序"
_SUBJECTS = frozenset({"member", "person", "organization", "unit"})


class Summary(Form):
    """One list of a round, grouped by award type with counts."""

    of = Commendation
    title = "推荐对象一览表"
    paper = A4_LANDSCAPE
    signed = True
    choices = (WHO, Option("order", "排序", RANKED, (RANKED, BY_SURNAME, BY_NAME)))

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """One list for each round."""
        return records

    def compose(self, sheet: Sheet, subject: Commendation, options: Options) -> None:
        """People and organizations have different columns, so each kind has its own table."""
        found = [r for r in recipients([subject], options, _SUBJECTS, "") if r.id]
        people = [r for r in found if r.frozen.get("kind") != "organization" and not _unit(r)]
        others = [r for r in found if r.frozen.get("kind") == "organization" or _unit(r)]
        title = f"{subject.name}推荐对象一览表"
        both = bool(people and others)
        heads = (f"填报单位（盖章）：{subject.issuer}", "填表日期：　　年　　月　　日")
        foot = ("负责人", "审核", "制表")
        if others:
            columns = _organization_columns()
            sheet.roster(
                Roster(f"{title}{'（集体）' if both else ''}", columns, heads, foot, row=9),
                _sections(others, options),
            )
        if people or not others:
            if others:
                sheet.page()
            sheet.roster(
                Roster(
                    f"{title}{'（个人）' if both else ''}", _person_columns(), heads, foot, row=9
                ),
                _sections(people, options),
            )


def _unit(recipient: Recipient) -> bool:
    return recipient.award_type.subject == "unit"


def _sections(found: Sequence[Recipient], options: Options) -> list[Section]:
    groups: dict[int, list[Recipient]] = {}
    for one in found:
        groups.setdefault(one.award_type.id, []).append(one)
    return [
        Section(
            group[0].award_type.group_words or group[0].award_type.name,
            ordered(group, options["order"]),
            group[0].award_type.counter,
        )
        for group in groups.values()
    ]


def ordered(group: Sequence[Recipient], order: str) -> list[Recipient]:
    """One award type's recipients in the order that was chosen."""
    from db.rules.strokes import name_key, surname_key

    if order in {RANKED, AS_GIVEN}:
        return list(group)
    key = name_key if order == BY_NAME else surname_key
    return sorted(group, key=lambda r: key(r.nomination.name, r.frozen.get("stroke_code", "")))


def _frozen(name: str) -> Any:
    return lambda r: r.frozen.get(name, "")


def _month(name: str) -> Any:
    return lambda r: month(r.frozen.get(name, ""))


def _person_columns() -> tuple[Column, ...]:
    return (
        ORDINAL,
        Column("姓名", 27, value=lambda r: r.nomination.name, kind=NAME),
        Column("性别", 10, value=_frozen("sex"), kind=CENTRE),
        Column("民族", 16, value=_frozen("ethnicity"), kind=CENTRE),
        Column("出生年月", 18, value=_month("born_on"), kind=CENTRE),
        Column("学历", 22, value=_frozen("education"), kind=CENTRE),
        Column("入党时间", 18, value=_month("joined_on"), kind=CENTRE),
        Column("工作单位及职务", 62, value=lambda r: unit_and_post(r.nomination), kind=TEXT),
        Column("联系电话", 25, value=_frozen("phone"), kind=CENTRE),
        Column("事迹简介", 62, value=lambda r: r.nomination.brief, kind=TEXT),
        Column("备注", 18, value=_remark),
    )


def _organization_columns() -> tuple[Column, ...]:
    return (
        ORDINAL,
        Column("名称", 62, value=lambda r: r.nomination.name, kind=TEXT),
        Column("类别", 22, value=_frozen("category"), kind=CENTRE),
        Column("成立时间", 18, value=_month("founded_on"), kind=CENTRE),
        Column("党员数", 14, value=_members, kind=CENTRE),
        Column("书记\n（负责人）", 22, value=_head, kind=NAME),
        Column("联系电话", 27, value=_phone, kind=CENTRE),
        Column("近年定级\n（星级）", 30, value=_gradings),
        Column("事迹简介", 62, value=lambda r: r.nomination.brief, kind=TEXT),
        Column("备注", 18, value=_remark),
    )


def _members(recipient: Recipient) -> str:
    full = recipient.frozen.get("full")
    return "" if full is None else str(full + recipient.frozen.get("probationary", 0))


def _head(recipient: Recipient) -> str:
    return str(recipient.frozen.get("secretary") or recipient.nomination.post_title)


def _phone(recipient: Recipient) -> str:
    return str(recipient.frozen.get("secretary_phone") or recipient.frozen.get("phone", ""))


def _gradings(recipient: Recipient) -> str:
    return "；".join(words for _, words in recipient.frozen.get("gradings", ())[:3])


def _remark(recipient: Recipient) -> str:
    words = "追授" if recipient.nomination.posthumous else ""
    if recipient.nomination.state == "selected":
        words = f"{words}、入选" if words else code_list("nomination_state").label_of("selected")
    return words
