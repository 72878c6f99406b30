"""Two versions of one record side by side: what was typed here, what stands there now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import look
from desktop.widgets.page import button, label


@dataclass(frozen=True)
class Differing:
    """One field that both sides changed, or that only the other side did."""

    name: str
    label: str
    mine: str
    theirs: str
    only_theirs: bool = False


class DifferenceView(QWidget):
    """A choice for each differing field; ``decided`` with the fields in which mine stays."""

    decided = Signal(object)  # set of field names
    gave_up = Signal()

    def __init__(self, heading: str, words: str, fields: Sequence[Differing]) -> None:
        super().__init__()
        self.setObjectName("clear")
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        box.addWidget(label(heading, "title", wrap=True))
        box.addWidget(label(words, "muted", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(2))
        grid.setVerticalSpacing(unit(1))
        for column, words_at in enumerate(("", "我填的", "现在的")):
            grid.addWidget(label(words_at, "section"), 0, column)
        self.choices: dict[str, tuple[QRadioButton, QRadioButton]] = {}
        self._groups: list[QButtonGroup] = []
        for row, each in enumerate(fields, 1):
            grid.addWidget(label(each.label, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            mine, theirs = (
                QRadioButton(each.mine or "（空）"),
                QRadioButton(each.theirs or "（空）"),
            )
            mine.setAccessibleName(f"{each.label}：用我填的 {each.mine}")
            theirs.setAccessibleName(f"{each.label}：用现在的 {each.theirs}")
            (theirs if each.only_theirs else mine).setChecked(True)
            group = QButtonGroup(self)
            group.addButton(mine)
            group.addButton(theirs)
            self._groups.append(group)
            grid.addWidget(mine, row, 1)
            grid.addWidget(theirs, row, 2)
            self.choices[each.name] = (mine, theirs)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        box.addLayout(grid)
        box.addStretch(1)
        keys = QHBoxLayout()
        keys.addStretch(1)
        keys.addWidget(button("回去再看看", self.gave_up.emit))
        keys.addWidget(button("按选择的继续", self._decide, primary=True))
        box.addLayout(keys)

    def _decide(self) -> None:
        self.decided.emit({name for name, (mine, _) in self.choices.items() if mine.isChecked()})


def differing(base: Any, mine: Any, now: Any, columns: Sequence[Any]) -> list[Differing]:
    """Fields in which what was typed and what stands now are not the same."""
    found = []
    for column in columns:
        before, typed, stands = (row.__data__.get(column.name) for row in (base, mine, now))
        if typed != stands:
            found.append(
                Differing(
                    column.name,
                    column.label,
                    str(column.show(typed)),
                    str(column.show(stands)),
                    only_theirs=typed == before,
                )
            )
    return found
