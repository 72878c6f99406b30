"""The table as furniture: quiet lines, remembered columns, keyboard and clipboard like a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from db.fields import IdNumber, Moment, Number, PartialDate, Phone
from desktop import settings
from desktop.icons import picture
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.table_model import FlawRole, TableModel, texts


class QuietDelegate(QStyledItemDelegate):
    """Draws one cell: a hairline below, no zebra, the chosen row tinted and marked at its left.

    Written out because the stock delegate asks the model eight questions a cell and the style
    sheet again as much; a page of rows must be drawn well inside one frame.
    """

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Qt override."""
        theme, measure = look().theme, look().measure
        rect: QRect = option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, theme["chosen"])
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme["hover"])
        painter.setPen(QPen(theme["line"], 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if chosen and index.column() == self._first():
            painter.fillRect(
                QRect(rect.left(), rect.top(), max(2, measure.units(0.4)), rect.height()),
                theme["accent"],
            )
        pad = measure.units(1)
        inside = rect.adjusted(pad, 0, -pad, 0)
        if index.column() == self._first() and index.data(FlawRole):
            edge = measure.units(1.8)
            spot = QRect(0, 0, edge, edge)
            spot.moveCenter(QPoint(inside.right() - edge // 2, rect.center().y()))
            painter.drawPixmap(spot, picture("warn", "warn", edge * 2))
            inside.setRight(spot.left() - pad // 2)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text:
            painter.setPen(theme["ink"])
            painter.setFont(option.font)
            align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0)
            metrics: QFontMetrics = option.fontMetrics
            shown = str(text).replace("\n", " ")
            if metrics.horizontalAdvance(shown) > inside.width():
                shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, inside.width())
            painter.drawText(inside, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme["focus"], 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Qt override: rows are of one height, so nothing is measured."""
        return QSize(look().measure.characters(6), look().measure.row)

    def _first(self) -> int:
        view = self.parent()
        if isinstance(view, QTableView):
            return view.horizontalHeader().logicalIndex(0)
        return 0


class TableView(QTableView):
    """A list of records: ``picked`` when the current row changes, ``activated_row`` on Enter."""

    picked = Signal(object)  # id or None
    activated_row = Signal(object)  # id
    copied = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._keep: int | None = None
        self.setItemDelegate(QuietDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStretchLastSection(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicatorClearable(True)
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._on_head_menu)
        head.setAccessibleName("表头")
        self._saving = QTimer(self)
        self._saving.setSingleShot(True)
        self._saving.setInterval(400)
        self._saving.timeout.connect(self._save_columns)
        self._restoring = False
        self._measure()
        look().changed.connect(self._measure)

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(look().measure.row)
        self.horizontalHeader().setFixedHeight(look().measure.row)

    # -- the model ---------------------------------------------------------------------

    def show_model(self, model: TableModel, all_columns: tuple[Any, ...]) -> None:
        """Take a table model, with every column the person may choose from."""
        self._all = {column.name: column for column in all_columns}
        self._default = tuple(column.name for column in model.listing.columns)
        chosen = self._remembered()
        if chosen:
            columns = tuple(self._all[name] for name, _ in chosen if name in self._all)
            if columns:
                model.set_columns(columns)
        head = self.horizontalHeader()
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setModel(model)
        self._apply_widths()
        self.setSortingEnabled(False)
        head.setSectionsClickable(True)
        head.sectionResized.connect(self._on_columns_moved)
        head.sectionMoved.connect(self._on_columns_moved)
        head.sortIndicatorChanged.connect(self._on_sort)
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.activated.connect(self._on_activated)

    def table(self) -> TableModel:
        """The model behind the view."""
        model = self.model()
        assert isinstance(model, TableModel)
        return model

    def current_id(self) -> int | None:
        """Id of the current row."""
        index = self.currentIndex()
        return self.table().id_at(index.row()) if index.isValid() else None

    def chosen_ids(self) -> list[int]:
        """Ids of the selected rows, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [found for row in rows if (found := self.table().id_at(row)) is not None]

    def pick(self, record_id: int) -> bool:
        """Make a record the current row; False when the list does not show it."""
        row = self.table().row_of(record_id)
        if row < 0:
            self._keep = record_id
            return False
        # Not the view's own setCurrentIndex: with Ctrl still down from Ctrl+S it adds a second row.
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(
            self.table().index(row, self.horizontalHeader().logicalIndex(0)),
            flags.ClearAndSelect | flags.Rows,
        )
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    # -- columns -----------------------------------------------------------------------

    def _remembered(self) -> list[tuple[str, int]]:
        kept = settings.current["columns"].get(self._name, [])
        return [(str(name), int(width)) for name, width in kept]

    def _apply_widths(self) -> None:
        self._restoring = True
        kept = dict(self._remembered())
        for place, column in enumerate(self.table().listing.columns):
            # Figures and dates are half as wide as Chinese characters.
            half = isinstance(column, IdNumber | Phone | PartialDate | Moment | Number)
            text = column.width * (0.6 if half else 0.9)
            size = look().measure.characters(max(text, len(column.label)) + 1.6)
            self.setColumnWidth(place, kept.get(column.name) or size)
        self._restoring = False

    def shown_names(self) -> list[str]:
        """Names of the columns shown, in their order."""
        head = self.horizontalHeader()
        columns = self.table().listing.columns
        return [columns[head.logicalIndex(place)].name for place in range(head.count())]

    def _on_columns_moved(self, *_: int) -> None:
        if not self._restoring:
            self._saving.start()

    def _save_columns(self) -> None:
        head = self.horizontalHeader()
        columns = self.table().listing.columns
        kept = []
        for place in range(head.count()):
            at = head.logicalIndex(place)
            if at < len(columns):
                kept.append([columns[at].name, self.columnWidth(at)])
        settings.current.remember("columns", self._name, kept)

    def column_menu(self) -> QMenu:
        """Which columns to show, and back to the usual ones."""
        menu = QMenu(self)
        menu.setAccessibleName("选择显示的列")
        shown = set(self.shown_names())
        for name, column in self._all.items():
            action = menu.addAction(column.label)
            action.setCheckable(True)
            action.setChecked(name in shown)
            action.setEnabled(name not in shown or len(shown) > 1)
            action.toggled.connect(lambda on, each=name: self.show_column(each, on))
        menu.addSeparator()
        menu.addAction("恢复默认列").triggered.connect(self.reset_columns)
        return menu

    def show_column(self, name: str, on: bool) -> None:
        """Show or hide one column and remember it."""
        names = self.shown_names()
        if on and name not in names:
            names.append(name)
        elif not on and name in names and len(names) > 1:
            names.remove(name)
        widths = {
            column.name: self.columnWidth(place)
            for place, column in enumerate(self.table().listing.columns)
        }
        self._set_columns(names, widths)
        self._save_columns()

    def reset_columns(self) -> None:
        """The columns the register shows by itself."""
        settings.current.forget("columns", self._name)
        self._set_columns(list(self._default), {})
        settings.current.forget("columns", self._name)

    def _set_columns(self, names: list[str], widths: dict[str, int]) -> None:
        self._restoring = True
        head = self.horizontalHeader()
        for place in range(head.count()):
            head.moveSection(head.visualIndex(place), place)
        self.table().set_columns(tuple(self._all[name] for name in names))
        self._apply_widths()
        self._restoring = True
        for place, name in enumerate(names):
            if name in widths:
                self.setColumnWidth(place, widths[name])
        self._restoring = False

    def _on_head_menu(self, at: QPoint) -> None:
        self.column_menu().popup(self.horizontalHeader().mapToGlobal(at))

    def _on_sort(self, column: int, order: Qt.SortOrder) -> None:
        model = self.table()
        if column < 0:
            model.ask(model.listing.sorted_by("", False))
        else:
            model.sort(column, order)

    # -- keeping the place -------------------------------------------------------------

    def _on_about_to_reset(self) -> None:
        current = self.current_id()
        if current is not None:
            self._keep = current

    def _on_reset(self) -> None:
        if self._keep is not None:
            kept, self._keep = self._keep, None
            if self.pick(kept):
                return
            self._keep = None
        self.picked.emit(None)

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        self.picked.emit(self.table().id_at(now.row()) if now.isValid() else None)

    def _on_activated(self, index: QModelIndex) -> None:
        self.activated_row.emit(self.table().id_at(index.row()))

    # -- clipboard and keys ------------------------------------------------------------

    def copy(self) -> None:
        """Put the selected rows on the clipboard as a block that WPS and Excel take."""
        model, head = self.table(), self.horizontalHeader()
        order = [head.logicalIndex(place) for place in range(head.count())]
        columns = [model.listing.columns[at] for at in order]
        listing, ids = replace(model.listing, columns=tuple(columns)), self.chosen_ids()
        if not ids:
            return

        def block() -> str:
            lines = [[column.label for column in columns]] if len(ids) > 1 else []
            lines += [list(row) for row, _ in texts(listing, ids)]
            return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in lines)

        Read(self, block).then(self._put_on_clipboard).start()

    def _put_on_clipboard(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.copied.emit(text.count("\n") + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            if self.currentIndex().isValid():
                self.activated_row.emit(self.current_id())
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Qt override: letters go to the search box, not to a scan of every row."""
