"""组织关系转接: who is on the way to whom, and the next step of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.exchange import transferring
from db.fields import Name, PartialDate, Phone, Reference, Text
from db.identity import identity
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.transfer import Transfer, TransferReceipt
from db.rules import dates
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


def _late() -> Any:
    ids = [
        one.id
        for one in Transfer.living().where(Transfer.state == "approved")
        if one.due_on() and one.due_on() < dates.today()
    ]
    return Transfer.id.in_(ids)


class TransferPage(RegisterPage):
    """The list of letters; what can be done with one depends on where it stands and who we are."""

    of = Transfer
    columns = (
        Transfer.member,
        Transfer.way,
        Transfer.from_name,
        Transfer.to_name,
        Transfer.number,
        Transfer.issued_on,
        Transfer.state,
        Transfer.received_on,
    )
    editor = (
        Group("转接", Transfer.member, Transfer.way, Transfer.from_name, Transfer.to_name,
              Transfer.to_office, Transfer.reason, Transfer.asked_on),
        Group("介绍信", Transfer.number, Transfer.addressee, Transfer.issued_on, Transfer.valid_days,
              Transfer.dues_until),
        Group("旗县意见", Transfer.state, Transfer.answer),
        Group("回执", Transfer.received_on, Transfer.received_by, Transfer.handled_by,
              Transfer.receipt_phone),
        Group("其他", Transfer.notes),
    )  # fmt: skip
    chips = (
        Chip("asked", "等批准", lambda: Transfer.state == "asked"),
        Chip("approved", "等回执", lambda: Transfer.state == "approved"),
        Chip("late", "回执超期", _late),
        Chip("out", "转往县外", lambda: Transfer.way == "out"),
        Chip("into", "县外转入", lambda: Transfer.way == "into"),
    )
    purpose = "在党员页点“变动”里的“转接组织关系”，或在这里点“县外转入”，就有一笔。"

    def __init__(self, of: Any = None) -> None:
        super().__init__(of)
        self.into = self.add_action("县外转入…", self.ask_into, meaning="add")
        self.into.setVisible(access.can("write", self.stem))

    def ask_into(self) -> None:
        """A person from another county has come with a letter on paper: the record begins here."""
        self.panel.ask(
            AskForm(
                "从旗县外转入一名党员",
                "照介绍信填写；存下以后就是本单位的党员，其余资料到党员页补录。"
                "把信上的回执联填好寄回对方，再在这一笔里“登记回执”；回执联也可以在“打印”里套印。",
                (
                    ("name", Member.name, ""),
                    ("id_number", Member.id_number, ""),
                    ("category", Member.category, "full"),
                    ("joined_on", Member.joined_on, ""),
                    ("organization", Reference("编入党支部", Organization, required=True), None),
                    ("from_name", Text("由（原党组织）", required=True, max_length=60), ""),
                    ("number", Text("介绍信号", max_length=30), ""),
                    ("issued_on", PartialDate("开具日期"), ""),
                    ("dues_until", PartialDate("党费交到"), ""),
                    ("on", _on("转入日期"), dates.today()),
                ),
                self._come_in,
                "转入",
            )
        )

    def _come_in(self, given: dict[str, Any]) -> None:
        about = ("name", "id_number", "category", "joined_on")
        member = Member(
            organization=Organization.get_by_id(given["organization"]),
            **{column: given[column] for column in about},
        )
        letter = {name: given[name] for name in ("number", "issued_on", "dues_until")}
        transferring.come_into_county(member, given["on"], given["from_name"], **letter)

    def make_panel(self) -> RecordPanel:
        """The letter, its 回执, and its next step."""
        details = ((TransferReceipt, TransferReceipt.transfer),)
        panel = RecordPanel(Transfer, tuple(self.editor), details, names=("回执",))
        self._steps = button("办理", meaning="forward", tip="批准、接收、登记回执")
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(0, self._steps)
        panel.shown.connect(self._on_shown)
        return panel

    def _on_shown(self, record: Any) -> None:
        may = access.can("write", self.stem) or access.can("approve", self.stem)
        open_one = record is not None and record.state in {"asked", "approved"}
        self._steps.setVisible(open_one and may and not record.retired)

    def _fill_steps(self) -> None:
        menu, one, us = self._steps.menu(), self.panel.record, identity()
        menu.clear()
        asks: list[tuple[str, Callable[[Any], AskForm]]] = []
        if one.state == "asked" and us.level == "county":
            asks += [("批准…", self._ask_approve), ("不批准…", self._ask_refuse)]
        if one.state == "approved" and one.taker == us.office_code:
            asks.append(("接收，编入党支部…", self._ask_accept))
        if one.state == "approved" and one.office == us.office_code:
            asks.append(("登记回执…", self._ask_returned))
        for words, ask in asks:
            menu.addAction(words).triggered.connect(partial(self._open_step, ask, one))
        if not asks:
            waits = "等旗县批准，请上报" if one.state == "asked" else "等接收单位的回执"
            menu.addAction(waits).setEnabled(False)

    def _open_step(self, ask: Callable[[Any], AskForm], one: Any, _on: bool = False) -> None:
        self.panel.ask(ask(one))

    def _ask_approve(self, one: Any) -> AskForm:
        return AskForm(
            f"批准“{one.member.name}”转到{one.to_name}",
            "批准后，档案和经历归接收单位，随下次下发带去；这一步不能撤销，转错了可以再转回来。",
            (("on", _on("批准日期"), dates.today()), ("answer", Text("意见", max_length=200), "")),
            lambda given: transferring.approve(
                Transfer.get_by_id(one.id), given["on"], given["answer"]
            ),
            "批准",
        )

    def _ask_refuse(self, one: Any) -> AskForm:
        return AskForm(
            f"不批准“{one.member.name}”的转接",
            "理由随下次下发带给原单位。",
            (("answer", Text("理由", required=True, max_length=200, multiline=True), ""),),
            lambda given: transferring.refuse(Transfer.get_by_id(one.id), given["answer"]),
            "不批准",
        )

    def _ask_accept(self, one: Any) -> AskForm:
        return AskForm(
            f"接收“{one.member.name}”",
            f"回执随下次上报带到旗县，再带给原单位。{_past(one)}",
            (
                ("branch", Reference("编入党支部", Organization, required=True), None),
                ("on", _on("接收日期"), dates.today()),
                ("handled_by", Name("经办人"), access.acting().name),
                ("phone", Phone("联系电话"), ""),
            ),
            lambda given: transferring.accept(
                Transfer.get_by_id(one.id),
                Organization.get_by_id(given["branch"]),
                given["on"],
                given["handled_by"],
                given["phone"],
            ),
            "接收",
        )

    def _ask_returned(self, one: Any) -> AskForm:
        return AskForm(
            f"“{one.member.name}”的回执",
            "照回执联填写。" if one.way != "into" else "回执联寄回对方的日期。",
            (
                ("on", _on("回执日期"), dates.today()),
                ("by", Text("接收的党组织", max_length=60), one.to_name),
                ("handled_by", Name("经办人"), access.acting().name if one.way == "into" else ""),
                ("phone", Phone("联系电话"), ""),
            ),
            lambda given: transferring.returned(
                Transfer.get_by_id(one.id),
                given["on"],
                given["by"],
                given["handled_by"],
                given["phone"],
            ),
            "登记",
        )


def _past(one: Any) -> str:
    """What the old office tells of the member, as far as it does not come along as rows."""
    lines = [f"{dates.show(on)} {words}".strip() for on, words in one.past or ()]
    return "在原单位：" + "；".join(lines[:12]) + "。" if lines else ""


def _on(words: str) -> PartialDate:
    return PartialDate(words, required=True)


PAGE = TransferPage
