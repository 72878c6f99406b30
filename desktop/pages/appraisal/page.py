"""星级评比: all rounds as a list; a double click opens one."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from db import access
from db.registers.appraisal import Appraisal, Plate, Stage
from desktop.pages.appraisal.opening import OpenRound
from desktop.pages.appraisal.round import RoundView
from desktop.pages.appraisal.state import RoundState, going_on
from desktop.tasks import Read
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.output import forms_for
from desktop.widgets.page import Place, button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage

A = Appraisal


class AppraisalPage(RegisterPage):
    """Rounds at first; then one round in their place, with the way back at the left of its title."""

    of = Appraisal
    columns = (A.name, A.organization, A.period, A.step_name, A.decided_on, A.document)
    editor = (
        Group("评比", A.name, A.notes),
        Group("公示受理", A.notice_phone, A.notice_address),
    )
    chips = (
        Chip("open", "正在进行", lambda: A.sealed_on == ""),
        Chip("sealed", "已归档", lambda: A.sealed_on != ""),
        Chip("people", "评党员", lambda: A.subject.in_(["member", "household"])),
        Chip("organizations", "评党组织", lambda: A.subject == "organization"),
    )
    purpose = "星级评比、支部定级、年终考核、民主评议都在这里办。先开评一轮。"

    def __init__(self) -> None:
        super().__init__()
        self.body.removeWidget(self.filters)
        self.body.removeWidget(self.splitter)
        listing = QWidget()
        box = QVBoxLayout(listing)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(self.body.spacing())
        box.addWidget(self.filters)
        box.addWidget(self.splitter, 1)
        self.opening = OpenRound()
        self.round = RoundView()
        self._views = QStackedWidget()
        self._list = listing
        for view in (listing, self.opening, self.round):
            self._views.addWidget(view)
        self.body.addWidget(self._views, 1)
        self._back = button("返回", self.back, meaning="back", tip="返回各轮列表（Alt+Left）")
        self._buttons.insertWidget(0, self._back)
        self._add.setText(" 开评")
        menu = QMenu(self._print)
        menu.aboutToShow.connect(self._fill_print)
        self._print.setMenu(menu)
        self.table.activated_row.disconnect()
        self.table.activated_row.connect(self.open_round)
        self.opening.opened.connect(self.open_round)
        self.opening.gave_up.connect(self.back)
        self.round.loaded.connect(self._on_loaded)
        self.round.said.connect(lambda words, kind: self.say(words, kind))
        self.round.wants_paper.connect(
            lambda form, ids: self.go("preview", ids=tuple(ids), words=form)
        )
        self._import.hide()
        self._arrange()

    def make_panel(self) -> RecordPanel:
        """A round at a glance, with the button that opens it."""
        panel = RecordPanel(Appraisal, tuple(self.editor), ((Stage, Stage.appraisal),))
        self._open = button("打开", self._open_shown, meaning="open", primary=True)
        panel.keys.insertWidget(0, self._open)
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """What an empty page offers."""
        return (("开评", self.add),)

    # -- going in and out --------------------------------------------------------------

    def add(self) -> None:
        """开评: the form in the place of the list."""
        if access.can("write", self.stem):
            self._views.setCurrentWidget(self.opening)
            self.set_title("开评")
            self.set_sentence("选办法、范围和评定期；保存前先看到谁参评、谁不参评。")
            self._arrange()
            self.opening.begin()

    def open_round(self, row: int | None) -> None:
        """Show one round in the place of the list."""
        if row is None:
            return
        self.round.show_id(row)
        self._views.setCurrentWidget(self.round)
        self._arrange()

    def back(self) -> None:
        """Return to the list of rounds."""
        self._views.setCurrentWidget(self._list)
        self.set_title(self.title)
        self._arrange()
        self.ask()
        self.table.setFocus()

    def opened(self, place: Place) -> None:
        """Come to the front; a row opens its round."""
        super().opened(place)
        self._arrange()
        if place.row is not None:
            self.open_round(place.row)
        elif self._inside:
            self.round.load()

    def refresh(self, changes: Any = None) -> None:
        """The list and the open round both."""
        super().refresh(changes)
        if self._inside:
            self.round.refresh(changes)

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        if self._inside and self.round.dirty():
            return "打分表里有没有收下的格子，或有没保存的登记"
        return super().unsaved()

    @property
    def _inside(self) -> bool:
        return self._views.currentWidget() is self.round

    def _arrange(self) -> None:
        listed = self._views.currentWidget() is self._list
        self._back.setVisible(not listed)
        self._add.setVisible(listed and access.can("write", self.stem))
        self._export.setVisible(listed and access.can("export", self.stem))
        self._print.setVisible((listed or self._inside) and access.can("print", self.stem))
        self._import.hide()

    def _open_shown(self) -> None:
        if self.panel.record is not None:
            self.open_round(self.panel.record.id)

    def _on_loaded(self, state: RoundState) -> None:
        if self._inside:
            self.set_title(f"{state.appraisal.name}")
            self.set_sentence(f"{state.appraisal.organization.name}。{state.sentence()}")

    def _on_counted(self, count: int) -> None:
        inside = self._views.currentWidget() is not self._list
        sentence = self.sentence
        super()._on_counted(count)
        if inside:
            self.set_sentence(sentence)
        elif not self.filters.active:
            Read(self, going_on).then(self._tell_going_on).start()

    def _tell_going_on(self, words: str) -> None:
        if self._views.currentWidget() is self._list and not self.filters.active:
            self.set_sentence(words)

    # -- paper -------------------------------------------------------------------------

    def _fill_print(self) -> None:
        menu = self._print.menu()
        menu.clear()
        inside = self.round.state if self._inside else None
        if inside is not None:
            rounds: tuple[int, ...] = (inside.appraisal.id,)
            people = tuple(self.round.people.chosen())
        else:
            rounds, people = tuple(self.selection()), ()
        for each in forms_for(self.stem):
            if each.of is Appraisal:
                if inside is not None and not each.suits(inside.appraisal):
                    continue
                ids = rounds
            elif each.of is Plate or not people:
                continue
            else:
                ids = people
            words = each.title + ("（公示用，已隐去个人信息）" if each.posted else "")
            action = menu.addAction(words)
            action.setEnabled(bool(ids))
            action.triggered.connect(partial(self._preview, each.id, ids))

    def _preview(self, form: str, ids: tuple[int, ...], _on: bool = False) -> None:
        self.go("preview", ids=ids, words=form)
