"""走访: the trips as a list with what hangs from each; a new one is entered over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import access
from db.registers.matter import Matter
from db.registers.visit import Gift, Household, Visit, VisitFile, VisitRectified, VisitServed
from db.rules import dates
from db.visiting import trips
from desktop.pages.visit.trip import GROUPS, TripForm
from desktop.tasks import Write
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import Place, button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


def _served() -> Any:
    return Visit.id.in_(VisitServed.living().select(VisitServed.visit))


class VisitPage(RegisterPage):
    """The list of trips, and the entry of a new one."""

    of = Visit
    columns = (
        Visit.from_on,
        Visit.visitors,
        Visit.way,
        Visit.organization,
        Visit.purpose,
        Visit.days,
        Visit.entered_on,
    )
    editor = (*GROUPS, Group("录入", Visit.entered_on))
    chips = (
        Chip("month", "本月", lambda: Visit.from_on.startswith(dates.today()[:7])),
        Chip("year", "今年", lambda: Visit.from_on.startswith(str(date.today().year))),
        Chip("gifts", "有慰问", lambda: Visit.id.in_(Gift.living().select(Gift.visit))),
        Chip("matters", "有要办的事", lambda: Visit.id.in_(
            Matter.living().where(Matter.visit.is_null(False)).select(Matter.visit))),
        Chip("loose", "未计入联系点", lambda: ~_served(), "没有对应到任何联系点的走访"),
    )  # fmt: skip
    sticky = (
        Visit.from_on,
        Visit.leader,
        Visit.visitors,
        Visit.companions,
        Visit.way,
        Visit.organization,
        Visit.place,
        Visit.purpose,
        Visit.recorder,
    )
    purpose = "下去一次登记一条，走了多少户都写在这一条里。"

    def __init__(self) -> None:
        super().__init__()
        self._add.setText(" 登记走访")
        self._add.setAccessibleName("登记走访")
        self.trip = TripForm()
        self.trip.hide()
        self.trip.saved.connect(self._on_trip)
        self.trip.gave_up.connect(self.leave_trip)
        self.trip.wants_fresh.connect(lambda: self.trip.begin(self.new_record()))
        self.body.addWidget(self.trip, 1)

    def make_panel(self) -> RecordPanel:
        """Households, gifts, points and matters of a trip."""
        details: tuple[tuple[type[Any], Any], ...] = (
            (Household, Household.visit),
            (Gift, Gift.visit),
            (VisitServed, VisitServed.visit),
            (VisitRectified, VisitRectified.visit),
            (Matter, Matter.visit),
            (VisitFile, VisitFile.visit),
        )
        columns: dict[type[Any], tuple[Any, ...]] = {
            Household: (Household.head, Household.kind, Household.people, Household.difficulty),
            Matter: (Matter.number, Matter.content, Matter.due_on, Matter.settled_on),
        }
        panel = RecordPanel(
            Visit,
            GROUPS,
            details,
            names=("走访户", "慰问", "联系点", "整顿点", "要办的事", "附件"),
            columns=columns,
        )
        self._again = button(
            "重新对应联系点",
            self._serve_again,
            meaning="refresh",
            tip="走访人或党组织改动以后，按现在的内容重新计入联系点",
        )
        panel.keys.insertWidget(1, self._again)
        panel.shown.connect(
            lambda record: self._again.setVisible(
                record is not None and not record.retired and access.can("write", self.stem)
            )
        )
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """A trip, or a sheet of them."""
        return (("登记走访", self.add), ("从表格导入", self._go_import))

    # -- a new trip --------------------------------------------------------------------

    def add(self) -> None:
        """Enter a trip over the whole width."""
        if access.can("write", self.stem):
            if not self.trip.dirty:
                self.trip.begin(self.new_record())
            self._arrange(entering=True)
            self.trip.editor.focus_first()

    def new_record(self) -> Any:
        """A visit of today, like the last one when the settings say so."""
        visit = Visit(from_on=dates.today(), way="household")
        self.carry(visit)
        return visit

    def _on_trip(self, visit: Visit) -> None:
        self._last = visit
        self._goal = visit.id
        self.trip.begin(Visit())
        self.leave_trip()
        self.panel.show_id(visit.id)

    def leave_trip(self) -> None:
        """Back to the list; what was typed stays and is shown again by 登记走访."""
        self._arrange(entering=False)
        self.table.setFocus()

    def _arrange(self, *, entering: bool) -> None:
        self.filters.setVisible(not entering)
        self.splitter.setVisible(not entering)
        self.trip.setVisible(entering)
        self._add.setVisible(not entering and access.can("write", self.stem))
        for key, verb in (
            (self._print, "print"),
            (self._export, "export"),
            (self._import, "import"),
        ):
            key.setVisible(not entering and self.outputs and access.can(verb, self.stem))
        self.set_title("登记走访" if entering else self.title)
        if entering:
            self.set_sentence("")
        else:
            self.ask()

    def _serve_again(self) -> None:
        row = self.panel.record.id
        Write(self, lambda: trips.serve_again(Visit.get_by_id(row))).then(self._on_served).start()

    def _on_served(self, changed: int) -> None:
        if not changed:
            self.say("这次走访对应的联系点没有变化。", "note")

    def opened(self, place: Place) -> None:
        """A row or a list asked for closes the entry, unless something stands in it."""
        if not self.trip.isHidden() and not self.trip.dirty:
            self._arrange(entering=False)
        super().opened(place)
        if not self.trip.isHidden():
            self._arrange(entering=True)

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        if self.trip.dirty:
            return "走访登记有未保存的内容"
        return super().unsaved()

    def _on_counted(self, count: int) -> None:
        super()._on_counted(count)
        if not self.trip.isHidden():
            self.set_sentence("")
