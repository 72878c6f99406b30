"""A rating scheme in words: what a clerk reads before choosing it, and what stands behind a result."""

from __future__ import annotations

from collections.abc import Iterator

from db.codes import code_list
from db.rating import sources
from db.rules.quota import percent
from db.rules.scheme import Effect, LevelLimit, Scheme
from db.rules.scheme_items import Banded, Drawn, Events, Item, Marked, YesNo
from db.rules.scoring_items import show

Section = tuple[str, list[str]]


def describe(rules: Scheme) -> list[Section]:
    """The scheme as headings with sentences."""
    found = [
        ("对象和周期", list(_scope(rules))),
        ("评分主体", list(_raters(rules))),
        ("考核项目", [_item(item, rules) for item in rules.items]),
        ("等次", list(_levels(rules))),
        ("名额", [_limit(one) for one in rules.limits]),
        ("一票否决", [_veto(one.text, one.effect, one.level) for one in rules.vetoes]),
        ("免评和不参评", list(_outside(rules))),
        ("步骤", list(_steps(rules))),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def _scope(rules: Scheme) -> Iterator[str]:
    period = code_list("period").label_of(rules.period.kind)
    yield f"评定{rules.subject.label}，每{period}一次"
    if rules.period.statement:
        yield f"得分按{code_list('period').label_of(rules.period.statement)}公布"
    if rules.domains:
        names = "、".join(code_list("domain").label_of(one) for one in rules.domains)
        yield f"限于{names}领域"
    if rules.kinds:
        names = "、".join(code_list("organization_kind").label_of(one) for one in rules.kinds)
        yield f"限于{names}"
    if rules.base:
        yield f"起评 {show(rules.base)} 分"
    full = rules.full()
    if full is not None:
        yield f"最高 {show(full)} 分"


def _raters(rules: Scheme) -> Iterator[str]:
    for rater in rules.raters:
        words = rater.name
        if rater.weight:
            words += f"，权重 {show(rater.weight)}%"
        if rater.least_ballots > 1:
            words += f"，有效票至少 {rater.least_ballots} 张"
        if rater.drop_extremes:
            words += "，去掉一个最高分和一个最低分"
        if rater.grades:
            words += "，按" + "、".join(
                f"{grade.name}（{percent(grade.share)}）" for grade in rater.grades
            )
            words += "投票"
        if not rater.required:
            words += "，可以没有"
        yield words
    if len(rules.raters) > 1:
        yield f"各方{rules.combine.label}合成"


def _item(item: Item, rules: Scheme) -> str:
    head = f"{item.heading}：" if item.heading else ""
    words = f"{head}{item.name}"
    if isinstance(item, Marked):
        words += f"，{show(item.lowest or 0)} 至 {show(item.maximum)} 分"
        if item.reverse:
            words += f"，达不到倒扣 {show(item.reverse)} 分"
    elif isinstance(item, Events):
        words += "，按次记分"
        if item.start:
            words += f"，起评 {show(item.start)} 分"
        if item.cap is not None:
            words += f"，封顶 {show(item.cap)} 分"
        if item.cap_each is not None:
            words += (
                f"，每{code_list('period').label_of(item.cap_per)}封顶 {show(item.cap_each)} 分"
            )
        if item.floor is not None:
            words += f"，最低 {show(item.floor)} 分"
        words += "：" + "；".join(
            f"{one.text} {show(one.low)}" + (f"—{show(one.high)}" if one.high != one.low else "")
            for one in item.clauses
        )
    elif isinstance(item, Banded):
        names = "或".join(one.name for one in item.measures)
        low, high = show(item.lowest or 0), show(item.highest or 0)
        words += f"，按{names}分 {len(item.rows)} 档，{low} 至 {high} 分"
    elif isinstance(item, Drawn):
        words += f"，取{sources.label_of(item.source)}，每{item.unit.strip() or '单位'} {show(item.each)} 分"
    elif isinstance(item, YesNo):
        words += f"，是得 {show(item.points)} 分"
    judges = [rules.rater_of[one].name for one in rules.raters_of(item)]
    if judges and len(judges) < len(rules.raters):
        words += f"（{'、'.join(judges)}评）"
    return words + (f"。{item.standard}" if item.standard else "")


def _levels(rules: Scheme) -> Iterator[str]:
    unit = "颗星" if rules.by_stars else "分"
    names = {one.id: one.name for one in rules.conditions}
    for rank in range(len(rules.levels) - 1, -1, -1):
        level = rules.levels[rank]
        words = f"{level.name}：" + (f"满 {show(level.start)} {unit}" if level.start else "其余")
        if level.needs:
            words += "，并且" + "、".join(names[need] for need in level.needs)
        if level.consequence:
            words += f"；{level.consequence}"
        yield words
    for star in rules.stars:
        least = "满分" if star.at_least is None else f"满 {show(star.at_least)} 分"
        items = "、".join(rules.item_of[one].name for one in star.items)
        total = f"且总分满 {show(star.with_total)} 分" if star.with_total is not None else ""
        yield f"{star.name}：{items}{least}{total}"
    if rules.review is not None:
        caps = "，".join(f"{g.name}最高{g.highest}" for g in rules.review.grades if g.highest)
        yield f"受{rules.review.name}结果限制：{caps}"
    for lift in rules.lifts:
        yield f"{lift.name}，直接定为{lift.level}"
    if rules.one_step:
        yield "每次只升一级"
    places = {0: "整数", 1: "一位小数", 2: "两位小数"}[rules.places]
    yield f"总分保留{places}，{rules.rounding}"


def _limit(limit: LevelLimit) -> str:
    per = {"round": "全体", "township": "每个党委", "branch": "每个支部", "domain": "每个领域"}
    most = "不少于" if limit.at_least else "不超过"
    allowance = limit.allowance
    parts = []
    if allowance.share is not None:
        parts.append(f"{percent(allowance.share)}（{allowance.rounding}）")
    if allowance.number is not None:
        parts.append(f"{allowance.number} 个")
    ties = "" if limit.at_least else "，边缘同分的由人取舍"
    return f"{limit.level}：{per[limit.per]}{most} {'、'.join(parts)}{ties}"


def _veto(text: str, effect: Effect, level: str) -> str:
    return f"{text}：{effect.label}{f'“{level}”' if effect is Effect.CAP else ''}"


def _outside(rules: Scheme) -> Iterator[str]:
    for one in rules.exemptions:
        grounds = [
            words
            for on, words in ((one.by_wish, "本人申请"), (one.by_meeting, "党员大会通过"))
            if on
        ]
        yield f"{one.name}可免评" + (f"，须{'、'.join(grounds)}" if grounds else "")
    for out in rules.not_rated:
        yield f"{out.name}不参评"


def _steps(rules: Scheme) -> Iterator[str]:
    yield " → ".join(step.name for step in rules.steps)
    if rules.quorum is not None:
        yield f"评定会议到会人数不少于应到的 {percent(rules.quorum)}"
    if any(step.kind == "notice" for step in rules.steps):
        unit = code_list("day_unit").label_of(rules.notice_unit)
        yield f"公示 {rules.notice_days} 个{unit}"
