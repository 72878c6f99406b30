"""Second step of an import: which column is which field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from db import registry
from db.fields import Choice
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label, tell

if TYPE_CHECKING:
    from desktop.sheets.columns import Match, Matching
    from desktop.sheets.reader import Book

_HOW = {
    "chosen": "",
    "remembered": "按上次的对应",
    "exact": "",
    "close": "名称相近，请看一眼",
    "ambiguous": "拿不准，请选择",
    "serial": "只是序号，不导入",
    "own": "不导入",
    "unknown": "没有对应的项，不导入",
}
_SAMPLES = 3


class ColumnsStep(QWidget):
    """One line per column: heading, some of its values, the field it fills."""

    done = Signal()
    back = Signal()
    sheet_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.matching: Matching = None  # type: ignore[assignment]
        self._fields: tuple[Any, ...] = ()
        self._boxes: dict[int, Choices] = {}
        self._remarks: dict[int, QLabel] = {}
        self._fill: dict[str, Choices | QLineEdit] = {}
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1.5))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        line.addWidget(label("工作表"))
        self.sheets = Choices()
        self.sheets.setAccessibleName("工作表")
        self.sheets.setMinimumWidth(look().measure.characters(16))
        self.sheets.activated.connect(self.sheet_chosen.emit)
        line.addWidget(self.sheets)
        self._told = label("", "muted", wrap=True)
        line.addWidget(self._told, 1)
        box.addLayout(line)
        self._inside = QWidget()
        self._inside.setObjectName("card")
        self._inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        self._grid.setHorizontalSpacing(unit(2))
        self._grid.setVerticalSpacing(unit(0.8))
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(3, 1)
        box.addWidget(scrolled(self._inside), 1)
        self._missing = label("", "flaw", wrap=True)
        box.addWidget(self._missing)
        self._fill_line = QHBoxLayout()
        self._fill_line.setSpacing(unit(1))
        box.addLayout(self._fill_line)
        foot = QHBoxLayout()
        foot.setSpacing(unit(1))
        foot.addWidget(button("上一步", self.back.emit, meaning="back"))
        foot.addStretch(1)
        self.go_on = button("核对各行", self.done.emit, primary=True)
        foot.addWidget(self.go_on)
        box.addLayout(foot)

    # -- filling -----------------------------------------------------------------------

    def show_book(self, stem: str, book: Book, sheet: int, matching: Matching) -> None:
        """Show the columns of one sheet and what they were taken for."""
        from desktop.sheets.columns import importable

        self._fields = importable(registry.register(stem).model)
        self.matching = matching
        self.sheets.clear()
        for choice in book.sheets:
            hidden = "" if choice.visible else "（隐藏）"
            self.sheets.addItem(choice.name + hidden, choice.name)
        self.sheets.setCurrentIndex(sheet)
        self.sheets.setEnabled(len(book.sheets) > 1)
        table = book.table(sheet)
        words = [f"{len(table.rows):,} 行数据，表头在第 {table.header_row} 行"]
        skipped = [note for note in table.notes if note.row]
        if skipped:
            words.append(f"另有 {len(skipped)} 行不是数据，已跳过")
        if table.others:
            words.append(f"{'、'.join(table.others[:3])} 也像名册，需要另行导入")
        words += [note.text for note in table.notes if not note.row]
        self._told.setText("；".join(words) + "。")
        self._told.setToolTip("\n".join(note.text for note in skipped[:40]))
        self._clear()
        self._head()
        for line, match in enumerate(matching.matches, start=1):
            samples = self._samples([row.cells[match.column] for row in table.rows[:60]])
            self._add(line, match, samples)
        # A short sheet stands at the top; its heading is not drawn out.
        self._grid.setRowStretch(len(matching.matches) + 1, 1)
        self._tell_missing()

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._grid.setRowStretch(len(self._boxes) + 1, 0)
        self._boxes.clear()
        self._remarks.clear()

    def _head(self) -> None:
        for at, words in enumerate(("表中的列", "前几个值", "对应的项", "")):
            self._grid.addWidget(label(words, "section"), 0, at)

    def _add(self, line: int, match: Match, samples: str) -> None:
        self._grid.addWidget(label(match.header.replace("／", " / ")), line, 0)
        shown = label(samples, "muted")
        shown.setMinimumWidth(look().measure.characters(12))
        shown.setToolTip(samples)
        self._grid.addWidget(shown, line, 1)
        box = Choices()
        box.setAccessibleName(f"“{match.header}”对应的项")
        box.addItem("（不导入）", "")
        for field in self._fields:
            box.addItem(f"{field.label}{'　必填' if field.required else ''}", field.name)
        box.setCurrentIndex(max(0, box.findData(match.field)))
        box.setMinimumWidth(look().measure.characters(13))
        box.activated.connect(partial(self._on_choice, match.column))
        self._grid.addWidget(box, line, 2)
        remark = label("", "muted")
        self._grid.addWidget(remark, line, 3)
        self._boxes[match.column], self._remarks[match.column] = box, remark
        self._tell(match)

    @staticmethod
    def _samples(cells: list[object]) -> str:
        words = dict.fromkeys(_shown(cell) for cell in cells)
        found = [word for word in words if word][:_SAMPLES]
        return "　".join(word[:18] for word in found)

    def _tell(self, match: Match) -> None:
        remark = self._remarks[match.column]
        words = _HOW[match.how.value]
        if match.how.value == "ambiguous" and match.candidates:
            labels = {field.name: field.label for field in self._fields}
            near = "、".join(labels[name] for name in match.candidates[:3])
            words = f"像“{near}”，拿不准，请选择"
        tell(remark, words, "flaw" if match.how.value in ("ambiguous", "close") else "muted")

    # -- deciding ----------------------------------------------------------------------

    def _on_choice(self, column: int, _at: int) -> None:
        name = self._boxes[column].currentData() or ""
        self.matching = self.matching.chosen(column, name)
        for match in self.matching.matches:
            box = self._boxes[match.column]
            box.setCurrentIndex(max(0, box.findData(match.field)))
            self._tell(match)
        self._tell_missing()

    def _tell_missing(self) -> None:
        """Fields that must be filled and have no column: one value may stand for all rows."""
        mapped = set(self.matching.mapping.values())
        missing = [
            field
            for field in self._fields
            if field.required and field.name not in mapped and field.default == field.nothing
        ]
        while (item := self._fill_line.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._fill.clear()
        self._missing.setVisible(bool(missing))
        self._missing.setText(
            f"还没有对应必填的项：{'、'.join(field.label for field in missing)}。"
            "可以在上面选一列，或在下面给所有行填同一个值："
        )
        for field in missing:
            self._fill_line.addWidget(label(field.label))
            made: Choices | QLineEdit
            if isinstance(field, Choice):
                made = Choices()
                made.addItem("不统一填", "")
                for code in field.codes:
                    made.addItem(code.label, code.label)
            else:
                made = QLineEdit()
                made.setMaximumWidth(look().measure.characters(16))
            made.setAccessibleName(f"所有行的“{field.label}”")
            self._fill[field.name] = made
            self._fill_line.addWidget(made)
        if missing:
            self._fill_line.addStretch(1)

    def fill(self) -> dict[str, str]:
        """Field name → what stands for it in every row."""
        values = {}
        for name, made in self._fill.items():
            text = made.currentData() if isinstance(made, Choices) else made.text().strip()
            if text:
                values[name] = str(text)
        return values


def _shown(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
