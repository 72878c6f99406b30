"""The parts of a scheme that are tables, each with its columns; keys that no column shows stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from db.errors import Refusal
from db.rules.scheme_table import read_share
from desktop.widgets.score_model import GridColumn


@dataclass(frozen=True)
class Part:
    """One column of a part: the key it is kept under and how it is typed."""

    key: str
    column: GridColumn


@dataclass(frozen=True)
class Section:
    """One table of the body."""

    key: str
    label: str
    parts: tuple[Part, ...]
    fresh: Callable[[int], dict[str, Any]]
    words: str = ""


def _text(key: str, heading: str, tip: str = "") -> Part:
    def read(text: str) -> str | None:
        return text.strip() or None

    return Part(key, GridColumn(heading, tip, read, lambda value: str(value or ""), False))


def _number(key: str, heading: str, tip: str = "") -> Part:
    def read(text: str) -> Any:
        plain = text.strip()
        if not plain:
            return None
        try:
            number = Decimal(plain)
        except InvalidOperation:
            raise Refusal(f"“{heading}”应填数，“{text}”不是。") from None
        return int(number) if number == number.to_integral_value() else str(number)

    return Part(
        key, GridColumn(heading, tip, read, lambda value: "" if value is None else str(value))
    )


def _share(key: str, heading: str, tip: str = "") -> Part:
    def read(text: str) -> str | None:
        plain = text.strip()
        if not plain:
            return None
        if read_share(plain) is None:
            raise Refusal(f"“{heading}”请写成 5% 或 1/3，现为“{text}”。")
        return plain

    return Part(
        key, GridColumn(heading, tip, read, lambda value: "" if value is None else str(value))
    )


def _flag(key: str, heading: str, tip: str = "") -> Part:
    def read(text: str) -> bool | None:
        plain = text.strip()
        if plain in {"是", "1", "√"}:
            return True
        if plain in {"", "否", "0"}:
            return None if not plain else False
        raise Refusal(f"“{heading}”填“是”或“否”，现为“{text}”。")

    return Part(key, GridColumn(heading, tip, read, _shown_flag, False))


def _shown_flag(value: Any) -> str:
    return "" if value is None else "是" if value else "否"


def _word(key: str, heading: str, words: dict[str, str], usual: str = "") -> Part:
    """A column of kept words shown in Chinese; `usual` is shown where nothing is kept."""
    back = {label: code for code, label in words.items()}

    def read(text: str) -> str | None:
        plain = text.strip()
        if not plain:
            return None
        if plain in words:
            return plain
        if plain not in back:
            raise Refusal(f"“{heading}”可填{'、'.join(back)}，现为“{text}”。")
        return back[plain]

    return Part(
        key,
        GridColumn(
            heading,
            f"可填{'、'.join(back)}",
            read,
            lambda value: words.get(str(value), str(value or "")) if value else usual,
            False,
        ),
    )


def _list(key: str, heading: str, tip: str = "") -> Part:
    def read(text: str) -> tuple[str, ...] | None:
        words = [word for word in text.replace("，", "、").replace(",", "、").split("、") if word]
        return tuple(word.strip() for word in words) or None

    return Part(key, GridColumn(heading, tip, read, lambda value: "、".join(value or ()), False))


ITEM_KINDS = {
    "marked": "打分",
    "events": "按次记分",
    "banded": "数量分档",
    "drawn": "台账取数",
    "yes_no": "是非",
}
EFFECTS = {"none": "不评星", "cap": "限定最高等次", "not_rated": "不参加评定"}
PERS = {"round": "全体", "township": "每个党委", "branch": "每个支部", "domain": "每个领域"}
STEP_KINDS = {
    "draft": "草稿",
    "marks": "评分",
    "meeting": "会议",
    "notice": "公示",
    "decision": "审定",
    "plates": "授星",
}

SECTIONS = (
    Section(
        "raters",
        "评分主体",
        (
            _text("id", "代号", "评议主体代号：self、peer、masses、branch、committee、panel…"),
            _text("name", "名称"),
            _number("weight", "权重"),
            _flag("ballot", "计票", "由多张票汇总"),
            _number("least_ballots", "最少有效票"),
            _flag("drop_extremes", "去最高最低"),
            _flag("required", "必须有", "空着就是必须有"),
        ),
        lambda _n: {"id": "committee", "name": "新的评分主体", "weight": 10},
    ),
    Section(
        "items",
        "考核项目",
        (
            _text("id", "代号", "字母和数字，不重复"),
            _text("heading", "大类"),
            _text("name", "项目"),
            _word("kind", "类型", ITEM_KINDS, "打分"),
            _number("max", "满分", "打分项的最高分"),
            _number("reverse", "倒扣", "达不到时倒扣的分"),
            _number("points", "是得", "是非项：是得多少分"),
            _number("cap", "封顶", "按次记分、取数项"),
            _number("floor", "最低"),
            _number("start", "起评"),
            _list("raters", "由谁评", "空着由全部评分主体评"),
            _flag("optional", "加分项", "没有评也算 0 分，不算未评"),
            _text("standard", "标准"),
        ),
        lambda n: {"id": f"item{n}", "name": "新的项目", "max": 10},
        "按次记分的情形、数量的分档在“全文”里改。",
    ),
    Section(
        "stars",
        "星",
        (
            _text("id", "代号"),
            _text("name", "星名"),
            _list("items", "凭哪些项目", "项目代号，多个用顿号分开"),
            _number("at_least", "至少得分", "空着就是满分"),
            _number("with_total", "且总分满"),
        ),
        lambda n: {"id": f"star{n}", "name": "新的星", "items": []},
    ),
    Section(
        "levels",
        "等次",
        (
            _text("name", "名称"),
            _number("from", "满多少", "从低到高；最低一档空着。按颗数的填颗数"),
            _number("stars", "星数"),
            _list("needs", "还须具备", "附加条件代号"),
            _flag("plate", "挂牌", "空着就是挂牌"),
            _flag("praise", "表扬线"),
            _text("consequence", "处置", "奖励或处理，印在通报上"),
        ),
        lambda _n: {"name": "新的等次", "from": 0},
        "从低到高排列；上一档的起点就是下一档的终点，所以没有空档。",
    ),
    Section(
        "limits",
        "名额",
        (
            _text("level", "等次"),
            _share("share", "比例", "如 5% 或 1/3"),
            _number("number", "个数"),
            _word("rounding", "尾数", {"进一": "进一", "四舍五入": "四舍五入", "去尾": "去尾"}),
            _word("per", "范围", PERS),
            _flag("at_least", "不少于", "空着就是不超过"),
        ),
        lambda _n: {"level": "", "share": "5%"},
    ),
    Section(
        "vetoes",
        "一票否决",
        (
            _text("id", "代号"),
            _text("text", "情形"),
            _word("effect", "后果", EFFECTS),
            _text("level", "最高等次", "后果是限定最高等次时填"),
        ),
        lambda n: {"id": f"veto{n}", "text": "新的情形", "effect": "none"},
    ),
    Section(
        "exemptions",
        "免评",
        (
            _text("name", "原因"),
            _text("flag", "标记", "有这个党员标记的提示免评，填标记代号"),
            _number("from_age", "满多少岁提示"),
            _flag("by_wish", "须本人申请"),
            _flag("by_meeting", "须大会通过"),
        ),
        lambda _n: {"name": "新的原因"},
    ),
    Section(
        "not_rated",
        "不参评",
        (
            _text("name", "情形"),
            _word("category", "人员类别", {"full": "正式党员", "probationary": "预备党员"}),
            _text("flag", "标记", "党员标记代号，如 lost、mobile"),
            _number("below_months", "不满几个月"),
        ),
        lambda _n: {"name": "新的情形"},
    ),
    Section(
        "steps",
        "步骤",
        (
            _word("kind", "类型", STEP_KINDS),
            _text("name", "名称"),
            _list("raters", "谁在这步评分", "评分主体代号"),
        ),
        lambda _n: {"kind": "marks", "name": "新的步骤"},
    ),
)


def shown(section: Section, row: dict[str, Any]) -> tuple[Any, ...]:
    """The boxes of one row."""
    found = []
    for part in section.parts:
        value = row.get(part.key)
        found.append(tuple(value) if isinstance(value, list) else value)
    return tuple(found)


def put_back(section: Section, row: dict[str, Any], cells: tuple[Any, ...]) -> dict[str, Any]:
    """The row with its boxes as they are now; what no box shows stays."""
    made = dict(row)
    for part, value in zip(section.parts, cells, strict=True):
        if value is None:
            made.pop(part.key, None)
        else:
            made[part.key] = list(value) if isinstance(value, tuple) else value
    return made
