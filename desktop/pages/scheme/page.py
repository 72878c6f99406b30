"""评定办法: the list of schemes, each in words; the editor takes the place of the list."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db import access
from db.rating.describing import Section, describe
from db.rating.schemes import adopt_all
from db.registers.scheme import Scheme
from desktop.pages.scheme.editing import SchemeEditor
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import Place, button, label
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage

S = Scheme


class SchemePage(RegisterPage):
    """Schemes and their editions."""

    of = Scheme
    columns = (S.name, S.subject, S.edition, S.basis, S.valid_from, S.notes)
    editor = (Group("版本", S.name, S.valid_from, S.basis, S.notes),)
    chips = (
        Chip("member", "评党员", lambda: S.subject.in_(["member", "household"])),
        Chip("organization", "评党组织", lambda: S.subject == "organization"),
    )
    purpose = "先登记预置的评定办法，再按本地文件改成自己的。"

    def __init__(self) -> None:
        super().__init__()
        self.body.removeWidget(self.filters)
        self.body.removeWidget(self.splitter)
        self._list = QWidget()
        box = QVBoxLayout(self._list)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self.body.spacing())
        box.addWidget(self.filters)
        box.addWidget(self.splitter, 1)
        self.scheme_editor = SchemeEditor()
        self._views = QStackedWidget()
        self._views.addWidget(self._list)
        self._views.addWidget(self.scheme_editor)
        self.body.addWidget(self._views, 1)
        self._add.setText(" 登记预置办法")
        self.scheme_editor.saved.connect(self._on_edition)
        self.scheme_editor.gave_up.connect(self._back)
        self._import.hide()
        self._print.hide()

    def make_panel(self) -> RecordPanel:
        """The scheme in words, and the way into the editor."""
        panel = RecordPanel(Scheme, tuple(self.editor), ())
        self._edit = button("修改，另存为新版", self._open_editor, meaning="edit", primary=True)
        panel.keys.insertWidget(0, self._edit)
        panel.edit_button.setText(" 版本资料")
        self._words = QWidget()
        self._words.setObjectName("clear")
        self._lines = QVBoxLayout(self._words)
        self._lines.setContentsMargins(0, look().measure.units(1), look().measure.units(1), 0)
        self._lines.setSpacing(look().measure.units(0.6))
        place = scrolled(self._words)
        panel.tabs.insertTab(0, place, "办法内容")
        panel.tabs.setCurrentIndex(0)
        panel.shown.connect(self._on_shown)
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """What an empty page offers."""
        return (("登记预置办法", self.add),)

    def add(self) -> None:
        """Take over the presets that are not kept yet."""
        Write(self, adopt_all).then(
            lambda count: self.say(
                f"已登记 {count} 个预置办法。" if count else "预置办法都已登记。", "note"
            )
        ).start()

    def opened(self, place: Place) -> None:
        """Come to the front."""
        super().opened(place)
        self._import.hide()
        self._print.hide()

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        if self._views.currentWidget() is self.scheme_editor and self.scheme_editor.dirty:
            return "评定办法有没有保存的修改"
        return super().unsaved()

    def _on_shown(self, record: Any) -> None:
        self._edit.setVisible(record is not None and access.can("write", self.stem))
        if record is None:
            return
        row = record.id
        Read(self, lambda: describe(Scheme.get_by_id(row).rules())).then(self._describe).start()

    def _describe(self, sections: list[Section]) -> None:
        while (taken := self._lines.takeAt(0)) is not None:
            widget = taken.widget()
            if widget is not None:
                widget.deleteLater()
        for heading, lines in sections:
            self._lines.addWidget(label(heading, "section"))
            for line in lines:
                self._lines.addWidget(label(line, wrap=True))
        self._lines.addStretch(1)

    def _open_editor(self) -> None:
        record = self.panel.record
        if record is None:
            return
        row = record.id
        Read(self, lambda: Scheme.get_by_id(row)).then(self._edit_scheme).start()

    def _edit_scheme(self, scheme: Any) -> None:
        self.scheme_editor.load(scheme)
        self._views.setCurrentWidget(self.scheme_editor)
        self._add.hide()
        self._export.hide()

    def _back(self) -> None:
        self._views.setCurrentWidget(self._list)
        self._add.setVisible(access.can("write", self.stem))
        self._export.setVisible(access.can("export", self.stem))
        self.table.setFocus()

    def _on_edition(self, row: int) -> None:
        self._back()
        self.say("已另存。正在进行和已归档的评比仍用各自封存的版本。")
        self._on_saved(row)
