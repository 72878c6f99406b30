"""操作记录: who did what, step by step; any step can be taken back, the whole chain can be verified."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from db import access, backup, identity, journal, office, registry, undo
from db.columns import columns_of
from db.journal import Operation
from desktop.tasks import Job, Progress, Read, Write
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.history import said
from desktop.widgets.page import Page, Place, button, label
from desktop.widgets.plain_table import PlainModel, PlainView

AT_ONCE = 200
LINES_SHOWN = 300
VERBS = {"I": "新增", "U": "修改", "D": "删除"}


def describe(operation: int) -> str:
    """Everything one operation changed, in words; runs on the database worker."""
    found = journal.entries(operation)
    lines = []
    for entry in found[:LINES_SHOWN]:
        if entry.stem == identity.STEM:
            old, new = entry.changes["office_name"]
            lines.append(f"修改单位名称：{old} → {new}")
            continue
        model = registry.model_of(entry.stem)
        private = access.can("private", entry.stem)
        columns = {column.column_name: column for column in columns_of(model)}
        row = model.get_or_none(model.id == entry.row)
        title = row.title() if row is not None else str(entry.row)
        lines.append(f"{VERBS[entry.verb]}{model._meta.label}“{title}”")
        if entry.verb != "U":
            continue
        for field, (old, new) in entry.changes.items():
            column = columns.get(field)
            if column is not None:
                lines.append(
                    f"　　{column.label}：{said(column, old, private)} → {said(column, new, private)}"
                )
            elif field == "retired":
                lines.append(f"　　{'停用：' + str(new) if new else '恢复使用'}")
    if len(found) > LINES_SHOWN:
        lines.append(f"……共 {len(found):,} 处，这里只列前 {LINES_SHOWN} 处")
    return "\n".join(lines) or "没有留下变更。"


class Audit(Page):
    """The journal as a page."""

    title = "操作记录"
    section = "系统"
    order = 9200
    help_stem = "audit"

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        self.add_action("核验完整性", self.verify, meaning="verify")
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        which = label("只看", "muted")
        self.stems = Choices()
        self.stems.setAccessibleName("只看哪个台账")
        self.stems.addItem("全部台账", "")
        for one in registry.registers():
            for model in one.models:
                self.stems.addItem(str(model._meta.label), model.stem())
        self.stems.activated.connect(lambda _at: self.refresh())
        which.setBuddy(self.stems)
        line.addWidget(which)
        line.addWidget(self.stems)
        line.addStretch(1)
        self.body.addLayout(line)
        self.model = PlainModel(("时间", "使用人", "做了什么", "条数", "状态"), (3,), self)
        self.table = PlainView("操作记录", self.model, (9.5, 6, 20, 4.5, 6), 2)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("这一步改了什么")
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        box.addWidget(self.detail, 1)
        keys = QHBoxLayout()
        keys.addStretch(1)
        self.undo_button = button("撤销这一步", self.undo, meaning="undo")
        keys.addWidget(self.undo_button)
        box.addLayout(keys)
        left = QWidget()
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.table, 1)
        self.more = button("更早的操作", self._read_more, link=True)
        inner.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self.body.addWidget(split, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        self._last: int | None = None

    def opened(self, place: Place) -> None:
        """Show the latest."""
        self.refresh()

    def refresh(self, changes: Any = None) -> None:
        """Read the latest operations again."""
        stem = str(self.stems.currentData() or "")
        Read(self, lambda: (journal.operations(AT_ONCE, None, stem), journal.head()[0])).then(
            lambda found: self._show(*found)
        ).start()

    def verify(self) -> None:
        """Walk the whole chain of hashes."""

        def work(progress: Progress) -> list[str]:
            progress(0, 1, "正在核验")
            return backup.findings(office.current().folder)

        Job(self, work, "核验操作记录").then(self._verified).start()

    def undo(self) -> None:
        """Take the current step back."""
        chosen = self.table.current_thing()
        if isinstance(chosen, Operation):
            Write(self, lambda: undo.undo(chosen.id)).start()

    def _verified(self, findings: list[str]) -> None:
        if findings:
            self.say("操作记录不完整：" + "；".join(findings[:5]), "bad")
        else:
            self.say("操作记录完整，没有缺漏和改动。")

    def _show(self, found: list[Operation], total: int) -> None:
        self.model.show_rows([(_words(each), each) for each in found])
        self._last = found[-1].id if found else None
        self.more.setVisible(len(found) == AT_ONCE)
        self.set_sentence(f"共 {total:,} 步操作，每一步都能查到改了什么，多数可以撤销。")
        if found:
            self.table.selectRow(0)
        else:
            self._on_current()

    def _read_more(self) -> None:
        last, stem = self._last, str(self.stems.currentData() or "")
        Read(self, lambda: journal.operations(AT_ONCE, last, stem)).then(self._add).start()

    def _add(self, found: list[Operation]) -> None:
        self.model.add_rows([(_words(each), each) for each in found])
        self._last = found[-1].id if found else self._last
        self.more.setVisible(len(found) == AT_ONCE)

    def _on_current(self) -> None:
        chosen = self.table.current_thing()
        self.undo_button.setEnabled(
            isinstance(chosen, Operation)
            and chosen.undone_by is None
            and chosen.kind not in undo.FINAL
        )
        if not isinstance(chosen, Operation):
            self.detail.clear()
            return
        Read(self, lambda: describe(chosen.id)).then(
            lambda text: (
                self.detail.setPlainText(text) if self.table.current_thing() is chosen else None
            )
        ).start()


def _words(each: Operation) -> tuple[str, ...]:
    state = "已撤销" if each.undone_by is not None else ("撤销" if each.undoes else "")
    return (each.at.replace("T", " ")[:16], each.person, each.words, f"{each.entries:,}", state)
