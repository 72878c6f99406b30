"""走访考核: leader × period, each box with what was done of what was asked and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from db.codes import code_list
from db.registers.contact_point import ContactPoint
from db.registers.visit import Visit, VisitServed
from db.rules.visit_frequency import State, period_of
from db.visiting.compliance import Cell, Line, Matrix, Span, matrix
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.page import button, label, named

Index = QModelIndex | QPersistentModelIndex

#: Mark, wash and ink of each state; the words stand beside the colour, never the colour alone.
_LOOK = {
    State.DONE: ("✓", "wash_good", "good"),
    State.DUE: ("待走", "wash_warn", "warn"),
    State.OVERDUE: ("欠", "wash_bad", "bad"),
    State.FREE: ("", "", "faint"),
}
_FIXED = ("领导", "级别", "单位及职务", "联系点")


class StandingModel(QAbstractTableModel):
    """The table of `compliance.matrix`, with the whole stretch as its last column."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Matrix((), ())
        self.lines: Sequence[Line] = ()

    def show_matrix(self, table: Matrix, *, behind_only: bool) -> None:
        """Show a table, or only the leaders with something overdue."""
        self.beginResetModel()
        self.table = table
        self.lines = [one for one in table.lines if not behind_only or one.whole.overdue]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_FIXED) + len(self.table.spans) + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        heads = (*_FIXED, *(span.label for span in self.table.spans), "合计")
        return heads[section]

    def cell(self, index: Index) -> Cell | None:
        """The box there; None for the facts of the leader."""
        at = index.column() - len(_FIXED)
        if at < 0:
            return None
        line = self.lines[index.row()]
        return line.cells[at] if at < len(line.cells) else line.whole

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, cell = self.lines[index.row()], self.cell(index)
        if cell is None:
            words = (line.name, line.rank, line.unit, str(line.points))[index.column()]
            return words if role == Qt.ItemDataRole.DisplayRole else None
        mark, wash, ink = _LOOK[cell.state]
        if role == Qt.ItemDataRole.DisplayRole:
            if cell.state is State.FREE:
                return str(cell.visits) if cell.visits else ""
            return f"{cell.met}/{cell.asked_visits} {mark}"
        if role == Qt.ItemDataRole.BackgroundRole and wash:
            return look().theme[wash]
        if role == Qt.ItemDataRole.ForegroundRole:
            return look().theme[ink]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _told(line, cell)
        return None


def _told(line: Line, cell: Cell) -> str:
    if cell.state is State.FREE:
        return f"{line.name}：没有要求，走访 {cell.visits} 点次"
    words = f"{line.name}：应走 {cell.asked_visits} 点次，实走 {cell.visits} 点次"
    if cell.asked_days:
        words += f"；应 {cell.asked_days} 天，实 {cell.days} 天"
    if cell.overdue:
        words += f"；{len(cell.overdue)} 点次已过期没有走够"
    if cell.due:
        words += f"；{len(cell.due)} 点次还没到期"
    return words


class StandingView(QWidget):
    """The table with its period, its year and its one filter."""

    left = Signal()
    wants_visits = Signal(object, str)  # ids of trips, what they are
    wants_points = Signal(object, str)  # ids of contact points, what they are
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        bar = QHBoxLayout()
        bar.addWidget(button("返回列表", self.left.emit, meaning="back"))
        self.period = Choices()
        for code in code_list("period"):
            self.period.addItem(f"按{code.label}", code.code)
        self.period.setCurrentIndex(self.period.findData("quarter"))
        named(self.period, "周期")
        self.year = Choices()
        this = date.today().year
        for year in range(this, this - 6, -1):
            self.year.addItem(f"{year}年", year)
        named(self.year, "年度")
        self.behind = QCheckBox("只看有欠的")
        for each in (self.year, self.period, self.behind):
            bar.addWidget(each)
        bar.addStretch(1)
        bar.addWidget(button("有欠的联系点", self._to_points, meaning="contact_point",
                             tip="把这张表里没有走够的联系点列出来，可以打印提醒函"))  # fmt: skip
        box.addLayout(bar)
        box.addWidget(label(
            "格里是走到的点次/应走点次，一个点多走的不顶另一个点。双击一格，看那段时间的走访。规定改过的，前后分段计算。", "muted", wrap=True
        ))  # fmt: skip
        self.model = StandingModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("走访考核表")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(look().measure.row)
        self.table.doubleClicked.connect(self._open)
        self.table.activated.connect(self._open)
        box.addWidget(self.table, 1)
        self._found = Matrix((), ())
        self.period.currentIndexChanged.connect(lambda _at: self.read())
        self.year.currentIndexChanged.connect(lambda _at: self.read())
        self.behind.toggled.connect(lambda _on: self._show(self._found))

    def read(self) -> None:
        """Judge every point anew."""
        year, period = self.year.currentData(), self.period.currentData()
        today = date.today()
        until = today if year == today.year else date(year, 12, 31)
        Read(self, lambda: matrix(period, date(year, 1, 1), until)).then(self._show).start()

    def _show(self, found: Matrix) -> None:
        self._found = found
        self.model.show_matrix(found, behind_only=self.behind.isChecked())
        em = look().measure.characters
        widths = [5, 5, 15, 4, *([5] * len(found.spans)), 7]
        for at, width in enumerate(widths):
            self.table.setColumnWidth(at, em(width + 1))
        late = sum(bool(line.whole.overdue) for line in found.lines)
        if found.lines:
            self.told.emit(f"{len(found.lines)} 名领导，{late} 名有联系点没有走够。")
        else:
            self.told.emit("还没有联系点。")

    def _open(self, index: Index) -> None:
        cell = self.model.cell(index)
        if cell is None:
            return
        line = self.model.lines[index.row()]
        at = index.column() - len(_FIXED)
        spans = self._found.spans
        whole = at >= len(spans)
        since = spans[0].start if whole else _begin(spans[at])
        until = spans[-1].end if whole else spans[at].end
        words = f"{line.name}的走访"
        leader = line.id

        def read() -> tuple[int, ...]:
            query: Any = (
                Visit.select(Visit.id)
                .distinct()
                .join(VisitServed)
                .join(ContactPoint)
                .where(
                    ContactPoint.leader == leader, VisitServed.retired == "", Visit.retired == "",
                    Visit.from_on >= since.isoformat(), Visit.from_on <= until.isoformat(),
                )
            )  # fmt: skip
            return tuple(row[0] for row in query.tuples())

        Read(self, read).then(lambda ids: self.wants_visits.emit(ids, words)).start()

    def _to_points(self) -> None:
        late = [point for line in self.model.lines for point in line.whole.overdue]
        self.wants_points.emit(tuple(dict.fromkeys(late)), "没有走够的联系点")


def _begin(span: Span) -> date:
    """What is judged in a column may have begun in the quarter that ends with it."""
    return min(span.start, period_of("quarter", span.end)[0])
