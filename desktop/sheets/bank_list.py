"""银行代发清单 as a workbook: numbers and accounts as text, so that no digit is lost on the way to the bank."""

from __future__ import annotations

from pathlib import Path

from db import access
from db.aiding.batches import payments
from db.errors import Refusal
from db.registers.aid import Aid
from desktop.sheets.writer import SheetColumn, write_rows

_COLUMNS = (
    SheetColumn("序号", 6),
    SheetColumn("姓名", 12),
    SheetColumn("公民身份号码", 20),
    SheetColumn("开户行（支行）", 30),
    SheetColumn("账号", 24),
    SheetColumn("金额", 12),
    SheetColumn("备注", 16),
)


def write_bank_list(path: str | Path, aid: Aid) -> int:
    """The rows of a frozen batch that the bank is to pay; returns how many.

    Every cell is text, the amount too (1000.00). Refusal: not frozen, or somebody has no account.
    """
    access.require("export", "aid", "发放批次")
    access.require("private", "aid", "发放批次")
    if not aid.frozen:
        raise Refusal(f"“{aid.name}”还没有定册，不能交银行代发。")
    rows = [row for row in payments(aid) if row.result != "uncollected"]
    lacking = [row.name for row in rows if not _account(row.snapshot, row.account_number)]
    if lacking:
        shown = "、".join(lacking[:5]) + (f"等 {len(lacking)} 人" if len(lacking) > 5 else "")
        raise Refusal(f"缺账号：{shown}。请在名单里填写开户行和账号。")
    return write_rows(
        path,
        "银行代发清单",
        _COLUMNS,
        (
            (
                str(number),
                row.snapshot.get("name", row.name),
                row.snapshot.get("id_number", ""),
                row.snapshot.get("bank") or row.bank,
                _account(row.snapshot, row.account_number),
                f"{row.amount // 100}.{row.amount % 100:02}",
                aid.number,
            )
            for number, row in enumerate(rows, 1)
        ),
    )


def _account(snapshot: dict[str, str], now: str) -> str:
    return str(snapshot.get("account_number") or now)
