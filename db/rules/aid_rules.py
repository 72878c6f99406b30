"""Rules of aid as data: who is in, who is out and why, and how much.

A rule is a table (resources/aid/*.toml, kept with each batch): conditions that must all hold, a way
to reckon the amount, and how often the same right may be paid. Missing facts never count as met.
Amounts are whole 分.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.rules import amount as money
from db.rules import dates


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person on the day of payment."""

    name: str
    party: bool = True
    born_on: str = ""
    joined_on: str = ""
    confirmed_on: str = ""
    category: str = ""
    standing: str = "normal"
    occupation: str = ""
    domain: str = ""
    flags: frozenset[str] = frozenset()
    #: (title, date) of each honour on the record.
    honours: tuple[tuple[str, str], ...] = ()
    #: The hardship of the year: None when there is none.
    degree: str | None = None
    hardship_category: str = ""
    recognised: bool = False
    household: str = ""
    household_size: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person is in, the reasons for it, and the amount where it can be told."""

    inside: bool
    words: tuple[str, ...]
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule read and checked."""

    subjects: str
    per: str
    household: str
    steps: tuple[str, ...]
    when: tuple[Mapping[str, Any], ...]
    amount: Mapping[str, Any]
    notice: Mapping[str, Any] = field(default_factory=dict)


PERIODS = {
    "year": "每年一次",
    "half": "每半年一次",
    "quarter": "每季一次",
    "month": "每月一次",
    "once": "一生一次",
}
HOUSEHOLD = ("stop", "warn", "off")
STEPS = ("branch", "notice", "committee", "department")


def read(body: Mapping[str, Any]) -> Rule:
    """A rule from its table; Refusal names what cannot be understood."""
    try:
        rule = Rule(
            subjects=body["subjects"],
            per=body["per"],
            household=body.get("household", "off"),
            steps=tuple(body.get("steps", ())),
            when=tuple(body.get("when", ())),
            amount=body["amount"],
            notice=body.get("notice", {}),
        )
    except KeyError as missing:
        raise Refusal(f"发放规则缺少“{missing.args[0]}”。") from None
    if rule.subjects not in {"member", "hardship"} or rule.per not in PERIODS:
        raise Refusal("发放规则的对象或周期不认识。")
    if rule.household not in HOUSEHOLD or any(step not in STEPS for step in rule.steps):
        raise Refusal("发放规则的步骤不认识。")
    if [s for s in STEPS if s in rule.steps] != list(rule.steps):
        raise Refusal("发放规则的步骤次序不对，应为支部评议、公示、党委审核、组织部审批。")
    for condition in rule.when:
        if condition.get("test") not in _TESTS:
            raise Refusal(f"发放规则里有不认识的条件“{condition.get('test')}”。")
    if rule.amount.get("way") not in _AMOUNTS:
        raise Refusal("发放规则的金额办法不认识。")
    return rule


def period_of(per: str, on: str) -> str:
    """The period of a payment day in which the same right is paid once: 2026, 2026Q1, 2026-03, 终身."""
    year, month = on[:4], int(on[5:7])
    return {
        "year": year,
        "half": f"{year}{'上半年' if month <= 6 else '下半年'}",
        "quarter": f"{year}Q{(month + 2) // 3}",
        "month": on[:7],
        "once": "终身",
    }[per]


def judge(rule: Rule, facts: Facts, on: str) -> Verdict:
    """In or out by the conditions alone, with the words for each that failed (or, inside, held)."""
    held: list[str] = []
    failed: list[str] = []
    for condition in rule.when:
        holds, words = _TESTS[condition["test"]](condition, facts, on)
        (held if holds else failed).append(words)
    if failed:
        return Verdict(False, tuple(failed))
    cents, words = _AMOUNTS[rule.amount["way"]](rule.amount, facts, on)
    if cents is None:
        return Verdict(False, (words,))
    return Verdict(True, (*held, words), cents)


# -- conditions -------------------------------------------------------------------------------

_Answer = tuple[bool, str]


def _joined(condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    before, since = str(condition.get("before", "")), str(condition.get("since", ""))
    if not facts.joined_on:
        return False, "缺入党日期，不能判断"
    words = f"{dates.show(facts.joined_on)} 入党"
    if before:
        order = dates.compare(facts.joined_on, before)
        if order is None:
            return False, f"{words}，日期不够详细，不能判断是否在 {dates.show(before)} 以前"
        if order >= 0:
            return False, f"{words}，不在 {dates.show(before)} 以前"
    if since and (dates.compare(facts.joined_on, since) or 0) < 0:
        return False, f"{words}，早于 {dates.show(since)}"
    return True, words


def _age(condition: Mapping[str, Any], facts: Facts, on: str) -> _Answer:
    age = dates.age_at(facts.born_on, on)
    if age is None:
        return False, "缺出生日期，不能判断年龄"
    least, most = condition.get("at_least"), condition.get("at_most")
    words = f"{age} 周岁"
    if least is not None and age < least:
        return False, f"{words}，不满 {least} 周岁"
    if most is not None and age > most:
        return False, f"{words}，超过 {most} 周岁"
    return True, words


def _party_years(condition: Mapping[str, Any], facts: Facts, on: str) -> _Answer:
    years = party_years(facts, condition, on)
    if years is None:
        return False, "缺转正日期，不能算党龄"
    words = f"党龄 {years} 年"
    least = int(condition["at_least"])
    return (True, words) if years >= least else (False, f"{words}，不满 {least} 年")


def party_years(facts: Facts, table: Mapping[str, Any], on: str) -> int | None:
    """党龄 in full years, counted from 转正 (党章 第七条), on the payment day or by a day of its year."""
    by = f"{on[:4]}-{table['by']}" if table.get("by") else on
    return dates.years_between(facts.confirmed_on, by)


def _occupation(condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    codes = code_list("occupation")
    words = codes.label_of(facts.occupation) if facts.occupation else "缺工作岗位"
    marked = facts.occupation in codes and codes[facts.occupation].is_marked(condition["mark"])
    return marked, words if marked else f"工作岗位是“{words}”，不在范围内"


def _hardship(condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    if facts.degree is None:
        return False, "本年度没有登记困难"
    if condition.get("recognised") and not facts.recognised:
        return False, "没有组织认定"
    degrees = condition.get("degrees")
    words = code_list("hardship_degree").label_of(facts.degree)
    if degrees and facts.degree not in degrees:
        return False, f"{words}，不在范围内"
    categories = condition.get("categories")
    if categories and facts.hardship_category not in categories:
        return False, "困难类别不在范围内"
    return True, words


def _honour(condition: Mapping[str, Any], facts: Facts, on: str) -> _Answer:
    title = str(condition["title"])
    year = int(on[:4]) - (1 if condition.get("year") == "last" else 0)
    for given, day in facts.honours:
        if title in given and day[:4] == str(year):
            return True, f"{dates.show(day)} 获“{given}”"
    return False, f"{year} 年没有获得“{title}”"


def _flag(condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    label = code_list("member_flag").label_of(condition["kind"])
    has = condition["kind"] in facts.flags
    return has, label if has else f"没有“{label}”标记"


def _party(_condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    return facts.party, "党员" if facts.party else "不是党员"


def _full(_condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    full = facts.category == "full"
    return full, "正式党员" if full else "不是正式党员"


def _domain(condition: Mapping[str, Any], facts: Facts, _on: str) -> _Answer:
    words = code_list("domain").label_of(facts.domain)
    inside = facts.domain in condition["in"]
    return inside, words if inside else f"领域是“{words}”，不在范围内"


_TESTS: dict[str, Callable[[Mapping[str, Any], Facts, str], _Answer]] = {
    "joined": _joined,
    "age": _age,
    "party_years": _party_years,
    "occupation": _occupation,
    "hardship": _hardship,
    "honour": _honour,
    "flag": _flag,
    "party": _party,
    "full": _full,
    "domain": _domain,
}

# -- amounts ----------------------------------------------------------------------------------

_Sum = tuple[int | None, str]


def _fixed(table: Mapping[str, Any], _facts: Facts, _on: str) -> _Sum:
    return _each(str(table["yuan"]))


@cache
def _each(yuan: str) -> _Sum:
    """The same for everybody on the list: read and written out once."""
    cents = money.parse(yuan)
    return cents, f"每人 {money.show(cents)} 元"


def _table(table: Mapping[str, Any], facts: Facts, on: str) -> _Sum:
    by = table["by"]
    for row in table["rows"]:
        if _row_fits(by, row, facts, on):
            cents = money.parse(str(row["yuan"]))
            return cents, f"按标准 {money.show(cents)} 元"
    return None, "没有适用的发放标准"


def _row_fits(by: str, row: Mapping[str, Any], facts: Facts, on: str) -> bool:
    if by == "degree":
        return bool(row["is"] == facts.degree)
    if by == "joined":
        return dates.compare(facts.joined_on, str(row["before"])) == -1
    number = {
        "age": dates.age_at(facts.born_on, on),
        "party_years": dates.years_between(facts.confirmed_on, on),
        "household_size": facts.household_size,
    }.get(by)
    return number is not None and number >= int(row["at_least"])


def _formula(table: Mapping[str, Any], facts: Facts, on: str) -> _Sum:
    counted = {
        "party_years": party_years(facts, table, on),
        "age": dates.age_at(facts.born_on, on),
        "household_size": facts.household_size,
    }.get(table["of"])
    if counted is None:
        return None, "缺计算金额所需的资料"
    units = max(0, counted - int(table.get("above", 0)))
    base, each = money.parse(str(table.get("base", "0"))), money.parse(str(table["each"]))
    cents = base + each * units
    words = f"{money.show(base)} + {money.show(each)} × {units}"
    if "most" in table and cents > (most := money.parse(str(table["most"]))):
        return most, f"{words}，限 {money.show(most)} 元"
    return cents, f"{words} = {money.show(cents)} 元"


_AMOUNTS: dict[str, Callable[[Mapping[str, Any], Facts, str], _Sum]] = {
    "fixed": _fixed,
    "table": _table,
    "formula": _formula,
}


def amounts(body: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The amounts that a rule's table holds, each with the words for what it is, in 分."""
    return [(words, money.parse(str(table[key]))) for words, table, key in _places(body["amount"])]


def with_amounts(body: Mapping[str, Any], cents: Sequence[int]) -> dict[str, Any]:
    """The rule with other amounts, in the order of `amounts`."""
    changed = copy.deepcopy(dict(body))
    for (_, table, key), one in zip(_places(changed["amount"]), cents, strict=True):
        table[key] = f"{one // 100}.{one % 100:02}"
    return changed


def _places(table: Any) -> list[tuple[str, Any, str]]:
    if table["way"] == "fixed":
        return [("每人金额", table, "yuan")]
    if table["way"] == "formula":
        words = {"base": "基数", "each": "每年（每人）增加", "most": "最高不超过"}
        return [(words[key], table, key) for key in words if key in table]
    return [(_row_words(table["by"], row), row, "yuan") for row in table["rows"]]


def _row_words(by: str, row: Mapping[str, Any]) -> str:
    if by == "degree":
        return code_list("hardship_degree").label_of(row["is"])
    if by == "joined":
        return f"{dates.show(str(row['before']))} 以前入党"
    label = {"age": "周岁", "party_years": "年党龄", "household_size": "人以上户"}[by]
    return f"满 {row['at_least']} {label}"


# -- what stops a payment ------------------------------------------------------------------------


def stop(facts: Facts) -> str:
    """Why nothing is paid whatever the rule says: dead, transferred, stopped; "" when nothing is."""
    if not facts.party or not facts.standing:
        return ""
    codes = code_list("standing")
    if facts.standing in codes and codes[facts.standing].is_marked("counted"):
        return ""
    return f"发放日党籍状态是“{codes.label_of(facts.standing)}”"
