from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.scheme import Combine, Scheme
from db.rules.scheme_items import Events, Marked
from db.rules.scheme_presets import preset, presets
from db.rules.scoring import Result, explain, score
from db.rules.scoring_items import Booked, Inputs
from tests.db.rules.rating import inputs_at, inputs_for

every = pytest.mark.parametrize("stem", [one.stem for one in presets()])
KINDS = {"base", "item", "bound"}


def scheme(stem: str) -> Scheme:
    return preset(stem).scheme


def adds_up(result: Result) -> bool:
    lines = [line.points or Fraction(0) for line in result.lines if line.kind in KINDS]
    return result.total is None or sum(lines) == result.total


@every
def test_the_best_reach_the_highest_level(stem: str) -> None:
    rules = scheme(stem)
    result = score(rules, inputs_at(rules, Fraction(1)))
    assert result.level == rules.levels[-1].name, "\n".join(explain(result))
    assert adds_up(result)


@every
def test_those_without_any_points_get_the_lowest_or_what_the_base_gives(stem: str) -> None:
    rules = scheme(stem)
    result = score(rules, inputs_at(rules, Fraction(0)))
    assert result.complete
    assert adds_up(result)
    assert explain(result)[-1]


@every
def test_an_empty_sheet_is_unjudged_and_not_nought(stem: str) -> None:
    rules = scheme(stem)
    if not rules.raters or rules.combine is Combine.LAST:
        return
    result = score(rules, replace(inputs_at(rules, Fraction(1)), sheets={}))
    assert result.total is None
    assert result.level == ""
    assert result.missing
    assert "尚不能定" in explain(result)[-1]


@given(st.data())
def test_the_explanation_adds_up_to_the_total(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(presets())).scheme
    result = score(rules, data.draw(inputs_for(rules)))
    assert adds_up(result)
    assert (result.total is None) <= bool(result.missing or result.level or result.not_rated)
    assert all(line for line in explain(result))


@given(st.data())
def test_the_order_of_events_and_vetoes_does_not_matter(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(presets())).scheme
    inputs = data.draw(inputs_for(rules))
    turned = replace(inputs, events=inputs.events[::-1], vetoes=inputs.vetoes[::-1])
    one, other = score(rules, inputs), score(rules, turned)
    assert (one.total, one.level, one.stars) == (other.total, other.level, other.stars)


@given(st.data())
def test_a_better_mark_never_lowers_points_or_level(data: st.DataObject) -> None:
    chosen = [p for p in presets() if p.stem not in {"org_numbers"}]
    rules = data.draw(st.sampled_from(chosen)).scheme
    inputs = data.draw(inputs_for(rules, holes=False))
    better = {
        rater: [_better(cell, rules.sheet[rater][n].highest or 0) for n, cell in enumerate(cells)]
        for rater, cells in inputs.sheets.items()
    }
    before, after = score(rules, inputs), score(rules, replace(inputs, sheets=better))
    if before.total is None or after.total is None:
        return
    assert after.total >= before.total
    if before.level and after.level:
        assert rules.level_rank[after.level] >= rules.level_rank[before.level]


def _better(cell: Any, top: int) -> Any:
    if isinstance(cell, int):
        return min(cell + 100, top)
    return cell


@given(st.data())
def test_items_stay_between_floor_and_cap(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(presets())).scheme
    for part in score(rules, data.draw(inputs_for(rules, holes=False))).parts:
        item = part.item
        if part.points is None or (isinstance(item, Marked) and item.raters == ("x",)):
            continue
        if isinstance(item, Events):
            assert item.cap is None or part.points <= item.cap
            assert item.floor is None or part.points >= item.floor


def test_missing_ballots_are_told_and_do_not_count() -> None:
    rules = scheme("ten_aspects")
    inputs = inputs_at(rules, Fraction(1))
    few = {**inputs.sheets, "masses": [[3, 3000, 1000, 1000]] * 10}
    result = score(rules, replace(inputs, sheets=few))
    assert result.level == ""
    assert any("有效票 3 张，不足 5 张" in line for line in explain(result))


def test_the_highest_and_lowest_ballot_are_left_out() -> None:
    rules = scheme("township_procedure")
    inputs = inputs_at(rules, Fraction(1))
    cells = list(inputs.sheets["peer"])
    cells[0] = [5, 2000 + 0 + 3 * 1500, 2000, 0]
    result = score(rules, replace(inputs, sheets={**inputs.sheets, "peer": cells}))
    assert result.parts[0].points == Fraction(2000) - Fraction(500 * 30, 100)


def test_a_cap_a_quarter_is_applied_to_each_quarter() -> None:
    rules = scheme("duty_post")
    booked = [
        Booked("bonus", "award", on, 1000)
        for on in ("2024-01-05", "2024-02-05", "2024-03-05", "2024-04-01")
    ]
    result = score(rules, replace(inputs_at(rules, Fraction(0)), events=booked))
    bonus = next(part for part in result.parts if part.item.id == "bonus")
    assert bonus.points == 3000
    assert "每期封顶 20" in bonus.words


def test_a_reverse_deduction_goes_below_nought() -> None:
    rules = scheme("events_100")
    inputs = inputs_at(rules, Fraction(1))
    cells = [-200, *inputs.sheets["branch"][1:]]
    result = score(rules, replace(inputs, sheets={"branch": cells}))
    dues = next(part for part in result.parts if part.item.id == "dues")
    assert dues.points == -200
    assert "倒扣" in dues.words


def test_the_review_holds_the_star_down() -> None:
    rules = scheme("events_100")
    result = score(rules, inputs_at(rules, Fraction(1), review="基本合格"))
    assert result.level == "二星级"
    assert any("民主评议党员为“基本合格”" in line for line in explain(result))


def test_without_the_review_there_is_no_star() -> None:
    rules = scheme("events_100")
    result = score(rules, inputs_at(rules, Fraction(1), review=""))
    assert (result.level, result.missing) == ("", ("民主评议党员",))


def test_a_level_with_a_condition_falls_to_the_next() -> None:
    rules = scheme("org_five_star_110")
    result = score(rules, inputs_at(rules, Fraction(1), answers={"innovation": False}))
    assert result.level == "四星级"


def test_one_step_a_year_unless_honoured() -> None:
    rules = scheme("org_five_star_branch")
    inputs = inputs_at(rules, Fraction(1), last="二星级", answers={})
    assert score(rules, inputs).level == "三星级"
    assert score(rules, replace(inputs, answers={"honour": True})).level == "五星级"


def test_a_veto_has_the_last_word() -> None:
    rules = scheme("rural_ten_stars")
    best = inputs_at(rules, Fraction(1))
    assert score(rules, replace(best, vetoes=["discipline"])).level == "五星级"
    assert score(rules, replace(best, vetoes=["illegal"])).level == "未得星"
    household = scheme("household_ten")
    out = score(household, replace(inputs_at(household, Fraction(1)), vetoes=["entry_law"]))
    assert out.not_rated
    assert out.level == ""


def test_named_stars_need_full_points_and_the_average() -> None:
    rules = scheme("named_five")
    inputs = inputs_at(rules, Fraction(1))
    lower = {**inputs.sheets, "peer": [1700, 2000, 2000, 2000, 2000]}
    result = score(rules, replace(inputs, sheets=lower))
    assert result.level == "四星"
    assert "学习星" not in result.stars


def test_numbers_choose_the_band_and_the_scorer_picks_inside() -> None:
    rules = scheme("org_numbers")
    base = inputs_at(rules, Fraction(1))
    place = [item.id for item in rules.sheet["panel"]].index("income")

    def income(level: int, growth: int, mark: int) -> Any:
        cells = list(base.sheets["panel"])
        cells[place] = mark
        values = {**base.values, "income.level": level, "income.growth": growth}
        parts = score(rules, replace(base, sheets={"panel": cells}, values=values)).parts
        return next(part.points for part in parts if part.item.id == "income")

    assert income(2200, 0, 800) == 800
    assert income(2200, 18, 2300) == 2300
    assert income(5500, 0, 2000) == 2000
    assert income(4499, 0, 1900) is None


def test_consequences_depend_on_the_category() -> None:
    rules = scheme("base_100")
    events = [Booked("minus", "m03", "2024-02-01", -2000)]
    reserve = score(rules, Inputs(events=events, category="probationary"))
    assert reserve.consequences == ("取消预备党员资格或延长预备期，报党委研究",)
    assert score(rules, Inputs(events=events, category="full")).consequences == ()


def test_satisfaction_is_the_rate_of_the_satisfied() -> None:
    rules = scheme("satisfaction")
    result = score(rules, Inputs(sheets={"masses": [[90, 8, 2]]}))
    assert result.rounded == 9800
    assert result.level == "满意"


def test_each_group_is_judged_by_its_own_items() -> None:
    rules = scheme("grouped")
    result = score(rules, inputs_at(rules, Fraction(1), groups=frozenset({"流动党员"})))
    assert [part.item.id for part in result.parts] == ["common", "away"]
    assert result.rounded == 10000
