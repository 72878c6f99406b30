"""Rows that hang from a record (职务, 奖励, 换届…) as a small table with its own form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db import access, journal, registry
from db.changes import Changes
from db.columns import columns_of
from db.fields import Attachment, Reference
from db.record import Record
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.attaching import ask_files, keep_each
from desktop.widgets.attachment_view import AttachmentView
from desktop.widgets.empty import Empty
from desktop.widgets.flow import Flow
from desktop.widgets.form_box import FormBox
from desktop.widgets.listing import Listing, shown_columns
from desktop.widgets.page import button, label
from desktop.widgets.reason import ReasonBar
from desktop.widgets.table_model import TableModel
from desktop.widgets.table_view import TableView


def key_to(detail: type[Record], root: type[Record]) -> Any | None:
    """The required column by which a detail hangs from its root."""
    for column in columns_of(detail):
        if isinstance(column, Reference) and column.rel_model is root and column.required:
            return column
    return next(
        (c for c in columns_of(detail) if isinstance(c, Reference) and c.rel_model is root), None
    )


class DetailTab(QWidget):
    """The details of one kind of one record; its table is made when it is first looked at."""

    counted = Signal(int)

    def __init__(self, detail: type[Record], key: Any, shown: tuple[Any, ...] = ()) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.detail, self._key = detail, key
        self._columns = tuple(
            c for c in shown_columns(detail) if c.name != key.name and not isinstance(c, Attachment)
        )
        self._shown = shown or self._columns[:6]
        #: What a new row most likely says; the page that knows more sets it.
        self.begins_with: Callable[[], dict[str, Any]] = dict
        #: True while what it hangs from is closed: looked at, not changed.
        self.closed = False
        self._root: Any = None
        self._made = False
        self._stale = True
        self._form: FormBox | None = None
        self._viewer: AttachmentView | None = None
        self._file = next((c for c in columns_of(detail) if isinstance(c, Attachment)), None)
        #: A row is whole with its file alone, so that many can be added at once.
        self._from_files = self._file is not None and not any(
            column.required and column.default == column.nothing
            for column in self._columns
            if column.name != self._file.name
        )
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, look().measure.units(1), 0, 0)
        self._stack = QStackedWidget()
        self._box.addWidget(self._stack)

    def _make(self) -> None:
        self._made = True
        unit, detail = look().measure.units, self.detail
        self._list = QWidget()
        inside = QVBoxLayout(self._list)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(unit(1))
        name = str(detail._meta.label)
        self._model = TableModel(Listing(detail, self._shown, (self._key == -1,)), self)
        self.table = TableView(f"{detail.stem()}@{self._key.rel_model.stem()}")
        self.table.setAccessibleName(name)
        self.table.show_model(self._model, self._columns)
        self._empty = Empty(f"还没有{name}", "", meaning="ledger")
        self._which = QStackedWidget()
        # In a low window the picture of the empty page gives way, never the buttons below.
        self._which.setMinimumHeight(1)
        self._which.addWidget(self.table)
        self._which.addWidget(self._empty)
        inside.addWidget(self._which, 1)
        self._reason = ReasonBar()
        self._reason.given.connect(self._retire)
        inside.addWidget(self._reason)
        self._told = label("", "muted", wrap=True)
        self._told.hide()
        inside.addWidget(self._told)
        keys = Flow(right=True)
        self._look_button = button("查看", self.look_at_file, meaning="open", tip="查看附件")
        keys.addWidget(self._look_button)
        self._retire_button = button("停用", self._ask_reason)
        self._edit_button = button("修改", self.edit)
        words = "添加文件…" if self._from_files else f"新增{name}"
        self._add_button = button(words, self.add, meaning="add")
        for each in (self._retire_button, self._edit_button, self._add_button):
            keys.addWidget(each)
        inside.addLayout(keys)
        self._stack.addWidget(self._list)
        self._model.counted.connect(self._on_counted)
        self.table.activated_row.connect(lambda _row: self.edit())
        self.table.picked.connect(lambda _row: self._arrange())
        delete = QAction(self.table)
        delete.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        delete.triggered.connect(self._ask_reason)
        self.table.addAction(delete)

    @property
    def dirty(self) -> bool:
        """True when the form holds something unsaved."""
        return (
            self._form is not None
            and self._stack.currentWidget() is self._form
            and self._form.dirty
        )

    def show_root(self, root: Any) -> None:
        """Show the details of a record: how many at once, the rows when the tab is open."""
        other = self._root is None or self._root.id != root.id
        self._root = root
        self._stale = True
        if self._made:
            self._stack.setCurrentWidget(self._list)
            self._reason.hide()
            if other:
                self._tell("")
        if self.isVisible():
            self._load()
        else:
            self._count()

    def refresh(self, changes: Changes | None = None) -> None:
        """Read again after a change."""
        if self._root is None or (changes is not None and self.detail.stem() not in changes.stems):
            return
        self._stale = True
        if self.isVisible():
            self._load()
        else:
            self._count()

    def _count(self) -> None:
        root, detail, key = self._root, self.detail, self._key

        def count() -> int:
            return int(detail.living().where(key == root.id).count())

        Read(self, count).then(
            lambda found: self.counted.emit(found) if root is self._root else None
        ).start()

    def _load(self) -> None:
        if not self._made:
            self._make()
        if self._stale and self._root is not None:
            self._stale = False
            columns = self._model.listing.columns
            self._model.ask(Listing(self.detail, columns, (self._key == self._root.id,)))
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt override: the tab is opened."""
        super().showEvent(event)
        self._load()

    def add(self) -> None:
        """A new row; where a file is all that is asked, one row for each file chosen."""
        if self._root is None:
            return
        if self._from_files:
            paths = ask_files(self, several=True)
            if paths:
                self.add_files(paths)
        else:
            row = self.detail()
            setattr(row, self._key.object_id_name, self._root.id)
            for name, value in self.begins_with().items():
                setattr(row, name, value)
            self._open(row)

    def _may_write(self) -> bool:
        return not self.closed and access.can("write", registry.stem_of(self.detail))

    def edit(self) -> None:
        """Change the current row."""
        row = self.table.current_id()
        if row is not None and self._may_write():
            model = self.detail
            Read(self, lambda: model.get_by_id(row)).then(self._open).start()

    # -- files -------------------------------------------------------------------------

    def look_at_file(self) -> None:
        """Show the file of the current row; of a private one only to those who may."""
        row, model, column = self.table.current_id(), self.detail, self._file
        if row is None or column is None:
            return
        if column.private and not access.can("private", registry.stem_of(model)):
            self._tell("您没有查看个人信息的权限。")
            return
        names = (column, model._meta.fields[column.named_in])
        Read(self, lambda: model.select(*names).where(model.id == row).tuples().first()).then(
            self._show_file
        ).start()

    def _show_file(self, found: tuple[str, str]) -> None:
        digest, name = found
        if not digest:
            self._tell("这一条没有附上文件，可以“修改”后添加。")
            return
        if self._viewer is None:
            self._viewer = AttachmentView()
            self._viewer.left.connect(self._back)
            self._stack.addWidget(self._viewer)
        self._stack.setCurrentWidget(self._viewer)
        self._viewer.show_file(digest, name)

    def add_files(self, paths: Sequence[Path]) -> None:
        """One row for each file; those that will not do are named with the reason."""
        root, model, key, column = self._root, self.detail, self._key, self._file
        assert column is not None

        def work() -> tuple[int, list[str]]:
            found, refused = keep_each(paths)
            with journal.operation(f"添加{model._meta.label} {len(found)} 个"):
                for one in found:
                    row = model(**{column.name: one.digest, column.named_in: one.name,
                                   column.sized_in: one.size})  # fmt: skip
                    setattr(row, key.object_id_name, root.id)
                    row.save()
            return len(found), refused

        Write(self, work).then(self._on_added).start()

    def _on_added(self, found: tuple[int, list[str]]) -> None:
        count, refused = found
        words = [f"已添加 {count} 个。"] if count else []
        self._tell("".join([*words, *refused]))

    def _tell(self, words: str) -> None:
        self._told.setText(words)
        self._told.setVisible(bool(words))

    def _open(self, row: Any) -> None:
        if self._form is None:
            self._form = FormBox(self.detail, without=(self._key,), keep_draft=False)
            self._form.setMaximumWidth(look().measure.characters(52))
            self._form.saved.connect(lambda _row: self._back())
            self._form.gave_up.connect(self._back)
            self._stack.addWidget(self._form)
        self._form.load(row)
        self._stack.setCurrentWidget(self._form)
        self._form.focus_first()

    def _back(self) -> None:
        self._stack.setCurrentWidget(self._list)
        self.table.setFocus()

    def _ask_reason(self) -> None:
        if self.table.current_id() is not None and self._may_write():
            self._reason.ask(f"停用这条{self.detail._meta.label}的原因")

    def _retire(self, reason: str) -> None:
        row, model = self.table.current_id(), self.detail
        if row is not None:
            Write(self, lambda: model.get_by_id(row).retire(reason)).start()

    def _on_counted(self, count: int) -> None:
        self._which.setCurrentWidget(self.table if count else self._empty)
        self._arrange()
        self.counted.emit(count)

    def _arrange(self) -> None:
        may = self._may_write() and self._root is not None
        chosen = self.table.current_id() is not None
        self._add_button.setVisible(may and not self.detail._meta.service_made)
        for each in (self._edit_button, self._retire_button):
            each.setVisible(may)
            each.setEnabled(chosen)
        self._look_button.setVisible(self._file is not None)
        self._look_button.setEnabled(chosen)
