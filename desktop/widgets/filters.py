"""Search box and chips above a list: what is filtered is always seen and always one click to clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from db.columns import columns_of
from db.fields import Choice, Flag
from db.record import Record
from desktop.icons import icon
from desktop.theme import look
from desktop.widgets.flow import Flow

TYPING_PAUSE = 80  # ms


@dataclass(frozen=True)
class Chip:
    """A named condition on a register: 预备党员, 证号有误."""

    key: str
    words: str
    where: Callable[[], Any]
    tip: str = ""


def _searched(model: type[Record]) -> str:
    """What the search box of a register may be given, in words."""
    columns = columns_of(model)
    words = [column.label for column in columns if column.searched == "name"][:1]
    words += ["拼音", "首字母"] if words else []
    words += [column.label for column in columns if column.searched == "text"][:1]
    words += ["号码后几位"] if any(column.searched == "tail" for column in columns) else []
    return "、".join(words)


class Filters(QWidget):
    """The search box, the chips that are on, and the menu of all that may be filtered."""

    changed = Signal()
    wants_list = Signal()

    def __init__(self, model: type[Record], chips: tuple[Chip, ...] = ()) -> None:
        super().__init__()
        self._model = model
        self._chips = {chip.key: chip for chip in chips}
        self._buttons: dict[str, QPushButton] = {}
        self._choices: dict[str, tuple[Any, Any]] = {}
        self.ids: tuple[int, ...] | None = None
        self._ids_words = ""
        self.retired = False
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        self.search = QLineEdit()
        self.search.setPlaceholderText(f"在{model._meta.label}中查找：{_searched(model)}…")
        self.search.setAccessibleName(f"在{model._meta.label}中查找")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(look().measure.characters(20))
        self.search.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        down = QAction(self.search)
        down.setShortcut(QKeySequence(Qt.Key.Key_Down))
        down.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        down.triggered.connect(self.wants_list)
        self.search.addAction(down)
        line.addWidget(self.search, 1)
        if not _searched(model):
            self.search.hide()
            line.addStretch(1)
        self.more = self._tool("filter", "筛选", "按类别筛选")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(self._menu)
        line.addWidget(self.more)
        self.columns = self._tool("columns", "", "选择显示的列")
        line.addWidget(self.columns)
        box.addLayout(line)
        self._row = QWidget()
        self._flow = Flow(self._row)
        box.addWidget(self._row)
        for chip in chips:
            self._add_chip_button(chip)
        self.clear = QPushButton("清除筛选")
        self.clear.setProperty("link", True)
        self.clear.setAccessibleName("清除筛选")
        self.clear.clicked.connect(self.clear_all)
        self._removable: list[QPushButton] = []
        self._flow.addWidget(self.clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._pause.timeout.connect(self._tell)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self._arrange()

    def _tool(self, meaning: str, words: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setIcon(icon(meaning))
        size = look().measure.icon
        made.setIconSize(QSize(size, size))
        made.setToolTip(tip)
        made.setAccessibleName(tip)
        if words:
            made.setText(words)
            made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return made

    # -- what is on --------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What stands in the search box."""
        return self.search.text().strip()

    def where(self) -> tuple[Any, ...]:
        """The conditions that are on."""
        found = [
            chip.where() for key, chip in self._chips.items() if self._buttons[key].isChecked()
        ]
        for field, value in self._choices.values():
            found.append(field == value)
        return tuple(found)

    @property
    def active(self) -> bool:
        """True when anything is filtered."""
        return bool(self.text or self.where() or self.ids is not None or self.retired)

    def words(self) -> str:
        """What is filtered, in words."""
        parts = [f"“{self.text}”"] if self.text else []
        parts += [chip.words for key, chip in self._chips.items() if self._buttons[key].isChecked()]
        parts += [f"{f.label}：{f.show(v) or '否'}" for f, v in self._choices.values()]
        if self.ids is not None:
            parts.append(self._ids_words or "选出的记录")
        if self.retired:
            parts.append("已停用")
        return "、".join(parts)

    def set_chip(self, key: str, on: bool = True) -> None:
        """Turn one chip on or off."""
        if key in self._buttons:
            self._buttons[key].setChecked(on)
            self._tell()

    def begin_with(self, key: str) -> None:
        """A chip that is on when the page is first opened."""
        self._buttons[key].setChecked(True)
        self._arrange()

    def set_choice(self, field: Any, value: Any) -> None:
        """Filter by one code of a code list; None takes the filter away."""
        if value is None:
            self._choices.pop(field.name, None)
        else:
            self._choices[field.name] = (field, value)
        self._arrange()
        self._tell()

    def set_ids(self, ids: tuple[int, ...] | None, words: str = "") -> None:
        """Show only these rows; a figure elsewhere leads here."""
        self.ids, self._ids_words = ids, words
        self._arrange()
        self._tell()

    def set_retired(self, on: bool) -> None:
        """Show what was taken out of use instead of what is in use."""
        self.retired = on
        self._arrange()
        self._tell()

    def clear_all(self) -> None:
        """Show everything again."""
        blocked = self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(blocked)
        for each in self._buttons.values():
            each.setChecked(False)
        self._choices.clear()
        self.ids, self.retired = None, False
        self._arrange()
        self._tell()

    # -- chips -------------------------------------------------------------------------

    def _add_chip_button(self, chip: Chip) -> None:
        made = QPushButton(chip.words)
        made.setProperty("chip", True)
        made.setCheckable(True)
        made.setAccessibleName(f"筛选：{chip.words}")
        made.setToolTip(chip.tip)
        made.clicked.connect(lambda _on: self._tell())
        self._buttons[chip.key] = made
        self._flow.addWidget(made)

    def _arrange(self) -> None:
        for each in self._removable:
            self._flow.removeWidget(each)
            each.deleteLater()
        self._removable.clear()
        self._flow.removeWidget(self.clear)
        if self.ids is not None:
            self._add_removable(self._ids_words or "选出的记录", lambda: self.set_ids(None))
        for field, value in list(self._choices.values()):
            words = f"{field.label}：{field.show(value) or '否'}"
            self._add_removable(words, partial(self.set_choice, field, None))
        if self.retired:
            self._add_removable("已停用", lambda: self.set_retired(False))
        self._flow.addWidget(self.clear)
        self._flow.invalidate()
        self.clear.setVisible(self.active)
        self._row.setVisible(bool(self._buttons) or self.active)

    def _add_removable(self, words: str, slot: Callable[[], object]) -> None:
        made = QPushButton(f"{words}　×")
        made.setProperty("chip", True)
        made.setCheckable(True)
        made.setChecked(True)
        made.setAccessibleName(f"取消筛选：{words}")
        made.clicked.connect(lambda _on: slot())
        self._removable.append(made)
        self._flow.addWidget(made)
        made.show()

    def _fill_menu(self) -> None:
        self._menu.clear()
        for field in columns_of(self._model):
            if isinstance(field, Choice):
                sub = self._menu.addMenu(field.label)
                for item in field.codes.items:
                    self._add_choice(sub, field, item.code, item.label)
                self._add_choice(sub, field, "", "（未填）")
            elif isinstance(field, Flag):
                self._add_choice(self._menu, field, 1, field.label)
        self._menu.addSeparator()
        action = self._menu.addAction("已停用的记录")
        action.setCheckable(True)
        action.setChecked(self.retired)
        action.toggled.connect(self.set_retired)

    def _add_choice(self, menu: QMenu, field: Any, value: Any, words: str) -> None:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(self._choices.get(field.name, (None, None))[1] == value)
        action.toggled.connect(lambda on: self.set_choice(field, value if on else None))

    def _tell(self) -> None:
        self.clear.setVisible(self.active)
        self._row.setVisible(bool(self._buttons) or self.active)
        self.changed.emit()
