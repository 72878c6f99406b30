from __future__ import annotations

import pytest

from db.commending import programme, reviewing
from db.commending.nominating import nominate_members, nominate_organizations
from db.commending.ratings import period_words, ratings_of
from db.rating.history import Past, record_past
from db.rating.schemes import adopt
from db.registers.commendation import Commendation, Nomination
from tests.db.commending.conftest import Township, award


def rated(township: Township, scheme: str, period: str, levels: dict[int, str], on: str) -> None:
    """A finished round of the first village's members with these levels, by place."""
    branch = township.villages[0]
    people = township.of(branch)
    record_past(
        adopt(scheme), township.committee, period,
        [Past(people[i].name, branch.id, level, member=people[i].id) for i, level in levels.items()],
        decided_on=on,
    )  # fmt: skip


def test_the_newest_of_each_sort_counts(township: Township) -> None:
    rated(township, "ten_stars_members", "2024", {0: "九星级"}, "2024-12-20")
    rated(township, "ten_stars_members", "2025", {0: "八星级", 1: "五星级"}, "2025-12-20")
    rated(township, "review", "2025", {0: "优秀", 1: "合格"}, "2025-12-28")
    rated(township, "satisfaction", "2026", {}, "2026-01-10")
    first, second = township.of(township.villages[0])[:2]
    found = ratings_of("member", [first.id, second.id], "2026-06-01")
    assert found[first.id].star.level == 8
    assert found[first.id].star.period == "2025年度"
    assert (found[first.id].review.words, found[first.id].review.level) == ("优秀", 4)
    assert found[second.id].review.level == 3
    assert [one.words for one in found[first.id].past] == ["八星级", "九星级"]
    earlier = ratings_of("member", [first.id], "2025-06-01")
    assert earlier[first.id].star.level == 9
    assert earlier[first.id].review is None


def test_an_unfinished_round_says_nothing(township: Township) -> None:
    assert ratings_of("member", [m.id for m in township.members], "2026-06-01") == {}


def test_only_the_excellent_and_the_starred_pass(township: Township, round_: Commendation) -> None:
    rated(township, "review", "2025", {1: "优秀", 2: "合格", 3: "优秀"}, "2025-12-28")
    rated(township, "ten_stars_members", "2025", {1: "八星级", 3: "六星级"}, "2025-12-20")
    programme.set_condition(round_, "review", mode="block", level=4)
    programme.set_condition(round_, "star", mode="block", stars=8)
    people = township.of(township.villages[0])
    outcome = nominate_members(award(round_, "优秀共产党员"), people[1:4])
    assert [Nomination.get_by_id(i).name for i in outcome.nominated] == [people[1].name]
    told = dict(outcome.refused)
    assert "2025年度民主评议为“合格”，要求“优秀”" in told[people[2].name]
    assert "六星级，要求 8 星以上" in told[people[3].name]
    snapshot = Nomination.get_by_id(outcome.nominated[0]).snapshot
    assert snapshot["star"] == "2025年度：八星级"


def test_a_weak_organization_is_not_put_forward(township: Township, round_: Commendation) -> None:
    good, weak = township.villages
    record_past(
        adopt("org_classification"), township.committee, "2025",
        [
            Past(good.name, township.committee.id, "好", organization=good.id),
            Past(weak.name, township.committee.id, "较差", organization=weak.id),
        ],
        decided_on="2025-12-31",
    )  # fmt: skip
    outcome = nominate_organizations(award(round_, "先进基层党组织"), [good, weak])
    assert [name for name, _ in outcome.refused] == [weak.name]
    assert "较差" in outcome.refused[0][1]
    kept = Nomination.get()
    assert kept.snapshot["gradings"] == [["2025年度", "好"]]
    assert reviewing.check_all(round_)


@pytest.mark.parametrize(
    ("period", "words"),
    [("2026", "2026年度"), ("2026-Q3", "2026年三季度"), ("2026-11", "2026年11月"),
     ("2026-H1", "2026年上半年"), ("届中", "届中")],
)  # fmt: skip
def test_periods_in_words(period: str, words: str) -> None:
    assert period_words(period) == words
