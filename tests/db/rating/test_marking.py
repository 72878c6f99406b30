from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rating.explaining import why
from db.rating.gathering import gather
from db.rating.marking import (
    add_ballots,
    answer,
    book,
    fill,
    put,
    read_cell,
    sheet_of,
    show_cell,
    veto,
)
from db.rules.scheme_presets import preset
from tests.db.rating.conftest import Town, rated, rounds

RURAL = preset("rural_ten_stars").scheme
ITEM, SELF, PEER = RURAL.items[0], RURAL.raters[0], RURAL.raters[1]
REVIEW = preset("review").scheme


def test_what_people_type_in_a_box() -> None:
    assert read_cell("8.5", ITEM, SELF) == 850
    assert read_cell(" ８．５ ", ITEM, SELF) == 850
    assert read_cell("", ITEM, SELF) is None
    assert read_cell("未评", ITEM, SELF) is None
    assert read_cell("85/10", ITEM, PEER) == [10, 8500, 850, 850]
    assert read_cell("85/10 9.5 7", ITEM, PEER) == [10, 8500, 950, 700]
    assert read_cell("12 5 1 0", REVIEW.items[0], REVIEW.raters[0]) == [12, 5, 1, 0]


@pytest.mark.parametrize("text", ["10.5", "-1", "八分", "8.555", "85/0", "110/10", "1e400", "nan"])
def test_what_is_refused_in_a_box(text: str) -> None:
    with pytest.raises(Refusal, match=r"信念|计票"):
        read_cell(text, ITEM, PEER)


def test_a_reverse_deduction_is_all_or_nothing() -> None:
    rules = preset("events_100").scheme
    dues, branch = rules.item_of["dues"], rules.rater_of["branch"]
    assert read_cell("-2", dues, branch) == -200
    with pytest.raises(Refusal, match="倒扣应为 -2"):
        read_cell("-1", dues, branch)


@given(st.integers(0, 1000))
def test_a_shown_mark_is_read_back(points: int) -> None:
    assert read_cell(show_cell(points, SELF), ITEM, SELF) == points


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_shown_ballots_are_read_back(marks: list[int]) -> None:
    rater = preset("township_procedure").scheme.rater_of["peer"]
    item = preset("township_procedure").scheme.items[0]
    cell = [len(marks), sum(marks), max(marks), min(marks)]
    again = read_cell(show_cell(cell, rater), item, rater)
    assert isinstance(again, list)
    assert again[:2] == cell[:2]
    assert again == cell or len(marks) < 3


def test_paper_ballots_are_counted_one_by_one(town: Town) -> None:
    appraisal = rounds(town)
    row = rated(appraisal)[0]
    add_ballots(appraisal, "peer", [{row.id: [800] * 10}, {row.id: [900] * 9 + [None]}])
    cells = sheet_of(appraisal, "peer", [row.id])[row.id]
    assert cells[0] == [2, 1700, 900, 800]
    assert cells[9] == [1, 800, 800, 800]


def test_a_mark_for_a_stranger_is_refused(town: Town) -> None:
    appraisal = rounds(town)
    with pytest.raises(Refusal, match="不在本次参评名单"):
        put(appraisal, "self", {1: [None] * 10})


def test_the_same_sheet_again_changes_nothing(town: Town) -> None:
    appraisal = rounds(town)
    row = rated(appraisal)[0]
    assert put(appraisal, "self", {row.id: [800] * 10}) == 1
    assert put(appraisal, "self", {row.id: [800] * 10}) == 0
    assert put(appraisal, "self", {row.id: [900] * 10}) == 1
    assert row.marks.get().title() == f"{row.name} {SELF.name}", "no word of the scheme's own"


def test_events_are_booked_for_many_and_held_to_their_clause(town: Town) -> None:
    appraisal = rounds(town, "base_100")
    rows = rated(appraisal)
    book(rows[:3], "minus", "m01", "2024-03-05", words="缺席三月主题党日")
    with pytest.raises(Refusal, match="要从 5 至 10 中选"):
        book(rows[:1], "plus", "p01", "2024-03-05")
    with pytest.raises(Refusal, match="应记 5 至 10 分"):
        book(rows[:1], "plus", "p01", "2024-03-05", 1100)
    with pytest.raises(Refusal, match="没有这种记分情形"):
        book(rows[:1], "minus", "zz", "2024-03-05")
    assert len(gather(appraisal)[0][1].events) == 1
    assert any("无故不参加组织生活 1 次 × -5 = -5" in s for s in why(rows[0]).sentences)


def test_answers_numbers_and_vetoes(town: Town) -> None:
    appraisal = rounds(town, "integral")
    rows = rated(appraisal)
    assert fill(rows, "dues.months_unpaid", 2) == len(rows)
    assert fill(rows, "dues.months_unpaid", 2) == 0
    with pytest.raises(Refusal, match="不是数"):
        fill(rows, "dues.months_unpaid", "两个月")
    assert gather(appraisal)[0][1].values["dues.months_unpaid"] == Fraction(2)
    answer(rows[:1], "x", True)
    stars = rounds(town)
    one = rated(stars)[0]
    with pytest.raises(Refusal, match="否决"):
        veto(one, ["unknown"])
    veto(one, ["illegal"])
    assert list(gather(stars)[0][1].vetoes) == ["illegal"]
