"""One batch opened: its steps, its sum against the balance, who is in, who is out and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import fn
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
)

from db import access
from db.aiding import batches, ledger, paying
from db.aiding.listing import look_at
from db.codes import code_list
from db.errors import Refusal
from db.registers.aid import Aid, AidObjection, AidPayment, AidStep
from db.registers.organization import Organization
from db.rules import dates
from db.rules.amount import show
from desktop.pages.aid import asking
from desktop.pages.aid.rule import RuleView
from desktop.tasks import Job, Read, Write
from desktop.widgets.detail_tab import DetailTab
from desktop.widgets.page import label
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.saving import ask_path
from desktop.widgets.stepped import Stepped
from desktop.widgets.steps_bar import Step

#: People out of the list that are shown; the stopped ones come first.
_SHOWN = 500


@dataclass(frozen=True)
class _Seen:
    """Everything the page shows of a batch, read at once on the worker."""

    aid: Aid
    steps: tuple[Step, ...]
    sums: str
    inside: list[tuple[tuple[str, ...], Any]]
    outside: list[tuple[tuple[str, ...], Any]]
    left_out: int


class BatchView(Stepped):
    """Steps above, the lists below, a short form in their place when a step is asked."""

    listed = "批次"
    more_words = "生成名单、退回、登记领取、更正"

    def __init__(self) -> None:
        super().__init__()
        self.aid: Any = None
        self.sums = label("", "", wrap=True)
        self.box.insertWidget(1, self.sums)
        self.inside = PlainModel(
            ("姓名", "所在党支部", "金额（元）", "领取情况", "依据"), (2,), self
        )
        self.outside = PlainModel(("姓名", "原因"), (), self)
        self.list = PlainView("发放名单", self.inside, (8, 22, 9, 8, 30), 4)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.out = PlainView("不在名单里的人", self.outside, (8, 40), 1)
        self.steps = DetailTab(AidStep, AidStep.aid)
        self.objections = DetailTab(AidObjection, AidObjection.aid)
        for words, tab in (
            ("名单", self.list),
            ("不在名单里", self.out),
            ("审批环节", self.steps),
            ("公示异议", self.objections),
        ):
            self.tabs.addTab(tab, words)

    # -- showing -----------------------------------------------------------------------

    @property
    def record(self) -> Any:
        """The batch that is open."""
        return self.aid

    def open_record(self, row: int) -> None:
        """Read a batch and show it."""
        Read(self, lambda: _see(row)).then(self._show).start()

    def refresh(self) -> None:
        """Read the batch again."""
        if self.aid is not None:
            self.open_record(self.aid.id)

    def _show(self, seen: _Seen) -> None:
        fresh = self.aid is None or self.aid.id != seen.aid.id
        self.aid = seen.aid
        self.shown.emit(str(seen.aid.name))
        self.strip.show_steps(seen.steps)
        self.sums.setText(seen.sums)
        self.inside.show_rows(seen.inside)
        self.outside.show_rows(seen.outside)
        self.tabs.setTabText(0, f"名单 {len(seen.inside)}")
        self.tabs.setTabText(1, f"不在名单里 {seen.left_out}" if seen.left_out else "不在名单里")
        words, verb = _next(seen)
        self.show_next(words, verb, "aid", "已办结")
        for tab in (self.steps, self.objections):
            if fresh:
                tab.show_root(seen.aid)
            else:
                tab.refresh()
        if fresh:
            self.tabs.setCurrentIndex(0)

    def chosen(self) -> list[int]:
        """The rows of the list that are selected."""
        rows = self.list.selectionModel().selectedRows()
        return [self.inside.thing(index.row()) for index in rows]

    def _named(self) -> str:
        """The name and the amount of the row that is selected."""
        rows = self.list.selectionModel().selectedRows()
        cells = (
            [self.inside.index(rows[0].row(), column).data() for column in (0, 2)] if rows else []
        )
        return " ".join(str(cell) for cell in cells)

    # -- steps -------------------------------------------------------------------------

    def edit_rule(self) -> None:
        """Build the rule over the whole width."""
        view = RuleView(self.aid)
        self.put(view, view)

    def go_on(self) -> None:
        """Draw up, freeze, close; or ask what the step takes."""
        aid = self.aid
        if aid.step == "draft" and not self.inside.rowCount():
            self.draw_up()
        elif aid.step == "approved":
            self.ask(asking.freeze(aid))
        elif aid.step == "frozen":
            self._do(lambda: paying.close(Aid.get_by_id(aid.id)), "已办结。")
        else:
            self.ask(asking.advance(aid))

    def draw_up(self) -> None:
        """Write the list by the rule."""
        row = self.aid.id
        Write(self, lambda: batches.draw_up(Aid.get_by_id(row))).then(
            lambda found: self.told.emit(
                f"名单 {len(found.inside)} 人，合计 {show(found.total)} 元；"
                f"拦下 {len(found.stopped)} 人。", "good",
            )
        ).failed(self._on_failed).start()  # fmt: skip

    def fill_more(self, menu: QMenu) -> None:
        """By step and right."""
        aid = self.aid
        rows = self.chosen()
        writes = access.can("write", "aid")
        if aid.step == "draft" and writes:
            menu.addAction("重新生成名单", self.draw_up)
            menu.addAction("条件和金额…", self.edit_rule)
            menu.addAction("修改标准…", lambda: self.ask(asking.standards(aid)))
            menu.addAction("手工加入…", lambda: self.ask(asking.by_hand(aid)))
        if not aid.frozen and aid.step != "draft":
            menu.addAction("退回…", lambda: self.ask(asking.send_back(aid)))
        if aid.frozen and writes:
            self._fill_paying(menu, aid, rows)
        if aid.frozen and access.can("export", "aid"):
            menu.addAction("导出银行代发清单…", self._export_bank)

    def _fill_paying(self, menu: QMenu, aid: Aid, rows: list[int]) -> None:
        every = f"所选 {len(rows)} 人" if rows else "全部待领的人"
        menu.addAction(f"登记领取（{every}）…", lambda: self.ask(asking.receive(aid, rows)))
        one = menu.addAction("未领退回…", lambda: self.ask(asking.give_back(rows[0])))
        other = menu.addAction(
            "更正金额…", lambda: self.ask(asking.correct(rows[0], self._named()))
        )
        one.setEnabled(len(rows) == 1)
        other.setEnabled(len(rows) == 1)

    def _export_bank(self) -> None:
        aid = self.aid
        path = ask_path(self, f"{aid.name}代发清单.xlsx", "表格 (*.xlsx)")
        if path is None:
            return

        def work(progress: Any) -> int:
            from desktop.sheets.bank_list import write_bank_list

            progress(0, 1, "正在导出")
            return write_bank_list(path, Aid.get_by_id(aid.id))

        Job(self, work, "导出代发清单").then(
            lambda count: self.told.emit(f"已导出 {count} 人到“{path.name}”。", "good")
        ).failed(self._on_failed).start()

    def _do(self, work: Callable[[], object], words: str) -> None:
        Write(self, work).then(lambda _done: self.told.emit(words, "good")).failed(
            self._on_failed
        ).start()

    def _on_failed(self, problem: Exception) -> bool:
        if isinstance(problem, Refusal):
            self.told.emit(problem.message, "warn")
            return True
        return False


def _next(seen: _Seen) -> tuple[str, str]:
    """What the button says, and the right it takes."""
    step = seen.aid.step
    codes = code_list("aid_step")
    if step == "draft":
        return ("送审…" if seen.inside else "生成名单"), "write"
    if step == "approved":
        return "定册…", "write"
    if step == "frozen":
        return "办结", "write"
    if step == "closed":
        return "", "write"
    verb = "approve" if codes[step].is_marked("approves") else "write"
    return f"{codes.label_of(step)}通过…", verb


def _see(row: int) -> _Seen:
    aid = Aid.get_by_id(row)
    rows = _rows(aid)
    mended = _mended(aid)
    codes = code_list("payment_result")
    organizations: Any = Organization.select(Organization.id, Organization.name)
    names = dict(organizations.tuples())
    inside: list[tuple[tuple[str, ...], Any]] = []
    for one in rows:
        result = codes.label_of(one.result) if one.frozen else ""
        if one.id in mended:
            result += f"（更正 {show(mended[one.id])} 元）"
        doubt = f"（{one.notes}）" if one.notes else ""
        inside.append(
            (
                (one.name, names.get(one.organization, ""), show(one.amount or 0),
                 result, f"{one.basis}{doubt}"),
                one.id,
            )
        )  # fmt: skip
    outside: list[tuple[tuple[str, ...], Any]] = []
    left_out = 0
    if not aid.frozen and aid.rule:
        found = look_at(aid)
        left_out = len(found.outside)
        lines = sorted(found.outside, key=lambda line: not line.stopped)[:_SHOWN]
        outside = [
            ((line.candidate.facts.name, ("拦下：" if line.stopped else "") + line.words), None)
            for line in lines
        ]
    return _Seen(aid, _strip(aid), _sums(aid, rows), inside, outside, left_out)


def _rows(aid: Aid) -> list[Any]:
    """What the list shows, without the snapshots that only paper needs."""
    p = AidPayment
    query: Any = p.living().select(
        p.id, p.name, p.organization, p.amount, p.result, p.frozen, p.basis, p.notes
    )
    query = query.where(p.aid == aid.id, p.correction_of.is_null())
    return list(query.order_by(p.position, p.id).namedtuples())


def _mended(aid: Aid) -> dict[int, int]:
    """What corrections added to each row, in 分."""
    p = AidPayment
    query: Any = p.living().select(p.correction_of, fn.SUM(p.amount))
    query = query.where(p.aid == aid.id, p.correction_of.is_null(False))
    return dict(query.group_by(p.correction_of).tuples())


def _sums(aid: Aid, rows: list[Any]) -> str:
    total = sum(row.amount or 0 for row in rows)
    words = f"{len(rows)} 人，合计 {show(total)} 元。"
    if aid.frozen:
        marked = code_list("payment_result").marked("paid")
        paid = sum(1 for row in rows if row.result in marked)
        back = sum(1 for row in rows if row.result == "uncollected")
        words += f"名册编号 {aid.number}；已领 {paid} 人，退回 {back} 人，待领 {len(rows) - paid - back} 人。"
        return words + f"账面支出 {show(paying.booked(aid))} 元。"
    if aid.fund is None:
        return words + "还没有选择支出资金。"
    left = ledger.balance(aid.fund, aid.pay_on)
    words += f"“{aid.fund.name}”余额 {show(left)} 元"
    return words + ("。" if total <= left else f"，差 {show(total - left)} 元！")


def _strip(aid: Aid) -> tuple[Step, ...]:
    if not aid.rule:
        return ()
    codes = code_list("aid_step")
    line = batches.stages(aid)
    now = line.index(aid.step)
    done = {
        step.step: dates.show(step.on)
        for step in AidStep.living().where(AidStep.aid == aid.id).order_by(AidStep.id)
    }
    if aid.frozen_on:
        done["approved"] = dates.show(aid.frozen_on)
    return tuple(
        Step(
            codes.short_of(step),
            "done" if at < now or aid.step == "closed" else "now" if at == now else "next",
            done.get(step, "") if at < now else "",
        )
        for at, step in enumerate(line)
    )
