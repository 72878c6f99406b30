"""星级评比台账: rating rounds of members, households and organizations (docs/systems.md 4-9).

A round keeps the scheme's text it is judged under; each participant keeps the name and branch of the day.
Marks are kept one row per participant and rater group, so that ten years of a county stay small.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Flag, Number, PartialDate, Reference, Score, Structured, Text
from db.record import Record
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from db.rules import dates, meeting
from db.rules.scheme import Scheme as Rules
from db.rules.scheme_kept import rules_of as rules_of

_amending: ContextVar[bool] = ContextVar("amending", default=False)


@contextmanager
def amending() -> Iterator[None]:
    """Inside, a sealed round may change: for a correction that is recorded as an amendment."""
    token = _amending.set(True)
    try:
        yield
    finally:
        _amending.reset(token)


class Appraisal(Record):
    """评比: one round of one scheme in one scope for one period."""

    name = Text("评比名称", required=True, max_length=60, width=30, searched="name")
    scheme = Reference("评定办法", Scheme, required=True)
    scheme_code = Text("办法代号", max_length=40, index=True)
    subject = Choice("评定对象", "appraisal_subject", default="member", width=6)
    organization = Reference("评定范围", Organization, required=True)
    year = Number("年度", required=True, minimum=1921, maximum=2099)
    period = Text("评定期", required=True, max_length=10, help_text="如 2026、2026-Q3、2026-11")
    rated_on = PartialDate("参评人员截止日期", required=True)
    step = Number("当前步骤", default=0, help_text="办法所列步骤的序号，从 0 起")
    step_name = Text("步骤", max_length=20, width=10)
    notice_days = Number("公示天数", minimum=1, maximum=60)
    notice_unit = Choice("公示天数单位", "day_unit", default="calendar")
    notice_from = PartialDate("公示开始日期")
    notice_until = PartialDate("公示截止日期")
    notice_phone = Text("受理电话", max_length=40)
    notice_address = Text("受理地址", max_length=80)
    document = Text("审定文号", max_length=40)
    decided_on = PartialDate("审定日期")
    decided_by = Text("审定机关", max_length=60, width=20)
    sealed_on = PartialDate("归档日期")
    body = Structured("所用办法全文", help_text="开评时封存，以后办法修订不影响本次")
    notes = Text("备注", max_length=500, multiline=True)

    class Meta:
        label = "星级评比"
        section = "创先争优"
        order = 50
        newest_first = True

    if TYPE_CHECKING:
        organization_id: int
        scheme_id: int
        stages: Any
        meetings: Any
        turnouts: Any
        participants: Any
        choosings: Any
        objections: Any

    @property
    def rules(self) -> Rules:
        """The scheme this round is judged under."""
        return rules_of(self.body)

    def faults(self) -> Iterator[Fault]:
        """A notice ends after it begins; what is sealed stays sealed."""
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            yield Fault("notice_until", "公示截止日期早于开始日期")
        if self.sealed_on and "sealed_on" not in self._dirty:
            yield from _sealed(self)

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return f"{self.period} {self.step_name}"


def _sealed(appraisal: Appraisal) -> Iterator[Fault]:
    if not _amending.get():
        yield Fault("", f"“{appraisal.name}”已归档，只能作更正登记")


class Stage(Record):
    """One step of a round: when it began and ended, and what it rests on."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="stages")
    position = Number("序号", required=True)
    kind = Text("类型", required=True, max_length=12)
    name = Text("步骤", required=True, max_length=20)
    began_on = PartialDate("开始日期")
    ended_on = PartialDate("完成日期")
    document = Text("文号", max_length=40)
    words = Text("说明", max_length=300, multiline=True)

    class Meta:
        label = "评比步骤"
        detail_of = Appraisal
        service_made = True

    def faults(self) -> Iterator[Fault]:
        """A step ends after it begins."""
        if self.began_on and self.ended_on and self.ended_on < self.began_on[: len(self.ended_on)]:
            yield Fault("ended_on", "完成日期早于开始日期")

    def title(self) -> str:
        return str(self.name)


class Meeting(Record):
    """评定会议: the meeting of one organization in a round, with attendance and vote."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="meetings")
    organization = Reference("召开会议的党组织", Organization, required=True)
    held_on = PartialDate("会议日期", required=True)
    place = Text("地点", max_length=40)
    expected = Number("应到人数", required=True, minimum=1)
    present = Number("实到人数", required=True)
    agreed = Number("同意票")
    against = Number("反对票")
    abstained = Number("弃权票")
    words = Text("评定意见", max_length=500, multiline=True)

    class Meta:
        label = "评定会议"
        detail_of = Appraisal

    def faults(self) -> Iterator[Fault]:
        """Nobody was present who was not expected, and nobody voted who was not present."""
        yield from meeting.faults(self.expected, self.present)
        if (self.agreed or 0) + (self.against or 0) + (self.abstained or 0) > (self.present or 0):
            yield Fault("agreed", "票数之和多于实到人数")

    def title(self) -> str:
        return f"{self.organization.name} {dates.show(self.held_on)}"


class Turnout(Record):
    """计票: ballots of one rater group, as counted under supervision."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="turnouts")
    organization = Reference("党组织", Organization)
    rater = Choice("评分主体", "rater_group", required=True)
    held_on = PartialDate("测评日期")
    issued = Number("发出票", required=True)
    returned = Number("收回票", required=True)
    valid = Number("有效票", required=True)
    counters = Text("计票人", max_length=40)
    supervisor = Text("监票人", max_length=40)

    class Meta:
        label = "计票记录"
        detail_of = Appraisal

    @property
    def invalid(self) -> int:
        """无效票."""
        return (self.returned or 0) - (self.valid or 0)

    def faults(self) -> Iterator[Fault]:
        """收回 ≤ 发出, 有效 ≤ 收回."""
        if (self.returned or 0) > (self.issued or 0):
            yield Fault("returned", "收回票不能多于发出票")
        if (self.valid or 0) > (self.returned or 0):
            yield Fault("valid", "有效票不能多于收回票")

    def title(self) -> str:
        return f"{code_list('rater_group').label_of(self.rater)} {dates.show(self.held_on)}".strip()


class Participant(Record):
    """参评对象: who takes part or not and why, with everything that decides the level but the marks."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="participants")
    member = Reference("党员", Member)
    organization = Reference("党组织", Organization, help_text="评定党组织时")
    branch = Reference("所在党支部", Organization, help_text="评定党组织时为其上级")
    name = Text("姓名或名称", required=True, max_length=60, width=12)
    branch_name = Text("党支部", max_length=60, width=22)
    category = Choice("人员类别", "member_category", width=8)
    state = Choice("参评情况", "participation", required=True, default="rated", width=6)
    reason = Text("免评或不参评原因", max_length=100, width=16)
    wish = Flag("本人申请", help_text="免评由本人提出")
    meeting_on = PartialDate("党员大会通过日期", help_text="免评由党员大会通过")
    groups = Structured("人群", default=list)
    answers = Structured("认定事项", default=dict)
    numbers = Structured("数据", default=dict)
    vetoes = Structured("一票否决", default=list)
    review = Text("民主评议等次", max_length=20, width=8)
    total = Score("得分", minimum=None)
    stars = Structured("所得之星", default=list)
    level = Text("星级（等次）", max_length=20, width=8)
    rank = Number("等次序号", help_text="从最低等次 0 起", index=True)
    reckoned = Text("按分数应得等次", max_length=20)
    decided = Text("组织认定等次", max_length=20, help_text="与测算不一致时由组织认定")
    decided_reason = Text("认定理由", max_length=200)
    last_level = Text("上期星级（等次）", max_length=20, width=8)
    movement = Choice("升降", "movement", width=6)
    movement_reason = Text("升降原因", max_length=200, width=16)
    missing = Text("未评项目", max_length=300)
    notes = Text("备注", max_length=200)

    class Meta:
        label = "参评对象"
        detail_of = Appraisal

    if TYPE_CHECKING:
        appraisal_id: int
        member_id: int | None
        organization_id: int | None
        branch_id: int | None
        marks: Any
        events: Any
        amendments: Any
        plates: Any

    def faults(self) -> Iterator[Fault]:
        """Who stays out has a reason; what is sealed stays sealed."""
        if self.appraisal.sealed_on:
            yield from _sealed(self.appraisal)
        if self.state != "rated" and not self.reason:
            label = code_list("participation").label_of(self.state)
            yield Fault("reason", f"请写明{label}的原因")
        if self.decided and self.decided != self.reckoned and not self.decided_reason:
            yield Fault("decided_reason", "组织认定与测算结果不一致，请写明理由")

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return str(self.branch_name)


class Mark(Record):
    """评分: what one rater group gave one participant, one cell for each item it marks."""

    participant = Reference("参评对象", Participant, required=True, backref="marks")
    rater = Text("评分主体", required=True, max_length=20)
    cells = Structured("各项评分", required=True)

    class Meta:
        label = "评分"
        detail_of = Appraisal
        indexes = ((("participant", "rater"), True),)

    def faults(self) -> Iterator[Fault]:
        """What is sealed stays sealed; the cells fit the scheme."""
        appraisal = self.participant.appraisal
        if appraisal.sealed_on:
            yield from _sealed(appraisal)
        boxes = appraisal.rules.sheet.get(self.rater)
        if boxes is None or not isinstance(self.cells, list) or len(self.cells) != len(boxes):
            yield Fault("cells", "评分与本次办法的项目不符")

    def title(self) -> str:
        """Whose marks, and who gave them: 尹林 自评."""
        rater = self.participant.appraisal.rules.rater_of.get(self.rater)
        return f"{self.participant.name} {rater.name if rater else self.rater}"


class Event(Record):
    """记分事项: something that added or took off points, on the day it happened."""

    participant = Reference("参评对象", Participant, required=True, backref="events")
    item = Text("考核项目", required=True, max_length=20)
    clause = Text("记分情形", required=True, max_length=20)
    on = PartialDate("日期", required=True, column_name="happened_on")
    points = Score("分值", required=True, minimum=None)
    words = Text("事由", max_length=200, width=20)

    class Meta:
        label = "记分事项"
        detail_of = Appraisal

    def faults(self) -> Iterator[Fault]:
        """The clause exists and the points are within it."""
        appraisal = self.participant.appraisal
        if appraisal.sealed_on:
            yield from _sealed(appraisal)
        item = appraisal.rules.item_of.get(self.item)
        find = getattr(item, "clause", None)
        clause = find(self.clause) if find else None
        if clause is None:
            yield Fault("clause", "本次办法里没有这种记分情形")
        elif not clause.low <= self.points <= clause.high:
            low, high = clause.low / 100, clause.high / 100
            words = f"{low:g} 分" if low == high else f"{low:g} 至 {high:g} 分"
            yield Fault("points", f"“{clause.text}”应记 {words}")

    def title(self) -> str:
        return f"{self.participant.name} {self.on}"


class Choosing(Record):
    """同分取舍: whom a person preferred among equals at the edge of a quota, and why."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="choosings")
    scope = Text("范围", max_length=24)
    level = Text("等次", required=True, max_length=20)
    chosen = Structured("入选对象", required=True)
    reason = Text("理由", required=True, max_length=200)
    chosen_on = PartialDate("日期", required=True)

    class Meta:
        label = "同分取舍"
        detail_of = Appraisal

    def title(self) -> str:
        return f"{self.level} 同分取舍"


class Objection(Record):
    """公示异议: what was raised during the notice and what came of it."""

    appraisal = Reference("星级评比", Appraisal, required=True, backref="objections")
    participant = Reference("涉及对象", Participant)
    received_on = PartialDate("收到日期", required=True)
    raised_by = Text("反映人", max_length=40, private=True, help_text="实名反映的填姓名，不公开")
    content = Text("反映内容", required=True, max_length=500, multiline=True)
    outcome = Choice("核实结果", "objection_result", default="pending")
    answer = Text("核实情况与答复", max_length=500, multiline=True)
    settled_on = PartialDate("办结日期")

    class Meta:
        label = "评定异议"
        detail_of = Appraisal

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.outcome in code_list("objection_result").marked("open")

    def faults(self) -> Iterator[Fault]:
        """A settled objection has its answer and its day."""
        if not self.open and not (self.answer and self.settled_on):
            yield Fault("answer", "办结异议须写明核实情况与答复，并填办结日期")

    def title(self) -> str:
        return f"{self.participant.name if self.participant else self.appraisal.name} 异议"


class Amendment(Record):
    """更正: a recorded correction of a sealed round."""

    participant = Reference("参评对象", Participant, required=True, backref="amendments")
    made_on = PartialDate("更正日期", required=True)
    old_level = Text("原星级（等次）", max_length=20)
    new_level = Text("更正后星级（等次）", max_length=20)
    old_total = Score("原得分", minimum=None)
    new_total = Score("更正后得分", minimum=None)
    reason = Text("更正理由", required=True, max_length=300, multiline=True)
    document = Text("文号", max_length=40)
    approved_by = Text("批准人", required=True, max_length=40)

    class Meta:
        label = "评定更正"
        detail_of = Appraisal

    def title(self) -> str:
        return f"{self.participant.name} {self.old_level}→{self.new_level}"


class Plate(Record):
    """授星牌: the plate that hangs at the household, handed out and taken back."""

    participant = Reference("参评对象", Participant, required=True, backref="plates")
    number = Text("牌号", required=True, max_length=24, searched="text")
    level = Text("星级", max_length=20)
    issued_on = PartialDate("授牌日期", required=True)
    receiver = Text("领取人", max_length=25)
    returned_on = PartialDate("收回日期")
    returned_reason = Text("收回原因", max_length=100)

    class Meta:
        label = "授星牌"
        detail_of = Appraisal

    def faults(self) -> Iterator[Fault]:
        """A plate taken back has its reason and comes after it was given."""
        if self.returned_on and self.returned_on < self.issued_on[: len(self.returned_on)]:
            yield Fault("returned_on", "收回日期早于授牌日期")
        if self.returned_on and not self.returned_reason:
            yield Fault("returned_reason", "请写明收回原因")

    def title(self) -> str:
        return f"{self.number} {self.participant.name}"
