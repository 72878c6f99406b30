"""The plain page of a register, made from its fields: list, filters, details, everything at hand.

A page of its own only says what differs: which columns, which groups, which chips.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QSplitter, QStackedWidget, QWidget

from db import access, registry
from db.changes import Changes
from db.record import Record
from desktop import settings
from desktop.theme import look
from desktop.widgets.batch import BatchForm, changeable
from desktop.widgets.editor import Group
from desktop.widgets.empty import Empty
from desktop.widgets.filters import Chip, Filters
from desktop.widgets.listing import Listing, shown_columns
from desktop.widgets.output import export_menu, print_menu
from desktop.widgets.page import Page, Place, button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.table_model import TableModel
from desktop.widgets.table_view import TableView

COLUMNS_SHOWN = 8


class RegisterPage(Page):
    """List at the left, the record at the right; the list never disappears while editing."""

    of: type[Record]
    columns: Sequence[Any] = ()
    editor: Sequence[Group] = ()
    chips: Sequence[Chip] = ()
    #: What a new record takes over from the one saved before, when the settings say so.
    sticky: Sequence[Any] = ()
    #: Whether the register goes in and out as sheets and forms.
    outputs = True
    #: What belongs here, for the empty page.
    purpose = ""

    def __init__(self, of: type[Record] | None = None) -> None:
        if of is not None:
            self.of = of
        model = self.of
        self.label = str(model._meta.label)
        self.title = self.title or self.label
        self.stem = registry.stem_of(model)
        self.help_stem = self.stem
        super().__init__()
        self._total = 0
        self._last: Any = None
        self._all = shown_columns(model)
        self._columns = tuple(self.columns) or self._all[:COLUMNS_SHOWN]
        self._print = button("打印", meaning="print", tip="打印这个台账的各种表册")
        self._print.setMenu(QMenu(self._print))
        self._print.menu().aboutToShow.connect(lambda: print_menu(self, self._print.menu()))
        self._buttons.addWidget(self._print)
        self._export = button("导出", meaning="export", tip="导出到表格")
        self._export.setMenu(QMenu(self._export))
        self._export.menu().aboutToShow.connect(lambda: export_menu(self, self._export.menu()))
        self._buttons.addWidget(self._export)
        self._import = self.add_action(
            "导入", lambda: self.go("importing", words=self.stem), meaning="import"
        )
        self._add = self.add_action(
            f"新增{self.label}", self.add, meaning="add", primary=True, shortcut="Ctrl+N"
        )
        self.filters = Filters(model, tuple(self.chips))
        self.body.addWidget(self.filters)
        self.model = TableModel(Listing(model, self._columns), self)
        self.table = TableView(self.stem)
        self.table.setAccessibleName(f"{self.label}列表")
        self.table.show_model(self.model, self._all)
        self._which = QStackedWidget()
        self._which.addWidget(self.table)
        self._none = Empty(
            "没有符合条件的记录",
            "换个词，或清除筛选。",
            (("清除筛选", self.filters.clear_all),),
            "search",
        )
        self._which.addWidget(self._none)
        self._first = Empty(f"还没有{self.label}", self.purpose, self.first_steps(), self.stem)
        self._which.addWidget(self._first)
        self.setFocusProxy(self.table)
        self.panel = self.make_panel()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.left = self.make_left()
        if self.left is not None:
            self.splitter.addWidget(self.left)
        # Less than its empty pages ask for, so that at 150 % all three parts fit side by side.
        self._which.setMinimumWidth(look().measure.characters(12))
        self.splitter.addWidget(self._which)
        self.splitter.addWidget(self.panel)
        self.body.addWidget(self.splitter, 1)
        self._restore_splitter()
        self.filters.columns.clicked.connect(self._show_columns)
        self.filters.changed.connect(self.ask)
        self.filters.wants_list.connect(self._to_list)
        self.model.counted.connect(self._on_counted)
        self.table.picked.connect(self._on_picked)
        self.table.activated_row.connect(lambda _row: self.panel.edit())
        self.table.copied.connect(
            lambda lines: self.say(f"已复制 {lines} 行，可粘贴到表格。", "note")
        )
        self.panel.saved.connect(self._on_saved)
        self.panel.gave_up.connect(self.table.setFocus)
        self.splitter.splitterMoved.connect(lambda *_: self._keep_splitter())
        self._picking = QTimer(self)
        self._picking.setSingleShot(True)
        self._picking.setInterval(40)
        self._picking.timeout.connect(self._show_picked)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._to_search)
        self._goal: int | None = None
        for key, each in (("Ctrl+P", self._print), ("Ctrl+E", self._export)):
            self._menu_key(key, each)
        QShortcut(QKeySequence("Ctrl+I"), self).activated.connect(
            lambda: None if self._import.isHidden() else self._go_import()
        )
        QShortcut(QKeySequence("Ctrl+D"), self).activated.connect(self.duplicate)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)

    # -- what a page of its own may override -------------------------------------------

    def make_panel(self) -> RecordPanel:
        """The details at the right."""
        return RecordPanel(self.of, tuple(self.editor))

    def make_left(self) -> QWidget | None:
        """Something at the left of the list, such as a tree."""
        return None

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """What an empty page offers."""
        if self.of._meta.service_made:
            return ()
        return ((f"新增{self.label}", self.add), ("从表格导入", self._go_import))

    def scope(self) -> tuple[Any, ...]:
        """Further conditions of the list, such as the organization chosen in a tree."""
        return ()

    def new_record(self) -> Any:
        """A fresh record with what is known from the page."""
        record = self.of()
        self.carry(record)
        return record

    def carry(self, record: Any) -> None:
        """Take over what the last saved record had in the sticky columns."""
        if self._last is not None and settings.current["sticky"]:
            for column in self.sticky:
                record.__data__[column.name] = self._last.__data__.get(column.name)

    def state(self, shown: int, total: int) -> str:
        """The sentence of state."""
        if self.filters.active or self.scope():
            words = self.filters.words()
            found = f"共 {total:,} 条，符合条件 {shown:,} 条"
            return f"{found}：{words}。" if words else found + "。"
        return f"共 {total:,} 条。"

    # -- verbs -------------------------------------------------------------------------

    def ask(self) -> None:
        """Read the list anew with the filters that are on."""
        wanted = self.filters
        listing = self.model.listing
        self.model.ask(
            Listing(
                self.of,
                listing.columns,
                (*wanted.where(), *self.scope()),
                wanted.ids,
                listing.sort,
                listing.descending,
                wanted.retired,
                wanted.text,
            )
        )

    def add(self) -> None:
        """Open the form for a new record."""
        if access.can("write", self.stem) and not self.of._meta.service_made:
            self.panel.open_form(self.new_record())

    def duplicate(self) -> None:
        """A new record like the current one, without what belongs to that one alone."""
        like = self.panel.record
        made = self.of._meta.service_made
        if like is None or made or not access.can("write", self.stem):
            return
        record = self.new_record()
        for column in changeable(self.of):
            if not column.private:
                record.__data__[column.name] = like.__data__.get(column.name)
        self.panel.open_form(record)

    def change_many(self) -> None:
        """One field of the chosen rows."""
        chosen = self.table.chosen_ids()
        if len(chosen) > 1 and access.can("write", self.stem):
            self.panel.ask(BatchForm(self.of, chosen))

    def listing(self) -> Listing:
        """What is on the screen, for printing and export."""
        return self.model.listing

    def selection(self) -> list[int]:
        """The rows a person means: the selected ones when there are several, else all shown."""
        chosen = self.table.chosen_ids()
        return chosen if len(chosen) > 1 else list(self.model.ids)

    def opened(self, place: Place) -> None:
        """Come to the front, maybe with rows to list or one to show."""
        self._first.show_steps(access.can("write", self.stem))
        by_hand = not self.of._meta.service_made
        self._import.setVisible(self.outputs and by_hand and access.can("import", self.stem))
        self._add.setVisible(by_hand and access.can("write", self.stem))
        self._export.setVisible(self.outputs and access.can("export", self.stem))
        self._print.setVisible(self.outputs and access.can("print", self.stem))
        if place.ids is not None:
            self.filters.clear_all()
            self.filters.set_ids(place.ids, place.words)
        elif place.chip:
            self.filters.clear_all()
            self.filters.set_chip(place.chip)
        if place.row is not None:
            self._goal = place.row
            self.panel.show_id(place.row)
            self.table.pick(place.row)
        self.ask()
        if place.fresh:
            self.add()

    def concerns(self, changes: Changes) -> bool:
        """Only changes of this register and its details matter."""
        stems = {model.stem() for model in registry.register(self.stem).models}
        return bool(changes.stems & stems)

    def refresh(self, changes: Changes | None = None) -> None:
        """Read the list and the record again."""
        self.model.touch(frozenset())
        self.panel.refresh(changes)
        for tab in self.panel.details:
            tab.refresh(changes)

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        return f"{self.label}有未保存的修改" if self.panel.dirty else ""

    def put_away(self) -> None:
        """What was typed stays as a draft."""
        if self.panel.editing:
            self.panel.form.put_away()

    # -- handlers ----------------------------------------------------------------------

    def _on_counted(self, count: int) -> None:
        if not self.filters.active and not self.scope():
            self._total = count
        elif not self._total:
            self._total = max(self._total, count)
        self.set_sentence(self.state(count, self._total))
        if count:
            self._which.setCurrentWidget(self.table)
        else:
            filtered = self.filters.active or bool(self.scope())
            self._which.setCurrentWidget(self._none if filtered else self._first)
        if self._goal is not None and self.table.pick(self._goal):
            self._goal = None
        elif self._goal is not None and getattr(self.panel.record, "id", None) == self._goal:
            # What was just saved does not fit the search: no other row may look chosen.
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
            self._goal = None

    def _on_picked(self, _row: int | None) -> None:
        self._picking.start()

    def _show_picked(self) -> None:
        row = self.table.current_id()
        if row is not None and not self._in_the_form(self.table):
            self.panel.show_id(row)

    def _in_the_form(self, place: QWidget) -> bool:
        """Whether a form is open that a row chosen there may not close: typed in, or nobody chose it."""
        return self.panel.editing and (self.panel.dirty or not place.hasFocus())

    def _on_saved(self, row: int) -> None:
        self._goal = row
        self._last = self.panel.form.saved_record
        if not self.table.pick(row):
            self.ask()
        self.table.setFocus()

    def _show_columns(self) -> None:
        at = self.filters.columns
        self.table.column_menu().popup(at.mapToGlobal(at.rect().bottomLeft()))

    def _menu_key(self, key: str, owner: QPushButton) -> None:
        owner.setToolTip(f"{owner.toolTip()}（{key}）")
        QShortcut(QKeySequence(key), self).activated.connect(
            lambda: None if owner.isHidden() else owner.showMenu()
        )

    def _show_menu(self, at: QPoint) -> None:
        self.row_menu().popup(self.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu:
        """What can be done with the chosen rows."""
        menu = QMenu(self.table)
        menu.setAccessibleName("对选中记录的操作")
        chosen = len(self.table.chosen_ids())
        may = access.can("write", self.stem)
        menu.addAction("修改").triggered.connect(self.panel.edit)
        menu.actions()[-1].setEnabled(may and chosen == 1)
        menu.addAction("照这条新增（Ctrl+D）").triggered.connect(self.duplicate)
        menu.actions()[-1].setEnabled(may and chosen == 1)
        menu.addAction(f"批量修改 {chosen} 条…").triggered.connect(self.change_many)
        menu.actions()[-1].setEnabled(may and chosen > 1)
        menu.addSeparator()
        menu.addAction("复制（Ctrl+C）").triggered.connect(self.table.copy)
        menu.actions()[-1].setEnabled(bool(chosen))
        return menu

    def _to_search(self) -> None:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def _to_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        # The focus alone makes a row current, but does not choose it.
        if self.model.rowCount() and not self.table.chosen_ids():
            self.table.selectRow(max(0, self.table.currentIndex().row()))

    def _go_import(self) -> None:
        self.go("importing", words=self.stem)

    # -- the place of things -----------------------------------------------------------

    def _restore_splitter(self) -> None:
        kept = settings.current["splitters"].get(self.stem)
        em = look().measure.characters
        usual = [em(15), em(48), em(32)][-self.splitter.count() :]
        self.splitter.setSizes(kept if kept and len(kept) == self.splitter.count() else usual)
        # On a small screen list and details both give way, the list more.
        self.splitter.setStretchFactor(self.splitter.count() - 2, 2)
        self.splitter.setStretchFactor(self.splitter.count() - 1, 1)

    def _keep_splitter(self) -> None:
        settings.current.remember("splitters", self.stem, self.splitter.sizes())
