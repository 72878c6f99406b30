"""The scheme editor: tables for the usual changes, the whole text for the rest, always a new edition."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from db.errors import Refusal
from db.rating.schemes import copy_as, new_edition
from db.registers.scheme import Scheme
from db.rules.scheme_reading import read_scheme
from desktop.pages.scheme.sections import SECTIONS, Section, put_back, shown
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label, tell
from desktop.widgets.score_grid import ScoreGrid
from desktop.widgets.score_model import GridRow, ScoreModel

_HEAD = (
    ("name", "名称", ""),
    ("basis", "依据", "文件名称和文号"),
    ("note", "说明", "给选用的人看"),
    ("base", "起评分", "空着为 0"),
    ("ceiling", "总分封顶", "空着不封顶"),
    ("quorum", "会议人数", "如 2/3"),
)
_PERIODS = (("year", "年"), ("half_year", "半年"), ("quarter", "季"), ("month", "月"))
_COMBINE = (("weighted", "按权重"), ("mean", "各方平均"), ("last", "以最后一方为准"))


class SchemeEditor(QWidget):
    """Edits the body of a scheme; nothing is kept before 另存为新版."""

    saved = Signal(object)
    gave_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._scheme: Any = None
        self.body: dict[str, Any] = {}
        self._began = ""
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.setSpacing(unit(1))
        self._heading = label("", "title")
        box.addWidget(self._heading)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        box.addWidget(self.tabs, 1)
        self._lines: dict[str, QLineEdit] = {}
        self._choices: dict[str, Choices] = {}
        self.tabs.addTab(scrolled(self._head()), "基本")
        self._grids: dict[str, ScoreGrid] = {}
        for section in SECTIONS:
            self.tabs.addTab(self._table(section), section.label)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("办法全文")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.tabs.addTab(self.text, "全文")
        self.tabs.currentChanged.connect(self._on_tab)
        self._at = 0
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        foot = QHBoxLayout()
        self.notes = QLineEdit()
        self.notes.setPlaceholderText("修订说明：改了什么、依据哪个文件")
        self.notes.setAccessibleName("修订说明")
        foot.addWidget(self.notes, 1)
        foot.addWidget(button("检查", self.check))
        foot.addWidget(button("取消", self.gave_up.emit))
        self.copy_button = button("另存为新办法", self.save_copy)
        foot.addWidget(self.copy_button)
        self.save_button = button("另存为新版", self.save, primary=True)
        foot.addWidget(self.save_button)
        box.addLayout(foot)

    # -- building ----------------------------------------------------------------------

    def _head(self) -> QWidget:
        made = QWidget()
        made.setObjectName("clear")
        form = QFormLayout(made)
        form.setVerticalSpacing(look().measure.units(1.25))
        form.setHorizontalSpacing(look().measure.units(2))
        for key, words, hint in _HEAD:
            line = QLineEdit()
            line.setPlaceholderText(hint)
            line.setAccessibleName(words)
            self._lines[key] = line
            form.addRow(label(words, "muted"), line)
        for key, words in (("notice_days", "公示天数"),):
            line = QLineEdit()
            line.setAccessibleName(words)
            self._lines[key] = line
            form.addRow(label(words, "muted"), line)
        for key, words, items in (
            ("notice_unit", "公示天数单位", (("calendar", "自然日"), ("working", "工作日"))),
            ("period", "评定周期", _PERIODS),
            ("combine", "各方合成", _COMBINE),
        ):
            choice = Choices()
            choice.setAccessibleName(words)
            for value, name in items:
                choice.addItem(name, value)
            self._choices[key] = choice
            form.addRow(label(words, "muted"), choice)
        return made

    def _table(self, section: Section) -> QWidget:
        made = QWidget()
        made.setObjectName("clear")
        box = QVBoxLayout(made)
        box.setContentsMargins(0, look().measure.units(1), 0, 0)
        grid = ScoreGrid()
        grid.setAccessibleName(section.label)
        self._grids[section.key] = grid
        box.addWidget(grid, 1)
        line = QHBoxLayout()
        line.addWidget(button("增加一行", partial(self._add, section), meaning="add"))
        line.addWidget(button("删除这一行", partial(self._drop, section), meaning="close"))
        line.addWidget(button("上移", partial(self._move, section, -1), meaning="up"))
        line.addWidget(button("下移", partial(self._move, section, 1), meaning="down"))
        line.addStretch(1)
        box.addLayout(line)
        if section.words:
            box.addWidget(label(section.words, "muted", wrap=True))
        return made

    # -- loading -----------------------------------------------------------------------

    def load(self, scheme: Any) -> None:
        """Edit a copy of a scheme's body."""
        self._scheme = scheme
        self.body = copy.deepcopy(scheme.body)
        self._heading.setText(f"修改“{scheme.title()}”")
        self.notes.clear()
        tell(self.fault, "", "fault")
        self._show_all()
        self.tabs.setCurrentIndex(0)
        self._at = 0
        self._take_head()
        self._began = json.dumps(self.body, sort_keys=True)

    def _show_all(self) -> None:
        notice = self.body.get("notice") or {}
        for key, _, _ in _HEAD:
            self._lines[key].setText(str(self.body.get(key, "")))
        self._lines["notice_days"].setText(str(notice.get("days", 5)))
        chosen = {
            "notice_unit": notice.get("unit", "calendar"),
            "period": self.body.get("period", "year"),
            "combine": self.body.get("combine", "weighted"),
        }
        for key, value in chosen.items():
            self._choices[key].setCurrentIndex(max(0, self._choices[key].findData(value)))
        for section in SECTIONS:
            self._show_section(section)
        self.text.setPlainText(json.dumps(self.body, ensure_ascii=False, indent=2))

    def _show_section(self, section: Section, row: int = 0) -> None:
        rows = self.body.get(section.key) or []
        model = ScoreModel(
            [part.column for part in section.parts],
            [GridRow(n, str(n + 1), shown(section, one)) for n, one in enumerate(rows)],
        )
        grid = self._grids[section.key]
        model.setParent(grid)
        model.edited.connect(partial(self._on_edited, section))
        model.refused.connect(lambda _count, why: tell(self.fault, why, "fault"))
        grid.show_model(model)
        if rows:
            grid.setCurrentIndex(model.index(min(row, len(rows) - 1), 0))

    # -- changing ----------------------------------------------------------------------

    def _on_edited(self, section: Section, rows: dict[int, tuple[Any, ...]]) -> None:
        kept = self.body.setdefault(section.key, [])
        for number, cells in rows.items():
            kept[number] = put_back(section, kept[number], cells)
        tell(self.fault, "", "fault")

    def _rows(self, section: Section) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.body.setdefault(section.key, [])
        return rows

    def _add(self, section: Section) -> None:
        rows = self._rows(section)
        rows.append(section.fresh(len(rows) + 1))
        self._show_section(section, len(rows) - 1)

    def _drop(self, section: Section) -> None:
        rows, at = self._rows(section), self._grids[section.key].currentIndex().row()
        if 0 <= at < len(rows):
            del rows[at]
            if not rows:
                del self.body[section.key]
            self._show_section(section, at)

    def _move(self, section: Section, by: int) -> None:
        rows, at = self._rows(section), self._grids[section.key].currentIndex().row()
        if 0 <= at < len(rows) and 0 <= at + by < len(rows):
            rows[at], rows[at + by] = rows[at + by], rows[at]
            self._show_section(section, at + by)

    def _take_head(self) -> None:
        for key, _, _ in _HEAD:
            text = self._lines[key].text().strip()
            if text:
                whole = text.isdecimal() and key in ("base", "ceiling")
                self.body[key] = int(text) if whole else text
            else:
                self.body.pop(key, None)
        days = self._lines["notice_days"].text().strip()
        self.body["notice"] = {
            **(self.body.get("notice") or {}),
            "days": int(days) if days.isdecimal() else days,
            "unit": self._choices["notice_unit"].currentData(),
        }
        for key in ("period", "combine"):
            self.body[key] = self._choices[key].currentData()

    def _on_tab(self, now: int) -> None:
        left, self._at = self._at, now
        whole = self.tabs.indexOf(self.text)
        if left == 0:
            self._take_head()
        if left == whole and not self._take_text():
            self._at = whole
            self.tabs.blockSignals(True)
            self.tabs.setCurrentIndex(whole)
            self.tabs.blockSignals(False)
        elif now == whole:
            self.text.setPlainText(json.dumps(self.body, ensure_ascii=False, indent=2))

    def _take_text(self) -> bool:
        try:
            body = json.loads(self.text.toPlainText(), parse_float=str)
        except json.JSONDecodeError as problem:
            tell(
                self.fault,
                f"全文第 {problem.lineno} 行第 {problem.colno} 个字符处写法有误。",
                "fault",
            )
            return False
        if not isinstance(body, dict):
            tell(self.fault, "全文应是一组“名称: 内容”。", "fault")
            return False
        self.body = body
        self._show_all()
        return True

    def collect(self) -> dict[str, Any] | None:
        """The body as it stands now; None when the whole text cannot be read."""
        if self.tabs.currentWidget() is self.text:
            if not self._take_text():
                return None
        else:
            self._take_head()
        return self.body

    @property
    def dirty(self) -> bool:
        """Whether something was changed and not kept."""
        if self._scheme is None or not self.isVisible():
            return False
        self._take_head()
        return json.dumps(self.body, sort_keys=True) != self._began

    # -- keeping -----------------------------------------------------------------------

    def check(self) -> bool:
        """Say everything that does not fit; True when nothing is wrong."""
        faulty = sum(grid.boxes().faulty for grid in self._grids.values())
        if faulty:
            tell(self.fault, f"还有 {faulty} 格标红的内容没有收下，请先改好。", "fault")
            return False
        body = self.collect()
        if body is None:
            return False
        try:
            read_scheme(body)
        except Refusal as refusal:
            tell(self.fault, "\n".join(fault.message for fault in refusal.faults[:8]), "fault")
            return False
        tell(self.fault, "检查通过，可以保存。", "muted")
        return True

    def save(self) -> None:
        """Keep a new edition beside the old one."""
        ident, notes = self._scheme.id, self.notes.text().strip()
        self._keep(lambda body: new_edition(Scheme.get_by_id(ident), body, notes=notes))

    def save_copy(self) -> None:
        """Keep a scheme of one's own; its code follows from the name."""
        ident = self._scheme.id
        body = self.collect()
        if body is None:
            return
        name = str(body.get("name", ""))
        if name == self._scheme.name:
            tell(self.fault, "另存为新办法，请先在“基本”里改名称。", "fault")
            return
        self._keep(lambda kept: copy_as(Scheme.get_by_id(ident), name[:40], name, kept))

    def _keep(self, work: Callable[[dict[str, Any]], Any]) -> None:
        if not self.check():
            return
        body = copy.deepcopy(self.body)
        Write(self, lambda: int(work(body).id)).then(self.saved.emit).failed(
            self._on_failed
        ).start()

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        tell(self.fault, problem.message, "fault")
        return True
