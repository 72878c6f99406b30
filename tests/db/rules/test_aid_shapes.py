"""A rule taken apart into fields and put together again is the same rule."""

from __future__ import annotations

import pytest

from db.aiding import presets
from db.errors import Refusal
from db.rules import aid_rules
from db.rules.aid_rules import Facts, judge
from db.rules.aid_shapes import AMOUNTS, CONDITIONS, fill, gather, rebuilt


@pytest.mark.parametrize("preset", presets.presets(), ids=lambda p: p.id)
def test_every_preset_survives_being_edited(preset: presets.Preset) -> None:
    body = preset.body
    conditions = [(c["test"], fill(CONDITIONS[c["test"]], c)) for c in body["when"]]
    way = body["amount"]["way"]
    made = rebuilt(body, conditions, way, fill(AMOUNTS[way], body["amount"]))
    assert aid_rules.amounts(made) == aid_rules.amounts(body)
    assert [dict(c) for c in made["when"]] == [dict(c) for c in body["when"]]
    assert made["amount"].keys() == body["amount"].keys()


def test_everything_a_rule_can_test_can_be_asked_for() -> None:
    assert CONDITIONS.keys() == aid_rules._TESTS.keys()
    assert AMOUNTS.keys() == aid_rules._AMOUNTS.keys()


def test_a_rule_built_by_hand_judges() -> None:
    body = {"subjects": "member", "per": "year"}
    rule = aid_rules.read(
        rebuilt(
            body,
            [("age", {"at_least": 60}), ("party_years", {"at_least": 50, "by": "7月1日"})],
            "table",
            {"by": "age", "rows": "60：100\n80: 300"},
        )
    )
    old = Facts(name="巴图", born_on="1940-01-01", confirmed_on="1970-06-30")
    assert judge(rule, old, "2026-09-01").amount == 30_000
    late = Facts(name="白音", born_on="1960-01-01", confirmed_on="1976-07-02")
    assert judge(rule, late, "2026-09-01").words == ("党龄 49 年，不满 50 年",)


@pytest.mark.parametrize(
    ("way", "given", "words"),
    [
        ("fixed", {"yuan": None}, "每人金额"),
        ("table", {"by": "degree", "rows": "很难：100"}, "很难"),
        ("table", {"by": "age", "rows": "六十：100"}, "数字"),
        ("table", {"by": "age", "rows": "60 100"}, "看不懂"),
        ("formula", {"each": 100, "of": ""}, "按什么计"),
    ],
)
def test_what_is_missing_or_not_understood_is_named(
    way: str, given: dict[str, object], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        gather(AMOUNTS[way], given)
