"""Who is in, who is out and why, and how much."""

from __future__ import annotations

import pytest

from db.aiding.presets import presets
from db.errors import Refusal
from db.rules.aid_rules import Facts, amounts, judge, period_of, read, stop, with_amounts

DAY = "2026-06-20"


def rule(*when, **amount):
    return read(
        {"subjects": "member", "per": "year", "when": list(when),
         "amount": amount or {"way": "fixed", "yuan": "20"}}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "facts", "inside", "words"),
    [
        ({"test": "joined", "before": "1949-10-01"}, Facts("甲", joined_on="1949-09-30"), True, "1949.09.30"),
        ({"test": "joined", "before": "1949-10-01"}, Facts("甲", joined_on="1949-10-01"), False, "不在"),
        ({"test": "joined", "before": "1949-10-01"}, Facts("甲", joined_on="1949"), False, "不能判断"),
        ({"test": "joined", "before": "1949-10-01"}, Facts("甲", joined_on="1948"), True, "1948"),
        ({"test": "joined", "before": "1949-10-01"}, Facts("甲"), False, "缺入党日期"),
        ({"test": "age", "at_least": 60}, Facts("甲", born_on="1966-06-20"), True, "60 周岁"),
        ({"test": "age", "at_least": 60}, Facts("甲", born_on="1966-06-21"), False, "不满 60"),
        ({"test": "age", "at_least": 60}, Facts("甲"), False, "缺出生日期"),
        ({"test": "party_years", "at_least": 50, "by": "07-01"}, Facts("甲", confirmed_on="1976-07-01"), True, "50 年"),
        ({"test": "party_years", "at_least": 50, "by": "07-01"}, Facts("甲", confirmed_on="1976-07-02"), False, "49 年"),
        ({"test": "occupation", "mark": "herder_or_farmer"}, Facts("甲", occupation="farmer"), True, "农牧民"),
        ({"test": "occupation", "mark": "herder_or_farmer"}, Facts("甲", occupation="teacher"), False, "教师"),
        ({"test": "hardship", "recognised": True}, Facts("甲", degree="general", recognised=True), True, "一般"),
        ({"test": "hardship", "recognised": True}, Facts("甲", degree="general"), False, "没有组织认定"),
        ({"test": "hardship"}, Facts("甲"), False, "没有登记困难"),
        ({"test": "honour", "title": "优秀"}, Facts("甲", honours=(("优秀嘎查村干部", "2026-03"),)), True, "2026.03"),
        ({"test": "honour", "title": "优秀"}, Facts("甲", honours=(("优秀嘎查村干部", "2025-03"),)), False, "没有获得"),
        ({"test": "party"}, Facts("甲", party=False), False, "不是党员"),
    ],
)  # fmt: skip
def test_each_condition_says_why(condition, facts, inside, words):
    verdict = judge(rule(condition), facts, DAY)
    assert verdict.inside == inside
    assert any(words in one for one in verdict.words), verdict.words


def test_every_failed_condition_is_told():
    verdict = judge(
        rule({"test": "age", "at_least": 60}, {"test": "party"}),
        Facts("甲", party=False, born_on="2000-01-01"),
        DAY,
    )
    assert len(verdict.words) == 2


def test_amounts_fixed_by_table_and_by_formula():
    assert judge(rule(way="fixed", yuan="1000"), Facts("甲"), DAY).amount == 100_000
    classes = rule(way="table", by="joined", rows=[{"before": "1937-07-07", "yuan": "3"},
                                                   {"before": "1945-09-03", "yuan": "2"}])  # fmt: skip
    assert judge(classes, Facts("甲", joined_on="1937-07-06"), DAY).amount == 300
    assert judge(classes, Facts("甲", joined_on="1937-07-07"), DAY).amount == 200
    late = judge(classes, Facts("甲", joined_on="1946-01-01"), DAY)
    assert not late.inside
    grown = rule(way="formula", base="100", each="10", of="party_years", above=30, most="250")
    assert judge(grown, Facts("甲", confirmed_on="1986-01-01"), DAY).amount == 20_000
    assert judge(grown, Facts("甲", confirmed_on="1950-01-01"), DAY).amount == 25_000
    assert not judge(grown, Facts("甲"), DAY).inside


def test_the_dead_and_those_who_left_are_stopped():
    assert stop(Facts("甲", standing="deceased")) == "发放日党籍状态是“死亡”"
    assert stop(Facts("甲", standing="transferred"))
    assert stop(Facts("甲", standing="suspended"))
    assert not stop(Facts("甲", standing="restored"))
    assert not stop(Facts("甲", party=False, standing=""))


@pytest.mark.parametrize(
    ("per", "period"),
    [
        ("year", "2026"),
        ("half", "2026上半年"),
        ("quarter", "2026Q2"),
        ("month", "2026-06"),
        ("once", "终身"),
    ],
)
def test_periods(per, period):
    assert period_of(per, DAY) == period


@pytest.mark.parametrize(
    "body",
    [{}, {"subjects": "x", "per": "year", "amount": {}},
     {"subjects": "member", "per": "year", "amount": {"way": "x"}},
     {"subjects": "member", "per": "year", "amount": {"way": "fixed"}, "when": [{"test": "x"}]},
     {"subjects": "member", "per": "year", "amount": {"way": "fixed"}, "steps": ["notice", "branch"]}],
)  # fmt: skip
def test_a_rule_that_cannot_be_understood_is_refused(body):
    with pytest.raises(Refusal, match="发放规则"):
        read(body)


def test_all_presets_can_be_read():
    assert len(presets()) >= 7
    for one in presets():
        assert one.named(DAY)


def test_every_presets_amounts_can_be_changed_and_read_again():
    for one in presets():
        told = amounts(one.body)
        assert told
        assert all(words for words, _ in told)
        changed = with_amounts(one.body, [cents + 123 for _, cents in told])
        read(changed)
        assert [cents for _, cents in amounts(changed)] == [cents + 123 for _, cents in told]
        assert amounts(one.body) == told
