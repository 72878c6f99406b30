"""A record being edited: its fields in groups, each fault at its field while typing.

The single field is read at once; what needs the whole record or the database (two rows of one
name, dates out of order) is asked of the worker a moment later, so that typing never waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from db.columns import columns_of
from db.errors import Fault, Refusal
from db.fields import Reference
from db.record import Record
from desktop import settings
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.editors import Field, field_for
from desktop.widgets.page import label, tell

CHECK_PAUSE = 250  # ms after the last key before the whole record is checked


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a heading."""

    heading: str
    fields: tuple[Any, ...]

    def __init__(self, heading: str, *fields: Any) -> None:
        object.__setattr__(self, "heading", heading)
        object.__setattr__(self, "fields", fields)


def groups_of(model: type[Record]) -> tuple[Group, ...]:
    """One group with every column, for a register that names none."""
    return (Group("", *columns_of(model)),)


class Editor(QWidget):
    """The fields of one record; ``wants_saving`` after Enter in the last field."""

    edited = Signal()
    field_edited = Signal(str)
    wants_saving = Signal()

    def __init__(
        self,
        model: type[Record],
        groups: Sequence[Group] = (),
        *,
        without: Sequence[Any] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("clear")
        self.model = model
        self.fields: dict[str, Field] = {}
        self._faults: dict[str, Any] = {}
        self._touched: set[str] = set()
        self._record: Any = None
        self._loaded: dict[str, Any] = {}
        self._asking = 0
        self._left_out = {column.name for column in without}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(look().measure.units(0.5))
        self._whole = label("", "fault", wrap=True)
        self._whole.hide()
        self._box.addWidget(self._whole)
        chosen = groups or groups_of(model)
        longest = max(len(column.label) for group in chosen for column in group.fields)
        self._label_width = look().measure.characters(min(longest, 8) + 0.8)
        for group in chosen:
            self._add_group(group)
        for field in list(self.fields.values()):
            sized = getattr(field.column, "sized_in", "")
            if sized in self.fields:
                self.fields[sized].set_read_only(True)
        self._box.addStretch(1)
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(CHECK_PAUSE)
        self._check.timeout.connect(self._check_whole)

    def _add_group(self, group: Group) -> None:
        columns = [column for column in group.fields if column.name not in self._left_out]
        if not columns:
            return
        unit = look().measure.units
        if group.heading:
            heading = label(group.heading, "section")
            heading.setContentsMargins(0, unit(1.5), 0, unit(0.5))
            self._box.addWidget(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(1.5))
        grid.setVerticalSpacing(unit(0.75))
        grid.setColumnStretch(1, 1)
        for row, column in enumerate(columns):
            field = field_for(column)
            name = label(column.label + (" *" if column.required else ""), "muted")
            name.setBuddy(field.control)
            name.setMinimumWidth(self._label_width)
            name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            name.setFixedHeight(look().measure.row)
            grid.addWidget(name, row * 2, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row * 2, 1)
            fault = label("", "fault", wrap=True)
            fault.hide()
            grid.addWidget(fault, row * 2 + 1, 1)
            self.fields[column.name] = field
            self._faults[column.name] = fault
            field.changed.connect(lambda each=column.name: self._on_changed(each))
            field.left.connect(lambda each=column.name: self._on_left(each))
            field.fills.connect(self._fill_others)
            for part in (field.control, *field.control.findChildren(QLineEdit)):
                part.installEventFilter(self)
        self._box.addLayout(grid)

    # -- the record --------------------------------------------------------------------

    def load(self, record: Any) -> None:
        """Show a record; a new one shows its defaults."""
        self._record = record
        self._touched.clear()
        for name, field in self.fields.items():
            value = record.__data__.get(name)
            if isinstance(field.column, Reference) and value is not None:
                value = record.__rel__.get(name, value)
            field.set_value(value)
            self._tell(name, "", "")
        self._tell("", "", "")
        self._loaded = self.raw()
        self._show_flaws(record)

    @property
    def record(self) -> Any:
        """The record as it was loaded, without what was typed since."""
        return self._record

    def raw(self) -> dict[str, Any]:
        """Everything as it stands in the fields, readable or not, for a draft."""
        return {name: _raw(field) for name, field in self.fields.items()}

    def put(self, raw: dict[str, Any]) -> None:
        """Put a draft back into the fields."""
        for name, value in raw.items():
            if name in self.fields:
                self.fields[name].set_raw(value)
        self.edited.emit()
        self._check.start()

    def set_field(self, name: str, value: Any) -> None:
        """Fill one field in kept form, as if it had been typed."""
        self.fields[name].set_value(value)
        self._on_changed(name)

    def _fill_others(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name in self.fields:
                self.set_field(name, value)

    def value_of(self, name: str) -> Any:
        """One field in kept form, None when it cannot be read."""
        try:
            return self.fields[name].value()
        except Refusal:
            return None

    @property
    def dirty(self) -> bool:
        """True when something differs from what was loaded."""
        return self._record is not None and self.raw() != self._loaded

    def values(self) -> tuple[dict[str, Any], list[Fault]]:
        """What is entered in kept form, and what cannot be read."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, field in self.fields.items():
            try:
                values[name] = field.value()
            except Refusal as refusal:
                faults.append(Fault(name, refusal.message))
        return values, faults

    def filled(self) -> tuple[Any, list[Fault]]:
        """A copy of the record with what was typed; the original stays as it was loaded."""
        values, faults = self.values()
        copy = self.model(**dict(self._record.__data__))
        copy._dirty = set(self._record._dirty)
        for name, value in values.items():
            column = self.fields[name].column
            before = self._record.__data__.get(name)
            if value != before or self._record.id is None:
                attribute = column.object_id_name if isinstance(column, Reference) else name
                setattr(copy, attribute, value)
        return copy, faults

    def set_read_only(self, on: bool) -> None:
        """For roles that may look and not change."""
        for field in self.fields.values():
            field.set_read_only(on)

    # -- faults ------------------------------------------------------------------------

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Show each at its field and put the cursor into the first."""
        for name in self.fields:
            self._tell(name, "", "")
        rest = [fault.message for fault in faults if fault.field not in self.fields]
        self._tell("", "；".join(rest), "faulty" if rest else "")
        here = [fault for fault in faults if fault.field in self.fields]
        for fault in here:
            self._touched.add(fault.field)
            self._tell(fault.field, fault.message, "faulty")
        if here:
            self.fields[here[0].field].control.setFocus(Qt.FocusReason.OtherFocusReason)
            # The words below the field have their place only when the layout has run.
            QTimer.singleShot(0, self, lambda: self._show_words(here[0].field))

    def _show_words(self, name: str) -> None:
        around: QWidget | None = self
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self._faults[name])

    def fault_at(self, name: str) -> str:
        """The words now shown at a field."""
        return str((self._faults[name] if name else self._whole).text())

    def _tell(self, name: str, words: str, kind: str) -> None:
        shown = self._faults[name] if name else self._whole
        if shown.text() == words and bool(words) == (not shown.isHidden()):
            return
        tell(shown, words, "flaw" if kind == "flawed" else "fault")
        shown.setVisible(bool(words))
        if name:
            self.fields[name].mark(kind if words else "")
            control = self.fields[name].control
            control.setAccessibleDescription(words or self.fields[name].column.help_text or "")

    def _on_changed(self, name: str) -> None:
        self._touched.add(name)
        field = self.fields[name]
        try:
            value = field.value()
        except Refusal:
            # Half a date is not a fault while the hand is still typing it.
            if self._faults[name].text() and not self._faults[name].isHidden():
                self._read(name)
        else:
            if not self._faults[name].isHidden():
                self._tell(name, field.column.flaw(value) or "", "flawed")
        self.field_edited.emit(name)
        self.edited.emit()
        self._check.start()

    def _on_left(self, name: str) -> None:
        if name in self._touched:
            self._read(name)

    def _read(self, name: str) -> None:
        field = self.fields[name]
        try:
            value = field.column.accept(field.value())
        except Refusal as refusal:
            self._tell(name, refusal.message, "faulty")
        else:
            self._tell(name, field.column.flaw(value) or "", "flawed")

    def _check_whole(self) -> None:
        if self._record is None:
            return
        copy, unread = self.filled()
        if unread:
            return
        self._asking += 1
        asking = self._asking

        def judge() -> tuple[list[Fault], list[Fault]]:
            try:
                faults = copy.check()
            except Refusal as refusal:
                faults = list(refusal.faults) or [Fault("", refusal.message)]
            return faults, [] if faults else list(copy.warnings())

        Read(self, judge).then(lambda found: self._judged(asking, *found)).start()

    def _judged(self, asking: int, faults: list[Fault], flaws: list[Fault]) -> None:
        if asking != self._asking:
            return
        told = {fault.field: (fault.message, "faulty") for fault in faults}
        for flaw in flaws:
            told.setdefault(flaw.field, (flaw.message, "flawed"))
        for name in self.fields:
            words, kind = told.get(name, ("", ""))
            if kind == "faulty" and name not in self._touched:
                continue
            self._tell(name, words, kind)

    def _show_flaws(self, record: Any) -> None:
        if record.id is None:
            return

        def flaws() -> list[Fault]:
            return list(record.warnings())

        def show(found: list[Fault]) -> None:
            if self._record is record and not self.dirty:
                for fault in found:
                    if fault.field in self.fields:
                        self._tell(fault.field, fault.message, "flawed")

        Read(self, flaws).then(show).start()

    # -- keys --------------------------------------------------------------------------

    def focus_first(self) -> None:
        """Put the cursor into the first field, of a new record into the first empty one."""
        controls = list(self.fields.values())
        first = controls[0]
        if self._record is None or self._record.id is None:
            first = next((f for f in controls if _raw(f) in ("", None)), first)
        first.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _next(self, control: QObject) -> None:
        order = [field.control for field in self.fields.values()]
        parents = {control, control.parent()}
        at = next((place for place, each in enumerate(order) if each in parents), -1)
        for each in order[at + 1 :]:
            if each.isEnabled() and each.isVisible():
                each.setFocus(Qt.FocusReason.TabFocusReason)
                if isinstance(each, QLineEdit):
                    each.selectAll()
                return
        self.wants_saving.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override: Enter goes to the next field, but never while an input method composes."""
        if isinstance(event, QInputMethodEvent):
            watched.setProperty("composing", bool(event.preeditString()))
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and event.modifiers()
            in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            and not isinstance(watched, QPlainTextEdit)
            and not watched.property("composing")
            and settings.current["enter_moves"]
        ):
            self._next(watched)
            return True
        return False


def _raw(field: Field) -> Any:
    try:
        return field.raw()
    except Refusal:
        return ""
