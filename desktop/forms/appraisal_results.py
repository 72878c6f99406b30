"""年终考核结果通报: the results level by level, with what follows from each (docs/systems.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.registers.appraisal import Appraisal
from db.rules.scheme import Level
from desktop.forms import appraisal_parts as about
from desktop.typeset.document import Document, NameList, numeral
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import GB9704
from desktop.typeset.sheet import Sheet


class Results(Form):
    """The circular with the results, in the form of GB/T 9704."""

    of = Appraisal
    title = "年终考核结果通报"
    paper = GB9704
    posted = True
    choices = (
        Option("to", "主送机关", "各党（总）支部："),
        Option("consequences", "写明处理意见", True),
    )

    def suits(self, record: Any) -> bool:
        """For rounds of organizations."""
        return bool(record.subject == "organization")

    def usual(self, query: Any) -> Any:
        return about.latest(query.where(Appraisal.subject == "organization"))

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """One circular for each round."""
        return [
            about.Sheets(
                appraisal,
                "",
                about.ordered(
                    [row for row in about.participants(appraisal, "rated") if row.level],
                    about.BY_LEVEL,
                ),
            )
            for appraisal in records
        ]

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """What was judged, the lists from the highest level down, the consequences, the call."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        person = appraisal.subject != "organization"
        counter = about.unit(appraisal)
        issuer = str(appraisal.decided_by or appraisal.organization.name)
        basis = f"根据《{rules.basis}》，" if rules.basis else ""
        body: list[str | NameList] = [
            f"{basis}{issuer}组织开展了{appraisal.name}，"
            f"共评定{rules.subject.label} {len(subject.rows)} {counter}。"
            "经自评、测评、考评、公示和集体审定，现将结果通报如下。"
        ]
        for level in reversed(rules.levels):
            names = [row.name for row in subject.rows if row.level == level.name]
            if names:
                body.append(NameList(level.name, names, counter, columns=5 if person else 1))
        if options["consequences"]:
            following = [
                level
                for level in reversed(rules.levels)
                if level.consequence and any(r.level == level.name for r in subject.rows)
            ]
            body += _following(following, rules.subject.label)
        body.append(
            "受到通报表扬的要珍惜荣誉、再接再厉；存在问题的要认真查找原因，制定整改措施，限期整改到位。"
        )
        sheet.document(
            Document(
                title=f"关于{appraisal.name}结果的通报",
                number=str(appraisal.document),
                to=options["to"],
                body=body,
                issuer=issuer,
                date=str(appraisal.decided_on),
                double_sided=False,
            )
        )


def _following(levels: Sequence[Level], subject: str) -> list[str | NameList]:
    if not levels:
        return []
    said: list[str | NameList] = ["对评定结果作如下处理："]
    for place, level in enumerate(levels, 1):
        said.append(f"（{numeral(place)}）评定为“{level.name}”的{subject}，{level.consequence}。")
    return said
