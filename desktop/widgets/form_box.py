"""An editor with its buttons: saving, giving up, keeping a draft against a crash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from db import drafts
from db.changes import Changes
from db.errors import Fault, Refusal
from db.record import Record
from desktop.tasks import Read, Write, worker
from desktop.theme import look
from desktop.widgets.difference import DifferenceView, Differing, differing
from desktop.widgets.editor import Editor, Group
from desktop.widgets.listing import preload
from desktop.widgets.meanwhile import MeanwhileLine, what_changed
from desktop.widgets.page import button, label

DRAFT_PAUSE = 1500  # ms after the last key before a draft is kept


def scrolled(content: QWidget) -> QScrollArea:
    """Content that may be longer than its place."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setObjectName("clear")
    area.setWidget(content)
    return area


class FormBox(QWidget):
    """Edit one record and save it through the gate."""

    saved = Signal(object)  # the kept record
    gave_up = Signal()

    def __init__(
        self,
        model: type[Record],
        groups: Sequence[Group] = (),
        *,
        without: Sequence[Any] = (),
        keep_draft: bool = True,
    ) -> None:
        super().__init__()
        self.model = model
        self._keep_draft = keep_draft
        self._saving = False
        self.saved_record: Any = None
        self.save_with: Callable[[Any], object] = lambda record: record.save()
        unit = look().measure.units
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        self._pages = QStackedWidget()
        around.addWidget(self._pages)
        place = QWidget()
        self._pages.addWidget(place)
        box = QVBoxLayout(place)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        self._draft_line = QWidget()
        line = QHBoxLayout(self._draft_line)
        line.setContentsMargins(0, 0, 0, 0)
        self._draft_words = label("", "flaw", wrap=True)
        line.addWidget(self._draft_words, 1)
        line.addWidget(button("取回", self._take_draft, link=True))
        line.addWidget(button("不要了", self._drop_draft, link=True))
        self._draft_line.hide()
        box.addWidget(self._draft_line)
        self._meanwhile = MeanwhileLine(self._compare)
        box.addWidget(self._meanwhile)
        self.editor = Editor(model, groups, without=without)
        box.addWidget(scrolled(self.editor), 1)
        keys = QHBoxLayout()
        self._state = label("", "muted")
        keys.addWidget(self._state, 1)
        self.cancel_button = button("取消", self.give_up, tip="取消（Esc）")
        self.save_button = button("保存", self.save, primary=True, tip="保存（Ctrl+S）")
        keys.addWidget(self.cancel_button)
        keys.addWidget(self.save_button)
        box.addLayout(keys)
        self.editor.wants_saving.connect(self.save)
        self.editor.edited.connect(self._on_edited)
        for key, slot in (("Ctrl+S", self.save), ("Escape", self.give_up)):
            made = QShortcut(QKeySequence(key), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(DRAFT_PAUSE)
        self._pause.timeout.connect(self._keep)
        self._draft: drafts.Draft | None = None
        worker().changed.connect(self._on_told)

    def load(self, record: Any) -> None:
        """Begin with a record; offers a draft that a crash left behind."""
        self._pause.stop()
        self._draft = None
        self._draft_line.hide()
        self._meanwhile.hide()
        self._state.setText("")
        self.editor.load(record)
        if not self._keep_draft:
            return
        stem, row = self.model.stem(), record.id or 0

        def look_for() -> drafts.Draft | None:
            return next((each for each in drafts.kept(stem) if each.record == row), None)

        Read(self, look_for).then(lambda found: self._offer(record, found)).start()

    @property
    def dirty(self) -> bool:
        """True when something typed is not saved."""
        return self.editor.dirty

    def focus_first(self) -> None:
        """Put the cursor where typing begins."""
        self.editor.focus_first()

    def save(self) -> None:
        """Check and keep the record; faults come back to their fields."""
        if self._saving:
            return
        record, unread = self.editor.filled()
        if unread:
            self.editor.show_faults(unread)
            return
        self._saving = True
        self.save_button.setEnabled(False)
        stem, row = self.model.stem(), record.id or 0
        save_with = self.save_with
        keep_draft = self._keep_draft

        def keep() -> Any:
            save_with(record)
            if keep_draft:
                drafts.drop(stem, row)
            return record

        Write(self, keep).then(self._on_saved).failed(self._on_failed).start()

    def give_up(self) -> None:
        """Leave without saving; what was typed stays as a draft until the next start of the form."""
        if self.dirty and self._keep_draft:
            self._keep()
        self._pause.stop()
        self.gave_up.emit()

    def _on_saved(self, record: Any) -> None:
        self._saving = False
        self._pause.stop()
        self.save_button.setEnabled(True)
        self.saved_record = record
        self.saved.emit(record)

    def _on_failed(self, problem: Exception) -> bool:
        self._saving = False
        self.save_button.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        faults = list(problem.faults) or [Fault("", problem.message)]
        self.editor.show_faults(faults)
        if not problem.faults and self.editor.record.id is not None:
            self._compare()
        return True

    # -- somebody else was quicker -----------------------------------------------------

    def _on_told(self, told: Changes) -> None:
        """Another PC has committed: if it was this record, say so before anything is saved."""
        base, model = self.editor.record, self.model
        if not told.by or base is None or base.id not in told.ids.get(model.stem(), ()):
            return
        columns = [field.column for field in self.editor.fields.values()]

        def read() -> tuple[Any, str] | None:
            now = model.get_or_none(model.id == base.id)
            if now is None or now.version == base.version:
                return None
            preload([now])
            return now, what_changed(told.by, base, now, columns)

        Read(self, read).then(lambda found: self._show_meanwhile(base, told.by, found)).start()

    def _show_meanwhile(self, base: Any, who: str, found: tuple[Any, str] | None) -> None:
        if found is None or self.editor.record is not base or self._saving:
            return
        now, words = found
        if self.dirty:
            self._meanwhile.tell(words)
        else:
            self.load(now)
            self._state.setText(f"{who}刚改过，已换成新的内容" if words else "")

    def _compare(self) -> None:
        """When the kept row is no longer the one the form began with: both side by side."""
        base, model = self.editor.record, self.model
        mine, unread = self.editor.filled()
        columns = [field.column for field in self.editor.fields.values()]

        def read() -> tuple[Any, list[Differing]] | None:
            now = model.get_or_none(model.id == base.id)
            if now is None or unread or now.version == base.version:
                return None
            preload([now])
            return now, differing(base, mine, now, columns)

        Read(self, read).then(self._show_difference).start()

    def _show_difference(self, found: tuple[Any, list[Differing]] | None) -> None:
        if found is None:
            return
        now, fields = found
        view = DifferenceView(
            "这条记录刚被改过",
            "您填的内容还在。每一项选一个，再保存；没有列出的两边相同。",
            fields,
        )
        view.decided.connect(lambda kept: self._settle_difference(view, now, kept))
        view.gave_up.connect(lambda: self._end_difference(view))
        self._pages.addWidget(view)
        self._pages.setCurrentWidget(view)

    def _settle_difference(self, view: DifferenceView, now: Any, kept: set[str]) -> None:
        mine = {name: raw for name, raw in self.editor.raw().items() if name in kept}
        values = {name: self.editor.value_of(name) for name in kept}
        self._end_difference(view)
        self._meanwhile.hide()
        self.editor.load(now)
        for name in mine:
            self.editor.set_field(name, values[name])

    def _end_difference(self, view: DifferenceView) -> None:
        self._pages.setCurrentIndex(0)
        self._pages.removeWidget(view)
        view.deleteLater()

    def _on_edited(self) -> None:
        self._state.setText("有未保存的修改" if self.dirty else "")
        if self._keep_draft:
            self._pause.start()

    # -- drafts ------------------------------------------------------------------------

    def put_away(self) -> None:
        """Keep what was typed as a draft now; the data is about to be closed."""
        if self._keep_draft:
            self._pause.stop()
            self._keep()

    def _keep(self) -> None:
        record = self.editor.record
        if record is None or not self.dirty or self._saving:
            return
        raw, stem, row = self.editor.raw(), self.model.stem(), record.id or 0
        title = str(self.model._meta.label)
        Write(self, lambda: drafts.keep(stem, row, title, raw)).start()

    def _offer(self, record: Any, found: drafts.Draft | None) -> None:
        if found is None or self.editor.record is not record or self.dirty:
            return
        self._draft = found
        when = found.at.replace("T", " ")[:16]
        self._draft_words.setText(f"{when} 有一份没保存的填写。")
        self._draft_line.show()

    def _take_draft(self) -> None:
        if self._draft is not None:
            self.editor.put(self._draft.fields)
        self._draft_line.hide()
        self.editor.focus_first()

    def _drop_draft(self) -> None:
        draft, self._draft = self._draft, None
        self._draft_line.hide()
        if draft is not None:
            Write(self, lambda: drafts.drop(draft.stem, draft.record)).start()
