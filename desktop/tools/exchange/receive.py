"""接收: what lies on the sticks, what it would do, then what it did; mass retirement is asked about here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QWidget

from db import access
from db.exchange.received import Received
from db.exchange.sitting import Pile
from desktop.theme import look
from desktop.tools.exchange.stick_choice import warning
from desktop.tools.exchange.words import (
    OUTCOMES,
    counts_words,
    described,
    moment,
    stacked,
    table_label,
)
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView


class ReceiveView(QWidget):
    """A table of packets; before the word is given what they would do, afterwards what they did."""

    execute = Signal(object)  # hashes of packets whose mass retirement is approved
    slip_asked = Signal(str)
    eject_asked = Signal()
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        em = look().measure.characters
        box = stacked(self)
        self.heading = label("", "heading", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.warning = label("", "flaw", wrap=True)
        box.addWidget(self.heading)
        box.addWidget(self.words)
        box.addWidget(self.warning)
        self.model = PlainModel(("单位", "号", "生成时间", "条数", "结果"), (1, 3), self)
        self.table = PlainView("数据包", self.model, (11, 3.5, 9, 5, 14), 4)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("这个包的内容和结果")
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([em(46), em(26)])
        box.addWidget(split, 1)
        self.older = button("以前退回过的", self._unfold, link=True)
        box.addWidget(self.older)
        self.mass = label("", "notice", wrap=True)
        box.addWidget(self.mass)
        keys = QHBoxLayout()
        self.approve = button("批准这个包的停用", self._approve, meaning="verify")
        self.slip = button("打印交接单", self._slip, meaning="print")
        self.eject = button("退出U盘", self.eject_asked.emit, meaning="eject")
        keys.addWidget(self.approve)
        keys.addWidget(self.slip)
        keys.addWidget(self.eject)
        keys.addStretch(1)
        self.leave = button("取消", self.finished.emit)
        keys.addWidget(self.leave)
        self.go = button("接收", self._go, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        self._piles: list[Pile] = []
        self._approved: set[str] = set()
        self._done = self._unfolded = False

    def show_piles(self, piles: list[Pile], *, done: bool) -> None:
        """Show a preview, or what became of it."""
        self._piles, self._done = piles, done
        if not done:
            self._approved.clear()
            self._unfolded = False
        rows = [(one, pile) for pile in piles for one in pile.received]
        self._show_rows()
        self._say(rows)
        self.warning.setText(warning([pile.stick for pile in piles]))
        self.warning.setVisible(bool(self.warning.text()))
        able = sum(one.outcome == "applied" for one, _ in rows)
        self.go.setVisible(not done)
        self.go.setText(f"接收 {able:,} 个包" if able else "接收")
        self.leave.setText("完成" if done else "取消")
        self.eject.setVisible(done)
        self._on_current()
        self._arm()
        (self.leave if done or not self.go.isEnabled() else self.go).setFocus()

    def _show_rows(self) -> None:
        found = [one for pile in self._piles for one in pile.received]
        found.sort(
            key=lambda one: 3 if one.is_old_news else {"applied": 0, "same": 2}.get(one.outcome, 1)
        )
        old = sum(one.is_old_news for one in found)
        if not self._unfolded:
            found = [one for one in found if not one.is_old_news]
        self.model.show_rows([(self._cells(one), one) for one in found])
        self.older.setText(f"另有 {old:,} 个以前已退回过的，还在U盘上（显示）")
        self.older.setVisible(bool(old) and not self._unfolded)
        if found:
            self.table.selectRow(0)

    def _unfold(self) -> None:
        self._unfolded = True
        self._show_rows()

    @property
    def is_done(self) -> bool:
        """Whether what is shown has been carried out, or nothing of it would come in."""
        found = (one for pile in self._piles for one in pile.received)
        return self._done or not any(one.outcome == "applied" for one in found)

    def _say(self, rows: list[tuple[Received, Pile]]) -> None:
        troubles = [f"{p.stick.words}：{p.trouble}" for p in self._piles if p.trouble]
        sent = [s for pile in self._piles for s in pile.sent]
        if self._done:
            self.heading.setText("接收完成")
            words = f"接收 {sum(r.outcome == 'applied' for r, _ in rows)} 个包"
            bad = sum(
                r.outcome in {"refused", "fork", "waiting"} and not r.is_old_news for r, _ in rows
            )
            words += f"，{bad} 个没有接收，已留副本在“隔离”里" if bad else ""
            total = sum(sum(s.totals.values()) for s in sent)
            if total:
                words += f"；回执和给对方的 {len(sent)} 个包（{total:,} 条）已写回U盘并回读"
            elif any(r.outcome == "applied" and not r.receipt for r, _ in rows):
                words += "；回执已写回U盘"
            kept = sum(one.kept for one, _ in rows)
            words += f"；收下附件 {kept:,} 个" if kept else ""
            missing = _missing([one for one, _ in rows])
            words += f"；还缺 {missing:,} 个附件，已请对方下次带来" if missing else ""
            troubles += [f"{s.packet}：{s.enclosed.words}" for s in sent if s.enclosed.left]
            words += "。" if troubles else "。可以拔出U盘。"
        else:
            fresh = sum(one.outcome != "same" and not one.is_old_news for one, _ in rows)
            self.heading.setText("接收之前先看会变什么")
            words = (
                f"U盘上有 {len(rows):,} 个包，其中 {fresh:,} 个没有接收过。"
                if rows
                else ("U盘上没有给本单位的数据包。")
            )
            words += "接收前自动备份并检验一次；每个包要么整包进来，要么原样退回。" if fresh else ""
        self.words.setText("\n".join([words, *troubles]))

    def _cells(self, one: Received) -> tuple[str, ...]:
        result = OUTCOMES[one.outcome]
        if one.outcome == "applied":
            result = ("已接收：" if self._done else "将") + counts_words(one.counts)
        elif one.reason and one.outcome != "same":
            if one.is_old_news:
                result = f"已退回过（{one.returned[:10]}）"
            result += f"：{one.reason}"
        if one.missing:
            result += f"，还缺 {one.missing:,} 个附件"
        return (
            one.name or one.office or one.packet,
            "" if one.number is None else str(one.number),
            moment(one.made),
            f"{sum(one.rows.values()):,}" if one.rows else "",
            result,
        )

    def _on_current(self) -> None:
        one = self.table.current_thing()
        if not isinstance(one, Received):
            self.detail.clear()
        else:
            self.detail.setPlainText(described(one, done=self._done))
        taken = isinstance(one, Received) and one.outcome in {"applied", "same"}
        # Files that came alone have no packet, so no slip.
        named = taken and bool(one.packet)
        self.slip.setVisible(named and (self._done or one.outcome == "same"))
        mass = one.mass if isinstance(one, Received) and one.outcome == "waiting" else {}
        asked = bool(mass) and not self._done
        self.mass.setVisible(asked)
        self.approve.setVisible(asked and access.can("approve"))
        if asked and isinstance(one, Received):
            each = "、".join(
                f"“{table_label(stem)}” {n:,} 条（共 {of:,} 条）" for stem, (n, of) in mass.items()
            )
            yes = one.hash in self._approved
            self.mass.setText(
                f"这个包要停用{each}。请先问清对方：是撤并调整，还是误操作。"
                + (
                    "已批准，接收时记入操作记录。"
                    if yes
                    else "批准以后才会接收，批准人记入操作记录。"
                )
            )
            self.approve.setText(" 收回批准" if yes else " 批准这个包的停用")

    def _approve(self) -> None:
        one = self.table.current_thing()
        if isinstance(one, Received):
            self._approved ^= {one.hash}
            self._on_current()
            self._arm()

    def _arm(self) -> None:
        found = [one for pile in self._piles for one in pile.received if not one.is_old_news]
        able = sum(one.outcome == "applied" or one.hash in self._approved for one in found)
        # What is refused goes to quarantine and is answered; what was taken gets its receipt anew.
        self.go.setEnabled(bool(found))
        self.go.setText(f"接收 {able:,} 个包" if able else "留副本并写回执")
        if not found:
            self.go.setText("没有新的")

    def _go(self) -> None:
        self.execute.emit(frozenset(self._approved))

    def _slip(self) -> None:
        one = self.table.current_thing()
        if isinstance(one, Received):
            self.slip_asked.emit(one.packet)


def _missing(found: list[Received]) -> int:
    """What is missing of all offices' files; of several packets of an office the last one says it."""
    of: dict[str, int] = {}
    for one in found:
        of[one.office] = max(of.get(one.office, 0), one.missing)
    return sum(of.values())
