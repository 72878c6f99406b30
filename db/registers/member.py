"""党员台账: members, where they belong, what they hold, and how each of it changed (docs/systems.md 3, 24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, IdNumber, Name, Number, PartialDate, Phone, Reference, Text
from db.record import Record
from db.registers.organization import Organization
from db.rules import id_number


class Member(Record):
    """A Party member."""

    code = Text(
        "编号",
        max_length=24,
        width=8,
        searched="text",
        aliases=("党员编号",),
        help_text="本单位自编的编号，可空着",
    )
    name = Name("姓名", required=True, width=8, aliases=("党员姓名", "名字"), index=True)
    sex = Choice("性别", "sex", width=4)
    ethnicity = Choice("民族", "ethnicity", width=6)
    id_number = IdNumber(
        "公民身份号码",
        aliases=(
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份证号码",
            "身份号码",
            "证件号码",
            "居民身份证号码",
        ),
        index=True,
    )
    born_on = PartialDate(
        "出生日期", aliases=("出生年月", "出生时间", "出生年月日", "出生", "生日")
    )
    organization = Reference(
        "所在党支部",
        Organization,
        required=True,
        backref="members",
        aliases=(
            "党支部",
            "所在支部",
            "所属党组织",
            "所在党组织",
            "支部",
            "支部名称",
            "所属党支部",
            "所属支部",
            "党组织名称",
            "党组织",
        ),
        width=22,
    )
    category = Choice(
        "人员类别",
        "member_category",
        required=True,
        aliases=("党员类型", "党员类别", "类别", "党员身份", "政治面貌", "正式/预备"),
    )
    joined_on = PartialDate(
        "入党日期",
        aliases=("入党时间", "加入党组织日期", "加入党组织时间", "加入中国共产党时间", "入党年月"),
        help_text="支部党员大会通过接收为预备党员的日期",
    )
    confirmed_on = PartialDate(
        "转正日期",
        aliases=("转正时间", "转为正式党员日期"),
        help_text="支部党员大会通过转为正式党员的日期；党龄从这天算起",
    )
    standing = Choice("党籍状态", "standing", default="normal", width=8, aliases=("党籍",))
    education = Choice("学历", "education", width=8, aliases=("文化程度", "最高学历"))
    degree = Choice("学位", "degree", width=6)
    school = Text("毕业院校及专业", max_length=60, width=16, aliases=("毕业院校", "毕业学校"))
    occupation = Choice("工作岗位", "occupation", aliases=("职业", "从事职业", "个人身份", "岗位"))
    unit_name = Text("工作单位", max_length=60, width=16, aliases=("工作/学习单位", "单位"))
    post_title = Text(
        "职务", max_length=60, aliases=("工作单位及职务", "行政职务", "单位职务", "单位及职务")
    )
    worked_from = PartialDate("参加工作日期", aliases=("参加工作时间",))
    native_place = Text("籍贯", max_length=30)
    phone = Phone(
        "手机号码",
        aliases=("联系电话", "手机", "手机号", "移动电话", "电话", "电话号码", "联系方式"),
    )
    landline = Phone("固定电话")
    address = Text(
        "现居住地",
        max_length=80,
        width=18,
        private=True,
        aliases=("家庭住址", "住址", "现住址", "居住地址", "居住地", "常住地址", "家庭地址"),
    )
    registered_residence = Text(
        "户籍所在地",
        max_length=80,
        private=True,
        aliases=("户籍所在派出所", "户口所在地", "户籍地址", "户籍地"),
    )
    introducers = Text("入党介绍人", max_length=60)
    stroke_code = Text(
        "笔画码", max_length=40, help_text="只在姓名用字不在字表里时填写，用于姓氏笔画排序"
    )
    notes = Text("备注", max_length=500, multiline=True)

    if TYPE_CHECKING:
        organization_id: int | None

    class Meta:
        label = "党员"
        section = "基础台账"
        order = 20
        on_leaving = (("standing", "transferred"),)
        told_by = ("id_number",)

    def faults(self) -> Iterator[Fault]:
        """Dates in the order life puts them."""
        if self.joined_on and self.born_on and self.joined_on[:4] <= self.born_on[:4]:
            yield Fault("joined_on", "入党日期早于出生日期")
        if (
            self.confirmed_on
            and self.joined_on
            and self.confirmed_on < self.joined_on[: len(self.confirmed_on)]
        ):
            yield Fault("confirmed_on", "转正日期早于入党日期")

    def warnings(self) -> Iterator[Fault]:
        """Flaws of the ID number, contradictions with it, and what a full record still lacks."""
        yield from super().warnings()
        if self.id_number and id_number.state(self.id_number) == "通过":
            born, sex = id_number.born_on(self.id_number), id_number.sex(self.id_number)
            if self.born_on and born and born[: len(self.born_on)] != self.born_on[: len(born)]:
                yield Fault("born_on", "出生日期与身份号码不一致")
            if self.sex and sex and self.sex != sex:
                yield Fault("sex", "性别与身份号码不一致")
        if not self.joined_on:
            yield Fault("joined_on", "缺入党日期")
        if self.category == "full" and not self.confirmed_on:
            yield Fault("confirmed_on", "正式党员缺转正日期")

    @classmethod
    def implied(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Birth date and sex as the ID number says them, if it passes."""
        number = values.get("id_number") or ""
        if not number or ("born_on" in values and "sex" in values):
            return {}
        if id_number.state(number) not in (id_number.State.PASSED, id_number.State.FIFTEEN):
            return {}
        return {"born_on": id_number.born_on(number), "sex": id_number.sex(number)}

    def trace(self, office: str) -> Mapping[str, Any]:
        """Who it was and in which branch of that office, so that its papers still name somebody.

        The branch is open when our own word that the member left was lost, too: the letter names it.
        """
        left = (
            StatusChange.select()
            .where(StatusChange.member == self.id, StatusChange.office == office)
            .where(StatusChange.kind == "moved_out", StatusChange.origin.is_null(False))
            .order_by(StatusChange.id.desc())
            .first()
        )
        names = ("name", "sex", "ethnicity", "id_number", "born_on", "category", "joined_on")
        kept = {name: getattr(self, name) for name in names}
        return {**kept, "organization": left and left.origin_id, "standing": "transferred"}

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return str(self.organization.name) if self.organization is not None else ""


class StatusChange(Record):
    """入党、转正、转入、转出、除名、死亡…: how a membership began, moved and ended."""

    member = Reference("党员", Member, required=True, backref="status_changes")
    kind = Choice("变动类别", "status_change", required=True)
    on = PartialDate("日期", required=True, column_name="happened_on")
    origin = Reference("原党组织", Organization)
    target = Reference("现党组织", Organization)
    elsewhere = Text("外单位名称", max_length=60, help_text="转入前或转出后的外地党组织")
    document = Text("文号或介绍信号", max_length=40)
    words = Text("说明", max_length=200, multiline=True)

    if TYPE_CHECKING:
        origin_id: int | None
        target_id: int | None

    class Meta:
        label = "党籍变动"
        detail_of = Member
        follows = "member"
        stays = ("kind", "stays")

    def title(self) -> str:
        return f"{self.member.name} {code_list('status_change').label_of(self.kind)}"


class Post(Record):
    """党内职务与责任: who held which seat of which organization, from when to when.

    One row serves both the organization's page (班子, 三级责任, 联络员, 指导员) and the member's.
    """

    organization = Reference("党组织", Organization, required=True, backref="posts")
    kind = Choice("职务", "post", required=True)
    member = Reference("党员", Member, backref="posts", help_text="不是本单位党员的可只填姓名")
    holder_name = Name("姓名", help_text="选了党员时自动填写")
    rank = Number("排序", help_text="班子排名")
    from_on = PartialDate("任职日期")
    until_on = PartialDate("免职日期")
    phone = Phone("联系电话", searched="")
    document = Text("任免文号", max_length=40)
    notes = Text("备注", max_length=200)

    class Meta:
        label = "党内任职"
        detail_of = Member

    def check(self) -> list[Fault]:
        """The holder's name is the member's when a member is chosen."""
        if self.member is not None:
            self.holder_name = self.member.name
        return super().check()

    def faults(self) -> Iterator[Fault]:
        """Somebody holds the post, and it ends after it begins."""
        if not self.holder_name:
            yield Fault("holder_name", "请选择党员或填写姓名")
        if self.from_on and self.until_on and self.until_on < self.from_on[: len(self.until_on)]:
            yield Fault("until_on", "免职日期早于任职日期")

    def title(self) -> str:
        return f"{self.organization.name}{code_list('post').label_of(self.kind)}{self.holder_name}"


class Honour(Record):
    """奖励: an honour on the person's record, typed here or landed by a commendation."""

    member = Reference("党员", Member, required=True, backref="honours")
    title_given = Text("荣誉称号", required=True, max_length=60, width=20)
    level = Choice("授予级别", "honour_level")
    giver = Text("授予单位", max_length=60, width=20)
    on = PartialDate("授予日期", required=True, column_name="given_on")
    document = Text("文号", max_length=40)
    notes = Text("备注", max_length=200)

    class Meta:
        label = "奖励"
        detail_of = Member
        follows = "member"

    def title(self) -> str:
        return f"{self.member.name} {self.title_given}"


class Discipline(Record):
    """处分: a formal sanction with the date until which it counts (《中国共产党纪律处分条例》)."""

    member = Reference("党员", Member, required=True, backref="disciplines")
    kind = Choice("处分种类", "discipline", required=True)
    on = PartialDate("处分日期", required=True, column_name="decided_on")
    effect_until = PartialDate("影响期满日期")
    organ = Text("决定机关", max_length=60)
    document = Text("文号", max_length=40)
    lifted_on = PartialDate("解除日期")
    notes = Text("备注", max_length=200)

    class Meta:
        label = "处分"
        detail_of = Member
        follows = "member"

    def title(self) -> str:
        return f"{self.member.name} {code_list('discipline').label_of(self.kind)}"


class MemberFlag(Record):
    """困难、流动、致富带头人…: a fact about a member that begins and may end; kept after it ended."""

    member = Reference("党员", Member, required=True, backref="flags")
    kind = Choice("标记", "member_flag", required=True)
    from_on = PartialDate("起始日期")
    until_on = PartialDate("终止日期")
    place = Text("去向或类别", max_length=60, help_text="流动党员填去向，困难党员填困难类别")
    words = Text("说明", max_length=200, private=True, multiline=True)

    class Meta:
        label = "党员标记"
        detail_of = Member
        follows = "member"

    def faults(self) -> Iterator[Fault]:
        """A fact ends after it begins."""
        if self.from_on and self.until_on and self.until_on < self.from_on[: len(self.until_on)]:
            yield Fault("until_on", "终止日期早于起始日期")

    def title(self) -> str:
        return f"{self.member.name} {code_list('member_flag').label_of(self.kind)}"
