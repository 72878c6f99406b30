"""为什么是这个星: the reckoning of one participant beside the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.rating.explaining import Why, why
from db.registers.appraisal import Participant
from db.rules.scoring_items import show
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.empty import Empty
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import Heading, button, label


class WhyPanel(QWidget):
    """Name, level and points above, the sentences below; a short form may take its place."""

    wants_paper = Signal(object)  # participant id
    asked = Signal()  # a short form was done

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._wanted: int | None = None
        self._form: AskForm | None = None
        unit = look().measure.units
        outer = QVBoxLayout(self)
        outer.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        self._nothing = Empty("选一个对象，看为什么是这个结果", meaning="scheme")
        self._stack.addWidget(self._nothing)
        self._reading = QWidget()
        box = QVBoxLayout(self._reading)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(0.75))
        head = QHBoxLayout()
        self._heading = Heading()
        head.addLayout(self._heading, 1)
        self._level = label("", "figure")
        self._level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._level)
        box.addLayout(head)
        line = QHBoxLayout()
        self._total = label("", "muted")
        line.addWidget(self._total, 1)
        self.paper = button("打印说明", self._print, meaning="print", quiet=True)
        line.addWidget(self.paper)
        box.addLayout(line)
        self._sentences = QWidget()
        self._sentences.setObjectName("clear")
        self._lines = QVBoxLayout(self._sentences)
        self._lines.setContentsMargins(0, 0, unit(1), 0)
        self._lines.setSpacing(unit(0.75))
        box.addWidget(scrolled(self._sentences), 1)
        self._stack.addWidget(self._reading)
        self.setMinimumWidth(look().measure.characters(20))

    def show_id(self, participant: int | None) -> None:
        """Explain one participant."""
        self._wanted = participant
        if self._form is not None:
            return
        if participant is None:
            self._stack.setCurrentWidget(self._nothing)
            return

        def read() -> tuple[Why, str, str]:
            row = Participant.get_by_id(participant)
            found = why(row)
            return found, row.title(), row.subtitle()

        Read(self, read).then(lambda found: self._show(participant, *found)).start()

    def _show(self, participant: int, found: Why, name: str, place: str) -> None:
        if participant != self._wanted or self._form is not None:
            return
        row = found.participant
        self._heading.name.setText(name)
        self._heading.under.setText(place)
        self._level.setText(row.level or ("未评" if row.state == "rated" else ""))
        self._level.setProperty("matters", bool(row.level))
        total = found.result.rounded if found.result else None
        self._total.setText(f"得分 {show(total)}" if total is not None else "")
        while (taken := self._lines.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.deleteLater()
        kinds = [line.kind for line in found.lines]
        for number, words in enumerate(found.sentences):
            kind = kinds[number] if number < len(kinds) else "end"
            name_ = {"item": "", "base": "", "missing": "flaw", "veto": "fault", "end": "heading"}
            self._lines.addWidget(label(words, name_.get(kind, "muted"), wrap=True))
        self._lines.addStretch(1)
        self._stack.setCurrentWidget(self._reading)

    def again(self) -> None:
        """Explain the same participant anew."""
        self.show_id(self._wanted)

    def ask(self, form: AskForm) -> None:
        """Put a short form in the place of the explanation until it is done or given up."""
        self._drop()
        self._form = form
        form.done.connect(self._done)
        form.gave_up.connect(self._end)
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        form.focus_first()

    def _done(self) -> None:
        self._end()
        self.asked.emit()

    def _end(self) -> None:
        self._drop()
        self._stack.setCurrentWidget(self._nothing)
        self.again()

    def _drop(self) -> None:
        if self._form is not None:
            self._stack.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None

    def _print(self) -> None:
        if self._wanted is not None:
            self.wants_paper.emit(self._wanted)
