"""星级评定结果说明: why somebody has this star, sentence by sentence, to be given to the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.rating.explaining import why
from db.rating.reckoning import board
from db.registers.appraisal import Appraisal, Participant
from db.rules import dates
from desktop.forms import appraisal_parts as about
from desktop.typeset.fonts import Role
from desktop.typeset.form import Form, Options
from desktop.typeset.paper import SIZES
from desktop.typeset.roster import ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class Explanation(Form):
    """One sheet for each participant: the items with their reckoning, then how the level follows."""

    of = Participant
    title = "星级评定结果说明"
    signed = True

    def usual(self, query: Any) -> Any:
        newest = about.latest(Appraisal.living())
        ids = [row.id for row in newest]
        return query.where(Participant.appraisal.in_(ids), Participant.state == "rated")

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Each with the reckoning of its round, read once a round."""
        boards: dict[int, Any] = {}
        found = []
        for row in records:
            if row.appraisal_id not in boards:
                boards[row.appraisal_id] = (row.appraisal, board(row.appraisal))
            row.appraisal, reckoned = boards[row.appraisal_id]
            found.append(why(row, reckoned))
        return found

    def named(self, subject: Any) -> str:
        return str(subject.participant.name)

    def mark(self, subject: Any) -> Any:
        from desktop.typeset.mark import Mark, short_number

        ident = int(subject.participant.id)
        return Mark(self.id, ident, short_number(ident))

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Who and what, the points, the steps to the level, where to ask."""
        row = subject.participant
        appraisal = row.appraisal
        word = about.word(appraisal.rules)
        sheet.title(f"{appraisal.name}结果说明", 18)
        with sheet.grid(22, 50, 22, 50, row=9) as grid:
            grid.row().label(about.who(appraisal)).name(row.name).label(word).cell(
                row.level or "未评"
            )
            grid.row().label("党支部").cell(row.branch_name).label("得分").cell(about.total(row))
        lines = subject.lines
        items = [line for line in lines if line.kind in ("base", "item", "missing", "bound")]
        rest = list(subject.sentences)[len(items) :] if items else list(subject.sentences)
        if items:
            sheet.roster(
                Roster(
                    title="",
                    columns=(
                        ORDINAL,
                        Column("项目与得分的由来", 150, value=_words, kind=TEXT),
                        Column("得分", 18, value=_points),
                    ),
                    row=10.5,
                    strike=False,
                ),
                items,
            )
            sheet.y += 3
        sheet.paragraph(f"{word}由下列步骤得出：", 12, Role.HEI, indent=0)
        for place, words in enumerate(_together(rest, lines), 1):
            sheet.paragraph(f"{place}. {words}。".replace("。。", "。"), 12, indent=0, leading=1.5)
        sheet.y += 2
        how = f"对结果有异议的，可在公示期内向{appraisal.organization.name}反映。"
        sheet.paragraph(how, 10.5, indent=0)
        day = appraisal.decided_on or appraisal.notice_from
        sheet.seal_and_date(
            str(appraisal.organization.name),
            dates.show(day, "chinese") if day else "",
            SIZES["小四"],
        )


def _together(sentences: Sequence[str], lines: Sequence[Any]) -> list[str]:
    """The steps, with all named stars in one sentence."""
    stars = [line.words for line in lines if line.kind == "star"]
    rest = [words for words in sentences if words not in stars]
    if not stars:
        return rest
    return [*rest[:1], "；".join(stars), *rest[1:]]


def _words(line: Any) -> str:
    return str(line.words.rpartition(" → ")[0] or line.words)


def _points(line: Any) -> str:
    return "" if line.points is None else about.rounded(line.points)
