"""数据包交接单: the control totals of one packet, printed where it was made and where it was taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.errors import Refusal
from db.exchange import attached, keys, slips
from db.exchange.container import amount
from db.exchange.sending import STATES, outbox
from db.exchange.slips import Slip
from db.identity import identity
from db.rules.amount import show
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet

_PACKET = Option("packet", "数据包", "", help="包的文件名；空着印最近的一个")
_COUNTS = (
    ("new", "新增"),
    ("changed", "变更"),
    ("unchanged", "相同"),
    ("conflicts", "冲突"),
    ("refused", "退回"),
)


class ExchangeSlip(Form):
    """One packet on one page; the two ends' slips are laid side by side."""

    title = "数据包交接单"
    paper = A4
    signed = True
    choices = (_PACKET,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Slip]:
        """The packet named, or the latest one."""
        name = str(options["packet"]).strip()
        found = slips.slips(packet=name, limit=1)
        if not found:
            raise Refusal(f"没有名为“{name}”的包。" if name else "还没有发出或接收过数据包。")
        return found

    def named(self, subject: Slip) -> str:
        """The packet's name."""
        return subject.packet

    def mark(self, subject: Slip) -> Mark | None:
        """The square says number and hash, so that a scanner compares two slips."""
        return Mark(self.id, subject.number, subject.hash[:16])

    def compose(self, sheet: Sheet, subject: Slip, options: Options) -> None:
        """From whom to whom, the totals per register, what became of it, who handed it over."""
        us = identity()
        peer = keys.find(subject.office)
        other = peer.name if peer is not None else subject.office
        sent = subject.way == slips.SENT
        sheet.title(f"数据包交接单（{'发出' if sent else '接收'}联）")
        sheet.heads(f"打印单位：{us.office_name}", f"第 {subject.number} 号")
        sender, receiver = (us.office_name, other) if sent else (other, us.office_name)
        with sheet.grid(26, 62, 26, 62, row=9.5) as grid:
            grid.row().label("报送单位").cell(sender, 3)
            grid.row().label("接收单位").cell(receiver, 3)
            grid.row().label("包号").cell(f"第 {subject.number} 号").label("生成时间").cell(
                _moment(subject.made)
            )
            what = "全部内容" if subject.head.get("full") else "变化部分"
            grid.row().label("校验码").cell(subject.short).label("内容").cell(what)
            grid.row().label("文件名").cell(subject.packet, 3)
            if files := _files(subject, sent):
                grid.row().label("附件").cell(files, 3)
            grid.row().label("状态" if sent else "接收结果").cell(_state(subject), 3)
        sheet.y += 4
        with sheet.grid(14, 82, 40, 40, row=8.5) as grid:
            grid.row().label("序号").label("台账").label("条数").label("金额（元）")
            money = subject.money
            for place, (words, count, cents) in enumerate(slips.lines(subject.rows, money), 1):
                amount = "—" if cents is None else show(cents)
                grid.row().cell(str(place)).cell(words).cell(f"{count:,}").cell(amount)
            total = sum(subject.rows.values())
            whole = show(sum(money.values())) if any(money.values()) else "—"
            grid.row().label("合计", 2).cell(f"{total:,}").cell(whole)
        sheet.note("两联的包号、校验码、条数和金额应当一致；不一致时不要使用这个包，请重新报送。")
        sheet.y += 4
        sheet.signatures("送达人", "接收人", "日期")


def _state(slip: Slip) -> str:
    """How far a packet of ours has come; what one of theirs did here."""
    if slip.way == slips.RECEIVED:
        counts = "，".join(f"{words} {slip.counts.get(name, 0):,}" for name, words in _COUNTS)
        return f"{_moment(slip.at)} 接收：{counts}"
    state = next((s.words for s in outbox(slip.office) if s.packet == slip.packet), "")
    return state or STATES["made"]


def _files(slip: Slip, sent: bool) -> str:
    """How many scans and photos go beside the packet; at the receiver also what is still missing."""
    count, size = slip.files
    found = [amount(count, size).removeprefix("附件 ")] if count else []
    gone = 0 if sent else len(attached.lacking(identity(), slip.office))
    if gone:
        found.append(f"到打印时还缺 {gone:,} 个，已请对方下次带来")
    return "；".join(found)


def _moment(text: str) -> str:
    return text.replace("T", " ")[:16]
