"""A register page whose records are opened over the whole width instead of edited beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from db import access
from db.columns import Column
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editors import Choices
from desktop.widgets.page import Place, button, label, named
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class Opened(QWidget):
    """One record over the whole width: `left` by a key, `shown` with its name, `told` to the person."""

    left = Signal()
    shown = Signal(str)
    told = Signal(str, str)

    @property
    def record(self) -> Any:
        """The record that is open, or None."""
        raise NotImplementedError

    def open_record(self, row: int) -> None:
        """Read this record and show it."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read the open record again."""
        raise NotImplementedError

    def hindrance(self) -> str:
        """Why it cannot be left just now; "" when it can."""
        return ""


class Preset(Protocol):
    """A ready-made beginning: its id, its name and what it is for."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def words(self) -> str: ...


class OpeningPage(RegisterPage):
    """The list, and in its place the one record that was opened; new ones begin with a preset."""

    add_words = ""

    def __init__(self) -> None:
        super().__init__()
        self._add.setText(f" {self.add_words}")
        self._import.hide()
        self.view = self.make_view()
        self.view.hide()
        self.body.addWidget(self.view, 1)
        self.view.left.connect(self.close_record)
        self.view.told.connect(self.say)
        self.view.shown.connect(self._on_shown)
        # A record is opened, not edited, on Enter.
        self.table.activated_row.disconnect()
        self.table.activated_row.connect(self.open_record)
        leave = QShortcut(QKeySequence("Escape"), self.view)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.close_record)

    def make_view(self) -> Opened:
        """What a record is opened in."""
        raise NotImplementedError

    def with_way_in(self, panel: RecordPanel) -> RecordPanel:
        """The panel of facts, with the key that opens the record."""
        panel.keys.insertWidget(0, button("打开", self._open_shown, meaning="open", primary=True))
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """A record begins with a preset."""
        return ((self.add_words, self.add),)

    def ask_preset(
        self,
        presets: Sequence[Preset],
        words: str,
        fields: Sequence[tuple[str, Column, Any]],
        make: Any,
        verb: str,
    ) -> None:
        """Ask for a preset and a few facts; `make(preset id, facts)` returns the new record."""
        chosen, made = {"preset": presets[0].id}, []
        picker = Choices()
        for one in presets:
            picker.addItem(one.name.replace("{年}年", "").replace("{期}", ""), one.id)
        named(picker, "方案")
        told = label(presets[0].words, "muted", wrap=True)

        def on_picked(at: int) -> None:
            chosen["preset"] = presets[at].id
            told.setText(presets[at].words)

        picker.currentIndexChanged.connect(on_picked)
        form = AskForm(
            self.add_words,
            words,
            tuple(fields),
            lambda given: made.append(make(chosen["preset"], given).id),
            verb,
        )
        box: Any = form.layout()
        box.insertWidget(2, picker)
        box.insertWidget(3, told)
        form.done.connect(lambda: self.open_record(made[-1]) if made else None)
        self.panel.ask(form)

    # -- one record --------------------------------------------------------------------

    def _open_shown(self) -> None:
        if self.panel.record is not None:
            self.open_record(self.panel.record.id)

    def open_record(self, row: int | None) -> None:
        """Show one record over the whole width."""
        if row is None:
            return
        self._arrange(opened=True)
        self.view.open_record(row)

    def _on_shown(self, name: str) -> None:
        if not self.view.isHidden():
            self.set_title(name)

    def close_record(self) -> None:
        """Back to the list."""
        if self.view.isHidden():
            return
        if hindrance := self.view.hindrance():
            self.say(f"{hindrance}，请先保存或取消。", "warn")
            return
        self._arrange(opened=False)
        self.set_title(self.title)
        self.table.setFocus()

    def _arrange(self, *, opened: bool) -> None:
        self.filters.setVisible(not opened)
        self.splitter.setVisible(not opened)
        self.view.setVisible(opened)
        self._add.setVisible(not opened and access.can("write", self.stem))
        self.set_sentence("" if opened else self.sentence)
        if not opened:
            self.ask()

    def opened(self, place: Place) -> None:
        """A place that names a record opens it."""
        super().opened(place)
        self._import.hide()
        if place.row is not None:
            self.open_record(place.row)
        elif place.ids is not None or place.chip or place.fresh:
            self.close_record()
        if not self.view.isHidden():
            self._arrange(opened=True)

    def selection(self) -> list[int]:
        """The opened record, else what the list means."""
        if not self.view.isHidden() and self.view.record is not None:
            return [int(self.view.record.id)]
        return super().selection()

    def refresh(self, changes: Any = None) -> None:
        """The list, and the record that is open."""
        super().refresh(changes)
        if not self.view.isHidden():
            self.view.refresh()

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        return self.view.hindrance() or super().unsaved()

    def _on_counted(self, count: int) -> None:
        super()._on_counted(count)
        if not self.view.isHidden():
            self.set_sentence("")
