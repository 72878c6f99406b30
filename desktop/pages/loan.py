"""贷款: the loans with their schedule, what came back, and which are late."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.aiding import loans
from db.fields import Money, PartialDate, Text
from db.registers.loan import Loan, LoanInstalment, LoanRepayment
from db.rules import dates
from db.rules.amount import show
from desktop.tasks import Read
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class LoanPage(RegisterPage):
    """The loans; what is still owed stands above the schedule."""

    of = Loan
    columns = (
        Loan.name,
        Loan.organization,
        Loan.kind,
        Loan.principal,
        Loan.rate,
        Loan.months,
        Loan.lent_on,
        Loan.settled,
    )
    editor = (
        Group("借款人", Loan.member, Loan.name, Loan.organization, Loan.id_number, Loan.phone),
        Group("贷款", Loan.kind, Loan.principal, Loan.rate, Loan.subsidised, Loan.months, Loan.way,
              Loan.lender, Loan.fund, Loan.guarantor),
        Group("用途", Loan.project, Loan.helps),
        Group("审批", Loan.asked_on, Loan.approved_on, Loan.contract, Loan.notes),
    )  # fmt: skip
    chips = (
        Chip("open", "未结清", lambda: (Loan.settled == 0) & (Loan.lent_on != "")),
        Chip("late", "逾期", lambda: Loan.id.in_([loan.id for loan, _ in loans.late()])),
        Chip("waiting", "待放款", lambda: Loan.lent_on == ""),
    )
    purpose = "产业带头人的贴息贷款和互助资金的借款，一笔一条。"

    def make_panel(self) -> RecordPanel:
        """What is owed, the schedule, and what was paid."""
        panel = RecordPanel(
            Loan,
            tuple(self.editor),
            ((LoanInstalment, LoanInstalment.loan), (LoanRepayment, LoanRepayment.loan)),
            names=("还款计划", "还款"),
        )
        self._steps = button("放款与还款", meaning="edit")
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(1, self._steps)
        panel.shown.connect(self._on_shown)
        return panel

    def _on_shown(self, record: Any) -> None:
        self._steps.setVisible(record is not None and access.can("write", self.stem))
        self._tell()

    def _tell(self) -> None:
        record = self.panel.record
        if record is None or not record.lent_on:
            self.panel.tell_standing("")
            return
        Read(self, lambda: loans.where(record)).then(self._show_owed).start()

    def _show_owed(self, at: Any) -> None:
        words = f"未还本金 {show(at.principal_left)} 元"
        if at.late_since:
            words += f"，逾期 {show(at.overdue)} 元（{at.late_since.replace('-', '.')} 起）"
        self.panel.tell_standing(words)

    def refresh(self, changes: Any = None) -> None:
        """What is owed follows the repayments."""
        super().refresh(changes)
        self._tell()

    def _fill_steps(self) -> None:
        menu = self._steps.menu()
        menu.clear()
        if not self.panel.record.lent_on:
            menu.addAction("放款…", self._ask_pay_out)
        else:
            menu.addAction("还款…", self._ask_repay)

    def _ask_pay_out(self) -> None:
        row = self.panel.record.id
        self.panel.ask(
            AskForm(
                f"{self.panel.record.name}放款",
                "程序按还款办法排出每一期；放款以后金额、利率和期限不能再改。",
                (("on", PartialDate("放款日期", required=True), dates.today()),),
                lambda given: loans.pay_out(Loan.get_by_id(row), given["on"]),
                "放款",
            )
        )

    def _ask_repay(self) -> None:
        row = self.panel.record.id
        self.panel.ask(
            AskForm(
                f"{self.panel.record.name}还款",
                "本金还清时自动结清。",
                (
                    ("on", PartialDate("还款日期", required=True), dates.today()),
                    ("principal", Money("归还本金", required=True), 0),
                    ("interest", Money("支付利息"), 0),
                    ("voucher", Text("凭证号", max_length=30), ""),
                ),
                lambda given: loans.repay(
                    Loan.get_by_id(row),
                    given["on"],
                    given["principal"],
                    given["interest"] or 0,
                    given["voucher"],
                ),
                "登记还款",
            )
        )
