"""Third step of an import: the plan, row by row, and the questions it lays before the person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from db.codes import code_list
from desktop.theme import look
from desktop.widgets.flow import Flow
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label
from desktop.widgets.table_model import FlawRole
from desktop.widgets.table_view import QuietDelegate

if TYPE_CHECKING:
    from db.importing.plan import Plan, PlannedRow

Index = QModelIndex | QPersistentModelIndex
_HEAD = ("行号", "结果", "名称", "列", "说明")
_WIDTHS = (4, 4, 9, 8, 40)
_ALL, _FLAGGED = "all", "flagged"


def told(row: PlannedRow) -> str:
    """What is to be said of a row: reasons, doubts, changes."""
    parts = [remark.words for remark in row.reasons or row.flags]
    parts += [
        f"{change.label}：{change.old_shown or '（空）'} → {change.new_shown or '（空）'}"
        for change in row.changes
    ]
    return "；".join(parts)


class PlanModel(QAbstractTableModel):
    """The rows of a plan, all or those of one kind."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PlannedRow] = []

    def set_rows(self, rows: list[PlannedRow]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(_HEAD)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt override."""
        row = self.rows[index.row()]
        if role == FlawRole:
            return bool(row.flags) or row.outcome.value == "refused"
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 4:
            return told(row)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if index.column() == 0:
            return str(row.number)
        if index.column() == 1:
            return row.outcome.label
        if index.column() == 2:
            return row.title
        return row.column if index.column() == 3 else told(row)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Qt override."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEAD[section]
        return None


class PlanStep(QWidget):
    """Counts as filters, the rows, organizations to be founded, and the one button that writes."""

    back = Signal()
    decided = Signal()
    execute = Signal()
    refused_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._shown = _ALL
        self._found: dict[str, QCheckBox] = {}
        self._same: dict[str, tuple[int, QCheckBox]] = {}
        self._stem = ""
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1.5))
        self._chips = QWidget()
        self._flow = Flow(self._chips)
        box.addWidget(self._chips)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._list())
        self.splitter.addWidget(self._questions())
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 1)
        box.addWidget(self.splitter, 1)
        foot = QHBoxLayout()
        foot.setSpacing(unit(1))
        foot.addWidget(button("上一步", self.back.emit, meaning="back"))
        foot.addStretch(1)
        self.save_refused = button("保存退回表", self.refused_wanted.emit, meaning="export")
        foot.addWidget(self.save_refused)
        self.go_on = button("导入", self.execute.emit, primary=True)
        foot.addWidget(self.go_on)
        box.addLayout(foot)

    def _list(self) -> QWidget:
        measure = look().measure
        self.model = PlanModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("导入计划")
        self.table.setItemDelegate(QuietDelegate(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setMouseTracking(True)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(measure.row)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, width in enumerate(_WIDTHS[:-1]):
            self.table.setColumnWidth(at, measure.characters(width + 1.5))
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(measure.units(1))
        box.addWidget(self.table, 1)
        self._detail = label("", "muted", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._detail)
        return holder

    def _questions(self) -> QWidget:
        measure = look().measure
        self._panel = QFrame()
        self._panel.setObjectName("panel")
        self._panel.setMinimumWidth(measure.characters(20))
        box = QVBoxLayout(self._panel)
        box.setSpacing(measure.units(1))
        self._asked = label("", "heading", wrap=True)
        box.addWidget(self._asked)
        line = QHBoxLayout()
        line.addWidget(button("全选", partial(self._tick_all, True), link=True))
        line.addWidget(button("全不选", partial(self._tick_all, False), link=True))
        line.addStretch(1)
        box.addLayout(line)
        inside = QWidget()
        inside.setObjectName("clear")
        self._ticks = QVBoxLayout(inside)
        self._ticks.setContentsMargins(0, 0, measure.units(2), 0)
        self._ticks.setSpacing(measure.units(1))
        box.addWidget(scrolled(inside), 1)
        self._own = label("", "muted", wrap=True)
        box.addWidget(self._own)
        self._panel.hide()
        return self._panel

    # -- the plan ----------------------------------------------------------------------

    def decisions(self) -> dict[str, Any]:
        """What was ticked, as the options of the next plan."""
        return {
            "found": frozenset(name for name, tick in self._found.items() if tick.isChecked()),
            "same": {
                name: record for name, (record, tick) in self._same.items() if tick.isChecked()
            },
        }

    def forget(self) -> None:
        """Another file: nothing is ticked."""
        self._found.clear()
        self._same.clear()
        self._panel.hide()
        self._plan = None
        self._shown = _ALL

    def show_plan(self, plan: Plan) -> None:
        """Show counts, rows and questions."""
        first = self._plan is None
        self._plan = plan
        self.resume()
        if first:
            self._shown = _FLAGGED if plan.flagged else _ALL
            self._shown = "refused" if plan.refused else self._shown
        self._show_questions(plan)
        self._show_chips(plan)
        self._show_rows()
        writes = sum(
            plan.counts[outcome] for outcome in plan.counts if outcome in ("new", "changed")
        )
        self.go_on.setText(f"导入 {writes:,} 行" if writes else "没有可导入的")
        self.go_on.setEnabled(bool(writes))
        self.save_refused.setVisible(bool(plan.refused))

    def wait(self) -> None:
        """A new plan is being made; the old one must not be executed."""
        self.go_on.setEnabled(False)

    def resume(self) -> None:
        """The plan on the screen counts again."""
        self.go_on.setEnabled(self._plan is not None)

    def _show_chips(self, plan: Plan) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        counts = [(_ALL, "全部", len(plan.rows))]
        counts += [(o.value, o.label, count) for o, count in plan.counts.items()]
        counts.append((_FLAGGED, "有疑点", len(plan.flagged)))
        if self._shown not in {key for key, _words, count in counts if count}:
            self._shown = _ALL
        for key, words, count in counts:
            chip = QPushButton(f"{words} {count:,}")
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setChecked(key == self._shown)
            chip.setEnabled(bool(count) or key == _ALL)
            chip.setAccessibleName(f"只看{words}的 {count} 行")
            chip.clicked.connect(partial(self._on_chip, key))
            self._flow.addWidget(chip)

    def _on_chip(self, key: str, _on: bool = True) -> None:
        self._shown = key
        if self._plan is not None:
            self._show_chips(self._plan)
            self._show_rows()

    def _show_rows(self) -> None:
        if self._plan is None:
            return
        rows = list(self._plan.rows)
        if self._shown == _FLAGGED:
            rows = list(self._plan.flagged)
        elif self._shown != _ALL:
            rows = [row for row in rows if row.outcome.value == self._shown]
        self.model.set_rows(rows)
        self._detail.setText("")

    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            row = self.model.rows[now.row()]
            words = told(row) or "没有问题。"
            self._detail.setText(f"第 {row.number} 行{row.title and f'“{row.title}”'}：{words}")

    # -- questions ---------------------------------------------------------------------

    def _show_questions(self, plan: Plan) -> None:
        ticked = {name for name, tick in self._found.items() if tick.isChecked()}
        agreed = {name for name, (_record, tick) in self._same.items() if tick.isChecked()}
        own = next((founding.name for founding in plan.founding if founding.own), "")
        self._own.setText(f"同时建立本单位“{own}”，作为它们的上级。" if own else "")
        self._own.setVisible(bool(own))
        asked = {f.name: f for f in (*plan.founding, *plan.proposed) if not f.own}
        twins = {twin.name: twin for twin in plan.twins}
        if set(asked) == set(self._found) and set(twins) | agreed == set(self._same):
            return
        while (item := self._ticks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._found.clear()
        kept = dict(self._same)
        self._same.clear()
        kinds = code_list("organization_kind")
        for name, founding in asked.items():
            about = [kinds.label_of(founding.kind) + ("（按名称猜测）" if founding.guessed else "")]
            about.append(f"隶属 {founding.parent_name}" if founding.parent_name else "没有上级")
            about.append(f"{founding.rows} 行")
            if founding.short_name:
                about.append(f"表中又写作“{founding.short_name}”，登记为简称")
            if founding.near:
                about.append(f"注意：已有相近的{'、'.join(founding.near)}")
            self._found[name] = self._tick(f"新建 {name}", "，".join(about), name in ticked)
        for name, twin in twins.items():
            words = f"与已有的“{twin.kept}”只差一个“党”字，{twin.rows} 行；登记为它的简称"
            tick = self._tick(f"{name} 就是 {twin.kept}", words, name in agreed)
            self._same[name] = (twin.record, tick)
        for name in agreed - set(twins):
            record, _tick = kept[name]
            tick = self._tick(f"{name} 是同一个党组织", "登记为它的简称", True)
            self._same[name] = (record, tick)
        self._ticks.addStretch(1)
        count = len(asked) + len(self._same)
        self._asked.setText(f"表中有 {count} 个党组织名称要您认定，勾选后那些行才会导入：")
        self._panel.setVisible(bool(count))

    def _tick(self, words: str, about: str, on: bool) -> QCheckBox:
        tick = QCheckBox(words)
        tick.setChecked(on)
        tick.setAccessibleDescription(about)
        tick.toggled.connect(lambda _on: self.decided.emit())
        self._ticks.addWidget(tick)
        told_more = label(about, "muted", wrap=True)
        told_more.setContentsMargins(look().measure.units(3), 0, 0, 0)
        self._ticks.addWidget(told_more)
        return tick

    def _tick_all(self, on: bool) -> None:
        ticks = [*self._found.values(), *(tick for _record, tick in self._same.values())]
        for tick in ticks:
            tick.blockSignals(True)
            tick.setChecked(on)
            tick.blockSignals(False)
        self.decided.emit()
