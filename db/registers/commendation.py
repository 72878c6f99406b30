"""表彰台账: rounds of commendation from quotas to certificates (docs/systems.md 18, 19).

A round has award types; each award type has places (quotas) and nominations; a nomination gathers
opinions and, when the decision falls, an award. People outside the Party, windows and units can be
nominated beside members and organizations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault, Refusal
from db.fields import (
    Choice,
    Flag,
    IdNumber,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Score,
    Structured,
    Text,
)
from db.record import Record
from db.registers.member import Honour, Member
from db.registers.organization import Organization
from db.rules import meeting


class Commendation(Record):
    """表彰批次: one round of commendation, 草稿 → 推荐 → 资格审查 → 公示 → 决定 → 授予."""

    name = Text("表彰名称", required=True, max_length=60, width=26, searched="name")
    year = Number("年度", required=True, minimum=1921, maximum=2099)
    level = Choice("表彰级别", "honour_level", required=True)
    scope = Reference("表彰范围", Organization, help_text="在哪个党组织范围内表彰；空着表示全部")
    basis = Text("表彰依据", max_length=300, multiline=True, help_text="上级批复或文件的名称、文号")
    step = Choice("步骤", "commendation_step", required=True, default="draft", width=8)
    nominate_until = PartialDate("推荐截止日期")
    reviewed_on = PartialDate("资格审查日期")
    notice_days = Number("公示天数", minimum=1, maximum=60)
    notice_unit = Choice("公示天数单位", "day_unit", default="working")
    notice_from = PartialDate("公示开始日期")
    notice_until = PartialDate("公示截止日期")
    notice_organ = Text("受理公示意见的单位", max_length=60, width=20)
    notice_phone = Text("受理电话", max_length=40, help_text="公示上印出；可写两个号码")
    notice_address = Text("受理地址", max_length=80, width=20)
    notice_postcode = Text("邮政编码", max_length=6)
    notice_outcome = Choice("公示结果", "objection_result")
    issuer = Text("颁发机关", max_length=60, width=20, help_text="决定落款和证书上的机关全称")
    document = Text("决定文号", max_length=40)
    decided_on = PartialDate("决定日期")
    granted_on = PartialDate("授予日期", help_text="表彰大会或送达的日期")
    addressees = Text("主送机关", max_length=120, multiline=True)
    preface = Text(
        "决定正文", max_length=3000, multiline=True, help_text="名单之前的段落，一段一行"
    )
    call = Text("决定结尾", max_length=3000, multiline=True, help_text="名单之后的号召，一段一行")
    order_by = Choice("名单排序", "name_order", default="rank")
    certificate_words = Text(
        "证书编号样式", max_length=40, default="{年}-{序号:3}", help_text="可用 {年} {类} {序号:3}"
    )
    eligibility = Structured("资格审查设置", default=dict)
    notes = Text("备注", max_length=500, multiline=True)

    if TYPE_CHECKING:
        scope_id: int | None

    class Meta:
        label = "表彰"
        section = "创先争优"
        order = 60
        newest_first = True

    def faults(self) -> Iterator[Fault]:
        """A notice ends after it begins, and nothing is granted before it is decided."""
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            yield Fault("notice_until", "公示截止日期早于开始日期")
        if self.granted_on and self.decided_on and self.granted_on < self.decided_on:
            yield Fault("granted_on", "授予日期早于决定日期")

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return f"{self.year}年 {code_list('commendation_step').label_of(self.step)}"


class AwardType(Record):
    """表彰项目: one title of a round, e.g. 优秀共产党员, and how many may have it."""

    commendation = Reference("表彰", Commendation, required=True, backref="award_types")
    name = Text("荣誉称号", required=True, max_length=60, width=20)
    award = Choice("表彰类型", "award", help_text="统计口径；自定的称号可空着")
    kind = Choice("对象类别", "award_kind", required=True)
    pool = Choice("推荐范围", "award_pool", default="any")
    position = Number("顺序", default=1)
    places = Number("名额总数", help_text="决定时最多表彰多少；空着不限")
    ratio = Number(
        "差额推荐比例", minimum=100, maximum=300, default=100, unit="%", help_text="120 即 1:1.2"
    )
    deeds_limit = Number("事迹字数", minimum=50, maximum=6000, default=600, unit="字")
    group_words = Text("名单标题", max_length=60, help_text="决定附件里的小标题；空着用荣誉称号")
    praise = Text("证书正文", max_length=300, multiline=True, help_text="空着用通用的一句")

    if TYPE_CHECKING:
        commendation_id: int

    class Meta:
        label = "表彰项目"
        detail_of = Commendation

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return str(self.commendation.name)

    @property
    def counter(self) -> str:
        """The measure word of its recipients, 名 or 个."""
        return str(code_list("award_kind")[self.kind].extra["counter"])

    @property
    def subject(self) -> str:
        """Who may receive it: member, organization, person or unit."""
        return str(code_list("award_kind")[self.kind].extra["subject"])


class Quota(Record):
    """表彰名额: how many an organization (or a 领域) may nominate for one award type."""

    award_type = Reference("表彰项目", AwardType, required=True, backref="quotas")
    organization = Reference("党组织", Organization, help_text="含其下级；与领域选填一项")
    domain = Choice("领域", "domain")
    number = Number("固定名额", help_text="直接给数时填")
    percent = Score("比例", minimum=0, maximum=10000, unit="%")
    base = Choice("基数", "quota_base", default="full_members")
    rounding = Choice("取整办法", "rounding", default="up")
    base_count = Number("基数人数", help_text="计算时由台账数出")
    places = Number("名额", required=True, default=0)
    shifted = Number("调剂", minimum=None, default=0, help_text="调入为正，调出为负")
    reason = Text("说明", max_length=200)

    if TYPE_CHECKING:
        award_type_id: int
        organization_id: int | None

    class Meta:
        label = "表彰名额"
        detail_of = Commendation

    def title(self) -> str:
        whose = self.organization.name if self.organization is not None else ""
        whose = whose or code_list("domain").label_of(self.domain) or "全部"
        return f"{whose} {self.award_type.name}"

    @property
    def total(self) -> int:
        """The places after what was shifted in or out."""
        return int(self.places or 0) + int(self.shifted or 0)


class QuotaShift(Record):
    """名额调剂: places moved from one award type to another, and why."""

    source = Reference("调出名额", Quota, required=True, backref="shifts_out")
    target = Reference("调入名额", Quota, required=True, backref="shifts_in")
    count = Number("数量", required=True, minimum=1, column_name="places")
    on = PartialDate("日期", required=True, column_name="shifted_on")
    reason = Text("原因", required=True, max_length=200)

    if TYPE_CHECKING:
        source_id: int
        target_id: int

    class Meta:
        label = "名额调剂"
        detail_of = Commendation

    def faults(self) -> Iterator[Fault]:
        """Places are not shifted onto themselves."""
        if self.source_id == self.target_id:
            yield Fault("target", "调出和调入不能是同一项名额")

    def title(self) -> str:
        return f"{self.source.title()} → {self.target.title()}"


class Nomination(Record):
    """推荐对象: a member, an organization, a person outside the Party or a unit put forward."""

    commendation = Reference("表彰", Commendation, required=True, backref="nominations")
    award_type = Reference("表彰项目", AwardType, required=True, backref="nominations")
    member = Reference("党员", Member, backref="nominations")
    organization = Reference("党组织", Organization, backref="nominations")
    name = Text("姓名或名称", required=True, max_length=60, width=14, searched="name")
    sex = Choice("性别", "sex", width=4)
    ethnicity = Choice("民族", "ethnicity", width=6)
    born_on = PartialDate("出生日期")
    political_status = Choice("政治面貌", "political_status", width=8)
    education = Choice("学历", "education", width=8)
    id_number = IdNumber("公民身份号码")
    phone = Phone("联系电话")
    unit_name = Text("工作单位", max_length=60, width=20)
    post_title = Text("职务", max_length=60)
    nominator = Reference("推荐单位", Organization, backref="nominated", width=22)
    rank = Number("推荐顺序", minimum=1)
    state = Choice("状态", "nomination_state", required=True, default="proposed", width=6)
    state_reason = Text("状态说明", max_length=200)
    posthumous = Flag("追授")
    brief = Text("事迹简介", max_length=300, multiline=True, help_text="一两句话，用于一览表")
    deeds = Text("主要事迹", max_length=6000, multiline=True)
    resume = Text("简历", max_length=3000, multiline=True)
    snapshot = Structured("推荐时情况", default=dict, private=True)
    checked_on = PartialDate("审查日期")
    findings = Structured("审查结果", default=list)
    overrides = Structured("放行说明", default=dict)

    if TYPE_CHECKING:
        commendation_id: int
        award_type_id: int
        member_id: int | None
        organization_id: int | None
        nominator_id: int | None

    class Meta:
        label = "推荐对象"
        detail_of = Commendation
        told_by = ("id_number", "award_type")

    def check(self) -> list[Fault]:
        """The name is the member's or the organization's when one is chosen."""
        chosen = self.member or self.organization
        if chosen is not None and (not self.name or self.id is None):
            self.name = chosen.name
        faults = super().check()
        if not faults and chosen is None and self.award_type.subject == "person":
            from db.rules import names

            try:
                self.name = names.normalise(self.name)
            except Refusal as refusal:
                faults.append(Fault("name", refusal.message))
        return faults

    def faults(self) -> Iterator[Fault]:
        """One recipient, of the kind the award type is for, within the words allowed."""
        award_type = self.award_type
        if award_type.commendation_id != self.commendation_id:
            yield Fault("award_type", "表彰项目不属于这次表彰")
        subject = award_type.subject
        if self.member_id and self.organization_id:
            yield Fault("organization", "党员和党组织只能选一个")
        if subject == "member" and not self.member_id:
            yield Fault("member", f"“{award_type.name}”请选择党员")
        if subject == "organization" and not self.organization_id:
            yield Fault("organization", f"“{award_type.name}”请选择党组织")
        if subject == "person" and self.organization_id:
            yield Fault("organization", f"“{award_type.name}”授予个人，请填写姓名")
        limit = award_type.deeds_limit
        if limit and len("".join(self.deeds.split())) > limit:
            over = len("".join(self.deeds.split())) - limit
            yield Fault("deeds", f"主要事迹限 {limit} 字，现在超出 {over} 字")

    def warnings(self) -> Iterator[Fault]:
        """Only a number that was typed can be wrong; a member's stands on the member's record."""
        for fault in super().warnings():
            if fault.field != "id_number" or self.id_number:
                yield fault

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return str(self.award_type.name)

    @property
    def live(self) -> bool:
        """Whether it still stands in this round."""
        return not self.retired and self.state in code_list("nomination_state").marked("live")


class Opinion(Record):
    """推荐意见: what one organ wrote on the form; a branch with its meeting."""

    nomination = Reference("推荐对象", Nomination, required=True, backref="opinions")
    organ = Choice("意见栏", "opinion_organ", required=True, width=9)
    answer = Choice("结论", "opinion_answer", default="agreed", width=5)
    on = PartialDate("日期", column_name="given_on")
    words = Text("意见", max_length=500, multiline=True, width=16)
    expected = Number("应到人数")
    present = Number("实到人数")
    approving = Number("赞成票数")
    signer = Name("签字人", searched="")
    organ_name = Text("机关名称", max_length=60, width=20)

    if TYPE_CHECKING:
        nomination_id: int

    class Meta:
        label = "推荐意见"
        detail_of = Commendation

    def faults(self) -> Iterator[Fault]:
        """Nobody is present who was not expected, nobody votes who is not present."""
        yield from meeting.faults(self.expected, self.present, self.approving, "赞成票数")

    def title(self) -> str:
        return f"{self.nomination.name} {code_list('opinion_organ').label_of(self.organ)}"


class CommendationObjection(Record):
    """表彰异议: what was raised during the public notice, and what came of it."""

    commendation = Reference("表彰", Commendation, required=True, backref="objections")
    received_on = PartialDate("收到日期", required=True)
    nomination = Reference("涉及的推荐对象", Nomination, backref="objections")
    content = Text("反映内容", required=True, max_length=1000, multiline=True)
    outcome = Choice("处理结果", "objection_result", default="pending")
    settled_on = PartialDate("办结日期")
    handler = Text("核实人", max_length=60)
    answer = Text("核实情况与答复", max_length=1000, multiline=True)
    raised_by = Text("反映人", max_length=60, private=True, help_text="匿名的写“匿名”")
    contact = Text("联系方式", max_length=60, private=True)

    if TYPE_CHECKING:
        commendation_id: int
        nomination_id: int | None

    class Meta:
        label = "表彰异议"
        detail_of = Commendation

    def faults(self) -> Iterator[Fault]:
        """What is settled says when and how."""
        if self.nomination is not None and self.nomination.commendation_id != self.commendation_id:
            yield Fault("nomination", "涉及的推荐对象不属于这次表彰")
        still_open = code_list("objection_result").marked("open")
        if self.settled_on and self.outcome in still_open:
            yield Fault("outcome", "已办结的异议请选择处理结果")
        if self.outcome not in still_open and not self.settled_on:
            yield Fault("settled_on", "请填写办结日期")

    def title(self) -> str:
        who = self.nomination.name if self.nomination is not None else self.commendation.name
        return f"{who} 异议"


class Award(Record):
    """表彰结果: who received which title, by which document, with which certificate.

    The honours of an organization, a unit or a person outside the Party are these rows; a member's
    is also written on the member's own record.
    """

    commendation = Reference("表彰", Commendation, required=True, backref="awards")
    position = Number("名单顺序")
    recipient = Text("姓名或名称", required=True, max_length=60, width=18, searched="name")
    award_type = Reference("表彰项目", AwardType, required=True, backref="awards")
    certificate = Text("证书编号", max_length=40, width=14, searched="text")
    on = PartialDate("表彰日期", required=True, column_name="decided_on")
    document = Text("文号", max_length=40, width=16)
    received_on = PartialDate("领取日期")
    received_by = Text("领取人", max_length=30)
    nomination = Reference("推荐对象", Nomination, required=True, backref="awards")
    member = Reference("党员", Member, backref="awards")
    organization = Reference("党组织", Organization, backref="awards")
    honour = Reference("奖励记录", Honour, backref="+")

    if TYPE_CHECKING:
        commendation_id: int
        award_type_id: int
        nomination_id: int
        member_id: int | None
        organization_id: int | None
        honour_id: int | None

    class Meta:
        label = "表彰结果"
        detail_of = Commendation
        service_made = True

    def faults(self) -> Iterator[Fault]:
        """An award belongs to a nomination of its own round."""
        if self.nomination.commendation_id != self.commendation_id:
            yield Fault("nomination", "推荐对象不属于这次表彰")

    def title(self) -> str:
        return f"{self.recipient} {self.award_type.name}"
