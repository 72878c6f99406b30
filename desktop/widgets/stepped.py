"""One record that goes from step to step: the steps above, the tabs below, a short form in their place."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from db import access
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.opening_page import Opened
from desktop.widgets.page import button
from desktop.widgets.steps_bar import StepsBar


class Ending(Protocol):
    """What stands in the place of the tabs until it is done or given up."""

    done: Any
    gave_up: Any

    def focus_first(self) -> None: ...


class Stepped(Opened):
    """The frame of it: back, the steps, the next thing to do, everything else, and the tabs."""

    #: What the list is called that one goes back to: 批次.
    listed = ""
    #: What stands under 更多, in words.
    more_words = ""

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(unit(1))
        head = QHBoxLayout()
        head.setSpacing(unit(1))
        top = Qt.AlignmentFlag.AlignTop
        back = button(
            f"全部{self.listed}",
            self.left.emit,
            meaning="back",
            quiet=True,
            tip=f"回到{self.listed}列表（Esc）",
        )
        head.addWidget(back, alignment=top)
        self.strip = StepsBar()
        head.addWidget(self.strip, 1)
        self.next = button("下一步", self.go_on, primary=True)
        head.addWidget(self.next, alignment=top)
        self.more = button("更多", meaning="more", tip=self.more_words)
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill)
        head.addWidget(self.more, alignment=top)
        self.box.addLayout(head)
        self._stack = QStackedWidget()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._stack.addWidget(self.tabs)
        self.box.addWidget(self._stack, 1)

    def go_on(self) -> None:
        """Do the next step, or ask what it takes."""
        raise NotImplementedError

    def fill_more(self, menu: QMenu) -> None:
        """Put under 更多 what can be done just now."""
        raise NotImplementedError

    def _fill(self) -> None:
        menu = self.more.menu()
        menu.clear()
        if self.record is not None:
            self.fill_more(menu)

    def show_next(self, words: str, verb: str, stem: str, finished: str) -> None:
        """What the button says, for those who have the right; `finished` when nothing is left."""
        self.next.setText(words or finished)
        self.next.setAccessibleName(words or finished)
        self.next.setVisible(bool(words) and access.can(verb, stem))

    def ask(self, form: AskForm) -> None:
        """Put a short form in the place of the tabs until it is done or given up."""
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.addStretch(1)
        form.setMaximumWidth(look().measure.characters(44))
        form.setMinimumWidth(look().measure.characters(34))
        line.addWidget(form)
        line.addStretch(1)
        self.put(holder, form)

    def put(self, holder: QWidget, form: Ending) -> None:
        """Let something stand over the whole width until it is done or given up."""

        def end() -> None:
            self._stack.setCurrentWidget(self.tabs)
            self._stack.removeWidget(holder)
            holder.deleteLater()
            # The form took the focus with it.
            self.next.setFocus()

        form.done.connect(end)
        form.gave_up.connect(end)
        self._stack.addWidget(holder)
        self._stack.setCurrentWidget(holder)
        form.focus_first()
