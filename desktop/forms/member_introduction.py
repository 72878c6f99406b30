"""组织关系介绍信: stub, letter and 回执 on one sheet (2006 年式样，组通字〔2006〕45号).

The blank is printed by the province; here the data is set onto it, moved by millimetres until it
meets the lines, or the whole is a plain draft. Nothing that is printed takes the place of the blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db import office_settings
from db.codes import code_list
from db.errors import Refusal
from db.identity import identity
from db.registers.member import Member
from db.registers.transfer import Transfer
from db.rules import dates
from desktop.forms import about_members as about
from desktop.typeset.fonts import Role
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.sheet import Sheet

DRAFT, ONTO = "白纸草稿", "套印在介绍信上"
_HOW = Option("how", "印在", DRAFT, (DRAFT, ONTO))
_RIGHT = Option(
    "right", "右移（毫米）", "0", help="套印时数据整体右移，左移写负数；这台电脑记住", kept=True
)
_DOWN = Option(
    "down", "下移（毫米）", "0", help="套印时数据整体下移，上移写负数；这台电脑记住", kept=True
)
_SIZE = SIZES["小四"]
#: One character of that size, in millimetres.
_EM = _SIZE * 25.4 / 72
_STEP = 9.0
#: Where the three parts begin, in millimetres from the upper edge.
_STUB, _LETTER, _RECEIPT = 22.0, 92.0, 214.0


@dataclass(frozen=True)
class Letter:
    """A member and the letter that goes along; None leaves the places empty."""

    member: Member
    transfer: Transfer | None
    office: str

    def title(self) -> str:
        return f"{self.member.name}的组织关系介绍信"


@dataclass(frozen=True)
class _Said:
    """A value with the room the line leaves for it, in characters."""

    text: str
    room: int


class MemberIntroduction(Form):
    """Three coupons under each other, cut between them after printing."""

    of = Member
    title = "组织关系介绍信"
    paper = A4
    choices = (_HOW, _RIGHT, _DOWN)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Each member with its latest letter; of one from outside the county the 回执 that goes back."""
        del options
        office = identity().office_name
        found = []
        for member in records:
            letters = Transfer.living().where(Transfer.member == member)
            found.append(Letter(member, letters.order_by(Transfer.id.desc()).first(), office))
        return found

    def compose(self, sheet: Sheet, subject: Letter, options: Options) -> None:
        """The same places whether the words around them are printed or stand there already."""
        onto = options["how"] == ONTO
        pen = _Pen(sheet, onto, _length(options, _RIGHT), _length(options, _DOWN))
        one, member = subject.transfer, subject.member
        number = one.number if one else ""
        if one is not None and one.way == "into":
            _receipt(pen, member, number, one.from_name, one)
            return
        kind = code_list("member_category").label_of(member.category).removesuffix("党员")
        day = dates.show(one.issued_on, "numerals") if one else ""
        where = (one.from_name, one.to_name) if one else ("", "")

        pen.at(_STUB, "中国共产党党员组织关系介绍信（存根）", number)
        pen.line(_Said(member.name, 8), "同志系中共", _Said(kind, 6), "党员，组织关系由")
        pen.line(_Said(where[0], 24), "转到")
        pen.line(_Said(where[1], 24), "。")
        pen.end(day)
        pen.cut(_LETTER - 6)

        on = one.issued_on if one and one.issued_on else dates.today()
        age = about.age(member, on)
        sex = code_list("sex").label_of(member.sex) if member.sex else ""
        people = code_list("ethnicity").label_of(member.ethnicity) if member.ethnicity else ""
        pen.at(_LETTER, "中国共产党党员组织关系介绍信", number)
        pen.line(_Said(one.addressee if one else "", 24), "：", indent=0)
        pen.line(
            _Said(member.name, 8), "同志（", _Said(sex, 2), "），", _Said(str(age or ""), 3), "岁，",
            _Said(people, 6),
        )  # fmt: skip
        pen.line(
            "系中共",
            _Said(kind, 6),
            "党员，身份证号码",
            _Said(member.id_number, 12),
            "，",
            indent=0,
        )
        pen.line("由", _Said(where[0], 26), indent=0)
        pen.line("去", _Said(where[1], 26), "，请接转组织关系。", indent=0)
        dues = dates.show(one.dues_until, "numerals") if one else ""
        pen.line("该同志党费已交到", _Said(dues, 10), "。")
        days = _in_words(one.valid_days) if one and one.valid_days else ""
        pen.line("（有效期", _Said(days, 4), "天）")
        pen.end(day)
        pen.line("党员联系电话：", _Said(member.phone, 12), indent=0)
        ours = office_settings.text
        pen.line("原所在基层党委通讯地址：", _Said(ours("office_address"), 24), indent=0)
        pen.line(
            "联系电话：", _Said(ours("office_phone"), 9), "传真：", _Said(ours("office_fax"), 9), "邮编：",
            _Said(ours("office_postcode"), 6), indent=0,
        )  # fmt: skip
        pen.cut(_RECEIPT - 6)

        _receipt(pen, member, number, subject.office, None)


def _receipt(pen: _Pen, member: Member, number: str, to: str, came: Transfer | None) -> None:
    """回执联: back to the office that wrote the letter; filled in where the member came to us."""
    pen.at(_RECEIPT, "中国共产党党员组织关系介绍信（回执）", number)
    pen.line(_Said(to, 24), "：", indent=0)
    pen.line(_Said(member.name, 8), "同志的组织关系已转达我处。")
    day = (came.received_on or came.asked_on) if came else ""
    pen.end(dates.show(day, "numerals") if day else "")
    by, phone = (came.handled_by, came.receipt_phone) if came else ("", "")
    pen.line("经办人：", _Said(by, 8), "联系电话：", _Said(phone, 12), indent=0)


class _Pen:
    """Writes lines of fixed words and values; onto the blank only the values."""

    def __init__(self, sheet: Sheet, onto: bool, right: float, down: float) -> None:
        self.sheet, self.onto = sheet, onto
        self.right, self.down = (right, down) if onto else (0.0, 0.0)
        self.y = 0.0

    def at(self, y: float, title: str, number: str) -> None:
        """Begin a part: its title, and the number at the right."""
        middle = self.sheet.paper.width / 2
        if not self.onto:
            self.sheet.text(middle, y, title, Role.BIAOSONG, SIZES["三号"], "center")
        self.y = y + _STEP
        self._write(self.sheet.right - 12 * _EM, [_Said(number, 12)])
        self.y += _STEP

    def line(self, *parts: str | _Said, indent: int = 2) -> None:
        """One line of the part."""
        self._write(self.sheet.left + indent * _EM, parts)
        self.y += _STEP

    def end(self, day: str) -> None:
        """The seal and the day at the right."""
        self._write(self.sheet.right - 62, ["（盖章）", _Said(day, 11)])
        self.y += _STEP

    def cut(self, y: float) -> None:
        """Where the coupons come apart."""
        if not self.onto:
            self.sheet.line(self.sheet.left, y, self.sheet.right, y, 0.3)

    def _write(self, x: float, parts: Sequence[str | _Said]) -> None:
        for part in parts:
            if isinstance(part, str):
                if not self.onto:
                    self.sheet.text(x, self.y, part, Role.FANG, _SIZE)
                x += len(part) * _EM
                continue
            room = part.room * _EM
            self.sheet.cell(
                x + self.right, self.y + self.down - 5.2, room, 7, part.text, Role.KAI, _SIZE,
                "center", 0.0, "介绍信",
            )  # fmt: skip
            if not self.onto:
                self.sheet.line(x, self.y + 1.6, x + room, self.y + 1.6, 0.3)
            x += room


def _in_words(number: int) -> str:
    """Days as the letter has them: 拾, 叁拾."""
    tens, units = divmod(number, 10)
    digits = "零壹贰叁肆伍陆柒捌玖"
    head = "" if not tens else ("" if tens == 1 else digits[tens]) + "拾"
    return head + (digits[units] if units else "")


def _length(options: Options, option: Option) -> float:
    text = str(options[option.name]).strip() or "0"
    try:
        length = float(text)
    except ValueError:
        length = 1000.0
    if not -100 <= length <= 100:
        raise Refusal(f"“{option.label}”应为 -100 至 100 的毫米数，“{text}”不是。")
    return length
