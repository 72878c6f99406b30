"""What the program says to the person: one line over the head of the page, with 撤销 where it helps.

It lies over the title and its sentence, where nothing is clicked, and never moves the page: the
buttons beside the title, the row just written and 保存 below the form stay where they are, to be seen.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from desktop.icons import icon, picture
from desktop.tasks import Task
from desktop.theme import look
from desktop.widgets.page import Message, button, label

STAYS = {"good": 9000, "note": 6000, "warn": 0, "bad": 0}  # ms; 0 = until it is closed


class MessageBar(QFrame):
    """Shows the latest message; good news goes by itself, the rest waits to be read."""

    undo_asked = Signal(object)  # an id has 64 bits, a C int has 32

    def __init__(self, over: QWidget, room: Callable[[], QRect]) -> None:
        """`room` tells which part of `over` is free for it; only its height may be passed over."""
        super().__init__(over)
        self._over = over
        self._room = room
        over.installEventFilter(self)
        self.setObjectName("bar")
        unit = look().measure.units
        line = QHBoxLayout(self)
        line.setContentsMargins(unit(3), unit(1), unit(2), unit(1))
        line.setSpacing(unit(1))
        self._picture = QLabel()
        self._words = label("", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(self._picture)
        line.addWidget(self._words, 1)
        self._action = QPushButton()
        self._action.clicked.connect(self._act)
        self.undo_button = button("撤销", self._undo, meaning="undo", tip="撤销（Ctrl+Z）")
        line.addWidget(self._action)
        line.addWidget(self.undo_button)
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setIconSize(QSize(look().measure.icon, look().measure.icon))
        self._close.setProperty("quiet", True)
        self._close.setAccessibleName("关闭这条消息")
        self._close.setToolTip("关闭这条消息")
        self._close.clicked.connect(self.hide)
        line.addWidget(self._close)
        self._message: Message | None = None
        self._run: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def message(self) -> Message | None:
        """What is being said; None when the bar is closed."""
        return self._message if not self.isHidden() else None

    def show_message(self, message: Message) -> None:
        """Say something; the last thing said counts."""
        self._message = message
        words = message.words + (f"\n{message.advice}" if message.advice else "")
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._picture.setPixmap(picture(message.kind, message.kind))
        self.setProperty("kind", message.kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.undo_button.setVisible(message.undo is not None)
        self._action.setVisible(message.action is not None)
        if message.action is not None:
            text, self._run = message.action
            self._action.setText(text)
            self._action.setAccessibleName(text)
        self.lie_down()
        self.show()
        self.raise_()
        stays = STAYS[message.kind]
        if stays and message.undo is None:
            self._timer.start(stays)
        elif stays:
            self._timer.start(stays * 2)
        else:
            self._timer.stop()

    def lie_down(self) -> None:
        """Lie along the free part of the page's head, as high as the words need."""
        room = self._room()
        high = self.sizeHint().height()
        if self.hasHeightForWidth():
            high = max(self.heightForWidth(room.width()), room.height())
        self.setGeometry(room.x(), room.y(), room.width(), high)

    def undo_last(self) -> bool:
        """Take back what the bar speaks of; False when it speaks of nothing that can be."""
        if self.message is None or self.message.undo is None:
            return False
        self._undo()
        return True

    def _undo(self) -> None:
        if self._message is not None and self._message.undo is not None:
            number = self._message.undo
            self.hide()
            self.undo_asked.emit(number)

    def _act(self) -> None:
        if self._run is not None:
            self._run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override: the bar follows the size of what it lies over."""
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.lie_down()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Qt override: what is being read does not go away."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Qt override."""
        if self._message is not None and STAYS[self._message.kind]:
            self._timer.start(STAYS[self._message.kind])
        super().leaveEvent(event)


class ProgressLine(QFrame):
    """Long work: what it does, how far it is, and the way to stop it."""

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        line = QHBoxLayout(self)
        line.setContentsMargins(unit(3), unit(0.5), unit(2), unit(0.5))
        line.setSpacing(unit(1.5))
        self._words = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("进度")
        self.cancel_button = button("停止", self._cancel, meaning="cancel")
        line.addWidget(self._words)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel_button)
        self._task: Task[object] | None = None
        self.hide()

    def follow(self, task: Task[object]) -> None:
        """Show the progress of a job until it ends."""
        self._task = task
        self._words.setText(task.words)
        self.bar.setRange(0, 0)
        self.cancel_button.setEnabled(True)
        task.progressed.connect(self._on_progress)
        task.finished.connect(self._on_finished)
        self.show()

    def _on_progress(self, done: int, total: int, words: str) -> None:
        if self._task is None or self.sender() is not self._task:
            return
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        count = f"{done:,} / {total:,}" if total > 1 else ""
        parts = (self._task.words, count, words if words != self._task.words else "")
        self._words.setText("　".join(part for part in parts if part))

    def _on_finished(self) -> None:
        if self.sender() is self._task:
            self._task = None
            self.hide()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancel_button.setEnabled(False)
            self._words.setText("正在停止…")
