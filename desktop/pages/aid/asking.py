"""The short forms of a batch: one for each step that is more than a press of a button."""

from __future__ import annotations

from typing import Any

from db.aiding import batches, paying
from db.codes import code_list
from db.errors import Refusal
from db.fields import Choice, Money, Name, Number, PartialDate, Reference, Text
from db.registers.aid import Aid, AidPayment
from db.registers.hardship import Hardship
from db.registers.member import Member
from db.rules import aid_rules, dates
from desktop.widgets.ask_form import AskForm


def _day(words: str = "日期") -> tuple[str, Any, str]:
    return ("on", PartialDate(words, required=True), dates.today())


def advance(aid: Aid) -> AskForm:
    """The present step agrees; a branch writes its votes."""
    words = code_list("aid_step").label_of(aid.step)
    fields: list[tuple[str, Any, Any]] = [_day()]
    if aid.step == "branch":
        fields += [
            ("expected", Number("应到人数", required=True), None),
            ("present", Number("实到人数", required=True), None),
            ("approving", Number("同意人数", required=True), None),
        ]
    fields.append(("opinion", Text("意见", max_length=300, multiline=True), "同意"))
    told = {
        "draft": "送审以后名单不能再改；要改先退回。",
        "branch": "按党员大会的签到和表决填写。",
        "notice": "公示期满、异议办结才能通过。",
    }.get(aid.step, "经办人不能审批自己的名单。")

    def work(given: dict[str, Any]) -> None:
        on = given.pop("on")
        batches.advance(Aid.get_by_id(aid.id), on, given.pop("opinion"), **given)

    return AskForm(f"{words}通过" if aid.step != "draft" else "送审", told, fields, work)


def standards(aid: Aid) -> AskForm:
    """The amounts of the batch's own rule; the preset stays as it is."""
    amounts = aid_rules.amounts(aid.rule)
    fields = [
        (f"a{place}", Money(words, required=True, minimum=0), cents)
        for place, (words, cents) in enumerate(amounts)
    ]

    def work(given: dict[str, Any]) -> None:
        batches.set_amounts(Aid.get_by_id(aid.id), [given[name] for name, _, _ in fields])

    return AskForm(
        "修改发放标准",
        "只改这一批；改了以后请重新生成名单。",
        fields,
        work,
        "修改",
    )


def send_back(aid: Aid) -> AskForm:
    """The present step does not agree."""
    return AskForm(
        "退回拟定",
        "名单回到拟定，可以修改或重新生成；已经登记的评议和意见都保留。",
        (_day(), ("opinion", Text("原因", required=True, max_length=300, multiline=True), "")),
        lambda given: batches.send_back(Aid.get_by_id(aid.id), given["on"], given["opinion"]),
        "退回",
    )


def freeze(aid: Aid) -> AskForm:
    """The list is fixed and booked."""
    return AskForm(
        "定册",
        "名单从此不再变动，合计从资金里一次支出，名册得到编号。以后有错用更正和退回。",
        (_day("定册日期"),),
        lambda given: paying.freeze(Aid.get_by_id(aid.id), given["on"]),
        "定册",
    )


def by_hand(aid: Aid) -> AskForm:
    """Somebody whom the rule does not know."""

    def work(given: dict[str, Any]) -> None:
        member, hardship = given["member"], given["hardship"]
        if (member is None) == (hardship is None):
            raise Refusal("请在党员和困难帮扶对象里选一个。")
        model, row = (Member, member) if hardship is None else (Hardship, hardship)
        one = model.get_by_id(row) if isinstance(row, int) else row
        batches.add_by_hand(Aid.get_by_id(aid.id), one, given["amount"], given["reason"])

    return AskForm(
        "手工加入",
        "规则不认识、但确实该发的人；原因印在名单的依据里。",
        (
            ("member", Reference("党员", Member), None),
            ("hardship", Reference("困难帮扶对象", Hardship), None),
            ("amount", Money("金额", required=True, minimum=1), None),
            ("reason", Text("原因", required=True, max_length=200), ""),
        ),
        work,
        "加入",
    )


def receive(aid: Aid, rows: list[int]) -> AskForm:
    """How those who are selected (or all who are waiting) received it."""

    def work(given: dict[str, Any]) -> None:
        found = batches.payments(Aid.get_by_id(aid.id))
        wanted = [p for p in found if (p.id in rows if rows else p.result == "pending")]
        if not wanted:
            raise Refusal("没有待领的人。")
        paying.receive(
            wanted, given["result"], given["on"], proxy=given["proxy"], relation=given["relation"]
        )

    usual = "bank" if aid.way == "bank" else "signed"
    return AskForm(
        f"登记领取：{f'所选 {len(rows)} 人' if rows else '全部待领的人'}",
        "代领的逐人登记，写代领人和与本人关系。",
        (
            ("result", Choice("领取情况", "payment_result", required=True), usual),
            _day("领取日期"),
            ("proxy", Name("代领人"), ""),
            ("relation", Text("与本人关系", max_length=20), ""),
        ),
        work,
        "登记",
    )


def give_back(row: int) -> AskForm:
    """The money of one person goes back."""
    return AskForm(
        "未领退回",
        "钱以红字账目回到资金；以后的批次还可以发给他。",
        (_day(), ("reason", Text("原因", required=True, max_length=60), "")),
        lambda given: paying.give_back(AidPayment.get_by_id(row), given["on"], given["reason"]),
        "退回",
    )


def correct(row: int, named: str) -> AskForm:
    """More, or less, than the frozen row says."""
    return AskForm(
        f"更正：{named} 元",
        "补发写正数，收回写负数；原来那一行不动，账上另记一笔。",
        (
            ("amount", Money("增减金额", required=True, minimum=None), None),
            _day(),
            ("reason", Text("原因", required=True, max_length=200), ""),
        ),
        lambda given: paying.correct(
            AidPayment.get_by_id(row), given["amount"], given["on"], given["reason"]
        ),
        "更正",
    )
