"""走访频次规定: how often a leader visits a contact point, as dated rules (docs/systems.md 15).

A rule is never edited into another: a new one begins when the old one ends, so that what was done
before the change is judged by what held then.
"""

from __future__ import annotations

from collections.abc import Iterator

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Number, PartialDate, Text
from db.record import Record


class VisitRule(Record):
    """走访频次规定: so many visits, so many days, in each 月, 季, 半年 or 年."""

    name = Text("规定名称", required=True, max_length=60, width=22, searched="name")
    rank = Choice("适用级别", "leader_rank", help_text="空着适用所有级别")
    kind = Choice("适用联系点", "contact_kind", help_text="空着适用所有类别")
    period = Choice("周期", "period", required=True, width=5)
    least_visits = Number("最少次数", required=True, minimum=0, maximum=366)
    least_days = Number("最少天数", minimum=0, maximum=366, default=0, help_text="不要求天数填 0")
    from_on = PartialDate("生效日期", required=True)
    until_on = PartialDate("失效日期", help_text="空着表示一直有效；改规定时填旧规定的最后一天")
    document = Text("依据文件", max_length=80, width=18)
    notes = Text("备注", max_length=300, multiline=True)

    class Meta:
        label = "走访频次规定"
        section = "联系走访"
        order = 88
        managed = True
        travels = "both"

    def faults(self) -> Iterator[Fault]:
        """A rule asks for something, from one day to a later one, and not twice for the same."""
        if not self.least_visits and not self.least_days:
            yield Fault("least_visits", "次数和天数至少要求一项")
        for field, words in (("from_on", "生效日期"), ("until_on", "失效日期")):
            if getattr(self, field) and len(getattr(self, field)) < 10:
                yield Fault(field, f"{words}要写到日")
        if self.until_on and self.until_on < self.from_on:
            yield Fault("until_on", "失效日期早于生效日期")
        if not self.retired and self._overlaps():
            yield Fault("from_on", "同一级别、同一类别在这段时间已有规定，请先填旧规定的失效日期")

    def _overlaps(self) -> bool:
        others = VisitRule.living().where(
            VisitRule.rank == self.rank,
            VisitRule.kind == self.kind,
            VisitRule.id != (self.id or 0),
            (VisitRule.until_on == "") | (VisitRule.until_on >= self.from_on),
        )
        if self.until_on:
            others = others.where(VisitRule.from_on <= self.until_on)
        return bool(others.exists())

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What it asks, in a few words: 每季至少 2 次、3 天."""
        asked = [f"{self.least_visits} 次"] if self.least_visits else []
        asked += [f"{self.least_days} 天"] if self.least_days else []
        return f"每{code_list('period').label_of(self.period)}至少 {'、'.join(asked)}"
