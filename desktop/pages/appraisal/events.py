"""记分: the running account of a round — what was booked, for whom, and taken back with a reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from db import access
from db.rating.marking import accepts_marks
from db.registers.appraisal import Event, Participant
from db.rules.scheme_items import Events
from desktop.pages.appraisal.state import RoundState
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.listing import Listing
from desktop.widgets.page import button, label
from desktop.widgets.reason import ReasonBar
from desktop.widgets.table_model import TableModel
from desktop.widgets.table_view import TableView

_COLUMNS = (Event.participant, Event.on, Event.points, Event.words)


class EventsTab(QWidget):
    """Every event of a round, the latest first; one that was booked by mistake is struck out."""

    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._state: RoundState | None = None
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名")
        self.search.setAccessibleName("按姓名查找记分")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self.ask())
        self.item = Choices()
        self.item.setAccessibleName("考核项目")
        self.item.activated.connect(lambda _at: self.ask())
        line.addWidget(self.search, 2)
        line.addWidget(self.item, 3)
        self._count = label("", "muted")
        line.addWidget(self._count, 2)
        self.strike = button("作废这一条", self._ask_reason, meaning="retire")
        line.addWidget(self.strike)
        box.addLayout(line)
        self.reason = ReasonBar()
        self.reason.given.connect(self._strike)
        box.addWidget(self.reason)
        self.model = TableModel(Listing(Event, _COLUMNS, (Event.id == -1,)), self)
        self.table = TableView("appraisal_event@round")
        self.table.setAccessibleName("记分事项")
        self.table.show_model(self.model, _COLUMNS)
        self._none = Empty(
            "还没有记分",
            "在“参评与结果”里选中对象，点“处理”里的“记分”，可以一次给多人记。",
            meaning="edit",
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._none)
        box.addWidget(self._stack, 1)
        self.model.counted.connect(self._on_counted)
        self.table.picked.connect(lambda _row: self._arrange())

    @staticmethod
    def belongs(state: RoundState) -> bool:
        """Whether the round's scheme books events at all."""
        return any(isinstance(item, Events) for item in state.rules.items)

    def show_round(self, state: RoundState) -> None:
        """Show the events of a round."""
        same = self._state is not None and self._state.appraisal.id == state.appraisal.id
        self._state = state
        if not same:
            self.item.clear()
            self.item.addItem("全部项目", None)
            for item in state.rules.items:
                if isinstance(item, Events):
                    self.item.addItem(item.name, item.id)
        self.ask()

    def ask(self) -> None:
        """Read the list with the filters that are on."""
        if self._state is None:
            return
        mine = Participant.select(Participant.id).where(
            Participant.appraisal == self._state.appraisal.id
        )
        if words := self.search.text().strip():
            mine = mine.where(Participant.name.contains(words))
        where: list[Any] = [Event.participant.in_(mine)]
        if item := self.item.currentData():
            where.append(Event.item == item)
        now = self.model.listing
        self.model.ask(
            Listing(
                Event,
                now.columns,
                tuple(where),
                sort=now.sort or "on",
                descending=now.descending if now.sort else True,
            )
        )

    def refresh(self, _changes: Any = None) -> None:
        """Read again after a change."""
        self.ask()

    def _on_counted(self, count: int) -> None:
        self._count.setText(f"{count:,} 条")
        filtered = bool(self.search.text().strip() or self.item.currentData())
        self._stack.setCurrentWidget(self.table if count or filtered else self._none)
        self._arrange()

    def _arrange(self) -> None:
        state = self._state
        open_ = state is not None and accepts_marks(state.appraisal)
        self.strike.setVisible(open_ and access.can("retire", "appraisal"))
        self.strike.setEnabled(self.table.current_id() is not None)

    def _ask_reason(self) -> None:
        if self.table.current_id() is not None:
            self.reason.ask("作废这条记分的原因")

    def _strike(self, reason: str) -> None:
        row = self.table.current_id()
        if row is not None:
            Write(self, lambda: Event.get_by_id(row).retire(reason)).then(
                lambda _none: self.saved.emit()
            ).start()
