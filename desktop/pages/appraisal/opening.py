"""开评: choose the scheme, the scope and the period, and see at once who would take part."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from db import identity
from db.errors import Refusal
from db.rating.eligibility import proposals
from db.rating.opening import open_round
from db.rating.periods import span
from db.rating.schemes import adopt_all
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from desktop.pages.appraisal.past import PastForm
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.page import button, label
from desktop.widgets.picker import Picker

_EXAMPLES = {
    "year": "如 2026",
    "half_year": "如 2026-H1",
    "quarter": "如 2026-Q3",
    "month": "如 2026-11",
}


def _schemes() -> list[tuple[int, str, str, str]]:
    """The newest edition of each scheme: id, words, period kind, note."""
    if not Scheme.living().exists():
        adopt_all()
    newest: dict[str, Any] = {}
    for one in Scheme.living().order_by(Scheme.code, Scheme.edition):
        newest[one.code] = one
    rows = []
    for one in newest.values():
        rules = one.rules()
        words = f"{one.name}（{rules.subject.label}）"
        rows.append((one.id, words, rules.period.kind, rules.note))
    return sorted(rows, key=lambda row: row[1].encode("gb18030", "replace"))


def _top() -> tuple[int, str] | None:
    """The office's own committee, the usual scope."""
    name = identity.identity().office_name
    row = (
        Organization.living()
        .where((Organization.name == name) | Organization.parent.is_null())
        .order_by((Organization.name == name).desc(), Organization.id)
        .first()
    )
    return (row.id, row.name) if row else None


class OpenRound(QWidget):
    """The form by which a round begins."""

    opened = Signal(object)
    gave_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        unit = look().measure.units
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        box = QVBoxLayout()
        box.setSpacing(unit(1.5))
        outer.addLayout(box, 3)
        outer.addStretch(2)
        grid = QFormLayout()
        grid.setVerticalSpacing(unit(1.5))
        grid.setHorizontalSpacing(unit(2))
        grid.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.scheme = Choices()
        self.scheme.setAccessibleName("评定办法")
        self.scope = Picker(Organization)
        self.scope.setAccessibleName("评定范围")
        self.period = QLineEdit()
        self.period.setAccessibleName("评定期")
        self.rated_on = QLineEdit()
        self.rated_on.setAccessibleName("参评截止日期")
        self.rated_on.setPlaceholderText("空着按评定期末；这一天在册的才参评")
        self.name = QLineEdit()
        self.name.setAccessibleName("评比名称")
        self.name.setPlaceholderText("空着按评定期和办法命名")
        for words, control in (
            ("评定办法", self.scheme),
            ("评定范围", self.scope),
            ("评定期", self.period),
            ("参评截止日期", self.rated_on),
            ("评比名称", self.name),
        ):
            grid.addRow(label(words, "muted"), control)
        box.addLayout(grid)
        self.note = label("", "muted", wrap=True)
        self.preview = label("", wrap=True)
        self.fault = label("", "fault", wrap=True)
        for each in (self.note, self.preview, self.fault):
            box.addWidget(each)
        keys = QHBoxLayout()
        self.go = button("开评", self.submit, primary=True)
        keys.addWidget(self.go)
        keys.addWidget(button("取消", self.gave_up.emit))
        keys.addStretch(1)
        self.past_button = button(
            "补录往年结果", self._show_past, link=True, tip="已经评完的，只补录结果，不重新打分"
        )
        keys.addWidget(self.past_button)
        box.addLayout(keys)
        self.past = PastForm()
        self.past.hide()
        self.past.kept.connect(self.opened.emit)
        box.addWidget(self.past, 4)
        box.addStretch(1)
        self._kinds: dict[int, tuple[str, str]] = {}
        self.scheme.currentIndexChanged.connect(lambda _at: self._on_scheme())
        self.scope.chosen.connect(lambda _id: self.look_ahead())
        self.period.editingFinished.connect(self.look_ahead)
        self.rated_on.editingFinished.connect(self.look_ahead)

    def begin(self) -> None:
        """Fill the lists and put the cursor in the first."""
        self.fault.setText("")
        self.go.setEnabled(True)
        self.past.hide()
        Write(self, _schemes).then(self._on_schemes).start()
        if self.scope.record_id is None:
            Read(self, _top).then(self._on_top).start()
        self.scheme.setFocus()

    def _on_schemes(self, rows: list[tuple[int, str, str, str]]) -> None:
        chosen = self.scheme.currentData()
        self._kinds = {row: (kind, note) for row, _, kind, note in rows}
        self.scheme.blockSignals(True)
        self.scheme.clear()
        for row, words, _, _ in rows:
            self.scheme.addItem(words, row)
        self.scheme.setCurrentIndex(max(0, self.scheme.findData(chosen)))
        self.scheme.blockSignals(False)
        self._on_scheme()

    def _on_top(self, found: tuple[int, str] | None) -> None:
        if found is not None and self.scope.record_id is None:
            self.scope.set_record(*found)
            self.look_ahead()

    def _on_scheme(self) -> None:
        kind, note = self._kinds.get(self.scheme.currentData(), ("year", ""))
        self.note.setText(note)
        self.period.setPlaceholderText(_EXAMPLES[kind])
        if kind == "year" and not self.period.text():
            self.period.setText(str(date.today().year))
        self.look_ahead()

    def _wanted(self) -> tuple[int, int, str, str] | None:
        scheme, scope = self.scheme.currentData(), self.scope.record_id
        if scheme is None or scope is None or not self.period.text().strip():
            return None
        return scheme, scope, self.period.text().strip(), self.rated_on.text().strip()

    def look_ahead(self) -> None:
        """Tell who would take part and who would not, before anything is kept."""
        wanted = self._wanted()
        self.past.show_for(wanted[:3] if wanted else None)
        if wanted is None:
            self.preview.setText("")
            return
        scheme, scope, period, rated_on = wanted

        def ask() -> tuple[int, Counter[str], int]:
            from db.rules import dates

            rules = Scheme.get_by_id(scheme).rules()
            last = span(period, rules.period.kind).last
            on = dates.parse(rated_on) if rated_on else min(last, date.today()).isoformat()
            listed = proposals(rules, scope, date.fromisoformat(on))
            out = Counter(one.reason for one in listed if one.state != "rated")
            return (
                sum(one.state == "rated" for one in listed),
                out,
                sum(bool(one.hint) for one in listed),
            )

        Read(self, ask).then(self._on_preview).failed(self._on_fault).start()

    def _on_preview(self, found: tuple[int, Counter[str], int]) -> None:
        rated, out, hints = found
        words = f"参评 {rated}"
        if out:
            words += "；不参评 " + str(sum(out.values()))
            words += "（" + "，".join(f"{why} {n}" for why, n in out.most_common()) + "）"
        if hints:
            words += f"；可申请免评 {hints}，开评后由您登记"
        self.preview.setText(words + "。")
        self.fault.setText("")

    def _on_fault(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal | ValueError):
            return False
        self.preview.setText("")
        words = problem.message if isinstance(problem, Refusal) else "参评截止日期请写到日。"
        self.fault.setText(words)
        self.go.setEnabled(True)
        return True

    def _show_past(self) -> None:
        self.past.show()
        self.past.text.setFocus()

    def submit(self) -> None:
        """Open the round."""
        wanted = self._wanted()
        if wanted is None:
            self.fault.setText("请选择评定办法、评定范围，并填写评定期。")
            return
        scheme, scope, period, rated_on = wanted
        name = self.name.text().strip()
        self.go.setEnabled(False)

        def work() -> int:
            from db.rules import dates

            made = open_round(
                Scheme.get_by_id(scheme),
                Organization.get_by_id(scope),
                period,
                rated_on=dates.parse(rated_on) if rated_on else "",
                name=name,
            )
            return int(made.id)

        Write(self, work).then(self.opened.emit).failed(self._on_fault).start()
