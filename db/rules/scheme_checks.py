"""Whether the parts of a rating scheme fit together: names used once, references that exist, bands without holes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from db.codes import code_list
from db.errors import Fault
from db.rules.scheme import Combine, Effect, Scheme
from db.rules.scheme_items import Banded, Drawn, Events, Item, Marked


def check(scheme: Scheme) -> list[Fault]:
    """Everything that does not fit, each with the place where it stands."""
    faults: list[Fault] = []
    for part in (_names, _raters, _items, _levels, _stars, _references, _steps):
        faults += [Fault(place, f"{place}：{words}") for place, words in part(scheme)]
    return faults


Found = Iterator[tuple[str, str]]


def _twice(words: Iterable[str]) -> list[str]:
    return [word for word, times in Counter(words).items() if times > 1]


def _names(scheme: Scheme) -> Found:
    asked = [key for key, _ in scheme.flags()]
    lists = {
        "评分主体": [rater.id for rater in scheme.raters],
        "考核项目": [item.id for item in scheme.items],
        "等次": [level.name for level in scheme.levels],
        "星": [star.id for star in scheme.stars],
        "一票否决": [veto.id for veto in scheme.vetoes],
        "附加条件与直接定级": [key for key in asked if key not in scheme.item_of],
    }
    for place, ids in lists.items():
        for word in _twice(ids):
            yield place, f"“{word}”出现了两次"
    if not scheme.items:
        yield "考核项目", "至少要有一项"
    if not scheme.levels:
        yield "等次", "至少要有一个等次"


def _raters(scheme: Scheme) -> Found:
    if scheme.combine is Combine.WEIGHTED and scheme.raters:
        for item in scheme.items:
            ids = scheme.raters_of(item)
            known = [scheme.rater_of[one] for one in ids if one in scheme.rater_of]
            if ids and known and not any(rater.weight for rater in known):
                yield f"考核项目“{item.name}”", "给它评分的各方权重都是 0，算不出分"
    listed = code_list("rater_group")
    for rater in scheme.raters:
        if rater.id not in listed:
            words = "、".join(f"{code.code}（{code.label}）" for code in listed)
            yield f"评分主体“{rater.name}”", f"id“{rater.id}”不在评议主体里，可用：{words}"
        for name in _twice(grade.name for grade in rater.grades):
            yield f"评分主体“{rater.name}”", f"票面等次“{name}”出现了两次"
        if rater.drop_extremes and rater.grades:
            yield f"评分主体“{rater.name}”", "按等次投票时不能去掉最高分和最低分"


def _items(scheme: Scheme) -> Found:
    for item in scheme.items:
        place = f"考核项目“{item.name}”"
        for group in sorted(item.for_groups - set(scheme.groups)):
            yield place, f"适用人群“{group}”没有列在人群（groups）里"
        if isinstance(item, (Marked, Banded)):
            for rater in item.raters:
                if rater not in scheme.rater_of:
                    yield place, f"评分主体“{rater}”不存在"
            if scheme.raters_of(item) == () and not isinstance(item, Banded):
                yield place, "没有评分主体"
        yield from ((place, words) for words in _item(item))


def _item(item: Item) -> Iterator[str]:
    if isinstance(item, Marked):
        if item.maximum <= item.minimum:
            yield "最高分应大于最低分"
        if item.step and (item.maximum - item.minimum) % item.step:
            yield "分值不能按给定的步长分完"
    elif isinstance(item, Events):
        if not item.clauses:
            yield "没有记分情形"
        for word in _twice(clause.id for clause in item.clauses):
            yield f"记分情形“{word}”出现了两次"
        if any(clause.low > clause.high for clause in item.clauses):
            yield "记分情形的最低分高于最高分"
        if item.cap is not None and item.floor is not None and item.floor > item.cap:
            yield "最低分高于封顶分"
        if (item.cap_each is None) != (not item.cap_per):
            yield "分期封顶须同时写明周期（cap_per）和分值（cap_each）"
    elif isinstance(item, Drawn):
        if item.cap is not None and item.floor is not None and item.floor > item.cap:
            yield "最低分高于封顶分"
    elif isinstance(item, Banded):
        yield from _bands(item)


def _bands(item: Banded) -> Iterator[str]:
    if not item.rows or not item.measures:
        yield "应有指标和分档"
        return
    if any(at is not None for at in item.rows[0].at):
        yield "第一档是兜底，不写起点"
    for number, (row, above) in enumerate(zip(item.rows, item.rows[1:], strict=False), 2):
        if all(at is None for at in above.at):
            yield f"第{number}档没有起点"
        for measure, low, high in zip(item.measures, row.at, above.at, strict=True):
            if low is not None and high is not None and high <= low:
                yield f"第{number}档“{measure.name}”的起点应高于上一档"
    if any(row.low > row.high for row in item.rows):
        yield "分档的最低分高于最高分"


def _levels(scheme: Scheme) -> Found:
    if not scheme.levels:
        return
    place = "等次"
    if scheme.levels[0].start is not None:
        yield place, f"最低的“{scheme.levels[0].name}”不写起点，凡够不上其他等次的都归它"
    for level, above in zip(scheme.levels, scheme.levels[1:], strict=False):
        if above.start is None:
            yield place, f"“{above.name}”缺少起点"
        elif level.start is not None and above.start <= level.start:
            yield place, f"“{above.name}”的起点应高于“{level.name}”"
    grid = 100 // 10**scheme.places
    full = scheme.full() if not scheme.by_stars else len(scheme.stars) * 100
    for level in scheme.levels[1:]:
        if level.start is None:
            continue
        if not scheme.by_stars and level.start % grid:
            yield place, f"“{level.name}”的起点比保留的小数位更细，分档会落空"
        if full is not None and level.start > full:
            yield place, f"“{level.name}”从 {level.start / 100:g} 起，而最多只能得 {full / 100:g}"


def _stars(scheme: Scheme) -> Found:
    if scheme.by_stars and not scheme.stars:
        yield "星", "按颗数定级的办法要列出各颗星"
    for star in scheme.stars:
        place = f"星“{star.name}”"
        if not star.items:
            yield place, "没有写凭哪些项目得星"
        for item in star.items:
            if item not in scheme.item_of:
                yield place, f"项目“{item}”不存在"
            elif star.at_least is None and scheme.item_of[item].highest is None:
                yield place, f"“{scheme.item_of[item].name}”没有满分，须写明至少多少分"


def _references(scheme: Scheme) -> Found:
    ranks = scheme.level_rank
    conditions = {condition.id for condition in scheme.conditions}
    grades = {grade.name for grade in scheme.review.grades} if scheme.review else set()
    named = [
        *((f"名额“{limit.level}”", limit.level) for limit in scheme.limits),
        *((f"直接定级“{lift.name}”", lift.level) for lift in scheme.lifts),
        *((f"一票否决“{v.text}”", v.level) for v in scheme.vetoes if v.effect is Effect.CAP),
        *((f"附加条件“{c.name}”", c.level) for c in scheme.conditions if c.kind == "last"),
    ]
    if scheme.review:
        named += [(f"民主评议“{g.name}”", g.highest) for g in scheme.review.grades if g.highest]
    for place, name in named:
        if name not in ranks:
            yield place, f"没有“{name}”这个等次"
    if len({limit.per for limit in scheme.limits}) > 1:
        yield "名额", "各等次的名额范围（per）应当一致"
    for level in scheme.levels:
        for need in level.needs:
            if need not in conditions:
                yield f"等次“{level.name}”", f"附加条件“{need}”不存在"
    if scheme.levels and scheme.levels[0].needs:
        yield f"等次“{scheme.levels[0].name}”", "最低等次不能有附加条件"
    for condition in scheme.conditions:
        place = f"附加条件“{condition.name}”"
        if condition.kind == "item" and condition.item not in scheme.item_of:
            yield place, f"项目“{condition.item}”不存在"
        if condition.kind == "review" and condition.grade not in grades:
            yield place, f"没有“{condition.grade}”这个民主评议等次"
    for key in scheme.tie_break:
        if key not in scheme.item_of:
            yield "评定结果", f"同分比较项目“{key}”不存在"
    if scheme.one_step_unless and scheme.one_step_unless not in {k for k, _ in scheme.flags()}:
        yield "评定结果", f"逐级晋升的例外“{scheme.one_step_unless}”不存在"


def _steps(scheme: Scheme) -> Found:
    if not scheme.steps:
        yield "步骤", "至少要有一步"
        return
    for step in scheme.steps:
        for rater_id in step.raters:
            if rater_id not in scheme.rater_of:
                yield f"步骤“{step.name}”", f"评分主体“{rater_id}”不存在"
    for word in _twice(step.name for step in scheme.steps):
        yield "步骤", f"“{word}”出现了两次"
    if scheme.raters:
        placed = {rater for step in scheme.steps for rater in step.raters}
        for rater in scheme.raters:
            if rater.id not in placed:
                yield "步骤", f"没有写“{rater.name}”在哪一步评分"
