"""A page: title, one sentence of state, one primary action, and what it holds.

A page never knows another page. It asks for one by naming a Place, and the window goes there;
it says things to the person through ``said``, and the window shows them in the message bar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from db.changes import Changes
from desktop.icons import icon
from desktop.theme import look
from desktop.widgets.flow import Flow


@dataclass(frozen=True)
class Place:
    """Where to go: a register or tool by stem, with a row to open or rows to list."""

    stem: str
    row: int | None = None
    ids: tuple[int, ...] | None = None
    words: str = ""
    chip: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Message:
    """What the message bar shows: kind is good, note, warn or bad."""

    words: str
    kind: str = "good"
    advice: str = ""
    undo: int | None = None
    action: tuple[str, Callable[[], object]] | None = None


def button(
    words: str,
    slot: Callable[[], object] | None = None,
    *,
    meaning: str = "",
    primary: bool = False,
    quiet: bool = False,
    link: bool = False,
    tip: str = "",
) -> QPushButton:
    """One button with its words, icon and name for screen readers."""
    made = QPushButton(f" {words}" if meaning and words else words)
    plain = words.replace("&", "")
    made.setAccessibleName(plain or tip)
    if tip:
        made.setToolTip(tip)
    if meaning:
        made.setIcon(icon(meaning, "on_accent" if primary else "muted"))
        size = look().measure.icon
        made.setIconSize(QSize(size, size))
    for name, on in (("primary", primary), ("quiet", quiet), ("link", link)):
        if on:
            made.setProperty(name, True)
    if link:
        made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if slot is not None:
        made.clicked.connect(lambda _checked=False: slot())
    return made


def label(words: str, name: str = "", *, wrap: bool = False) -> QLabel:
    """Words on a page; ``name`` picks their look from the style sheet."""
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if name:
        made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


def tell(shown: QLabel, words: str, kind: str) -> None:
    """Change the words of a label and their look, as ``label`` has them at the beginning."""
    shown.setText(words)
    shown.setObjectName(kind)
    # The style sheet looks at the name only while the label is polished.
    shown.style().unpolish(shown)
    shown.style().polish(shown)


class Heading(QVBoxLayout):
    """What the details beside a list are about: its name, and a muted line under it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(look().measure.units(0.25))
        self.name = label("", "title", wrap=True)
        self.under = label("", "muted", wrap=True)
        self.addWidget(self.name)
        self.addWidget(self.under)


class LonePage(QWidget):
    """What fills the window while there is no frame: one column in the middle."""

    def __init__(self, characters: int, spacing: float = 1.5) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        column = QWidget()
        column.setFixedWidth(look().measure.characters(characters))
        self.column = QVBoxLayout(column)
        self.column.setSpacing(look().measure.units(spacing))
        outer.addWidget(column)
        outer.addStretch(1)
        self.fault = label("", "fault", wrap=True)
        self.fault.setMinimumHeight(look().measure.row)

    def work_on(self, words: str) -> None:
        """Say what is being done, where a fault would stand."""
        tell(self.fault, words, "muted")

    def refuse(self, words: str) -> None:
        """Say what is wrong."""
        tell(self.fault, words, "fault")


class Page(QWidget):
    """What stands at the right of the sidebar."""

    title = ""
    help_stem = ""

    said = Signal(object)
    wanted = Signal(object)
    went_back = Signal()
    moved = Signal(object)  # the data lies in this folder now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._watched: list[tuple[Any, Any]] = []
        unit = look().measure.units
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(unit(3), unit(2), unit(3), unit(2))
        self._outer.setSpacing(unit(1.5))
        head = QHBoxLayout()
        head.setSpacing(unit(1))
        words = QVBoxLayout()
        words.setSpacing(unit(0.5))
        self._title = label(self.title, "title")
        self._sentence = label("", "sentence", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        head.addLayout(words, 1)
        # The buttons have the room first; only the title itself sends one into a second line.
        given = self._sentence.sizePolicy()
        given.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self._sentence.setSizePolicy(given)
        self._buttons = Flow(right=True)
        self._buttons.setSpacing(unit(1))
        head.addLayout(self._buttons)
        head.setAlignment(self._buttons, Qt.AlignmentFlag.AlignTop)
        self._outer.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(unit(1.5))
        self._outer.addLayout(self.body, 1)
        self.setAccessibleName(self.title)

    # -- what a page offers ------------------------------------------------------------

    def set_title(self, words: str) -> None:
        """Change the title, for pages that show one thing of many."""
        self._title.setText(words)
        self.setAccessibleName(words)

    def set_sentence(self, words: str) -> None:
        """The one sentence of state under the title."""
        self._sentence.setText(words)
        self._sentence.setVisible(bool(words))

    @property
    def sentence(self) -> str:
        """The sentence now shown."""
        return self._sentence.text()

    def add_action(
        self,
        words: str,
        slot: Callable[[], object],
        *,
        meaning: str = "",
        primary: bool = False,
        shortcut: str = "",
    ) -> QAbstractButton:
        """A button at the right of the title; the primary one stands last and is the only red one."""
        made = button(words, slot, meaning=meaning, primary=primary)
        if shortcut:
            # Not the button's own shortcut: that plays a press of a tenth of a second first.
            QShortcut(QKeySequence(shortcut), self).activated.connect(
                lambda: slot() if made.isEnabled() and not made.isHidden() else None
            )
            keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            made.setToolTip(f"{words.replace('&', '')}（{keys}）")
        self._buttons.addWidget(made)
        return made

    def head_room(self) -> QRect:
        """The title and its sentence, up to the buttons beside them; all of the head where they leave little."""
        unit, least = look().measure.units, look().measure.characters(26)
        edge = unit(1)
        buttons = self._buttons.sizeHint().width()
        free = self.width() - 2 * edge - (buttons + unit(3) if buttons else 0)
        width = free if free >= least else self.width() - 2 * edge
        return QRect(edge, edge, width, max(self.body.geometry().top() - unit(1) - edge, 0))

    def watch(self, signal: Any, slot: Callable[..., object]) -> None:
        """Connect for as long as the page lives; ``close_down`` disconnects."""
        self._watched.append((signal, slot))
        signal.connect(slot)

    def say(
        self,
        words: str,
        kind: str = "good",
        *,
        undo: int | None = None,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tell the person something in the message bar, with 撤销 when an operation is given."""
        self.said.emit(Message(words, kind, undo=undo, action=action))

    def go(self, stem: str, **where: Any) -> None:
        """Ask the window to go to a register or tool."""
        self.wanted.emit(Place(stem, **where))

    # -- what a page may override ------------------------------------------------------

    def opened(self, place: Place) -> None:
        """Called each time the page comes to the front."""

    def concerns(self, changes: Changes) -> bool:
        """Whether a change elsewhere alters what this page shows."""
        return bool(changes.stems)

    def refresh(self, changes: Changes | None = None) -> None:
        """Read again what is shown."""

    def unsaved(self) -> str:
        """What would be lost by leaving, in words; empty when nothing would."""
        return ""

    def put_away(self) -> None:
        """Keep what is half done; the data is about to be locked."""

    def close_down(self) -> None:
        """Disconnect everything that was watched; the window calls it before deleting a page."""
        for signal, slot in self._watched:
            signal.disconnect(slot)
        self._watched.clear()


def named(widget: QWidget, name: str, tip: str = "") -> QWidget:
    """Give a control its name for screen readers, and a tip where it helps."""
    widget.setAccessibleName(name)
    if tip:
        widget.setToolTip(tip)
        widget.setAccessibleDescription(tip)
    return widget
