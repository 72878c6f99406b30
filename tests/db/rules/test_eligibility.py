from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.eligibility import (
    CHECKS,
    Facts,
    Given,
    Mode,
    Outcome,
    Rated,
    Sanction,
    check,
    default_settings,
    forbidding,
    judge,
    sentence,
)

GOOD = Facts(
    name="巴图",
    subject="member",
    on="2026-06-20",
    title="优秀共产党员",
    category="full",
    category_words="正式党员",
    standing="normal",
    standing_words="正常",
    review=Rated("2025年度", "优秀", 4),
    star=Rated("2025年度", "八星", 8),
    places=2,
    taken=1,
    recommended=20,
    present=21,
)
BRANCH = Facts(
    name="哈沙图嘎查党支部",
    subject="organization",
    on="2026-06-20",
    title="先进基层党组织",
    status="active",
    status_words="正常",
    election_due="2027-05",
    grading=Rated("2025年度", "好", 4),
    places=1,
    taken=1,
)


def finding(facts: Facts, code: str, **setting: object) -> tuple[Outcome, str]:
    settings = default_settings()
    settings[code].update(setting)
    found = {one.check: one for one in judge(facts, settings)}[code]
    return found.outcome, found.words


def test_a_good_member_passes_everything_but_the_dues_nobody_keeps() -> None:
    found = judge(GOOD, default_settings())
    assert forbidding(found, {}) == ()
    assert {one.check for one in found if one.outcome is Outcome.UNKNOWN} == {"dues"}
    assert "无此项数据" in finding(GOOD, "dues")[1]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"category": "probationary", "category_words": "预备党员"}, "category", "预备党员"),
        ({"standing": "suspended", "standing_words": "停止党籍"}, "standing", "停止党籍"),
        ({"review": Rated("2025年度", "基本合格", 2)}, "review", "基本合格"),
        ({"other_titles": ("优秀党务工作者",)}, "one_title", "优秀党务工作者"),
        ({"star": Rated("2025年度", "八星", 8, vetoed="参与赌博")}, "veto", "参与赌博"),
        ({"in_pool": False, "pool_words": "不是在任的嘎查村党组织书记"}, "pool", "书记"),
        ({"in_scope": False, "scope_words": "所在的甲支部不在乙党委范围内"}, "scope", "范围"),
    ],
)
def test_each_failing_fact_forbids_and_is_named(change: dict, code: str, words: str) -> None:
    found = judge(replace(GOOD, **change), default_settings())
    stops = forbidding(found, {})
    assert [one.check for one in stops] == [code]
    assert words in stops[0].words
    assert words in sentence(stops)


def test_a_reason_lets_pass_and_blanks_do_not() -> None:
    found = judge(replace(GOOD, category="probationary", category_words="预备党员"), {})
    assert forbidding(found, {"category": "  "})
    assert not forbidding(found, {"category": "党委会议研究同意"})


@pytest.mark.parametrize(
    ("sanction", "outcome"),
    [
        (Sanction("警告", "2025-12-01", "2026-12-01"), Outcome.FAILED),
        (Sanction("警告", "2024-03-01", "2026-06-20"), Outcome.FAILED),  # the last day still counts
        (Sanction("警告", "2024-03-01", "2026-06"), Outcome.FAILED),
        (Sanction("警告", "2024-03-01", "2025-03-01"), Outcome.MET),
        (Sanction("警告", "2024-03-01", ""), Outcome.UNKNOWN),
    ],
)
def test_a_sanction_counts_to_the_end_of_its_term(sanction: Sanction, outcome: Outcome) -> None:
    assert finding(replace(GOOD, sanctions=(sanction,)), "sanction")[0] is outcome


def test_a_sanction_of_this_year_stays_out_even_after_its_term() -> None:
    facts = replace(GOOD, sanctions=(Sanction("警告", "2026-01-05", "2026-02-05"),))
    assert finding(facts, "sanction")[0] is Outcome.MET
    assert finding(facts, "punished_this_year")[0] is Outcome.FAILED


@pytest.mark.parametrize(
    ("years", "on", "outcome"),
    [(3, "2023-07-01", Outcome.MET), (3, "2024-06-28", Outcome.FAILED), (2, "2024", Outcome.MET)],
)
def test_a_title_is_not_repeated_within_years(years: int, on: str, outcome: Outcome) -> None:
    facts = replace(GOOD, honours=(Given("“优秀共产党员”", on), Given("致富带头人", "2025-07-01")))
    assert finding(facts, "repeated", years=years)[0] is outcome


def test_the_third_of_two_places_is_over() -> None:
    assert finding(replace(GOOD, taken=2), "quota")[0] is Outcome.MET
    assert finding(replace(GOOD, taken=3), "quota")[0] is Outcome.FAILED
    assert finding(replace(GOOD, places=None), "quota")[0] is Outcome.UNKNOWN


def test_half_of_those_present_is_not_a_majority() -> None:
    assert finding(replace(GOOD, recommended=10, present=20), "meeting")[0] is Outcome.FAILED
    assert finding(replace(GOOD, recommended=11, present=20), "meeting")[0] is Outcome.MET


def test_an_organization_past_its_term_or_at_the_bottom_is_out() -> None:
    assert forbidding(judge(BRANCH, default_settings()), {}) == ()
    late = replace(BRANCH, election_due="2025-11-03")
    assert "2025年11月3日" in finding(late, "election")[1]
    assert finding(late, "election")[0] is Outcome.FAILED
    assert finding(replace(BRANCH, grading=Rated("2025年度", "后进", 1)), "grading")[0] is (
        Outcome.FAILED
    )
    assert finding(replace(BRANCH, grading=Rated("2025年度", "差", 1)), "grading")[0] is (
        Outcome.FAILED
    )


def test_dues_of_the_month_before_are_enough() -> None:
    for paid, outcome in (("2026-05", Outcome.MET), ("2026-04", Outcome.FAILED)):
        assert finding(replace(GOOD, dues_paid_until=paid), "dues")[0] is outcome


def test_a_check_switched_off_is_not_asked() -> None:
    settings = {one.code: {"mode": "off"} for one in CHECKS}
    assert judge(GOOD, settings) == ()


facts = st.builds(
    Facts,
    name=st.just("某某"),
    subject=st.sampled_from(["member", "organization", "person", "unit"]),
    on=st.just("2026-06-20"),
    title=st.just("优秀共产党员"),
    category=st.sampled_from(["", "full", "probationary"]),
    standing=st.sampled_from(["", "normal", "expelled"]),
    election_due=st.sampled_from(["", "2024", "2026-06-20", "2030-01"]),
    places=st.one_of(st.none(), st.integers(0, 5)),
    taken=st.integers(0, 9),
    present=st.one_of(st.none(), st.integers(0, 50)),
    recommended=st.one_of(st.none(), st.integers(0, 50)),
    review=st.one_of(
        st.none(), st.builds(Rated, st.just("2025"), st.just("优秀"), st.integers(0, 4))
    ),
    in_pool=st.sampled_from([None, True, False]),
)


@given(
    facts, st.dictionaries(st.sampled_from([c.code for c in CHECKS]), st.sampled_from(list(Mode)))
)
def test_every_answer_speaks_and_only_a_hard_failure_forbids(
    one: Facts, modes: dict[str, Mode]
) -> None:
    found = judge(one, {code: {"mode": mode.value} for code, mode in modes.items()})
    asked = {f.check for f in found}
    assert asked == {
        c.code
        for c in CHECKS
        if one.subject in c.subjects and modes.get(c.code, c.mode) is not Mode.OFF
    }
    for f in found:
        assert f.words
        assert f.forbids == (f.mode is Mode.BLOCK and f.outcome is Outcome.FAILED)
    everything = {f.check: "研究同意" for f in found}
    assert forbidding(found, everything) == ()


def test_unknown_codes_are_our_bug() -> None:
    with pytest.raises(KeyError):
        check("zodiac")
