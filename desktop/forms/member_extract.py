"""个人信息摘录: everything the office keeps about one member, for that member to read.

个人信息保护法 art. 45 gives a person the right to see what is kept. The sheet walks the registers,
so that a new register appears on it without anybody remembering to add it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db import registry
from db.columns import columns_of
from db.registers.member import Member
from db.rules import dates
from desktop.forms import about_members as about
from desktop.typeset.form import Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import shown


class MemberExtract(Form):
    """The record of a member and every row of any register that names the member."""

    of = Member
    title = "个人信息摘录"
    paper = A4
    signed = True

    def usual(self, query: Any) -> Any:
        return about.usual(query)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Columns in two pairs a row, then the rows of each other register."""
        del options
        today = dates.show(dates.today(), "chinese")
        sheet.title(self.title)
        sheet.heads(f"姓名：{subject.name}", f"摘录日期：{today}")
        fields = [field for field in columns_of(Member) if not _is_long(field)]
        long = [field for field in columns_of(Member) if _is_long(field)]
        with sheet.grid(30, 53, 30, 53, row=8.4) as grid:
            for at in range(0, len(fields), 2):
                row = grid.row()
                for field in fields[at : at + 2]:
                    row.field(subject, field, align="left")
                if len(fields[at : at + 2]) == 1:
                    row.write(2)
            for field in long:
                grid.row(11).field(subject, field, 3, align="left")
        for place, (label, lines) in enumerate(_elsewhere(subject), 1):
            sheet.y += 2.5
            sheet.paragraph(f"{place}. {label}（{len(lines)} 条）", 12, indent=0)
            for line in lines:
                sheet.paragraph(line, 10.5, indent=2, leading=1.45)
        sheet.y += 3
        sheet.note(
            "以上是本单位台账中关于您的全部记录。如有错漏，请告知党组织工作人员更正；"
            "更正前后的内容都留有记录。"
        )
        if sheet.y + 16 > sheet.bottom:
            sheet.page()
        sheet.signatures("本人签收", "经办人", "日期")


def _is_long(field: Any) -> bool:
    """A column that wants the width of the sheet."""
    return bool(getattr(field, "multiline", False)) or (getattr(field, "max_length", 0) or 0) > 60


def _elsewhere(member: Any) -> Iterator[tuple[str, list[str]]]:
    """Label and lines of every other kind of row that points at the member."""
    for model in registry.models():
        ways = [field for field in columns_of(model) if getattr(field, "rel_model", None) is Member]
        if model is Member or not ways:
            continue
        lines: list[str] = []
        for way in ways:
            rows = model.select().where(way == member.id).order_by(model.id)
            lines += [_line(row, way) for row in rows]
        if lines:
            yield str(model._meta.label), lines


def _line(row: Any, way: Any) -> str:
    """One row in words: label and value of each column that says something."""
    said = [
        f"{field.verbose_name}：{text}"
        for field in columns_of(type(row))
        if field is not way
        and (text := shown(row, field).strip())
        and text not in {"否", "{}", "[]"}
    ]
    ended = [f"已停用（{row.retired}）"] if row.retired else []
    return "；".join([*said, *ended]) + "。"
