"""Column type → the control it is edited with. One dict; a new column type adds one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from db import fields
from db.errors import Refusal, Trouble
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.attaching import Kept, ask_files, keep
from desktop.widgets.choices import Choices as Choices
from desktop.widgets.page import button, label
from desktop.widgets.picker import Picker
from desktop.widgets.suggestions import Suggestions

LONG_LIST = 9  # choices; more are found by typing


class Field(QWidget):
    """One control for one column: ``changed`` while typing, ``left`` when the focus goes on."""

    changed = Signal()
    left = Signal()
    #: What other fields say now, by name: a chosen file has a name and a size.
    fills = Signal(dict)

    def __init__(self, column: Any, control: QWidget) -> None:
        super().__init__()
        self.column = column
        self.control = control
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(control)
        self.setFocusProxy(control)
        control.setAccessibleName(column.label)
        if column.help_text:
            control.setAccessibleDescription(column.help_text)
            control.setToolTip(column.help_text)
        control.installEventFilter(self)

    def value(self) -> Any:
        """What is entered, in kept form; Refusal when it cannot be read."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a kept value."""
        raise NotImplementedError

    def raw(self) -> Any:
        """What is entered, as it stands, for a draft."""
        return self.value()

    def set_raw(self, value: Any) -> None:
        """Put a draft's content back."""
        self.set_value(value)

    def set_read_only(self, on: bool) -> None:
        """Show without letting anybody change it."""
        self.control.setEnabled(not on)

    def mark(self, kind: str) -> None:
        """Mark as faulty, flawed or neither."""
        for name in ("faulty", "flawed"):
            self.control.setProperty(name, kind == name)
        style = self.control.style()
        style.unpolish(self.control)
        style.polish(self.control)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Qt override."""
        if watched is self.control and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return False


class LineField(Field):
    """Words or figures on one line; reads as the column reads."""

    def __init__(self, column: Any) -> None:
        self.line = QLineEdit()
        super().__init__(column, self.line)
        if column.numeric:
            self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        self.line.editingFinished.connect(self._tidy)
        hint = _HINTS.get(type(column))
        if hint:
            self.line.setPlaceholderText(hint)
        if isinstance(column, fields.IdNumber | fields.Phone | fields.PartialDate | fields.Number):
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin)

    def value(self) -> Any:
        """What is entered, in kept form."""
        return self.column.parse(self.line.text())

    def set_value(self, value: Any) -> None:
        """Show a kept value."""
        self.line.setText(self.column.show(value))
        self.line.setCursorPosition(0)

    def raw(self) -> str:
        """The text as it stands."""
        return self.line.text()

    def set_raw(self, value: Any) -> None:
        """Put the text back as it stood."""
        self.line.setText(str(value))

    def set_read_only(self, on: bool) -> None:
        """Let it be read and copied."""
        self.line.setReadOnly(on)

    def _tidy(self) -> None:
        """Show what was typed the way it is kept: 199806 becomes 1998.06."""
        try:
            shown = self.column.show(self.value())
        except Refusal:
            return
        if shown != self.line.text():
            self.line.setText(shown)


class NotesField(Field):
    """Several lines of words; Tab goes on, Enter makes a new line."""

    def __init__(self, column: Any) -> None:
        self.area = QPlainTextEdit()
        self.area.setTabChangesFocus(True)
        self.area.setFixedHeight(look().measure.row * 3)
        super().__init__(column, self.area)
        self._quiet = False
        self.area.textChanged.connect(lambda: None if self._quiet else self.changed.emit())

    def value(self) -> Any:
        """What is entered, in kept form."""
        return self.column.parse(self.area.toPlainText())

    def set_value(self, value: Any) -> None:
        """Show a kept value."""
        self._quiet = True
        self.area.setPlainText(value or "")
        self._quiet = False

    def raw(self) -> str:
        """The text as it stands."""
        return self.area.toPlainText()

    def set_read_only(self, on: bool) -> None:
        """Let it be read and copied."""
        self.area.setReadOnly(on)


class ChoiceField(Field):
    """One of a code list: a short list drops down, a long one is found by typing."""

    def __init__(self, column: Any) -> None:
        self.box = Choices()
        # As narrow as the panel is; the list that drops down shows its words whole.
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.setMinimumContentsLength(4)
        items = column.codes.items
        self.box.addItem("" if not column.required else "请选择", "")
        for each in items:
            self.box.addItem(each.label, each.code)
        self._typed = len(items) > LONG_LIST
        self._offers: Suggestions | None = None
        if self._typed:
            self.box.setEditable(True)
            self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            self.box.setItemText(0, "")
            self.box.setCompleter(None)  # type: ignore[arg-type]
        super().__init__(column, self.box)
        line = self.box.lineEdit()
        if line is not None:
            line.setPlaceholderText("输入或选择")
            line.setAccessibleName(column.label)
            line.textEdited.connect(self._on_edited)
            self._line = line
        self.box.activated.connect(lambda _at: self.changed.emit())

    def _on_edited(self, text: str) -> None:
        if self._offers is None:
            self._offers = Suggestions(self._line)
            self._offers.taken.connect(self._on_taken)
        words = text.strip()
        fitting = [
            (each.label, each.code)
            for each in self.column.codes.items
            if words in each.label or any(words in alias for alias in each.aliases)
        ]
        self._offers.offer(fitting if words else [])
        self.changed.emit()

    def _on_taken(self, code: str) -> None:
        self.set_value(code)
        self.changed.emit()

    def value(self) -> Any:
        """The chosen code."""
        if self._typed:
            return self.column.parse(self.box.currentText())
        return self.box.currentData() or ""

    def set_value(self, value: Any) -> None:
        """Show a kept code; one that a newer version wrote is shown as it stands."""
        at = self.box.findData(value or "")
        if at < 0:
            self.box.addItem(str(value), value)
            at = self.box.count() - 1
        self.box.setCurrentIndex(at)

    def raw(self) -> Any:
        """The code, or the words typed so far."""
        return self.box.currentText() if self._typed else self.box.currentData()

    def set_raw(self, value: Any) -> None:
        """Put the words back."""
        if self._typed:
            self.box.setEditText(str(value or ""))
        else:
            self.set_value(value)


class FlagField(Field):
    """Yes or no."""

    def __init__(self, column: Any) -> None:
        self.check = QCheckBox("是")
        super().__init__(column, self.check)
        self.check.clicked.connect(lambda _on: self.changed.emit())

    def value(self) -> int:
        """1 for yes, 0 for no."""
        return int(self.check.isChecked())

    def set_value(self, value: Any) -> None:
        """Show a kept value."""
        self.check.setChecked(bool(value))


class ReferenceField(Field):
    """A row of another register."""

    def __init__(self, column: Any) -> None:
        self.picker = Picker(column.rel_model)
        super().__init__(column, self.picker)
        self.picker.chosen.connect(lambda _id: self.changed.emit())
        self.picker.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> Any:
        """The chosen id; words that stand for no record are refused."""
        if not self.picker.settled:
            raise Refusal(f"“{self.column.label}”请从候选中选一个")
        return self.picker.record_id

    def set_value(self, value: Any) -> None:
        """Show a record or an id."""
        if value is not None and not isinstance(value, int):
            self.picker.set_record(value.id, str(value.title()))
        else:
            self.picker.show_id(value)

    def raw(self) -> Any:
        """The id, or the words typed so far."""
        return self.picker.record_id

    def set_read_only(self, on: bool) -> None:
        """Let it be read and copied."""
        self.picker.setReadOnly(on)


class AttachmentField(Field):
    """A file: chosen, made smaller and sealed at once, so that a power cut loses nothing."""

    def __init__(self, column: Any) -> None:
        self.choose = button("选择文件…", self._ask, meaning="open", tip="照片、扫描件或 PDF")
        super().__init__(column, self.choose)
        self._words = label("", "muted", wrap=True)
        self.layout().addWidget(self._words)  # type: ignore[union-attr]
        self._digest = ""

    def _ask(self) -> None:
        paths = ask_files(self, several=False)
        if paths:
            self.take(paths[0])

    def take(self, path: Path) -> None:
        """Prepare a file of this machine and keep it."""
        self.choose.setEnabled(False)
        Read(self, lambda: keep(path)).then(self._taken).failed(self._on_failed).start()

    def _taken(self, found: Kept) -> None:
        self.choose.setEnabled(True)
        self.set_value(found.digest)
        self._words.setText(f"已选“{found.name}”，保存后生效。")
        self.fills.emit({self.column.named_in: found.name, self.column.sized_in: found.size})
        self.changed.emit()

    def _on_failed(self, problem: Exception) -> bool:
        self.choose.setEnabled(True)
        if not isinstance(problem, Refusal | Trouble):
            return False
        self._words.setText(problem.message)
        return True

    def value(self) -> str:
        """The fingerprint of the file."""
        return self._digest

    def set_value(self, value: Any) -> None:
        """Say whether there is one."""
        self._digest = value or ""
        self._words.setText("已有文件，可以换一个。" if value else "还没有文件。")


class ShownField(LineField):
    """What the program keeps and nobody types."""

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.line.setReadOnly(True)
        self._value: Any = column.nothing

    def value(self) -> Any:
        """The value as it was shown."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show a kept value."""
        self._value = value
        super().set_value(value)

    def set_read_only(self, on: bool) -> None:
        """It always is."""


_HINTS: dict[type, str] = {
    fields.PartialDate: "如 1998、1998.6、19980601",
    fields.IdNumber: "18 位或 15 位",
}

EDITORS: dict[type, Callable[[Any], Field]] = {
    fields.Text: lambda column: NotesField(column) if column.multiline else LineField(column),
    fields.Name: LineField,
    fields.Number: LineField,
    fields.Score: LineField,
    fields.Money: LineField,
    fields.PartialDate: LineField,
    fields.Moment: ShownField,
    fields.IdNumber: LineField,
    fields.Phone: LineField,
    fields.Choice: ChoiceField,
    fields.Flag: FlagField,
    fields.Reference: ReferenceField,
    fields.Attachment: AttachmentField,
    fields.Structured: ShownField,
}


def field_for(column: Any) -> Field:
    """The control for a column; a column type derived from one of ours is edited like it."""
    for kind in type(column).__mro__:
        if kind in EDITORS:
            return EDITORS[kind](column)
    raise TypeError(f"no editor for {type(column).__name__}")
