"""Last step of an import: what was done, and the way to take all of it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.icons import picture
from desktop.theme import look
from desktop.widgets.flow import Flow
from desktop.widgets.page import button, label

if TYPE_CHECKING:
    from db.importing.execute import Executed


class DoneStep(QWidget):
    """The counts, and what a person may want next."""

    again = Signal()
    refused_wanted = Signal()
    undo_wanted = Signal(object)
    listed = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        self._operation: int | None = None
        self._ids: tuple[int, ...] = ()
        box = QVBoxLayout(self)
        box.setSpacing(unit(1.5))
        box.addStretch(2)
        self._drawing = QLabel()
        self._drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._drawing)
        self._heading = label("", "title")
        self._words = label("", "muted", wrap=True)
        for each in (self._heading, self._words):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(each)
        line = Flow()
        line.setSpacing(unit(1))
        self._undo = button("撤销整次导入", self._on_undo, meaning="undo")
        self._refused = button("保存退回表", self.refused_wanted.emit, meaning="export")
        self._list = button("看导入的记录", self._on_look, meaning="show", primary=True)
        self._again = button("再导入一个文件", self.again.emit, meaning="importing")
        for step in (self._undo, self._refused, self._again, self._list):
            line.addWidget(step)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(line)
        middle.addStretch(1)
        box.addLayout(middle)
        box.addStretch(3)

    def show_result(self, done: Executed) -> None:
        """Say what was written."""
        from db.importing.plan import Outcome

        plan, counts = done.plan, done.plan.counts
        new, changed, same, refused = (counts[outcome] for outcome in Outcome)
        self._operation = done.operation
        self._ids = done.records
        wrote = bool(done.operation)
        self._drawing.setPixmap(picture("good", "good", look().measure.units(7)))
        self._heading.setText(
            f"已导入 {new + changed:,} 条{plan.label}" if wrote else "与台账一致，没有可改的"
        )
        parts = [f"新增 {new:,}、修改 {changed:,}、未变 {same:,}。"]
        if done.founded:
            parts.append(f"新建党组织 {len(done.founded):,} 个。")
        if refused:
            parts.append(f"有 {refused:,} 行退回：存成表格改好后，可直接再导入。")
        if plan.flagged:
            parts.append(f"{len(plan.flagged):,} 行有疑点，已照原样保留，记录上有标记。")
        self._words.setText("".join(parts))
        self._undo.setVisible(wrote)
        self._list.setVisible(bool(self._ids))
        self._refused.setVisible(bool(refused))
        # Never on 撤销: an Enter too many would take the whole import back.
        first = self._list if self._ids else self._again
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_undone(self) -> None:
        """The import was taken back."""
        self._heading.setText("整次导入已撤销")
        self._words.setText("台账与导入前一样。")
        self._undo.hide()
        self._list.hide()

    def _on_undo(self) -> None:
        if self._operation is not None:
            self.undo_wanted.emit(self._operation)

    def _on_look(self) -> None:
        self.listed.emit(self._ids)
