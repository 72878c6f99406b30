"""The details at the right of a list: the record to read or edit, what hangs from it, its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from db import access, registry
from db.changes import Changes
from db.record import Record
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.batch import BatchForm
from desktop.widgets.detail_tab import DetailTab, key_to
from desktop.widgets.editor import Group
from desktop.widgets.empty import Empty
from desktop.widgets.flow import Flow
from desktop.widgets.form_box import FormBox, scrolled
from desktop.widgets.history import HistoryView
from desktop.widgets.page import Heading, button, label
from desktop.widgets.reason import ReasonBar
from desktop.widgets.record_view import RecordView


class RecordPanel(QWidget):
    """One record of a register."""

    saved = Signal(object)  # id; a C int would cut its 64 bits
    shown = Signal(object)  # the record, or None
    gave_up = Signal()
    form_made = Signal()

    def __init__(
        self,
        model: type[Record],
        groups: Sequence[Group] = (),
        details: Sequence[tuple[type[Record], Any]] | None = None,
        empty: str = "",
        names: Sequence[str] = (),
        columns: Mapping[type[Record], tuple[Any, ...]] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model, self._groups = model, groups
        self.record: Any = None
        self.retire_with: Callable[[Any, str], object] = lambda record, why: record.retire(why)
        self._wanted: int | None = None
        self._form: FormBox | None = None
        self._ask: AskForm | BatchForm | None = None
        self._history_for: int | None = None
        unit = look().measure.units
        outer = QVBoxLayout(self)
        outer.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        name = str(model._meta.label)
        self._nothing = Empty(empty or "选一条记录，在这里查看", meaning="page")
        self._stack.addWidget(self._nothing)
        self._reading = QWidget()
        box = QVBoxLayout(self._reading)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(0.5))
        self._heading = Heading()
        box.addLayout(self._heading)
        self.keys = Flow()
        self.edit_button = button("修改", self.edit, meaning="edit", tip="修改（F2）")
        self.retire_button = button("停用", self._ask_reason, meaning="retire")
        self.restore_button = button("恢复", self._restore, meaning="restore")
        for each in (self.edit_button, self.retire_button, self.restore_button):
            self.keys.addWidget(each)
        box.addLayout(self.keys)
        self.standing = label("", "muted", wrap=True)
        self.standing.hide()
        box.addWidget(self.standing)
        self._reason = ReasonBar()
        self._reason.given.connect(self._retire)
        box.addWidget(self._reason)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        # In a low window they give way to the title and the buttons above them.
        self.tabs.setMinimumHeight(look().measure.row)
        self.tabs.tabBar().setAccessibleName(f"{name}的各项")
        box.addWidget(self.tabs, 1)
        self.view = RecordView(model, groups)
        self.tabs.addTab(scrolled(self.view), "资料")
        self.details: list[DetailTab] = []
        for at, (detail, key) in enumerate(self._details(details)):
            name_of = names[at] if at < len(names) else ""
            self.add_detail(detail, key, name_of, (columns or {}).get(detail, ()))
        self._history = HistoryView(model)
        self._history_place = scrolled(self._history)
        self.tabs.addTab(self._history_place, "历史")
        self.tabs.currentChanged.connect(self._on_tab)
        self._stack.addWidget(self._reading)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        # An ID number must be readable to its last digit.
        self.setMinimumWidth(look().measure.characters(24))

    def _details(
        self, given: Sequence[tuple[type[Record], Any]] | None
    ) -> Sequence[tuple[type[Record], Any]]:
        if given is not None:
            return given
        found = registry.register(registry.stem_of(self.model))
        pairs = ((detail, key_to(detail, self.model)) for detail in found.details)
        return [(detail, key) for detail, key in pairs if key is not None]

    def add_detail(
        self, detail: type[Record], key: Any, name: str = "", shown: tuple[Any, ...] = ()
    ) -> None:
        """A tab with the details of one kind."""
        tab = DetailTab(detail, key, shown)
        words = name or str(detail._meta.label)
        self.tabs.addTab(tab, words)
        tab.counted.connect(
            lambda count, tab=tab: self.tabs.setTabText(
                self.tabs.indexOf(tab), f"{words} {count}" if count else words
            )
        )
        self.details.append(tab)

    def add_tab(self, words: str, content: QWidget) -> None:
        """A tab of a page's own, before the history."""
        self.tabs.insertTab(self.tabs.indexOf(self._history_place), content, words)

    # -- steps of a page's own ---------------------------------------------------------

    def tell_standing(self, words: str) -> None:
        """How the record stands just now, under its buttons: 余额, 未还本金."""
        self.standing.setText(words)
        self.standing.setVisible(bool(words))

    def ask(self, form: AskForm | BatchForm) -> None:
        """Put a short form in the place of the record until it is done or given up."""
        if self._ask is not None:
            self._stack.removeWidget(self._ask)
            self._ask.deleteLater()
        self._ask = form
        form.done.connect(self._end_ask)
        form.gave_up.connect(self._end_ask)
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        form.focus_first()

    def _end_ask(self) -> None:
        if self._ask is None:
            return
        form, self._ask = self._ask, None
        self._stack.setCurrentWidget(self._reading if self.record is not None else self._nothing)
        self._stack.removeWidget(form)
        form.deleteLater()
        if self._wanted is not None:
            self.show_id(self._wanted)

    # -- reading -----------------------------------------------------------------------

    @property
    def editing(self) -> bool:
        """True while the form is open."""
        return self._form is not None and self._stack.currentWidget() is self._form

    @property
    def form(self) -> FormBox:
        """The form, made when it is first needed."""
        if self._form is None:
            self._form = FormBox(self.model, self._groups)
            # Beside the names of the fields a whole ID number must be seen while it is typed.
            self.setMinimumWidth(look().measure.characters(27))
            self._form.saved.connect(self._on_saved)
            self._form.gave_up.connect(self._on_gave_up)
            self._stack.addWidget(self._form)
            self.form_made.emit()
        return self._form

    @property
    def dirty(self) -> bool:
        """True when something typed is not saved."""
        return (self.editing and self.form.dirty) or any(tab.dirty for tab in self.details)

    def show_id(self, row: int | None) -> None:
        """Read a record and show it; None shows the empty page."""
        self._wanted = row
        if (self.editing and self.form.dirty) or self._ask is not None:
            return
        if row is None:
            self.record = None
            self._stack.setCurrentWidget(self._nothing)
            self.shown.emit(None)
            return
        model = self.model

        def read() -> tuple[Any, str, str] | None:
            record = model.get_or_none(model.id == row)
            return None if record is None else (record, record.title(), record.subtitle())

        Read(self, read).then(lambda found: self._show(row, found)).start()

    def _show(self, row: int, found: tuple[Any, str, str] | None) -> None:
        if row != self._wanted or (self.editing and self.form.dirty):
            return
        if found is None:
            self._stack.setCurrentWidget(self._nothing)
            return
        self.record, title, subtitle = found
        self._heading.name.setText(title)
        self._heading.under.setText(subtitle)
        self._heading.under.setVisible(bool(subtitle))
        self._reason.hide()
        self.view.show_record(self.record)
        for tab in self.details:
            tab.show_root(self.record)
        self._history_for = None
        self._on_tab()
        self._arrange()
        if self._ask is None:
            self._stack.setCurrentWidget(self._reading)
        self.shown.emit(self.record)

    def refresh(self, changes: Changes | None = None) -> None:
        """Read again after a change elsewhere."""
        if self.record is None or self.editing:
            return
        stems = {self.model.stem(), *(tab.detail.stem() for tab in self.details)}
        if changes is None or changes.stems & stems:
            self.show_id(self.record.id)

    def _arrange(self) -> None:
        stem = registry.stem_of(self.model)
        alive = not self.record.retired
        self.edit_button.setVisible(alive and access.can("write", stem))
        self.retire_button.setVisible(alive and access.can("retire", stem))
        self.restore_button.setVisible(not alive and access.can("retire", stem))

    def _on_tab(self, _at: int = 0) -> None:
        if self.tabs.currentWidget() is not self._history_place or self.record is None:
            return
        if self._history_for != self.record.id:
            self._history_for = self.record.id
            self._history.show_row(self.record.id)

    # -- changing ----------------------------------------------------------------------

    def edit(self) -> None:
        """Open the form on the record shown."""
        stem = registry.stem_of(self.model)
        if self.record is None or self.record.retired or not access.can("write", stem):
            return
        row, model = self.record.id, self.model
        # Fresh from the database: the version saved against must be the one on the screen.
        Read(self, lambda: _with_references(model.get_by_id(row))).then(self.open_form).start()

    def open_form(self, record: Any) -> None:
        """Open the form on a record, new or kept."""
        self.form.load(record)
        self._stack.setCurrentWidget(self.form)
        self.form.focus_first()

    def _on_saved(self, record: Any) -> None:
        self._stack.setCurrentWidget(self._reading)
        self.show_id(record.id)
        self.saved.emit(record.id)

    def _on_gave_up(self) -> None:
        self._stack.setCurrentWidget(self._reading if self.record is not None else self._nothing)
        if self._wanted is not None:
            self.show_id(self._wanted)
        self.gave_up.emit()

    def _ask_reason(self) -> None:
        self._reason.ask(f"停用“{self._heading.name.text()}”的原因")

    def _retire(self, reason: str) -> None:
        row, model, retire_with = self.record.id, self.model, self.retire_with
        Write(self, lambda: retire_with(model.get_by_id(row), reason)).start()

    def _restore(self) -> None:
        row, model = self.record.id, self.model
        Write(self, lambda: model.get_by_id(row).restore()).start()


def _with_references(record: Any) -> Any:
    from desktop.widgets.listing import preload

    preload([record])
    return record
