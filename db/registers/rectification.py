"""后进整顿: villages that are put in order, by five fixed responsible parties (docs/systems.md 28).

One village, one plan, one row for each year in which it stands on the list: what is wrong, who helps,
what is done, what it costs, how it was accepted. Only formal facts of the organization are reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Money, Name, Number, PartialDate, Reference, Score, Text
from db.record import Record
from db.registers.leader import Leader
from db.registers.organization import Organization
from db.rules import dates

#: 五定点, in the order in which offices name them: column → what it is for short.
FIVE = {
    "leader": "旗级领导定点联系",
    "township": "苏木乡镇定点指导",
    "unit_name": "旗直单位定点帮扶",
    "coordinator": "选派干部定点协调",
    "section_name": "组织部股室定点督办",
}


class Rectification(Record):
    """整顿对象: one organization in one year."""

    organization = Reference(
        "党组织", Organization, required=True, backref="rectifications", width=22
    )
    year = Number("年度", required=True, minimum=1949, maximum=2099)
    kind = Choice("整顿类型", "rectification_kind", required=True, default="backward", width=9)
    from_on = PartialDate("列入日期", required=True)
    due_on = PartialDate("整顿时限", required=True)
    ground = Choice("主要情形", "rectification_ground", required=True, width=14)
    situation = Text("基本情况", max_length=1000, multiline=True)
    cause = Text("成因", max_length=1000, multiline=True)
    plan = Text(
        "整顿思路", max_length=1000, multiline=True, help_text="一村一策：这个嘎查村怎么整顿"
    )
    leader = Reference(
        "定点联系领导", Leader, backref="rectifications", width=10, help_text=FIVE["leader"]
    )
    township = Text("定点指导人", max_length=60, help_text=FIVE["township"])
    unit_name = Text("定点帮扶单位", max_length=60, width=14, help_text=FIVE["unit_name"])
    coordinator = Name("定点协调干部", searched="", help_text=FIVE["coordinator"])
    section_name = Text("定点督办股室", max_length=60, help_text=FIVE["section_name"])
    asked_on = PartialDate("申请验收日期")
    accepted_on = PartialDate("验收日期")
    accepted_by = Text("验收单位", max_length=60)
    score = Score("验收得分", minimum=0, maximum=10000)
    opinion = Text("验收意见", max_length=500, multiline=True)
    result = Choice("整顿结果", "rectification_result", width=8)
    lifted_on = PartialDate("摘牌日期", help_text="转化以后摘下告示牌的日期")
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        organization_id: int
        leader_id: int | None

    class Meta:
        label = "后进整顿"
        section = "联系走访"
        order = 87
        newest_first = True

    def faults(self) -> Iterator[Fault]:
        """Once a year; steps in their order; a result comes with its acceptance."""
        for field in ("from_on", "due_on"):
            if len(getattr(self, field)) < 10:
                label = Rectification._meta.fields[field].label
                yield Fault(field, f"{label}要写到日")
        if self.due_on < self.from_on:
            yield Fault("due_on", "整顿时限早于列入日期")
        if not self.retired and self._twice():
            yield Fault("organization", f"这个党组织{self.year}年度已经列入整顿")
        if bool(self.result) != bool(self.accepted_on):
            field = "accepted_on" if self.result else "result"
            yield Fault(field, "验收日期和整顿结果要一起填")
        if self.accepted_on and self.accepted_on < self.from_on[: len(self.accepted_on)]:
            yield Fault("accepted_on", "验收日期早于列入日期")
        if self.lifted_on and self.result not in code_list("rectification_result").marked("done"):
            yield Fault("lifted_on", "验收为“转化”之后才能摘牌")

    def _twice(self) -> bool:
        rows = Rectification.living().where(
            Rectification.organization == self.organization_id,
            Rectification.year == self.year,
            Rectification.id != (self.id or 0),
        )
        return bool(rows.exists())

    def warnings(self) -> Iterator[Fault]:
        """五定点 are five."""
        yield from super().warnings()
        for name, words in FIVE.items():
            if not getattr(self, "leader_id" if name == "leader" else name):
                yield Fault(name, f"还没有确定{words}")

    def state(self, on: str = "") -> str:
        """整顿中, 超期, 待验收, 转化 or 继续整顿, on a day (today when empty)."""
        if self.result:
            return code_list("rectification_result").label_of(self.result)
        if self.asked_on:
            return "待验收"
        return "超期" if self.due_on < (on or dates.today()) else "整顿中"

    def title(self) -> str:
        return str(self.organization.name)

    def subtitle(self) -> str:
        kind = code_list("rectification_kind").label_of(self.kind)
        return f"{self.year}年　{kind}　{self.state()}"


class Problem(Record):
    """整顿问题: one problem with its measure and who answers for it (问题、措施、责任三个清单)."""

    rectification = Reference("后进整顿", Rectification, required=True, backref="problems")
    kind = Choice("类别", "rectification_ground", required=True, width=11)
    words = Text("具体问题", required=True, max_length=300, multiline=True, width=22)
    measure = Text("整改措施", max_length=300, multiline=True, width=22)
    person = Text("责任人", max_length=60, width=8)
    due_on = PartialDate("完成时限")
    done_on = PartialDate("销号日期")
    result = Text("整改结果", max_length=300, multiline=True)

    if TYPE_CHECKING:
        rectification_id: int

    class Meta:
        label = "整顿问题"
        detail_of = Rectification

    def faults(self) -> Iterator[Fault]:
        """What is struck off says what came of it."""
        if self.done_on and not self.result:
            yield Fault("result", "销号的问题请写整改结果")

    def title(self) -> str:
        return f"{self.rectification.organization.name} {self.words[:20]}"


class Project(Record):
    """帮扶项目: what a helping unit brings, in money and in goods at value."""

    rectification = Reference("后进整顿", Rectification, required=True, backref="projects")
    name = Text("项目名称", required=True, max_length=80, width=18)
    kind = Choice("项目类别", "rectification_project", required=True, width=9)
    unit_name = Text("帮扶单位", max_length=60, width=12)
    amount = Money("落实资金", required=True, minimum=0)
    goods_value = Money("其中物资折款", minimum=0, help_text="资金里以物资到位的部分")
    state = Choice("进展", "goal_state", required=True, default="open", width=6)
    from_on = PartialDate("落实日期", required=True)
    done_on = PartialDate("完成日期")
    effect = Text("受益情况", max_length=200, multiline=True)

    if TYPE_CHECKING:
        rectification_id: int

    class Meta:
        label = "帮扶项目"
        detail_of = Rectification

    def faults(self) -> Iterator[Fault]:
        """Goods are a part of the sum; what is done says when, and only that."""
        if (self.goods_value or 0) > (self.amount or 0):
            yield Fault("goods_value", "物资折款不能多于落实资金")
        if self.done_on and self.state in code_list("goal_state").marked("open"):
            yield Fault("state", "填了完成日期，进展请选“已完成”")
        if self.state == "done" and not self.done_on:
            yield Fault("done_on", "请填写完成日期")
        if self.done_on and self.done_on < self.from_on[: len(self.done_on)]:
            yield Fault("done_on", "完成日期早于落实日期")

    def title(self) -> str:
        return str(self.name)


class MonthlyProgress(Record):
    """月进展: what was done in a month, reported 销号 by 销号."""

    rectification = Reference("后进整顿", Rectification, required=True, backref="progress")
    on = PartialDate("日期", required=True, column_name="happened_on")
    words = Text("进展情况", required=True, max_length=600, multiline=True, width=36)
    person = Name("填报人", searched="", width=8)

    if TYPE_CHECKING:
        rectification_id: int

    class Meta:
        label = "整顿月进展"
        detail_of = Rectification

    def title(self) -> str:
        return f"{self.rectification.organization.name} {self.on}"
