"""From points to a level: bands or stars won, conditions, lifts, review, one step a year, veto — in that order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from db.rules.scheme import Condition, Effect, Scheme, Star
from db.rules.scoring_items import Inputs, Part, show


@dataclass(slots=True)
class Standing:
    """A level being worked out: every rule may move `rank` and says so in `said`."""

    scheme: Scheme
    rank: int | None = None
    stars: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    missing: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    not_rated: bool = False

    @property
    def level(self) -> str:
        """The name of the level; "" when there is none (yet)."""
        if self.rank is None or self.not_rated:
            return ""
        return self.scheme.levels[self.rank].name

    def say(self, kind: str, words: str) -> None:
        """Note a step of the reckoning."""
        self.said.append((kind, words))

    def hold(self, kind: str, words: str, rank: int) -> None:
        """Not above this rank."""
        if self.rank is not None and self.rank > rank:
            self.rank = rank
            self.say(kind, f"{words} → {self.level}")


def rank_at(scheme: Scheme, measure: Fraction) -> int:
    """The highest level whose start is reached."""
    rank = 0
    for number, level in enumerate(scheme.levels):
        if level.start is not None and measure >= level.start:
            rank = number
    return rank


def stand(
    scheme: Scheme, inputs: Inputs, parts: Sequence[Part], shown: Fraction | None
) -> Standing:
    """The level of a subject from its parts and its rounded total."""
    standing = Standing(scheme)
    _stars(standing, parts, shown)
    measure = shown
    if scheme.by_stars:
        measure = None if standing.missing else Fraction(len(standing.stars) * 100)
    if measure is not None and shown is not None:
        standing.rank = rank_at(scheme, measure)
        what = f"得星 {len(standing.stars)} 颗" if scheme.by_stars else f"{show(measure)} 分"
        standing.say("band", f"{what}，对照{_band(scheme, standing.rank)} → {standing.level}")
    return after_band(standing, inputs, {part.item.id: part.points for part in parts})


def after_band(
    standing: Standing, inputs: Inputs, points: Mapping[str, Fraction | None]
) -> Standing:
    """Everything that may move a level once the band is known."""
    _conditions(standing, inputs, points)
    _lifts(standing, inputs)
    _review(standing, inputs)
    _one_step(standing, inputs)
    _vetoes(standing, inputs)
    if standing.missing and not standing.not_rated:
        standing.rank = None
    return standing


def _band(scheme: Scheme, rank: int) -> str:
    unit = " 颗" if scheme.by_stars else " 分"
    start = scheme.levels[rank].start
    above = scheme.levels[rank + 1].start if rank + 1 < len(scheme.levels) else None
    low = f"满 {show(start)}{unit}" if start is not None else ""
    high = f"不满 {show(above)}{unit}" if above is not None else ""
    return "“" + "、".join(word for word in (low, high) if word) + "”"


def _stars(standing: Standing, parts: Sequence[Part], shown: Fraction | None) -> None:
    won = []
    of = {part.item.id: part for part in parts}
    for star in standing.scheme.stars:
        mine = [of[item] for item in star.items if item in of]
        if not mine or any(part.points is None for part in mine):
            standing.missing += [star.name] if standing.scheme.by_stars and mine else []
            continue
        words = list(_star_lacks(star, mine, shown))
        if words:
            standing.say("star", f"{star.name}：{'，'.join(words)}，未得")
        else:
            won.append(star.name)
            total = sum((part.points or Fraction(0) for part in mine), Fraction(0))
            standing.say("star", f"{star.name}：{show(total)} 分，得星")
    standing.stars = tuple(won)


def _star_lacks(star: Star, mine: Sequence[Part], shown: Fraction | None) -> Iterator[str]:
    total = sum((part.points or Fraction(0) for part in mine), Fraction(0))
    full = sum(part.item.highest or 0 for part in mine)
    least = full if star.at_least is None else star.at_least
    if total < least:
        yield f"{show(total)} 分，应为{'满分 ' if star.at_least is None else '至少 '}{show(least)}"
    if star.with_total is not None and (shown is None or shown < star.with_total):
        yield f"总分不满 {show(star.with_total)}"


def _meets(
    condition: Condition, scheme: Scheme, inputs: Inputs, points: Mapping[str, Fraction | None]
) -> bool:
    if condition.kind == "flag":
        return bool(inputs.answers.get(condition.id))
    if condition.kind == "item":
        reached = points.get(condition.item)
        return reached is not None and reached >= condition.at_least
    if condition.kind == "review":
        names = [grade.name for grade in scheme.review.grades] if scheme.review else []
        return inputs.review in names and names.index(inputs.review) <= names.index(condition.grade)
    ranks = scheme.level_rank
    return inputs.last in ranks and ranks[inputs.last] >= ranks[condition.level]


def _conditions(standing: Standing, inputs: Inputs, points: Mapping[str, Fraction | None]) -> None:
    if standing.rank is None:
        return
    scheme = standing.scheme
    of = {condition.id: condition for condition in scheme.conditions}
    while standing.rank:
        level = scheme.levels[standing.rank]
        lacking = [
            of[need].name for need in level.needs if not _meets(of[need], scheme, inputs, points)
        ]
        if not lacking:
            if level.needs:
                names = "、".join(of[need].name for need in level.needs)
                standing.say("condition", f"“{level.name}”还须{names}，已具备")
            return
        standing.rank -= 1
        words = f"“{level.name}”还须{'、'.join(lacking)}，不具备 → {standing.level}"
        standing.say("condition", words)


def _lifts(standing: Standing, inputs: Inputs) -> None:
    for lift in standing.scheme.lifts:
        rank = standing.scheme.level_rank[lift.level]
        if inputs.answers.get(lift.id) and standing.rank is not None and standing.rank < rank:
            standing.rank = rank
            standing.say("lift", f"{lift.name}，直接定为{lift.level}")


def _review(standing: Standing, inputs: Inputs) -> None:
    review = standing.scheme.review
    if review is None:
        return
    grade = review.grade(inputs.review)
    if grade is None:
        if review.required:
            standing.missing.append(review.name)
            standing.say("missing", f"{review.name}结果未填")
        return
    if grade.highest:
        words = f"{review.name}为“{grade.name}”，最高“{grade.highest}”"
        standing.hold("review", words, standing.scheme.level_rank[grade.highest])


def _one_step(standing: Standing, inputs: Inputs) -> None:
    scheme = standing.scheme
    if not scheme.one_step or inputs.last not in scheme.level_rank:
        return
    if scheme.one_step_unless and inputs.answers.get(scheme.one_step_unless):
        return
    words = f"上期为“{inputs.last}”，每次只升一级"
    standing.hold("promotion", words, scheme.level_rank[inputs.last] + 1)


def _vetoes(standing: Standing, inputs: Inputs) -> None:
    found = []
    for veto in standing.scheme.vetoes:
        if veto.id not in inputs.vetoes:
            continue
        found.append(veto.text)
        if veto.effect is Effect.NOT_RATED:
            standing.not_rated = True
            standing.say("veto", f"一票否决：{veto.text} → 不参加评定")
        elif veto.effect is Effect.CAP:
            rank = standing.scheme.level_rank[veto.level]
            standing.hold("veto", f"一票否决：{veto.text}，最高“{veto.level}”", rank)
        else:
            standing.rank = 0
            standing.missing.clear()
            standing.say("veto", f"一票否决：{veto.text} → {standing.level}")
    standing.vetoes = tuple(found)
