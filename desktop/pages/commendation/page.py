"""表彰: the rounds as a list; one is opened over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from db import access
from db.commending import presets, programme
from db.fields import Number, Reference, Text
from db.registers.commendation import AwardType, Commendation
from db.registers.organization import Organization
from desktop.pages.commendation.programme import ProgrammeView
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.editors import Choices
from desktop.widgets.filters import Chip
from desktop.widgets.page import Place, button, label, named
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class CommendationPage(RegisterPage):
    """The list of rounds, and one round opened."""

    of = Commendation
    columns = (
        Commendation.name,
        Commendation.year,
        Commendation.level,
        Commendation.step,
        Commendation.notice_until,
        Commendation.document,
        Commendation.decided_on,
    )
    editor = (
        Group("基本情况", Commendation.name, Commendation.year, Commendation.level,
              Commendation.scope, Commendation.basis, Commendation.nominate_until),
        Group("公示", Commendation.notice_days, Commendation.notice_unit, Commendation.notice_organ,
              Commendation.notice_phone, Commendation.notice_address, Commendation.notice_postcode),
        Group("决定与证书", Commendation.issuer, Commendation.addressees, Commendation.preface,
              Commendation.call, Commendation.order_by, Commendation.certificate_words),
        Group("备注", Commendation.notes),
    )  # fmt: skip
    chips = (
        Chip("open", "进行中", lambda: Commendation.step.not_in(["decided", "granted"])),
        Chip("notice", "公示中", lambda: Commendation.step == "notice"),
        Chip("year", "今年", lambda: Commendation.year == date.today().year),
    )
    purpose = "从一个方案开始：称号、名额办法、资格条件和文稿都带进来，再按需要修改。"

    def __init__(self) -> None:
        super().__init__()
        self._add.setText(" 开展表彰")
        self._import.hide()
        self.programme = ProgrammeView()
        self.programme.hide()
        self.body.addWidget(self.programme, 1)
        self.programme.left.connect(self.close_round)
        self.programme.told.connect(self.say)
        self.programme.shown.connect(self._on_round_shown)
        # A round is opened, not edited, on Enter.
        self.table.activated_row.disconnect()
        self.table.activated_row.connect(self.open_round)
        leave = QShortcut(QKeySequence("Escape"), self.programme)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.close_round)

    def make_panel(self) -> RecordPanel:
        """The facts of a round, its award types, and the way in."""
        panel = RecordPanel(
            Commendation, tuple(self.editor), ((AwardType, AwardType.commendation),)
        )
        self._open = button("打开", self._open_shown, meaning="open", primary=True)
        panel.keys.insertWidget(0, self._open)
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """A round begins with a preset."""
        return (("开展表彰", self.add),)

    def add(self) -> None:
        """Choose a preset, a year and a scope."""
        if not access.can("write", self.stem):
            return
        self.close_round()
        found = presets.presets()
        chosen = {"preset": found[0].id}
        picker = Choices()
        for one in found:
            picker.addItem(one.name, one.id)
        named(picker, "方案")
        words = label(found[0].words, "muted", wrap=True)

        def on_picked(at: int) -> None:
            chosen["preset"] = found[at].id
            words.setText(found[at].words)

        picker.currentIndexChanged.connect(on_picked)

        def work(given: dict[str, Any]) -> Any:
            scope = given["scope"]
            if isinstance(scope, int):
                scope = Organization.get_by_id(scope)
            made = programme.open_programme(
                chosen["preset"], given["year"], scope=scope, name=given["name"]
            )
            made_ids.append(made.id)
            return made

        made_ids: list[int] = []
        form = AskForm(
            "开展表彰",
            "选一个方案开始；称号、名额、条件和文稿以后都能改。",
            (
                (
                    "year",
                    Number("年度", required=True, minimum=1921, maximum=2099),
                    date.today().year,
                ),
                ("name", Text("名称", max_length=60, help_text="空着用方案的名称"), ""),
                ("scope", Reference("表彰范围", Organization, help_text="空着表示全部"), None),
            ),
            work,
            "开展",
        )
        box: Any = form.layout()
        box.insertWidget(2, picker)
        box.insertWidget(3, words)
        form.done.connect(lambda: self.open_round(made_ids[-1]) if made_ids else None)
        self.panel.ask(form)

    # -- one round ---------------------------------------------------------------------

    def _open_shown(self) -> None:
        if self.panel.record is not None:
            self.open_round(self.panel.record.id)

    def open_round(self, row: int | None) -> None:
        """Show one round over the whole width."""
        if row is None:
            return
        self._arrange(opened=True)
        self.programme.open_round(row)

    def _on_round_shown(self, name: str) -> None:
        if not self.programme.isHidden():
            self.set_title(name)

    def close_round(self) -> None:
        """Back to the list."""
        if self.programme.isHidden():
            return
        if self.programme.dirty:
            self.say("推荐对象有未保存的修改，请先保存或取消。", "warn")
            return
        self._arrange(opened=False)
        self.set_title(self.title)
        self.table.setFocus()

    def _arrange(self, *, opened: bool) -> None:
        self.filters.setVisible(not opened)
        self.splitter.setVisible(not opened)
        self.programme.setVisible(opened)
        self._add.setVisible(not opened and access.can("write", self.stem))
        self.set_sentence("" if opened else self.sentence)
        if not opened:
            self.ask()

    def opened(self, place: Place) -> None:
        """A place that names a round opens it."""
        super().opened(place)
        self._import.hide()
        if place.row is not None:
            self.open_round(place.row)
        elif place.ids is not None or place.chip or place.fresh:
            self.close_round()
        if not self.programme.isHidden():
            self._arrange(opened=True)

    def selection(self) -> list[int]:
        """The opened round, else what the list means."""
        if not self.programme.isHidden() and self.programme.round is not None:
            return [int(self.programme.round.id)]
        return super().selection()

    def refresh(self, changes: Any = None) -> None:
        """The list, and the round that is open."""
        super().refresh(changes)
        if not self.programme.isHidden():
            self.programme.refresh()

    def unsaved(self) -> str:
        """What would be lost by leaving."""
        if self.programme.dirty:
            return "表彰的推荐对象有未保存的修改"
        return super().unsaved()

    def _on_counted(self, count: int) -> None:
        super()._on_counted(count)
        if not self.programme.isHidden():
            self.set_sentence("")

    def _restore_splitter(self) -> None:
        super()._restore_splitter()
        self.panel.setMinimumWidth(look().measure.characters(24))
