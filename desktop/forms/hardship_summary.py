"""困难党员汇总表: how many in each organization, by cause and degree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.codes import code_list
from db.registers.hardship import Hardship
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import NUMBER, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import whole

_RECOGNISED = Option("recognised", "只统计组织认定的", False)
#: Causes that stand in a column of their own; the rest are put together.
_CAUSES = ("01", "02", "03", "04", "05", "06", "08", "09", "10")


@dataclass(frozen=True)
class _Line:
    name: str
    people: Sequence[Hardship]

    def count(self, column: str, code: str) -> int | None:
        found = Counter(getattr(one, column) for one in self.people)
        return found[code] or None

    def others(self) -> int | None:
        return sum(1 for one in self.people if one.category not in _CAUSES) or None


class HardshipSummary(Form):
    """A line for each organization, sums at the foot."""

    of = Hardship
    title = "困难党员汇总表"
    paper = A4_LANDSCAPE
    gathers = True
    signed = True
    choices = (_RECOGNISED,)

    def mark(self, subject: Any) -> Mark | None:
        """The summary of a year."""
        rows = whole(subject)
        return Mark(self.id, 0, str(rows[0].year) if rows else "0")

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Counted from the registrations chosen."""
        rows = [one for one in subject if one.recognised or not options["recognised"]]
        groups: dict[str, list[Hardship]] = {}
        for one in rows:
            groups.setdefault(str(one.organization.name), []).append(one)
        codes = code_list("hardship")
        degrees = code_list("hardship_degree")
        columns = [
            ORDINAL,
            Column("党组织", 62, lambda line: line.name, kind=TEXT),
            _number("合计", lambda line: len(line.people)),
            _number("党员", lambda line: sum(1 for p in line.people if p.member_id) or None),
        ]
        columns += [_number(codes.short_of(c), _counts("category", c)) for c in _CAUSES]
        columns.append(_number("其他", lambda line: line.others()))
        columns += [_number(degrees.short_of(d.code), _counts("degree", d.code)) for d in degrees]
        years = "、".join(f"{y}年" for y in sorted({one.year for one in rows}))
        sheet.roster(
            Roster(
                self.title,
                columns,
                heads=("填报单位（盖章）：", f"{years}　单位：人"),
                foot=("负责人", "审核", "制表"),
                row=8.0,
                size=9.0,
            ),
            [_Line(name, people) for name, people in groups.items()],
        )


def _number(heading: str, value: Any) -> Column:
    return Column(heading, 15, value, kind=NUMBER, total=True)


def _counts(column: str, code: str) -> Any:
    return lambda line: line.count(column, code)
