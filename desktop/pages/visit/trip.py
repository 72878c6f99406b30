"""登记走访: the facts of a trip once, its households row by row, saved in one step."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from db.errors import Fault, Refusal
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.visit import Visit
from db.visiting import trips
from desktop.pages.visit.homes import AT, Homes
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.editor import Editor, Group
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label

GROUPS = (
    Group("这一次", Visit.from_on, Visit.until_on, Visit.leader, Visit.visitors, Visit.companions,
          Visit.way, Visit.organization, Visit.place, Visit.purpose),
    Group("情况", Visit.found, Visit.opinions, Visit.plan),
    Group("登记", Visit.recorder, Visit.days, Visit.photos, Visit.number, Visit.notes),
)  # fmt: skip


class TripForm(QWidget):
    """The facts at the left, the households at the right."""

    saved = Signal(object)  # the kept visit
    gave_up = Signal()
    wants_fresh = Signal()

    def __init__(self) -> None:
        super().__init__()
        unit, em = look().measure.units, look().measure.characters
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        self.editor = Editor(Visit, GROUPS)
        self.editor.edited.connect(self._count)
        self.editor.wants_saving.connect(self.to_homes)
        self.editor.field_edited.connect(self._on_field)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(scrolled(self.editor))
        right = QWidget()
        right.setObjectName("clear")
        side = QVBoxLayout(right)
        side.setContentsMargins(unit(1.5), 0, 0, 0)
        side.addWidget(label("走访户", "subtitle"))
        side.addWidget(
            label(
                "一行一户，只写户主也可以；可从表格复制后粘贴。金额以元计；要办的事自动成为民情事项。",
                "muted",
                wrap=True,
            )
        )
        self.homes = Homes()
        self.homes.edited.connect(self._count)
        side.addWidget(self.homes, 1)
        split.addWidget(right)
        split.setSizes([em(24), em(60)])
        split.setStretchFactor(1, 1)
        box.addWidget(split, 1)
        keys = QHBoxLayout()
        self._state = label("", "muted")
        self._fault = label("", "fault", wrap=True)
        self._fault.hide()
        keys.addWidget(self._fault, 1)
        keys.addWidget(self._state, 1)
        keys.addWidget(button("清空", self.wants_fresh.emit, tip="不要填的内容，重新开始"))
        keys.addWidget(button("返回", self.give_up, tip="返回列表，填的内容留着（Esc）"))
        self.go = button("保存", self.save, primary=True, tip="保存（Ctrl+S）")
        keys.addWidget(self.go)
        box.addLayout(keys)
        for key, slot in (("Ctrl+S", self.save), ("Escape", self.give_up)):
            made = QShortcut(QKeySequence(key), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)

    def begin(self, visit: Visit) -> None:
        """An empty table under the facts that are known already."""
        self.editor.load(visit)
        self.homes.blockSignals(True)
        self.homes.clear_rows()
        self.homes.blockSignals(False)
        self._tell("")
        self.go.setEnabled(True)
        self._count()
        self.editor.focus_first()

    @property
    def dirty(self) -> bool:
        """Whether something typed would be lost."""
        return bool(self.homes.filled_rows()) or self.editor.dirty

    def to_homes(self) -> None:
        """After the last fact the cursor goes to the first household."""
        self.homes.setCurrentCell(0, 0)
        self.homes.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Keep the trip with everything; what is wrong is shown where it stands."""
        if not self.go.isEnabled():
            return
        self._tell("")
        visit, unread = self.editor.filled()
        if unread:
            self.editor.show_faults(unread)
            return
        try:
            met = self.homes.read()
        except Refusal as refusal:
            self._tell(refusal.message)
            return
        self.go.setEnabled(False)
        Write(self, lambda: trips.record(visit, met)).then(self._on_done).failed(
            self._on_failed
        ).start()

    def give_up(self) -> None:
        """Leave; what was typed stays."""
        self.gave_up.emit()

    def _on_field(self, name: str) -> None:
        """Who went and where follow from the leader, where nothing stands yet and only one is possible."""
        leader = self.editor.value_of("leader") if name == "leader" else None
        if leader is not None:
            Read(self, lambda: usual(leader)).then(self._fill).start()

    def _fill(self, known: dict[str, Any]) -> None:
        for name, value in known.items():
            if value and not self.editor.value_of(name):
                self.editor.set_field(name, value)

    def _on_done(self, visit: Visit) -> None:
        self.saved.emit(visit)

    def _on_failed(self, problem: Exception) -> bool:
        self.go.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        homes = [f for f in problem.faults if f.field.partition(".")[0].isdigit()]
        if homes:
            place, _, field = homes[0].field.partition(".")
            self.homes.mark_fault(int(place), field, homes[0].message)
            self._tell(problem.message)
        elif problem.message.startswith("第 "):
            self._tell(problem.message)
        else:
            self.editor.show_faults(list(problem.faults) or [Fault("", problem.message)])
        return True

    def _tell(self, words: str) -> None:
        self._fault.setText(words)
        self._fault.setVisible(bool(words))
        self._state.setVisible(not words)

    def _count(self) -> None:
        rows = self.homes.filled_rows()
        asked = sum(bool(self.homes.text(row, AT["matter"])) for row in rows)
        words = f"{len(rows)} 户" if rows else "还没有走访户"
        self._state.setText(words + (f"，{asked} 件要办的事" if asked else ""))


def usual(leader: int) -> dict[str, Any]:
    """A leader's name, and the organization and place when the present points lie in only one."""
    points = ContactPoint.living().where(
        ContactPoint.leader == leader,
        ContactPoint.until_on == "",
        ContactPoint.organization.is_null(False),
    )
    places = {point.organization_id: point for point in points}
    known: dict[str, Any] = {"visitors": Leader.get_by_id(leader).name}
    if len(places) == 1:
        (point,) = places.values()
        known |= {"organization": point.organization, "place": point.place}
    return known
