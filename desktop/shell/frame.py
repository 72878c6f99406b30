"""The frame around the pages: sidebar, page, message bar; goes from place to place and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import access, undo
from db.access import Person
from db.changes import Changes
from db.errors import Refusal, Trouble
from desktop import settings
from desktop.shell.clock_banner import ClockBanner
from desktop.shell.message_bar import MessageBar, ProgressLine
from desktop.shell.palette import Palette
from desktop.shell.sidebar import Sidebar
from desktop.shell.walk import entries, make_page
from desktop.tasks import Job, Task, Write
from desktop.widgets.page import Message, Page, Place

STEPS_KEPT = 50
RECENT_KEPT = 12


class Frame(QWidget):
    """Everything that is seen once somebody has unlocked."""

    lock_asked = Signal()
    moved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self.sidebar = Sidebar()
        line.addWidget(self.sidebar)
        desk = QWidget()
        right = QVBoxLayout(desk)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        self.pages = QStackedWidget()
        self.progress = ProgressLine()
        self.clock = ClockBanner()
        right.addWidget(self.clock)
        right.addWidget(self.pages, 1)
        right.addWidget(self.progress)
        line.addWidget(desk, 1)
        self.messages = MessageBar(desk, self._room_for_words)
        self.pages.currentChanged.connect(lambda _at: self.messages.lie_down())
        self.palette_box = Palette(self)
        self._made: dict[str, Page] = {}
        self._stale: set[str] = set()
        self._here = Place("")
        self._back: deque[Place] = deque(maxlen=STEPS_KEPT)
        self._forward: list[Place] = []
        self.sidebar.chosen.connect(lambda stem: self.go(Place(stem)))
        self.sidebar.lock_asked.connect(self.lock_asked)
        self.sidebar.search_asked.connect(self.palette_box.popup)
        self.palette_box.wanted.connect(self.go)
        self.messages.undo_asked.connect(self.undo)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+K", self.palette_box.popup),
            ("Ctrl+Shift+F", self.palette_box.popup),
            ("Alt+Left", self.back),
            ("Alt+Right", self.forward),
            ("Ctrl+L", self.lock_asked.emit),
            ("F5", self._refresh_here),
            ("Ctrl+Z", self._undo_last),
            ("F1", self._help),
            ("Ctrl+?", lambda: self.go(Place("help", words="shortcuts"))),
            ("Ctrl+/", lambda: self.go(Place("help", words="shortcuts"))),
        )
        for key, slot in keys:
            QShortcut(QKeySequence(key), self).activated.connect(slot)
        for number in range(1, 10):
            step = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            step.activated.connect(lambda at=number - 1: self._go_number(at))

    # -- who and where -----------------------------------------------------------------

    def begin(self, person: Person, office_name: str, *, training: bool) -> None:
        """Show what this person may open, and go where the last day ended."""
        self.sidebar.office.setText(office_name)
        self.sidebar.training.setVisible(training)
        self.sidebar.person.setText(f"{person.name}　{person.role}")
        may = [
            entry
            for entry in entries()
            if not entry.hidden
            and (not entry.managed or access.can("manage"))
            and (not entry.needs or access.can(entry.needs))
        ]
        self.sidebar.fill(may)
        commands: list[tuple[str, str, Place | Callable[[], object]]] = [
            (entry.label, entry.stem, Place(entry.stem)) for entry in may
        ]
        commands += [
            (f"新增{entry.label}", "add", Place(entry.stem, fresh=True))
            for entry in may
            if self._is_register(entry.stem) and access.can("write", entry.stem)
        ]
        commands.append(("锁定", "lock", self.lock_asked.emit))
        self.palette_box.offer(commands)
        last = str(settings.current["last_page"])
        known = {entry.stem for entry in may}
        self.go(Place(last if last in known else ("home" if "home" in known else may[0].stem)))
        if self.page is not None:
            self.page.setFocus()
        if not training:
            # A training office lives in its own year.
            self.clock.begin()

    def end(self) -> None:
        """Forget everything on the screen; the next person starts clean."""
        self.clock.end()
        for page in self._made.values():
            page.put_away()
            page.close_down()
            self.pages.removeWidget(page)
            page.deleteLater()
        self._made.clear()
        self._stale.clear()
        self._back.clear()
        self._forward.clear()
        self._here = Place("")
        self.messages.hide()
        self.palette_box.hide()

    @staticmethod
    def _is_register(stem: str) -> bool:
        from db import registry

        return any(one.stem == stem for one in registry.registers())

    @property
    def page(self) -> Page | None:
        """The page in front."""
        found = self.pages.currentWidget()
        return found if isinstance(found, Page) else None

    def _room_for_words(self) -> QRect:
        """The title of the page in front and what is left of its buttons."""
        page = self.page
        room = QRect(self.pages.geometry()) if page is None else page.head_room()
        return room if page is None else room.translated(self.pages.pos())

    @property
    def here(self) -> Place:
        """Where one is."""
        return self._here

    def go(self, place: Place) -> None:
        """Go to a page; unsaved typing is kept as a draft by the form itself."""
        page = self.build(place.stem)
        if self._here.stem and self._here != place:
            self._back.append(self._here)
            self._forward.clear()
        self._arrive(place, page)

    def build(self, stem: str) -> Page:
        """The page of a register or tool, made when it is first wanted; it reads nothing yet."""
        page = self._made.get(stem)
        if page is None:
            page = make_page(stem)
            page.said.connect(self.messages.show_message)
            page.wanted.connect(self.go)
            page.went_back.connect(self.back)
            page.moved.connect(self.moved)
            self._made[stem] = page
            self.pages.addWidget(page)
        return page

    def _arrive(self, place: Place, page: Page) -> None:
        self._here = place
        if place.row is not None and self._is_register(place.stem):
            self._remember(place.stem, place.row)
        walking = self.sidebar.list.hasFocus()
        self.pages.setCurrentWidget(page)
        if not walking:
            # The list, not the first button; whoever walks the sidebar by arrows stays there.
            page.setFocus()
        self.sidebar.mark(place.stem)
        self._stale.discard(place.stem)
        try:
            page.opened(place)
        except (Refusal, Trouble) as problem:
            self.messages.show_message(Message(str(problem), "warn"))
        if place.stem in self.sidebar.stems():
            settings.current["last_page"] = place.stem

    def _remember(self, stem: str, row: int) -> None:
        """Ids only: the names are read from the encrypted file when they are shown."""
        recent = [each for each in settings.current["recent"] if each != [stem, row]]
        settings.current["recent"] = [[stem, row], *recent][:RECENT_KEPT]

    def back(self) -> None:
        """To where one was before."""
        if self._back:
            self._forward.append(self._here)
            place = self._back.pop()
            self._arrive(place, self._made[place.stem])

    def forward(self) -> None:
        """And back again."""
        if self._forward:
            self._back.append(self._here)
            place = self._forward.pop()
            self._arrive(place, self._made[place.stem])

    def unsaved(self) -> list[str]:
        """What would be lost by closing now."""
        return [words for page in self._made.values() if (words := page.unsaved())]

    def _go_number(self, at: int) -> None:
        stems = self.sidebar.stems()
        if at < len(stems):
            self.go(Place(stems[at]))

    # -- what happens ------------------------------------------------------------------

    def show_changes(self, changes: Changes) -> None:
        """After a commit: say what was done here, with 撤销 where it can be, and refresh who shows it."""
        if not changes.by:
            back = None if changes.kind in undo.FINAL else changes.operation
            self.messages.show_message(Message(f"{_did(changes.words)}。", undo=back))
        for stem, page in self._made.items():
            if not page.concerns(changes):
                continue
            if page is self.pages.currentWidget():
                page.refresh(changes)
            else:
                self._stale.add(stem)

    def show_busy(self, task: Task[Any]) -> None:
        """Long work shows how far it is."""
        if isinstance(task, Job):
            self.progress.follow(task)

    def undo(self, operation: int) -> None:
        """Take an operation back; the bar then offers to do it again."""
        Write(self, lambda: undo.undo(operation)).start()

    def _undo_last(self) -> None:
        if not self.messages.undo_last():
            self.go(Place("audit"))

    def _refresh_here(self) -> None:
        if self.page is not None:
            self.page.refresh()

    def _help(self) -> None:
        stem = self.page.help_stem if self.page is not None else ""
        self.go(Place("help", words=stem or self._here.stem))


def _did(words: str) -> str:
    """What was done, told as done: 已导入…, “巴图”已调整到…."""
    if words.startswith("“"):
        # A name may hold quotation marks of its own: “2026年“七一”表彰”.
        depth = 0
        for at, each in enumerate(words):
            depth += {"“": 1, "”": -1}.get(each, 0)
            if not depth:
                return f"{words[: at + 1]}已{words[at + 1 :].removeprefix('已')}"
    return f"已{words.removeprefix('已经')}"
