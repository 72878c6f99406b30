"""表彰资格: may this person or organization be put forward, and on which facts does the answer rest.

《中国共产党党内功勋荣誉表彰条例》 art. 16–17 and the conditions that circulars add to it. Each check is
one function over plain facts; a setting decides whether failing it forbids, warns, or is not asked.
Only formal facts count (membership, sanctions and their term, dates, ratings, dues); a fact nobody
keeps is reported as 未核, never as met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from db.rules import dates
from db.rules.eligibility_facts import Answer, Facts, Given, Outcome, Rated, Sanction

__all__ = [
    "CHECKS",
    "Answer",
    "Check",
    "Facts",
    "Finding",
    "Given",
    "Mode",
    "Outcome",
    "Rated",
    "Sanction",
    "check",
    "default_settings",
    "forbidding",
    "judge",
    "sentence",
]


class Mode(StrEnum):
    """What failing a check does."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition that a circular may set; `parameters` are its numbers with their defaults."""

    code: str
    label: str
    subjects: frozenset[str]
    ask: Callable[[Facts, Mapping[str, Any]], Answer]
    mode: Mode
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: What each parameter is called on the settings page.
    asks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's answer under the setting in force."""

    check: str
    label: str
    mode: Mode
    outcome: Outcome
    words: str

    @property
    def forbids(self) -> bool:
        """Whether it forbids the nomination unless somebody takes responsibility."""
        return self.mode is Mode.BLOCK and self.outcome is Outcome.FAILED

    @property
    def warns(self) -> bool:
        """Whether a person should look: a soft condition failed, or a hard one could not be seen."""
        if self.outcome is Outcome.FAILED:
            return self.mode is Mode.WARN
        return self.outcome is Outcome.UNKNOWN


def _met(words: str) -> Answer:
    return Answer(Outcome.MET, words)


def _failed(words: str) -> Answer:
    return Answer(Outcome.FAILED, words)


def _unknown(words: str) -> Answer:
    return Answer(Outcome.UNKNOWN, words)


def _verdict(met: bool, words: str) -> Answer:
    return _met(words) if met else _failed(words)


def _category(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if not facts.category:
        return _unknown("台账里没有人员类别")
    return _verdict(facts.category == "full", f"人员类别为{facts.category_words}")


def _standing(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if not facts.standing:
        return _unknown("台账里没有党籍状态")
    return _verdict(facts.standing in {"normal", "restored"}, f"党籍状态为“{facts.standing_words}”")


def _sanction(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if not facts.sanctions:
        return _met("台账中没有处分记录")
    for one in facts.sanctions:
        if not one.until:
            return _unknown(f"{_day(one.on)}受{one.kind}处分，没有记影响期满日期")
        if dates.compare(one.until, facts.on) != -1:
            return _failed(f"{_day(one.on)}受{one.kind}处分，影响期到 {_day(one.until)}")
    last = max(facts.sanctions, key=lambda one: one.until)
    return _met(f"{_day(last.on)}受{last.kind}处分，影响期已于 {_day(last.until)} 届满")


def _punished_this_year(facts: Facts, _: Mapping[str, Any]) -> Answer:
    year = facts.on[:4]
    for one in facts.sanctions:
        if one.on.startswith(year):
            return _failed(f"{_day(one.on)}受{one.kind}处分，属当年受处分")
    return _met(f"{year}年没有受处分")


def _review(facts: Facts, numbers: Mapping[str, Any]) -> Answer:
    needed = int(numbers["level"])
    words = _REVIEW_WORDS.get(needed, str(needed))
    if facts.review is None:
        return _unknown("没有民主评议结果")
    text = f"{facts.review.period}民主评议为“{facts.review.words}”，要求{words}"
    return _verdict(facts.review.level >= needed, text)


_REVIEW_WORDS = {4: "“优秀”", 3: "“合格”以上", 2: "“基本合格”以上", 1: "参加评议"}


def _star(facts: Facts, numbers: Mapping[str, Any]) -> Answer:
    if facts.star is None:
        return _unknown("没有星级评定结果")
    needed = int(numbers["stars"])
    text = f"{facts.star.period}评为{facts.star.words}，要求 {needed} 星以上"
    return _verdict(facts.star.level >= needed, text)


def _veto(facts: Facts, _: Mapping[str, Any]) -> Answer:
    rated = [one for one in (facts.star, facts.review, facts.grading) if one is not None]
    if not rated:
        return _unknown("没有评定结果，无从查一票否决")
    for one in rated:
        if one.vetoed:
            return _failed(f"{one.period}被一票否决：{one.vetoed}")
    return _met("最近的评定中没有一票否决")


def _repeated(facts: Facts, numbers: Mapping[str, Any]) -> Answer:
    years = int(numbers["years"])
    same = [one for one in facts.honours if _same_title(one.title, facts.title)]
    if not same:
        return _met(f"没有获得过“{facts.title}”")
    last = max(same, key=lambda one: one.on)
    # By calendar year, as rounds are counted: who was honoured in 2023 may be again in 2026.
    since = int(facts.on[:4]) - int(last.on[:4])
    text = f"{_day(last.on)}已获“{last.title}”，{years} 年内不重复表彰"
    return _verdict(since >= years, text)


def _same_title(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(title: str) -> str:
    return "".join(c for c in title if c not in "“”\"' 　《》〈〉")


def _one_title(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.other_titles:
        names = "、".join(f"“{title}”" for title in facts.other_titles)
        return _failed(f"本次还被推荐为{names}")
    return _met("本次只推荐这一项")


def _quota(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.places is None:
        return _unknown("没有给推荐单位核定名额")
    text = f"{facts.places_words or '推荐单位'}可推荐 {facts.places} 个，这是第 {facts.taken} 个"
    return _verdict(facts.taken <= facts.places, text)


def _pool(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.in_pool is None:
        return _met("不限推荐范围")
    words = "在推荐范围内" if facts.in_pool else "不在推荐范围内"
    return _verdict(facts.in_pool, facts.pool_words or words)


def _scope(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.in_scope is None:
        return _met("不限表彰范围")
    words = "在表彰范围内" if facts.in_scope else "不在表彰范围内"
    return _verdict(facts.in_scope, facts.scope_words or words)


def _dues(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.dues_paid_until is None:
        return _unknown("没有党费台账，无此项数据")
    month = facts.on[:7]
    if not facts.dues_paid_until:
        return _failed("没有交纳党费的记录")
    text = f"党费交至 {_day(facts.dues_paid_until)}"
    # Dues of a month are due within it; the month before is what can be asked for.
    return _verdict(facts.dues_paid_until[:7] >= dates.add_months(month, -1), text)


def _active(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if not facts.status:
        return _unknown("台账里没有党组织状态")
    return _verdict(facts.status == "active", f"党组织状态为“{facts.status_words}”")


def _election(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if not facts.election_due:
        return _unknown("没有记届满日期，无从查是否按期换届")
    if dates.compare(facts.election_due, facts.on) == -1:
        return _failed(f"{_day(facts.election_due)} 届满，尚未换届")
    return _met(f"{_day(facts.election_due)} 届满，按期换届")


def _grading(facts: Facts, numbers: Mapping[str, Any]) -> Answer:
    if facts.grading is None:
        return _unknown("没有定级或考核结果")
    lowest = tuple(numbers["not_among"])
    text = f"{facts.grading.period}定为“{facts.grading.words}”"
    words = facts.grading.words
    # “差” is a grade of its own and also a part of other words.
    failed = any(word == words or (len(word) > 1 and word in words) for word in lowest)
    return _verdict(not failed, text + (f"，属于{'、'.join(lowest)}" if failed else ""))


def _meeting(facts: Facts, numbers: Mapping[str, Any]) -> Answer:
    if facts.recommended is None or not facts.present:
        return _unknown("没有支部大会的实到人数和赞成票数")
    share = int(numbers["percent"])
    text = f"支部大会实到 {facts.present} 人，赞成 {facts.recommended} 票"
    return _verdict(facts.recommended * 100 > facts.present * share, text)


def _complete(facts: Facts, _: Mapping[str, Any]) -> Answer:
    if facts.missing:
        return _failed(f"还缺：{'、'.join(facts.missing)}")
    return _met("推荐材料齐全")


_MEMBER = frozenset({"member"})
_ORGANIZATION = frozenset({"organization"})
_BOTH = _MEMBER | _ORGANIZATION
_EVERY = frozenset({"member", "organization", "person", "unit"})

#: All checks there are, in the order in which they are explained.
CHECKS: tuple[Check, ...] = (
    Check("category", "正式党员", _MEMBER, _category, Mode.BLOCK),
    Check("standing", "党籍正常", _MEMBER, _standing, Mode.BLOCK),
    Check("active", "党组织在册", _ORGANIZATION, _active, Mode.BLOCK),
    Check("scope", "在表彰范围内", _BOTH, _scope, Mode.BLOCK),
    Check("pool", "符合推荐范围", _BOTH, _pool, Mode.BLOCK),
    Check("sanction", "不在处分影响期", _MEMBER, _sanction, Mode.BLOCK),
    Check("punished_this_year", "当年未受处分", _MEMBER, _punished_this_year, Mode.BLOCK),
    Check(
        "review",
        "民主评议等次",
        _MEMBER,
        _review,
        Mode.BLOCK,
        {"level": 3},
        {"level": "最低等次（4优秀 3合格 2基本合格）"},
    ),
    Check("star", "星级", _MEMBER, _star, Mode.WARN, {"stars": 3}, {"stars": "最低星级"}),
    Check("veto", "无一票否决", _BOTH, _veto, Mode.BLOCK),
    Check(
        "repeated",
        "同一称号不重复",
        _EVERY,
        _repeated,
        Mode.WARN,
        {"years": 3},
        {"years": "几年内不重复"},
    ),
    Check("one_title", "一次不授两项", _EVERY, _one_title, Mode.BLOCK),
    Check("election", "按期换届", _ORGANIZATION, _election, Mode.BLOCK),
    Check(
        "grading",
        "非软弱涣散、后进",
        _ORGANIZATION,
        _grading,
        Mode.BLOCK,
        {"not_among": ("后进", "较差", "软弱涣散", "差")},
        {"not_among": "不得为这些等次"},
    ),
    Check("dues", "按期交纳党费", _MEMBER, _dues, Mode.WARN),
    Check("quota", "名额未满", _EVERY, _quota, Mode.WARN),
    Check(
        "meeting",
        "支部大会过半数赞成",
        _MEMBER,
        _meeting,
        Mode.WARN,
        {"percent": 50},
        {"percent": "赞成须超过实到的百分之几"},
    ),
    Check("complete", "材料齐全", _EVERY, _complete, Mode.WARN),
)

_BY_CODE = {check.code: check for check in CHECKS}


def check(code: str) -> Check:
    """The check with this code; KeyError if there is none."""
    return _BY_CODE[code]


def default_settings() -> dict[str, dict[str, Any]]:
    """Every check with its usual mode and numbers, as a programme keeps them."""
    return {one.code: {"mode": one.mode.value, **_plain(one.parameters)} for one in CHECKS}


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in parameters.items()}


def judge(facts: Facts, settings: Mapping[str, Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Every check that is asked of such a recipient, answered; a check without a setting is asked as usual."""
    return tuple(_judge(facts, settings))


def _judge(facts: Facts, settings: Mapping[str, Mapping[str, Any]]) -> Iterable[Finding]:
    for one in CHECKS:
        if facts.subject not in one.subjects:
            continue
        setting = settings.get(one.code, {})
        mode = Mode(setting.get("mode", one.mode))
        if mode is Mode.OFF:
            continue
        numbers = {**one.parameters, **{k: v for k, v in setting.items() if k in one.parameters}}
        answer = one.ask(facts, numbers)
        yield Finding(one.code, one.label, mode, answer.outcome, answer.words)


def forbidding(findings: Sequence[Finding], overrides: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings that still forbid, after what somebody let pass with a reason."""
    return tuple(
        one for one in findings if one.forbids and not overrides.get(one.check, "").strip()
    )


def sentence(findings: Sequence[Finding]) -> str:
    """What stands against the recipient, in one sentence; "" when nothing does."""
    against = [f"{one.label}：{one.words}" for one in findings if one.outcome is Outcome.FAILED]
    return "；".join(against)


def _day(value: str) -> str:
    return dates.show(value, "chinese")
