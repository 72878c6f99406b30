"""The exchange in the office's words: moments, totals, outcomes; and the card that several parts use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from db import registry
from db.exchange import slips
from db.exchange.container import amount
from db.exchange.received import Received
from db.rules.amount import show
from desktop.theme import look
from desktop.widgets.page import label

OUTCOMES = {
    "applied": "已接收",
    "same": "接收过",
    "waiting": "等候",
    "fork": "对不上",
    "refused": "退回",
    "left": "没有处理",
}
COUNTS = (
    ("new", "新增"),
    ("changed", "变更"),
    ("unchanged", "相同"),
    ("conflicts", "冲突"),
    ("refused", "退回"),
)
#: Refused rows that are listed one by one.
_LISTED = 100


def moment(text: str) -> str:
    """A moment to the minute."""
    return text.replace("T", " ")[:16]


def ago(days: int | None) -> str:
    """How long ago."""
    if days is None:
        return "没来过"
    return "今天" if days == 0 else f"{days} 天"


def counts_words(counts: Mapping[str, int]) -> str:
    """新增 3，变更 12 …; what is none is left out."""
    found = [f"{words} {counts[key]:,}" for key, words in COUNTS if counts.get(key)]
    return "，".join(found) or "没有变化"


def totals(rows: Mapping[str, int], money: Mapping[str, int]) -> Iterator[str]:
    """The control totals, a line a register."""
    for words, count, cents in slips.lines(rows, money):
        yield f"　{words}　{count:,} 条" + ("" if cents is None else f"　{show(cents)} 元")


def described(one: Received, *, done: bool) -> str:
    """Everything about one packet: who, totals, what it does, what was refused and why."""
    number = "" if one.number is None else f"第 {one.number} 号包"
    lines = [f"{one.name or one.office or '不认识的单位'}　{number}", one.packet]
    if one.made:
        lines.append(f"生成于 {moment(one.made)}")
    if one.rows:
        lines += ["", f"共 {sum(one.rows.values()):,} 条：", *totals(one.rows, one.money)]
    if one.files:
        lines.append(f"　{amount(one.files, one.files_size)}")
    lines.append("")
    if one.outcome == "applied":
        lines.append(("已" if done else "将") + counts_words(one.counts))
    else:
        lines.append(f"{OUTCOMES[one.outcome]}：{one.reason}")
    if one.outcome == "applied" and one.reason:
        lines.append(one.reason)
    if files := files_words(one, done=done):
        lines.append(files)
    if one.restored:
        lines.append("对方的数据恢复过备份，或换了电脑：这里有、对方没有的，随下一个包送回去。")
    if one.answers:
        lines.append(f"对方缺少或不同的 {one.answers:,} 处，随我方的包带回。")
    if one.counts.get("conflicts"):
        lines.append("冲突的两个值都保留，请到“待决定”里逐项裁定。")
    if one.receipt:
        lines.append(f"回执没有写到U盘上（{one.receipt}），留到下次写U盘时一起写。")
    if one.refused_rows:
        lines += ["", f"退回的 {len(one.refused_rows):,} 条："]
        for stem, row, reason in one.refused_rows[:_LISTED]:
            lines.append(f"　{table_label(stem)} {row & ((1 << 40) - 1)}：{reason}")
        if len(one.refused_rows) > _LISTED:
            lines.append(f"　……只列前 {_LISTED} 条")
    return "\n".join(lines)


def files_words(one: Received, *, done: bool) -> str:
    """What became of the attachments beside a packet, or what would still be missing."""
    if done or not one.missing:
        return f"{one.files_words}。" if one.files_words else ""
    return f"U盘上的附件包不齐，接收以后还缺 {one.missing:,} 个附件。记录照常接收，缺的在回执里请对方补带。"


def table_label(stem: str) -> str:
    """What people call the rows of a table; the name of a table that this program does not know."""
    try:
        return str(registry.model_of(stem)._meta.label)
    except KeyError:
        return stem


def card(heading: str = "") -> tuple[QFrame, QVBoxLayout]:
    """A framed part of the page."""
    unit = look().measure.units
    frame = QFrame()
    frame.setObjectName("card")
    box = QVBoxLayout(frame)
    box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
    box.setSpacing(unit(0.75))
    if heading:
        box.addWidget(label(heading, "heading"))
    return frame, box


def stacked(part: QWidget) -> QVBoxLayout:
    """The layout of a part of the page: one thing below the other."""
    unit = look().measure.units
    box = QVBoxLayout(part)
    box.setContentsMargins(0, unit(1), 0, 0)
    box.setSpacing(unit(1))
    return box
