"""条件和金额: a rule built condition by condition; beside it who would be in, who out and why."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from db.aiding import batches
from db.aiding.listing import Listing, look_at
from db.columns import Column
from db.errors import Refusal
from db.fields import Choice, Flag, Money, Number, PartialDate, Text
from db.registers.aid import Aid
from db.rules.aid_shapes import AMOUNTS, CONDITIONS, Part, Shape, fill, rebuilt
from db.rules.amount import show
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.editors import Field, field_for
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label, named
from desktop.widgets.plain_table import PlainModel, PlainView

PAUSE = 600  # ms after the last change before the list is judged anew
_SHOWN = 300


class ShapeForm(QWidget):
    """The fields of one condition or of one way to reckon."""

    edited = Signal()

    def __init__(self, shape: Shape, table: dict[str, Any]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._fields: dict[str, Field | Choices] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        for row, part in enumerate(shape.parts):
            field = _control(part, table.get(part.key))
            if isinstance(field, Choices):
                field.activated.connect(lambda _at: self.edited.emit())
                named(field, part.label)
            else:
                field.changed.connect(self.edited)
            grid.addWidget(label(part.label, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
            self._fields[part.key] = field

    def values(self) -> dict[str, Any]:
        """What stands in the fields; Refusal when one cannot be read."""
        return {
            key: field.currentData() if isinstance(field, Choices) else field.value()
            for key, field in self._fields.items()
        }


def _control(part: Part, value: Any) -> Field | Choices:
    if part.kind == "pick":
        box = Choices()
        for code, words in part.picks.items():
            box.addItem(words, code)
        box.setCurrentIndex(max(0, box.findData(value)))
        return box
    field = field_for(_column(part))
    field.set_value(value)
    return field


def _column(part: Part) -> Column:
    if part.kind == "money":
        return Money(part.label, minimum=0)
    if part.kind == "number":
        return Number(part.label, maximum=200)
    if part.kind == "date":
        return PartialDate(part.label)
    if part.kind == "flag":
        return Flag(part.label)
    if part.kind == "code":
        return Choice(part.label, part.codes)
    help_text = {"codes": "几项用顿号分开", "day": "如 7.1"}.get(part.kind, "")
    return Text(part.label, multiline=part.kind == "lines", max_length=600, help_text=help_text)


class RuleView(QWidget):
    """Conditions at the left, what they come to at the right."""

    done = Signal()
    gave_up = Signal()

    def __init__(self, aid: Aid) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.aid = aid
        unit, em = look().measure.units, look().measure.characters
        self._conditions: list[tuple[str, ShapeForm, QWidget]] = []
        self._amount: ShapeForm | None = None
        left = QWidget()
        left.setObjectName("clear")
        self._box = QVBoxLayout(left)
        self._box.setContentsMargins(0, 0, unit(1), 0)
        self._box.addWidget(label("条件（都要符合）", "section"))
        self._list = QVBoxLayout()
        self._box.addLayout(self._list)
        line = QHBoxLayout()
        self.kinds = Choices()
        for test, shape in CONDITIONS.items():
            self.kinds.addItem(shape.label, test)
        named(self.kinds, "条件种类")
        line.addWidget(self.kinds, 1)
        line.addWidget(button("添加条件", self._add_chosen, meaning="add"))
        self._box.addLayout(line)
        self._box.addWidget(label("金额", "section"))
        self.ways = Choices()
        for way, shape in AMOUNTS.items():
            self.ways.addItem(shape.label, way)
        named(self.ways, "金额办法")
        self.ways.activated.connect(lambda _at: self.set_way(str(self.ways.currentData()), {}))
        self._box.addWidget(self.ways)
        self._place = QVBoxLayout()
        self._box.addLayout(self._place)
        self._box.addStretch(1)
        right = QWidget()
        right.setObjectName("clear")
        side = QVBoxLayout(right)
        side.setContentsMargins(unit(1), 0, 0, 0)
        self.words = label("", "", wrap=True)
        side.addWidget(self.words)
        self.rows = PlainModel(("姓名", "结果", "依据或原因"), (), self)
        side.addWidget(PlainView("谁在谁不在", self.rows, (8, 8, 34), 2), 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(scrolled(left))
        split.addWidget(right)
        split.setSizes([em(26), em(44)])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split, 1)
        keys = QHBoxLayout()
        self.fault = label("", "fault", wrap=True)
        keys.addWidget(self.fault, 1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button("用这个规则", self.save, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.judge)
        for condition in aid.rule["when"]:
            self.add(condition["test"], fill(CONDITIONS[condition["test"]], condition))
        amount = aid.rule["amount"]
        self.ways.setCurrentIndex(self.ways.findData(amount["way"]))
        self.set_way(amount["way"], fill(AMOUNTS[amount["way"]], amount))

    def focus_first(self) -> None:
        """The cursor stands where a condition is added."""
        self.kinds.setFocus()

    def _add_chosen(self) -> None:
        self.add(str(self.kinds.currentData()), {})

    def add(self, test: str, values: dict[str, Any]) -> ShapeForm:
        """One more condition."""
        holder = QWidget()
        holder.setObjectName("clear")
        around = QVBoxLayout(holder)
        around.setContentsMargins(0, 0, 0, look().measure.units(1))
        head = QHBoxLayout()
        head.addWidget(label(CONDITIONS[test].label), 1)
        head.addWidget(button("去掉", lambda: self.remove(form), link=True))
        around.addLayout(head)
        form = ShapeForm(CONDITIONS[test], values)
        form.edited.connect(self._pause.start)
        around.addWidget(form)
        self._list.addWidget(holder)
        self._conditions.append((test, form, holder))
        self._pause.start()
        return form

    def remove(self, form: ShapeForm) -> None:
        """Take a condition away."""
        for one in self._conditions:
            if one[1] is form:
                self._conditions.remove(one)
                self._list.removeWidget(one[2])
                one[2].deleteLater()
                break
        self._pause.start()

    def set_way(self, way: str, values: dict[str, Any]) -> None:
        """Another way to reckon the amount."""
        if self._amount is not None:
            self._place.removeWidget(self._amount)
            self._amount.deleteLater()
        self._amount = ShapeForm(AMOUNTS[way], values)
        self._amount.edited.connect(self._pause.start)
        self._place.addWidget(self._amount)
        self._pause.start()

    def body(self) -> dict[str, Any] | None:
        """The rule as it stands; None, with the reason shown, when something is missing."""
        self.fault.setText("")
        assert self._amount is not None
        try:
            given = [(test, form.values()) for test, form, _ in self._conditions]
            way = str(self.ways.currentData())
            return rebuilt(self.aid.rule, given, way, self._amount.values())
        except Refusal as refusal:
            self.fault.setText(refusal.message)
            return None

    def judge(self) -> None:
        """Who would be in and who out; nothing is written."""
        body = self.body()
        if body is None:
            return
        row = self.aid.id

        def work() -> Listing:
            aid = Aid.get_by_id(row)
            aid.rule = body
            return look_at(aid)

        Read(self, work).then(self._show).start()

    def _show(self, found: Listing) -> None:
        reasons = "；".join(f"{words} {count} 人" for words, count in found.reasons()[:3])
        self.words.setText(
            f"在名单 {len(found.inside)} 人，合计 {show(found.total)} 元；不在 {len(found.outside)} 人"
            + (f"：{reasons}。" if reasons else "。")
        )
        inside = [(line, f"{show(line.amount)} 元") for line in found.inside[:_SHOWN]]
        outside = [(line, "拦下" if line.stopped else "不在") for line in found.outside[:_SHOWN]]
        self.rows.show_rows(
            [
                ((line.candidate.facts.name, result, line.words), None)
                for line, result in (*inside, *outside)
            ]
        )

    def save(self) -> None:
        """Keep the rule with its batch."""
        body = self.body()
        if body is None:
            return
        row = self.aid.id
        Write(self, lambda: batches.set_rule(Aid.get_by_id(row), body)).then(
            lambda _done: self.done.emit()
        ).failed(self._on_failed).start()

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self.fault.setText(problem.message)
        return True
