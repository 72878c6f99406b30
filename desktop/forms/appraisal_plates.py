"""授星登记表: the plates handed out, to whom, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.registers.appraisal import Appraisal, Participant, Plate
from db.rules import dates
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Options
from desktop.typeset.roster import NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


@dataclass(frozen=True)
class Handed:
    """One who is to have a plate, with the plate when it is registered."""

    participant: Participant
    plate: Plate | None

    @property
    def name(self) -> str:
        return str(self.participant.name)


class Plates(about.RoundForm):
    """One list for each round: number, household, level, receiver, dates."""

    title = "授星登记表"
    signed = True
    choices = (about.BRANCH, about.ORDER)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Everybody whose level has a plate."""
        found = []
        for appraisal in records:
            hung = {level.name for level in appraisal.rules.levels if level.plate}
            rows = about.chosen(about.participants(appraisal, "rated"), options["branch"])
            given = _plates(appraisal)
            handed = [
                Handed(row, given.get(row.id))
                for row in rows
                if row.level in hung or row.id in given
            ]
            found.append(about.Sheets(appraisal, "", about.ordered(handed, options["order"])))
        return found

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """The list, with empty places where nothing is registered yet."""
        appraisal: Appraisal = subject.appraisal
        person = appraisal.subject != "organization"
        columns = [
            ORDINAL,
            Column("牌号", 22, value=_of("number")),
            Column(
                about.who(appraisal),
                24 if person else 46,
                value=lambda one: one.name,
                kind=NAME if person else TEXT,
            ),
        ]
        if person:
            columns.append(
                Column("党支部", 44, value=lambda one: one.participant.branch_name, kind=TEXT)
            )
        columns += [
            Column(about.word(appraisal.rules), 18, value=lambda one: one.participant.level),
            Column("授牌日期", 20, value=_day("issued_on")),
            Column("领取人签字", 24, value=_of("receiver")),
            Column("收回日期", 20, value=_day("returned_on")),
            Column("备注", 20, value=_of("returned_reason"), kind=TEXT),
        ]
        sheet.roster(
            Roster(
                title=f"{appraisal.name}授星登记表",
                heads=(f"党组织（盖章）：{appraisal.organization.name}", f"{appraisal.year}年度"),
                columns=columns,
                foot=("负责人", "经办人"),
                row=7.8,
                size=9.5,
            ),
            subject.rows,
        )


def _plates(appraisal: Appraisal) -> dict[int, Plate]:
    mine = Participant.select(Participant.id).where(Participant.appraisal == appraisal.id)
    found = Plate.living().where(Plate.participant.in_(mine)).order_by(Plate.id)
    return {plate.participant_id: plate for plate in found}


def _of(name: str) -> Any:
    return lambda one: getattr(one.plate, name) if one.plate is not None else ""


def _day(name: str) -> Any:
    def read(one: Handed) -> str:
        day = getattr(one.plate, name) if one.plate is not None else ""
        return dates.show(day, "dots") if day else ""

    return read
