"""Reads an old result list that was pasted from a sheet: 姓名, 支部, 等次, 得分 in any order of columns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from db.errors import Refusal
from db.rating.eligibility import Places
from db.rating.history import Past
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from db.rules import names
from db.rules.scheme import Subject


@dataclass(frozen=True, slots=True)
class Reading:
    """What a pasted list says: the results, those kept by name only, and the lines that were refused."""

    results: tuple[Past, ...]
    by_name_only: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody of the scope with whom a line may be matched."""

    id: int
    name: str
    branch: int | None
    branch_name: str
    category: str


def read_list(scheme: Scheme, scope: Organization, text: str) -> Reading:
    """Match each line with a member (or organization) of the scope, by full name and, among namesakes, by branch.

    A line whose level the scheme does not know, or whose name fits several, is refused with the reason;
    a name that nobody in the scope bears any more is kept as a name.
    """
    rules = scheme.rules()
    places = Places()
    inside = set(places.under(scope.id))
    known = _organizations(inside, places)
    if rules.subject is not Subject.ORGANIZATION:
        known = _members(inside, places)
    of_name: dict[str, list[_Known]] = {}
    for one in known:
        of_name.setdefault(one.name, []).append(one)
    results: dict[object, Past] = {}
    loose: list[str] = []
    refused: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if not cells or (number == 1 and "姓名" in line):
            continue
        try:
            past = _line(cells, rules.level_rank, of_name, rules.subject)
        except Refusal as refusal:
            refused.append(f"第 {number} 行：{refusal.message}")
            continue
        key: object = past.member or past.organization or (past.name, past.branch)
        if key in results:
            refused.append(f"第 {number} 行：“{past.name}”前面已有一行")
            continue
        if past.member is None and past.organization is None:
            loose.append(past.name)
        results[key] = past
    return Reading(tuple(results.values()), tuple(loose), tuple(refused))


def _line(
    cells: list[str], levels: dict[str, int], of_name: dict[str, list[_Known]], subject: Subject
) -> Past:
    level = next((cell for cell in cells if cell in levels), "")
    if not level:
        raise Refusal(f"没有找到等次，应是{'、'.join(levels)}之一")
    total: int | None = None
    words: list[str] = []
    for cell in cells:
        if cell == level:
            continue
        points = _points(cell)
        if points is None:
            words.append(cell)
        elif total is None and words:
            total = points  # a number before the name is the line's own number
    name, *rest = [_plain(word, subject) for word in words] or [""]
    if not name:
        raise Refusal("没有姓名或名称")
    fitting = of_name.get(name, [])
    if len(fitting) > 1:
        fitting = [one for one in fitting if any(word in one.branch_name for word in rest)]
        if len(fitting) != 1:
            raise Refusal(f"“{name}”在范围内不止一个，请写明支部")
    if not fitting:
        return Past(name, None, level, total)
    one = fitting[0]
    organization = subject is Subject.ORGANIZATION
    return Past(
        one.name,
        one.branch,
        level,
        total,
        member=None if organization else one.id,
        organization=one.id if organization else None,
        category=one.category,
    )


def _plain(word: str, subject: Subject) -> str:
    if subject is Subject.ORGANIZATION:
        return word
    try:
        return names.normalise(word)
    except Refusal:
        return word


def _points(cell: str) -> int | None:
    try:
        hundredths = Decimal(cell.removesuffix("分")) * 100
    except InvalidOperation:
        return None
    return int(hundredths) if hundredths.is_finite() else None


def _members(inside: set[int], places: Places) -> list[_Known]:
    rows = Member.living().select(Member.id, Member.name, Member.organization, Member.category)
    return [
        _Known(ident, name, places.branch_of(place), places.name(places.branch_of(place)), category)
        for ident, name, place, category in rows.tuples()
        if place in inside
    ]


def _organizations(inside: set[int], places: Places) -> list[_Known]:
    return [
        _Known(place, places.name(place), places.rows[place][0], "", "") for place in sorted(inside)
    ]
