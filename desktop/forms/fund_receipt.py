"""捐赠收据: for each donor, in two parts on one sheet: the stub stays, the other goes to the donor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.identity import identity
from db.office_settings import in_capitals
from db.registers.fund import Fund, FundEntry
from db.rules import dates
from db.rules.amount import show
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.sheet import Sheet

_NUMBERS = Option("numbers", "收据号", "", help="如 2026-0003，用顿号隔开；空着全部打印")


@dataclass(frozen=True)
class Gift:
    """A donation with its receipt; an empty one is filled in by hand."""

    fund: Fund
    entry: FundEntry | None
    issuer: str

    def title(self) -> str:
        return f"{self.fund.name}收据{self.entry.receipt if self.entry else ''}"


class Receipt(Form):
    """Two equal halves with the same number."""

    of = Fund
    title = "捐赠收据"
    paper = A4
    signed = True
    choices = (_NUMBERS,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        wanted = {
            n.strip() for n in str(options["numbers"]).replace("，", "、").split("、") if n.strip()
        }
        issuer = identity().office_name
        found = []
        for fund in records:
            rows = FundEntry.living().where(FundEntry.fund == fund, FundEntry.receipt != "")
            gifts = [row for row in rows.order_by(FundEntry.receipt) if not row.contra_of_id]
            found += [
                Gift(fund, row, issuer) for row in gifts if not wanted or row.receipt in wanted
            ]
            if not gifts and not wanted:
                found.append(Gift(fund, None, issuer))
        lost = wanted - {gift.entry.receipt for gift in found if gift.entry}
        if lost:
            raise Refusal(f"没有编号为“{'、'.join(sorted(lost))}”的收据。")
        return found

    def mark(self, subject: Gift) -> Mark | None:
        if subject.entry is None:
            return None
        return Mark(self.id, subject.entry.id, subject.entry.receipt)

    def compose(self, sheet: Sheet, subject: Gift, options: Options) -> None:
        """The stub above, the donor's part below a line to cut along."""
        for place, part in enumerate(("存根联", "捐赠人联")):
            if place:
                sheet.y = sheet.paper.height / 2 + 2
                sheet.line(sheet.left, sheet.y, sheet.right, sheet.y)
                sheet.y += 8
            _half(sheet, subject, part)


def _half(sheet: Sheet, gift: Gift, part: str) -> None:
    entry = gift.entry
    number = entry.receipt if entry else "　　　　"
    amount = int(entry.amount or 0) if entry else 0
    sheet.title("捐赠收据", SIZES["小二"])
    sheet.heads(f"（{part}）", f"编号：{number}")
    with sheet.grid(26, 62, 26, 62, row=11) as grid:
        grid.row().label("捐赠人").cell(entry.donor if entry else "", 3)
        source = code_list("fund_source").label_of(entry.source) if entry and entry.source else ""
        row = grid.row().label("捐赠日期")
        row.cell(dates.show(entry.on, "chinese") if entry else "")
        row.label("捐赠类别").cell(source)
        grid.row().label("捐入资金").cell(gift.fund.name, 3)
        words = in_capitals(amount) if entry else ""
        grid.row().label("金额大写").cell(words, 3)
        row = grid.row().label("金额小写").cell(f"￥{show(amount)}" if entry else "￥")
        row.label("凭证号").cell(entry.voucher if entry else "")
        grid.row().label("备注").cell("", 3)
    sheet.y += 3
    sheet.heads(f"收款单位（盖章）：{gift.issuer}", "收款人：　　　　　经手人：　　　　")
