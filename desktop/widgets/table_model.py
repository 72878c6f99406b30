"""The rows of a list as Qt asks for them: ids in memory, everything else when it comes into view.

Memory is eight bytes a row plus the pages last looked at, whatever the register holds. While a
page is fetched, and while a change is being written, what was known before is shown.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from db.errors import Refusal
from desktop.tasks import Read
from desktop.widgets.listing import Listing

PAGE = 32  # a screenful: the first one is what a person waits for
PAGES_KEPT = 96

RowRole = Qt.ItemDataRole.UserRole
FlawRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """A Listing as a table; ``counted`` tells how many rows there are after each question."""

    counted = Signal(int)

    def __init__(self, listing: Listing, parent: Any = None) -> None:
        super().__init__(parent)
        self.listing = listing
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, list[tuple[tuple[str, ...], str]]] = OrderedDict()
        self._asked: set[int] = set()
        self._stale: set[int] = set()
        self._generation = 0
        self.loaded = False

    # -- what is shown -----------------------------------------------------------------

    def ask(self, listing: Listing | None = None) -> None:
        """Read the ids again, for a new question or after a change; rows shown stay meanwhile."""
        if listing is not None:
            self.listing = listing
        self._generation += 1
        generation, asked = self._generation, self.listing

        def work() -> tuple[array[int], list[tuple[tuple[str, ...], str]]]:
            # The first screenful comes along, so that a list never shows empty lines first.
            ids = asked.find_ids()
            return ids, texts(asked, ids[:PAGE])

        Read(self, work).then(lambda found: self._take(generation, *found)).start()

    def touch(self, ids: frozenset[int]) -> None:
        """Rows changed elsewhere: fetch their page again, keep showing the old text meanwhile."""
        del ids
        self._stale.update(self._pages)
        self.ask()

    def _take(
        self, generation: int, ids: array[int], first: list[tuple[tuple[str, ...], str]]
    ) -> None:
        if generation != self._generation:
            return
        self.loaded = True
        if ids == self._ids:
            self._stale.update(self._pages)
            self._keep(0, first)
            if self._ids:
                last = self.index(len(self._ids) - 1, self.columnCount() - 1)
                self.dataChanged.emit(self.index(0, 0), last)
        else:
            self.beginResetModel()
            self._ids = ids
            self._pages.clear()
            self._asked.clear()
            self._stale.clear()
            self._keep(0, first)
            self.endResetModel()
        self.counted.emit(len(self._ids))

    @property
    def ids(self) -> Sequence[int]:
        """Ids in the order shown."""
        return self._ids

    def id_at(self, row: int) -> int | None:
        """The record's id in a row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, record_id: int) -> int:
        """The row of a record, -1 when the list does not show it."""
        try:
            return self._ids.index(record_id)
        except ValueError:
            return -1

    def set_columns(self, columns: tuple[Any, ...]) -> None:
        """Show other columns of the same rows."""
        self.beginResetModel()
        self.listing = replace(self.listing, columns=columns)
        self._pages.clear()
        self._asked.clear()
        self._stale.clear()
        self._generation += 1
        self.endResetModel()

    # -- pages of rows -----------------------------------------------------------------

    def _row(self, row: int) -> tuple[tuple[str, ...], str] | None:
        number, place = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._fetch(number)
        return page[place] if page is not None and place < len(page) else None

    def _fetch(self, number: int) -> None:
        if number in self._asked:
            return
        self._asked.add(number)
        generation = self._generation
        part = self._ids[number * PAGE : (number + 1) * PAGE]
        listing = self.listing
        Read(self, lambda: texts(listing, part)).then(
            lambda page: self._store(generation, number, part, page)
        ).failed(lambda problem: self._missed(number, problem)).start()

    def _missed(self, number: int, problem: Exception) -> bool:
        del problem
        self._asked.discard(number)
        return False

    def _store(
        self,
        generation: int,
        number: int,
        part: array[int],
        page: list[tuple[tuple[str, ...], str]],
    ) -> None:
        self._asked.discard(number)
        # A new question may have been answered meanwhile: these texts are then of other rows.
        if generation != self._generation or part != self._ids[number * PAGE : (number + 1) * PAGE]:
            return
        self._keep(number, page)
        first, last = number * PAGE, min((number + 1) * PAGE, len(self._ids)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def _keep(self, number: int, page: list[tuple[tuple[str, ...], str]]) -> None:
        self._pages[number] = page
        self._pages.move_to_end(number)
        self._stale.discard(number)
        while len(self._pages) > PAGES_KEPT:
            gone, _ = self._pages.popitem(last=False)
            self._stale.discard(gone)

    # -- Qt ----------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(self.listing.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt override."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            found = self._row(index.row())
            if found is None:
                return "" if role == Qt.ItemDataRole.DisplayRole else None
            text = found[0][index.column()]
            if role == Qt.ItemDataRole.DisplayRole:
                return text
            return (text + "\n" + found[1]).strip() or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if self.listing.columns[index.column()].numeric else _LEFT)
        if role == FlawRole:
            found = self._row(index.row())
            return found[1] if found else ""
        if role == RowRole:
            return self.id_at(index.row())
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Qt override."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.listing.columns):
            return None
        column = self.listing.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.help_text or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if column.numeric else _LEFT)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt override: a new question, not a shuffling of what is in memory."""
        if 0 <= column < len(self.listing.columns):
            name = self.listing.columns[column].name
            self.ask(self.listing.sorted_by(name, order == Qt.SortOrder.DescendingOrder))


def texts(listing: Listing, ids: Sequence[int]) -> list[tuple[tuple[str, ...], str]]:
    """Display text of some rows and what is flawed in each; runs on the database worker."""
    rows = listing.find_rows(ids)
    page = []
    for each in ids:
        row = rows.get(each)
        if row is None:
            page.append((("",) * len(listing.columns), ""))
            continue
        try:
            flaws = "；".join(fault.message for fault in row.warnings())
        except Refusal as refusal:
            flaws = refusal.message
        page.append((tuple(row.shown(column) for column in listing.columns), flaws))
    return page
