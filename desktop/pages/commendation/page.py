"""表彰: the rounds as a list; one is opened over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import access
from db.commending import presets, programme
from db.fields import Number, Reference, Text
from db.registers.commendation import AwardType, Commendation
from db.registers.organization import Organization
from desktop.pages.commendation.programme import ProgrammeView
from desktop.theme import look
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.opening_page import OpeningPage
from desktop.widgets.record_panel import RecordPanel


class CommendationPage(OpeningPage):
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

    add_words = "开展表彰"
    view: ProgrammeView

    def make_view(self) -> ProgrammeView:
        """One round."""
        return ProgrammeView()

    def make_panel(self) -> RecordPanel:
        """The facts of a round, its award types, and the way in."""
        return self.with_way_in(
            RecordPanel(Commendation, tuple(self.editor), ((AwardType, AwardType.commendation),))
        )

    def add(self) -> None:
        """Choose a preset, a year and a scope."""
        if not access.can("write", self.stem):
            return
        self.close_record()

        def make(preset: str, given: dict[str, Any]) -> Commendation:
            scope = given["scope"]
            if isinstance(scope, int):
                scope = Organization.get_by_id(scope)
            return programme.open_programme(preset, given["year"], scope=scope, name=given["name"])

        year = Number("年度", required=True, minimum=1921, maximum=2099)
        self.ask_preset(
            presets.presets(),
            "选一个方案开始；称号、名额、条件和文稿以后都能改。",
            (
                ("year", year, date.today().year),
                ("name", Text("名称", max_length=60, help_text="空着用方案的名称"), ""),
                ("scope", Reference("表彰范围", Organization, help_text="空着表示全部"), None),
            ),
            make,
            "开展",
        )

    def _restore_splitter(self) -> None:
        super()._restore_splitter()
        self.panel.setMinimumWidth(look().measure.characters(24))
