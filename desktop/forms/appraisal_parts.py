"""What the sheets of a rating round share: its people by branch, their points, choices, words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from db.codes import code_list
from db.errors import Refusal
from db.rating.gathering import gather
from db.registers.appraisal import Appraisal, Participant
from db.rules import dates
from db.rules.scheme import Rater, Scheme
from db.rules.scheme_items import Item
from db.rules.scoring import Result, score
from db.rules.scoring_items import Inputs, average, show
from db.rules.strokes import name_key, surname_key
from desktop.typeset.form import AS_GIVEN, BY_NAME, BY_SURNAME, Form, Option, Options
from desktop.typeset.mark import Mark, short_number

BY_LEVEL: Final = "星级从高到低"
BRANCH: Final = Option("branch", "只印党支部", help="支部名称或其中几个字；空着全部")
ORDER: Final = Option("order", "排序", BY_SURNAME, (BY_SURNAME, BY_NAME, BY_LEVEL, AS_GIVEN))
NAMES: Final = Option("names", "只印", help="姓名或名称，用顿号隔开；空着全部")


@dataclass(frozen=True)
class Line:
    """One who is rated, with what the engine makes of the marks."""

    participant: Participant
    inputs: Inputs
    result: Result

    @property
    def id(self) -> int:
        return int(self.participant.id or 0)

    @property
    def name(self) -> str:
        return str(self.participant.name)

    def title(self) -> str:
        return self.name


@dataclass(frozen=True)
class Sheets:
    """A part of a round that makes one sheet: the round, a branch, those on it."""

    appraisal: Appraisal
    branch: str
    rows: Sequence[Any]

    def title(self) -> str:
        return str(self.branch or self.appraisal.name)


class RoundForm(Form):
    """A sheet of a rating round: of the newest period unless somebody picked, marked as its round's."""

    of = Appraisal

    def usual(self, query: Any) -> Any:
        return latest(query)

    def mark(self, subject: Any) -> Mark | None:
        return mark_of(self, subject)


class BranchesForm(RoundForm):
    """A sheet of everybody who was rated, with their points: one for each branch."""

    signed = True
    choices = (BRANCH, ORDER)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Branch by branch; organizations of one round together."""
        return [
            part
            for appraisal in records
            for part in sheets(
                appraisal, chosen(lines(appraisal), options["branch"]), options["order"]
            )
        ]


def lines(appraisal: Appraisal) -> list[Line]:
    """Everybody rated in a round, with points worked out from the marks."""
    rules = appraisal.rules
    return [Line(row, inputs, score(rules, inputs)) for row, inputs in gather(appraisal)]


def empty(appraisal: Appraisal) -> Line:
    """Nobody: for an empty form to be filled by hand."""
    nobody = Participant(appraisal=appraisal, name="")
    return Line(nobody, Inputs(), score(appraisal.rules, Inputs()))


def participants(appraisal: Appraisal, *states: str) -> list[Participant]:
    """Everybody on the list of a round in these states (all when none is given)."""
    query = Participant.living().where(Participant.appraisal == appraisal.id)
    if states:
        query = query.where(Participant.state.in_(states))
    return list(query.order_by(Participant.id))


def chosen(rows: Iterable[Any], branch: str = "", names: str = "") -> list[Any]:
    """Those of a branch, or with these names; Refusal when a name is not on the list."""
    kept = [row for row in rows if branch in _person(row).branch_name]
    wanted = {
        name.strip()
        for name in names.replace("，", "、").replace(",", "、").split("、")
        if name.strip()
    }
    if not wanted:
        return kept
    lost = wanted - {_person(row).name for row in kept}
    if lost:
        raise Refusal(f"参评名单里没有“{'、'.join(sorted(lost))}”。")
    return [row for row in kept if _person(row).name in wanted]


def _person(row: Any) -> Participant:
    found: Participant = getattr(row, "participant", row)
    return found


def ordered(rows: Sequence[Any], order: str) -> list[Any]:
    """Rows in the order that was chosen."""
    if order == AS_GIVEN:
        return list(rows)
    if order == BY_LEVEL:
        return sorted(
            rows, key=lambda r: (-(_rank(_person(r))), -(_person(r).total or 0), _person(r).id)
        )
    key = name_key if order == BY_NAME else surname_key
    return sorted(rows, key=lambda r: key(_person(r).name, ""))


def _rank(row: Participant) -> int:
    return -1 if row.rank is None else int(row.rank)


def by_branch(appraisal: Appraisal, rows: Iterable[Any], order: str) -> list[Sheets]:
    """One sheet a branch, each in the order that was chosen; an empty one when there is nobody."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(_person(row).branch_name, []).append(row)
    if not groups:
        return [Sheets(appraisal, "", ())]
    return [Sheets(appraisal, name, ordered(group, order)) for name, group in groups.items()]


def sheets(
    appraisal: Appraisal, rows: Sequence[Any], order: str, *, together: bool = False
) -> list[Sheets]:
    """One sheet a branch; organizations, and whoever is wanted in one volume, together."""
    if together or appraisal.subject == "organization":
        return [Sheets(appraisal, "", ordered(rows, order))]
    return by_branch(appraisal, rows, order)


def mark_of(form: Form, subject: Any) -> Mark | None:
    """A list belongs to its round."""
    from desktop.typeset.values import whole

    if not form.signed:
        return None
    appraisal = getattr(whole(subject), "appraisal", None) or whole(subject)
    ident = int(appraisal.id or 0)
    return Mark(form.id, ident, short_number(ident) if ident else form.id)


def latest(query: Any) -> Any:
    """The newest period's rounds, when nobody picked any: nobody wants ten years on paper."""
    newest = Appraisal.living().order_by(Appraisal.period.desc(), Appraisal.id.desc()).first()
    return query if newest is None else query.where(Appraisal.period == newest.period)


def who(appraisal: Appraisal) -> str:
    """The heading of the column of names."""
    return "党组织" if appraisal.subject == "organization" else "姓名"


def unit(appraisal: Appraisal) -> str:
    """The measure word of the subjects."""
    return {"member": "名", "household": "户"}.get(str(appraisal.subject), "个")


def word(rules: Scheme) -> str:
    """星级 or 等次, as the scheme's levels are called."""
    return "星级" if any(level.stars for level in rules.levels) else "等次"


def points(line: Line, item: Item) -> str:
    """The points of one item for one subject."""
    for part in line.result.parts:
        if part.item is item:
            return "" if part.points is None else rounded(part.points)
    return ""


def rater_total(line: Line, rater: Rater, rules: Scheme) -> str:
    """What one rater group gave altogether."""
    sheet = line.inputs.sheets.get(rater.id, ())
    given = [
        average(cell, rater, item)[0]
        for cell, item in zip(sheet, rules.sheet[rater.id], strict=False)
    ]
    known = [one for one in given if one is not None]
    return rounded(sum(known, Fraction(0))) if known else ""


def given(line: Line, rater: Rater, item: Item, rules: Scheme) -> str:
    """What one rater group gave for one item."""
    sheet = line.inputs.sheets.get(rater.id, ())
    place = rules.sheet[rater.id].index(item)
    mean = average(sheet[place], rater, item)[0] if place < len(sheet) else None
    return "" if mean is None else rounded(mean)


def rounded(value: Fraction) -> str:
    """Points on a sheet: two decimals at most, without the mark of rounding."""
    return show(value).removeprefix("≈")


def total(row: Participant) -> str:
    """The total as it was judged."""
    return "" if row.total is None else show(row.total)


def movement(row: Participant) -> str:
    """升降 in one word."""
    return code_list("movement").short_of(row.movement) if row.movement else ""


def counts(rows: Iterable[Participant], rules: Scheme, counter: str) -> str:
    """How many hold each level, from the highest down."""
    held: dict[str, int] = {}
    for row in rows:
        if row.level:
            held[row.level] = held.get(row.level, 0) + 1
    return "，".join(
        f"{level.name} {held[level.name]} {counter}"
        for level in reversed(rules.levels)
        if level.name in held
    )


def period(appraisal: Appraisal) -> str:
    """The notice period in words, empty places when it is not set."""
    a = appraisal
    label = code_list("day_unit").label_of(a.notice_unit or "calendar")
    days = f"{a.notice_days or 5}个{label}" if label == "工作日" else f"{a.notice_days or 5}天"
    if a.notice_from and a.notice_until:
        first, last = (dates.show(day, "chinese") for day in (a.notice_from, a.notice_until))
        return f"{days}（{first}至{last}）"
    return f"{days}（　　年　月　日至　　年　月　日）"
