"""表彰公示: the posted list of those to be commended; nothing private can stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.codes import code_list
from db.commending.deciding import in_order
from db.commending.notice import chosen
from db.commending.quotas import award_types
from db.registers.commendation import AwardType, Commendation, Nomination
from db.rules import dates
from desktop.forms.commendation_parts import title_lines, unit_and_post
from desktop.typeset.document import Annex, Document, NameList
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import GB9704
from desktop.typeset.sheet import Sheet

APART: Final = "另附名单"
WITHIN: Final = "名单在正文"
_PLACE: Final = Option("place", "名单位置", WITHIN, (WITHIN, APART))
_UNIT: Final = Option("unit", "印单位及职务", True)


@dataclass(frozen=True)
class Posted:
    """A round with those selected, by award type; built from whole records, read as public ones."""

    commendation: Commendation
    groups: tuple[tuple[AwardType, tuple[Nomination, ...]], ...]

    def title(self) -> str:
        return str(self.commendation.name)


class Notice(Form):
    """The notice as an official document, with the period, where and how to object."""

    of = Commendation
    title = "表彰公示"
    paper = GB9704
    posted = True
    choices = (_PLACE, _UNIT)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Each round with those who are selected."""
        return [Posted(one, groups_of(one)) for one in records]

    def compose(self, sheet: Sheet, subject: Posted, options: Options) -> None:
        """Basis, list, period, how to object; the list in the text or as an annex."""
        c = subject.commendation
        lists = [_list(t, people, unit=options["unit"]) for t, people in subject.groups]
        apart = options["place"] == APART
        opening = _opening(c, len(lists), apart=apart)
        closing = _closing(c)
        document = Document(
            title=title_lines([*_name_atoms(f"关于{c.name}"), "拟表彰对象的公示"]),
            body=[opening, *closing] if apart else [opening, *lists, *closing],
            annexes=(Annex(f"{c.name}拟表彰对象名单", tuple(lists)),) if apart else (),
            issuer=c.issuer,
            date=c.notice_from,
            double_sided=False,
        )
        sheet.document(document)


def groups_of(commendation: Commendation) -> tuple[tuple[AwardType, tuple[Nomination, ...]], ...]:
    """Those selected under each award type, in the order of the round's lists."""
    selected = chosen(commendation)
    found = []
    for award_type in award_types(commendation):
        mine = [n for n in selected if n.award_type_id == award_type.id]
        if mine:
            found.append((award_type, tuple(in_order(mine, commendation.order_by))))
    return tuple(found)


def _list(award_type: Any, people: Sequence[Any], *, unit: bool) -> NameList:
    heading = award_type.group_words or award_type.name
    if award_type.subject in {"organization", "unit"}:
        return NameList(heading, [n.name for n in people], award_type.counter, columns=1)
    if unit:
        pairs = [(n.name, unit_and_post(n)) for n in people]
        return NameList(heading, pairs, award_type.counter, columns=1)
    return NameList(heading, [n.name for n in people], award_type.counter)


def _name_atoms(name: str) -> list[str]:
    """A round's name in pieces that must not be torn: a quoted word stays with what follows it."""
    head, mark, tail = name.partition("“")
    return [head, mark + tail] if mark else [name]


def _opening(c: Any, kinds: int, *, apart: bool) -> str:
    basis = f"根据{c.basis.rstrip('。')}，" if c.basis else ""
    order = {"surname": "按姓氏笔画为序", "strokes": "按姓名笔画为序"}.get(c.order_by, "")
    if apart:
        told = "，".join(words for words in ("名单附后", order) if words)
        following = f"现将拟表彰对象名单予以公示（{told}）。"
    else:
        following = f"现将拟表彰对象名单公示如下{f'（{order}）' if order else ''}："
    if not kinds:
        following = "现予公示。"
    return f"{basis}经支部推荐、组织考察和资格审查，{c.issuer}研究，拟对以下对象予以表彰。为充分听取各方面意见，{following}"


def _closing(c: Any) -> list[str]:
    unit = code_list("day_unit")[c.notice_unit or "working"]
    days = f"{c.notice_days}个{unit.label}" if unit.code == "working" else f"{c.notice_days}天"
    if c.notice_from and c.notice_until:
        span = (
            f"（{dates.show(c.notice_from, 'chinese')}至{dates.show(c.notice_until, 'chinese')}）"
        )
    else:
        span = "（　　年　月　日至　　年　月　日）"
    period = f"公示期{days if c.notice_days else ''}{span}。"
    how = (
        "公示期间，如对公示对象有异议，可通过来信、来电、来访等方式反映。"
        "以个人名义反映的应署真实姓名和联系方式，以单位名义反映的应加盖单位公章。"
        "反映情况应实事求是、客观公正。"
    )
    told = [
        ("受理单位", c.notice_organ),
        ("联系电话", c.notice_phone),
        ("联系地址", c.notice_address),
    ]
    told.append(("邮政编码", c.notice_postcode))
    return [period, how, *(f"{label}：{words}" for label, words in told if words)]
