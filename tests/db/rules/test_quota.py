from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from db.rules.quota import Allowance, Candidate, Limit, Rounding, decimal, settle


def test_rounding_in_the_words_of_the_circulars() -> None:
    share = Fraction(5, 100)
    assert [Allowance(share=share, rounding=rule).places(62) for rule in Rounding] == [4, 3, 3]
    assert Allowance(share=share, rounding=Rounding.HALF_UP).places(50) == 3
    assert Allowance(share=Fraction(1, 10), rounding=Rounding.UP).places(50) == 5


def test_the_smaller_of_number_and_share_counts_and_a_small_branch_keeps_one() -> None:
    assert Allowance(number=2, share=Fraction(1, 2)).places(10) == 2
    assert Allowance(share=Fraction(1, 10), least=1).places(4) == 1


def test_the_reckoning_is_told() -> None:
    allowance = Allowance(share=Fraction(5, 100), rounding=Rounding.UP)
    assert allowance.words(62) == "62 的 5% 为 3.1，进一得 4"


def test_decimal_shows_what_was_rounded() -> None:
    assert decimal(Fraction(2, 3)) == "≈0.67"
    assert decimal(Fraction(-17, 2)) == "-8.5"
    assert decimal(Fraction(0)) == "0"


def people(*points: int, level: int = 2) -> list[Candidate[int]]:
    return [Candidate(n, "支部", level, (Fraction(p),)) for n, p in enumerate(points)]


def test_equals_at_the_edge_are_handed_back_and_nobody_is_cut() -> None:
    found = settle(people(99, 95, 95, 90), [Limit(2, Allowance(number=2))], lowest=0)
    assert found.levels == {0: 2, 1: None, 2: None, 3: 1}
    (tie,) = found.ties
    assert (tie.places, set(tie.keys)) == (1, {1, 2})


def test_a_choice_between_equals_settles_the_tie() -> None:
    found = settle(people(99, 95, 95, 90), [Limit(2, Allowance(number=2))], 0, {2: frozenset({2})})
    assert found.ties == ()
    assert found.levels == {0: 2, 1: 1, 2: 2, 3: 1}


def test_a_choice_of_too_many_leaves_the_tie() -> None:
    found = settle(people(95, 95, 95), [Limit(2, Allowance(number=1))], 0, {2: frozenset({0, 1})})
    assert len(found.ties) == 1


def test_those_pushed_down_meet_the_next_limit() -> None:
    limits = [Limit(2, Allowance(number=1)), Limit(1, Allowance(number=1))]
    found = settle(people(99, 95, 90), limits, lowest=0)
    assert found.levels == {0: 2, 1: 1, 2: 0}


def test_a_limit_on_the_lowest_level_reports_and_moves_nobody() -> None:
    found = settle(people(50, 40, level=0), [Limit(0, Allowance(number=1))], lowest=0)
    assert found.levels == {0: 0, 1: 0}
    assert found.ceilings[0].wanted == 2


crowd = st.lists(
    st.tuples(st.sampled_from("甲乙"), st.integers(0, 3), st.integers(0, 6)), max_size=40
)


@given(crowd, st.integers(0, 6), st.integers(0, 6), st.randoms())
def test_limits_hold_or_a_tie_says_why_and_the_order_of_the_list_is_nothing(
    rows: list[tuple[str, int, int]], third: int, second: int, random: object
) -> None:
    candidates = [Candidate(n, s, lv, (Fraction(p),)) for n, (s, lv, p) in enumerate(rows)]
    limits = [Limit(3, Allowance(number=third)), Limit(2, Allowance(number=second))]
    found = settle(candidates, limits, lowest=0)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = settle(shuffled, limits, lowest=0)
    assert dict(again.levels) == dict(found.levels)
    for scope in "甲乙":
        for limit in limits:
            holders = [
                c.key for c in candidates if c.scope == scope and found.levels[c.key] == limit.level
            ]
            assert len(holders) <= limit.allowance.number  # type: ignore[operator]
    tied = {key for tie in found.ties for key in tie.keys}
    assert tied == {key for key, level in found.levels.items() if level is None}
    for one in candidates:
        level = found.levels[one.key]
        assert level is None or level <= one.level
    for tie in found.ties:
        assert tie.places < len(tie.keys)
        assert len({candidates[key].merits for key in tie.keys}) == 1


@given(crowd, st.integers(0, 6))
def test_nobody_with_more_points_stands_below_one_with_fewer(
    rows: list[tuple[str, int, int]], places: int
) -> None:
    candidates = [Candidate(n, "", 3, (Fraction(p),)) for n, (_, _, p) in enumerate(rows)]
    found = settle(candidates, [Limit(3, Allowance(number=places))], lowest=0)
    for a in candidates:
        for b in candidates:
            high, low = found.levels[a.key], found.levels[b.key]
            if high is not None and low is not None and a.merits > b.merits:
                assert high >= low


@given(st.fractions(), st.integers(0, 2))
def test_rounding_moves_by_less_than_one_step(value: Fraction, places: int) -> None:
    step = Fraction(1, 10**places)
    down, near, up = (
        rule.places(value, places) for rule in (Rounding.DOWN, Rounding.HALF_UP, Rounding.UP)
    )
    assert down <= value <= up
    assert up - down in (0, step)
    assert abs(near - value) <= step / 2
