"""What a clerk fills in to build a rule of aid: each condition and each way to reckon, field by field.

The rule itself stays the table that `aid_rules` reads; here stands how its parts are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.rules import aid_rules, dates
from db.rules import amount as money


@dataclass(frozen=True, slots=True)
class Part:
    """One thing asked: `kind` is date, day (月日), number, money, text, flag, codes (several) or pick."""

    key: str
    label: str
    kind: str
    codes: str = ""
    picks: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A condition or a way to reckon, with what it asks."""

    label: str
    parts: tuple[Part, ...] = ()


_BY = Part("by", "计算到当年哪一天", "day")
_YEARS = {"this": "当年", "last": "上一年"}
_MARKS = {"herder_or_farmer": "农牧民"}
_COUNTED = {"party_years": "党龄", "age": "年龄", "household_size": "家庭人口"}

CONDITIONS: Mapping[str, Shape] = {
    "party": Shape("是党员"),
    "full": Shape("是正式党员"),
    "joined": Shape("入党时间", (Part("before", "早于", "date"), Part("since", "不早于", "date"))),
    "party_years": Shape("党龄", (Part("at_least", "满几年", "number", required=True), _BY)),
    "age": Shape(
        "年龄", (Part("at_least", "满几周岁", "number"), Part("at_most", "不超过", "number"))
    ),
    "occupation": Shape("职业", (Part("mark", "是", "pick", picks=_MARKS, required=True),)),
    "domain": Shape("领域", (Part("in", "是其中之一", "codes", "domain", required=True),)),
    "hardship": Shape(
        "本年度登记困难",
        (
            Part("recognised", "只要组织认定的", "flag"),
            Part("degrees", "困难程度", "codes", "hardship_degree"),
            Part("categories", "困难类别", "codes", "hardship"),
        ),
    ),
    "honour": Shape(
        "获得称号",
        (
            Part("title", "称号", "text", required=True),
            Part("year", "哪一年", "pick", picks=_YEARS, required=True),
        ),
    ),
    "flag": Shape("党员标记", (Part("kind", "有标记", "code", "member_flag", required=True),)),
}

AMOUNTS: Mapping[str, Shape] = {
    "fixed": Shape("每人定额", (Part("yuan", "每人金额", "money", required=True),)),
    "table": Shape(
        "分档",
        (
            Part(
                "by", "按什么分档", "pick", required=True,
                picks={"degree": "困难程度", "joined": "入党时间早于", **_COUNTED},
            ),
            Part("rows", "各档（一行一档：条件：金额）", "lines", required=True),
        ),
    ),
    "formula": Shape(
        "基数加每年（每人）增加",
        (
            Part("base", "基数", "money"),
            Part("each", "每年（每人）增加", "money", required=True),
            Part("of", "按什么计", "pick", picks=_COUNTED, required=True),
            Part("above", "超过几才算", "number"),
            Part("most", "最高不超过", "money"),
            _BY,
        ),
    ),
}  # fmt: skip


def fill(shape: Shape, table: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a rule as its fields show it: money in 分, several codes as words, tables as lines."""
    return {part.key: _shown(part, table) for part in shape.parts}


def _shown(part: Part, table: Mapping[str, Any]) -> Any:
    value = table.get(part.key)
    if part.kind == "money":
        return None if value is None else money.parse(str(value))
    if part.kind == "flag":
        return int(bool(value))
    if part.kind == "codes":
        codes = code_list(part.codes)
        return "、".join(codes.label_of(one) for one in value or ())
    if part.kind == "lines":
        return "\n".join(_line(str(table["by"]), row) for row in value or ())
    if part.kind == "number":
        return value
    return str(value or "")


def _line(by: str, row: Mapping[str, Any]) -> str:
    if by == "degree":
        when = code_list("hardship_degree").label_of(row["is"])
    else:
        when = str(row["before"]) if by == "joined" else str(row["at_least"])
    return f"{when}：{row['yuan']}"


def gather(shape: Shape, values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a rule that its fields make; Refusal names what is missing or not understood."""
    found: dict[str, Any] = {}
    for part in shape.parts:
        value = values.get(part.key)
        if value in (None, "", 0) and part.kind != "money":
            if part.required:
                raise Refusal(f"“{shape.label}”请填“{part.label}”。")
            continue
        kept = _kept(part, value, values)
        if kept is None:
            if part.required:
                raise Refusal(f"“{shape.label}”请填“{part.label}”。")
            continue
        found[part.key] = kept
    return found


def _kept(part: Part, value: Any, values: Mapping[str, Any]) -> Any:
    if part.kind == "money":
        return None if value is None else _yuan(value)
    if part.kind == "flag":
        return True
    if part.kind == "date":
        return dates.parse(value)
    if part.kind == "day":
        return _month_day(str(value))
    if part.kind == "codes":
        return [_code(part, word) for word in str(value).replace("，", "、").split("、") if word]
    if part.kind == "lines":
        return _rows(str(values.get("by") or ""), str(value))
    return value


def _yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _code(part: Part, word: str) -> str:
    code = code_list(part.codes).find(word.strip())
    if code is None:
        raise Refusal(f"“{part.label}”里没有“{word.strip()}”这一项。")
    return code


def _month_day(text: str) -> str:
    day = dates.parse(f"2024.{text.strip().replace('月', '.').rstrip('日').replace('-', '.')}")
    if len(day) != 10:
        raise Refusal("“计算到当年哪一天”请写月和日，如 7.1。")
    return day[5:]


def _rows(by: str, text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        when, colon, yuan = line.replace(":", "：").partition("：")
        if not colon:
            raise Refusal(f"分档“{line.strip()}”看不懂，应为“条件：金额”。")
        row: dict[str, Any] = {"yuan": _yuan(money.parse(yuan.strip()))}
        if by == "degree":
            row["is"] = _code(Part("rows", "困难程度", "codes", "hardship_degree"), when)
        elif by == "joined":
            row["before"] = dates.parse(when.strip())
        elif when.strip().isdigit():
            row["at_least"] = int(when)
        else:
            raise Refusal(f"分档“{line.strip()}”的条件应为数字。")
        rows.append(row)
    if by not in {"degree", "joined"}:
        rows.sort(key=lambda row: -row["at_least"])
    return rows


def rebuilt(
    body: Mapping[str, Any],
    conditions: Sequence[tuple[str, Mapping[str, Any]]],
    way: str,
    amount: Mapping[str, Any],
) -> dict[str, Any]:
    """The rule with other conditions and another way to reckon; checked as any rule is."""
    made = {
        **body,
        "when": [{"test": test, **gather(CONDITIONS[test], given)} for test, given in conditions],
        "amount": {"way": way, **gather(AMOUNTS[way], amount)},
    }
    aid_rules.read(made)
    return made
