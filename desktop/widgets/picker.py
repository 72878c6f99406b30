"""Choose a row of another register by typing its name, pinyin, initials or code."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from db.record import Record
from desktop.tasks import Read
from desktop.widgets.finding import Found, find
from desktop.widgets.suggestions import Suggestions

TYPING_PAUSE = 60  # ms; one question per pause, not per key


class Picker(QLineEdit):
    """A field that holds one record of a register, shown by its title."""

    chosen = Signal(object)  # id or None

    def __init__(self, model: type[Record], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._id: int | None = None
        self._title = ""
        self._asked = ""
        self._offers: Suggestions | None = None
        self.setPlaceholderText("输入名称、拼音首字母或代码")
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)

    @property
    def record_id(self) -> int | None:
        """The chosen record, None when nothing or nothing certain is chosen."""
        return self._id

    @property
    def settled(self) -> bool:
        """False while there are words that stand for no record."""
        return self._id is not None or not self.text().strip()

    def set_record(self, record_id: int | None, title: str = "") -> None:
        """Show a record that was chosen elsewhere."""
        self._id, self._title = record_id, title
        self.setText(title)
        self.setCursorPosition(0)

    def show_id(self, record_id: int | None) -> None:
        """Show a record by id; its title is read from the database."""
        if record_id is None:
            self.set_record(None)
            return
        model = self._model

        def title() -> str:
            row = model.get_or_none(model.id == record_id)
            return "" if row is None else str(row.title())

        Read(self, title).then(lambda words: self.set_record(record_id, words)).start()

    def _on_edited(self, text: str) -> None:
        if self._id is not None and text != self._title:
            self._id = None
            self.chosen.emit(None)
        self._pause.start()

    def _ask(self) -> None:
        text = self.text().strip()
        self._asked = text
        if not text:
            self._show([])
            return
        stem = self._model.stem()
        Read(self, lambda: find(text, (stem,), 30)).then(
            lambda found: self._show(found) if text == self._asked else None
        ).start()

    def _show(self, found: list[Found]) -> None:
        if self._offers is None:
            self._offers = Suggestions(self)
            self._offers.taken.connect(self._on_taken)
        words = [(f"{each.title}　{each.subtitle}".strip(), each) for each in found]
        self._offers.offer(words, nothing=f"没有找到“{self._asked}”" if self._asked else "")

    def _on_taken(self, found: Found) -> None:
        self.set_record(found.row, found.title)
        self.chosen.emit(found.row)
