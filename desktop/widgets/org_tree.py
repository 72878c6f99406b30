"""The tree of Party organizations with how many members each holds, itself and below."""

from __future__ import annotations

from dataclasses import dataclass, field

from peewee import fn
from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from db.codes import code_list
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.listing import plain_rows

ID = Qt.ItemDataRole.UserRole


@dataclass
class Node:
    """One organization in the tree."""

    id: int
    name: str
    kind: str
    own: int = 0
    below: int = 0
    children: list[Node] = field(default_factory=list)


def read_tree() -> list[Node]:
    """The organizations that exist now, as a forest with counts; runs on the database worker."""
    counted = [code.code for code in code_list("standing") if code.is_marked("counted")]
    counts = (
        Member.living()
        .where(Member.standing.in_(counted))
        .select(Member.organization, fn.count(Member.id))
        .group_by(Member.organization)
    )
    members: dict[int, int] = dict(plain_rows(counts))
    rows = plain_rows(
        Organization.living()
        .where(Organization.status == "active")
        .select(
            Organization.id,
            Organization.name,
            Organization.short_name,
            Organization.kind,
            Organization.parent,
        )
    )
    kinds = code_list("organization_kind")
    nodes = {
        each: Node(each, short or name, kind, members.get(each, 0))
        for each, name, short, kind, _ in rows
    }
    tops: list[Node] = []
    for each, _, _, _, parent in rows:
        (nodes[parent].children if parent in nodes else tops).append(nodes[each])

    def settle(node: Node) -> int:
        node.below = node.own + sum(settle(child) for child in node.children)
        node.children.sort(key=_place)
        return node.below

    def _place(node: Node) -> tuple[int, int]:
        level = kinds[node.kind].extra.get("level", 9) if node.kind in kinds else 9
        return int(level), node.id

    for top in tops:
        settle(top)
    return sorted(tops, key=_place)


class OrgTree(QTreeView):
    """Choose an organization; ``chosen`` with its id, None for all."""

    chosen = Signal(object)
    activated_row = Signal(object)

    def __init__(self, *, everything: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._everything = everything
        self._above: dict[int, int | None] = {}
        self._items: dict[int, QStandardItem] = {}
        self._nodes: dict[int, Node] = {}
        self.model_ = QStandardItemModel(0, 2, self)
        self.setModel(self.model_)
        self.setAccessibleName("党组织树")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(look().measure.units(2))
        self.setIconSize(QSize(look().measure.icon, look().measure.icon))
        head = self.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.expanded.connect(self._grow)
        self.activated.connect(lambda index: self.activated_row.emit(self._id(index)))

    def refresh(self) -> None:
        """Read the tree again; what was open and chosen stays so."""
        Read(self, read_tree).then(self._show).start()

    def current_id(self) -> int | None:
        """The chosen organization, None for all."""
        return self._id(self.currentIndex())

    def current_name(self) -> str:
        """What the chosen organization is called."""
        index = self.currentIndex()
        return str(index.siblingAtColumn(0).data() or "") if index.isValid() else ""

    def below(self, organization: int) -> list[int]:
        """An organization and everything under it."""
        found, waiting = [], [self._nodes[organization]] if organization in self._nodes else []
        while waiting:
            node = waiting.pop()
            found.append(node.id)
            waiting += node.children
        return found

    @property
    def count(self) -> int:
        """How many organizations the tree shows."""
        return len(self._nodes)

    def pick(self, organization: int) -> bool:
        """Choose an organization and open the way to it; False when the tree does not show it."""
        if organization not in self._nodes:
            return False
        for above in self._way_to(organization):
            self._grow(self._items[above].index())
        item = self._items[organization]
        for each in self._way_to(organization):
            self.expand(self._items[each].index())
        self.setCurrentIndex(item.index())
        self.scrollTo(item.index())
        return True

    def _id(self, index: QModelIndex) -> int | None:
        if not index.isValid():
            return None
        found = index.siblingAtColumn(0).data(ID)
        return int(found) if found is not None else None

    def _show(self, tops: list[Node]) -> None:
        first = not self._items
        current = self.current_id()
        opened = [each for each, item in self._items.items() if self.isExpanded(item.index())]
        self.selectionModel().blockSignals(True)
        self.model_.removeRows(0, self.model_.rowCount())
        self._items.clear()
        self._nodes.clear()
        self._above.clear()
        waiting: list[tuple[Node, int | None]] = [(node, None) for node in tops]
        for node, above in waiting:
            self._nodes[node.id] = node
            self._above[node.id] = above
            waiting += [(child, node.id) for child in node.children]
        root = self.model_.invisibleRootItem()
        if self._everything:
            total = sum(node.below for node in tops)
            root.appendRow(self._row(None, self._everything, total))
        for node in tops:
            self._add(root, node)
        # One committee at the top is opened at once; a county's twenty-two are not.
        for each in ([tops[0].id] if len(tops) == 1 else []) if first else opened:
            if each in self._items:
                self.expand(self._items[each].index())
        self.selectionModel().blockSignals(False)
        if current is None or not self.pick(current):
            self.setCurrentIndex(self.model_.index(0, 0))

    def _way_to(self, organization: int) -> list[int]:
        """The organizations above, from the top."""
        way = []
        above = self._above[organization]
        while above is not None:
            way.append(above)
            above = self._above[above]
        return way[::-1]

    def _add(self, above: QStandardItem, node: Node) -> None:
        row = self._row(node.id, node.name, node.below)
        self._items[node.id] = row[0]
        above.appendRow(row)
        if node.children:
            # Gives the row its arrow; the children themselves come when it is opened.
            row[0].appendRow(QStandardItem())

    def _grow(self, index: QModelIndex) -> None:
        item = self.model_.itemFromIndex(index.siblingAtColumn(0))
        each = item.data(ID)
        if each is None or item.rowCount() != 1 or item.child(0).data(ID) is not None:
            return
        item.removeRows(0, 1)
        for child in self._nodes[each].children:
            self._add(item, child)

    def _row(self, each: int | None, name: str, count: int) -> list[QStandardItem]:
        words = QStandardItem(name)
        words.setData(each, ID)
        words.setToolTip(name)
        words.setData(f"{name}，党员 {count} 名", Qt.ItemDataRole.AccessibleTextRole)
        number = QStandardItem(f"{count:,} " if count else "")
        number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        number.setForeground(look().theme["muted"])
        return [words, number]

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self._id(now))
