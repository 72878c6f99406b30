"""资金: each fund with its ledger; money in, out, put right, and the year closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.aiding import ledger
from db.fields import Choice, Money, Name, Number, PartialDate, Phone, Reference, Text
from db.registers.fund import Fund, FundBudget, FundEntry, FundYear
from db.registers.organization import Organization
from db.rules import dates
from db.rules.amount import show
from desktop.tasks import Read
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class FundPage(RegisterPage):
    """The funds; the balance of the one that is shown stands above its ledger."""

    of = Fund
    columns = (Fund.name, Fund.kind, Fund.organization, Fund.opened_on, Fund.overdraft)
    editor = (
        Group("资金", Fund.name, Fund.kind, Fund.organization, Fund.opened_on, Fund.document,
              Fund.overdraft),
        Group("管理", Fund.accountant, Fund.cashier, Fund.bank, Fund.account_number),
        Group("备注", Fund.notes),
    )  # fmt: skip
    chips = (
        Chip("relief", "救助基金", lambda: Fund.kind == "relief"),
        Chip("work", "党建经费", lambda: Fund.kind == "work"),
    )
    purpose = "一种资金一本账；余额由程序算出，不用填。"

    def make_panel(self) -> RecordPanel:
        """The balance, the steps of the book, and the ledger."""
        lines = (
            FundEntry.on,
            FundEntry.voucher,
            FundEntry.words,
            FundEntry.kind,
            FundEntry.amount,
            FundEntry.donor,
        )
        panel = RecordPanel(
            Fund,
            tuple(self.editor),
            (
                (FundEntry, FundEntry.fund),
                (FundBudget, FundBudget.fund),
                (FundYear, FundYear.fund),
            ),
            names=("账目", "预算", "结账"),
            columns={FundEntry: lines},
        )
        self._steps = button("记账", meaning="edit", tip="收入、支出、冲销、年度结账")
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(0, self._steps)
        panel.shown.connect(self._on_shown)
        return panel

    def _on_shown(self, record: Any) -> None:
        self._steps.setVisible(record is not None and access.can("write", self.stem))
        self._tell_balance()

    def _tell_balance(self) -> None:
        record = self.panel.record
        if record is None:
            self.panel.tell_standing("")
            return
        Read(self, lambda: ledger.balance(record)).then(self._show_balance).start()

    def _show_balance(self, cents: int) -> None:
        self.panel.tell_standing(f"余额 {show(cents)} 元")

    def refresh(self, changes: Any = None) -> None:
        """The balance follows the ledger."""
        super().refresh(changes)
        self._tell_balance()

    def _fill_steps(self) -> None:
        menu = self._steps.menu()
        menu.clear()
        for words, step in (
            ("收入…", self._ask_receive),
            ("支出…", self._ask_spend),
            ("冲销…", self._ask_contra),
            ("年度结账…", self._ask_close),
        ):
            menu.addAction(words, step)

    def _ask_receive(self) -> None:
        fund = self.panel.record
        self.panel.ask(
            AskForm(
                f"{fund.name}：收入",
                "党员、单位和社会捐款写捐赠人，程序给收据编号。",
                (
                    ("amount", Money("金额", required=True, minimum=1), None),
                    ("on", PartialDate("日期", required=True), dates.today()),
                    ("source", Choice("资金来源", "fund_source", required=True), "fiscal"),
                    ("words", Text("摘要", required=True, max_length=120), ""),
                    ("voucher", Text("凭证号", max_length=30), ""),
                    ("donor", Text("捐赠人", max_length=60), ""),
                    ("donor_phone", Phone("捐赠人电话"), ""),
                    ("handler", Name("经手人"), ""),
                ),
                lambda given: ledger.receive(fund, **given),
                "登记收入",
            )
        )

    def _ask_spend(self) -> None:
        fund = self.panel.record
        self.panel.ask(
            AskForm(
                f"{fund.name}：支出",
                "发放批次的支出由程序登记，这里只记别的支出。",
                (
                    ("amount", Money("金额", required=True, minimum=1), None),
                    ("on", PartialDate("日期", required=True), dates.today()),
                    ("purpose", Choice("资金用途", "fund_purpose", required=True), ""),
                    ("words", Text("摘要", required=True, max_length=120), ""),
                    ("voucher", Text("凭证号", max_length=30), ""),
                    ("organization", Reference("使用单位", Organization), None),
                    ("handler", Name("经手人"), ""),
                ),
                lambda given: ledger.spend(fund, **given),
                "登记支出",
            )
        )

    def _ask_contra(self) -> None:
        fund = self.panel.record

        def work(given: dict[str, Any]) -> object:
            entry = ledger.entry_by_voucher(fund, given["voucher"])
            return ledger.contra(entry, given["on"], given["reason"], given["amount"])

        self.panel.ask(
            AskForm(
                f"{fund.name}：冲销",
                "程序登记一笔红字账目，写明冲的是哪一笔；金额空着就全部冲销。",
                (
                    ("voucher", Text("凭证号或摘要", required=True, max_length=120), ""),
                    ("amount", Money("冲销金额", minimum=1), None),
                    ("on", PartialDate("日期", required=True), dates.today()),
                    ("reason", Text("原因", required=True, max_length=60), ""),
                ),
                work,
                "冲销",
            )
        )

    def _ask_close(self) -> None:
        fund = self.panel.record
        year = Number("年度", required=True, minimum=1921, maximum=2099)
        self.panel.ask(
            AskForm(
                f"{fund.name}：年度结账",
                "结账以后那一年不能再记账，余额自然转入下一年。",
                (("year", year, date.today().year - 1),),
                lambda given: ledger.close_year(fund, given["year"]),
                "结账",
            )
        )
