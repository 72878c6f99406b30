"""An empty page says what belongs there and offers the first step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.icons import picture
from desktop.theme import look
from desktop.widgets.page import button, label


class Empty(QWidget):
    """A quiet picture, a heading, a sentence, and at most two first steps."""

    def __init__(
        self,
        heading: str,
        words: str = "",
        steps: tuple[tuple[str, Callable[[], object]], ...] = (),
        meaning: str = "empty",
    ) -> None:
        super().__init__()
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setSpacing(unit(1))
        box.addStretch(2)
        self._picture = QLabel()
        self._picture.setPixmap(picture(meaning, "edge", unit(6)))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._picture)
        self._heading = label(heading, "heading")
        self._heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._heading)
        self._words = label(words, "muted", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._words)
        self._words.setVisible(bool(words))
        line = QHBoxLayout()
        line.addStretch(1)
        self._steps = [button(step, slot, primary=at == 0) for at, (step, slot) in enumerate(steps)]
        for each in self._steps:
            line.addWidget(each)
        line.addStretch(1)
        box.addLayout(line)
        box.addStretch(3)

    def show_steps(self, on: bool) -> None:
        """Offer the first steps, or not to who may not take them."""
        for each in self._steps:
            each.setVisible(on)

    def set_words(self, heading: str, words: str = "") -> None:
        """Say something else."""
        self._heading.setText(heading)
        self._words.setText(words)
        self._words.setVisible(bool(words))
