"""Duties by dated rules: both sides of a change, parts of periods, and keeping up = counting anew."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from db.rules.visit_frequency import (
    Agenda,
    Duty,
    Rule,
    State,
    Tally,
    duties,
    judge,
    period_of,
    ruling,
)
from tests.histories import histories

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)


def asked(found: tuple[Duty, ...]) -> list[tuple[str, str, int]]:
    return [(d.start.isoformat()[5:], d.end.isoformat()[5:], d.visits) for d in found]


def test_a_rule_that_changes_in_july_is_judged_right_on_both_sides() -> None:
    rules = [
        Rule("", "", "quarter", 2, 0, date(2020, 1, 1), date(2026, 6, 30)),
        Rule("", "", "month", 1, 0, date(2026, 7, 1)),
    ]
    found = duties(rules, "county", "advanced", JANUARY, date(2026, 9, 30))
    assert asked(found) == [
        ("01-01", "03-31", 2),
        ("04-01", "06-30", 2),
        ("07-01", "07-31", 1),
        ("08-01", "08-31", 1),
        ("09-01", "09-30", 1),
    ]
    visits = [(date(2026, 2, 3), 1), (date(2026, 3, 9), 1), (date(2026, 5, 9), 1)]
    visits += [(date(2026, 7, 2), 1), (date(2026, 7, 20), 1)]
    states = [s.state for s in judge(found, visits, date(2026, 9, 5))]
    # One visit short before the change; two in July do not make up for August.
    assert states == [State.DONE, State.OVERDUE, State.DONE, State.OVERDUE, State.DUE]


def test_a_yearly_rule_that_ends_in_june_asks_for_half() -> None:
    rules = [Rule("", "", "year", 5, 10, JANUARY, date(2026, 6, 30))]
    (duty,) = duties(rules, "section", "committee", JANUARY, DECEMBER)
    assert (duty.visits, duty.days, duty.end) == (2, 5, date(2026, 6, 30))


def test_a_point_that_begins_inside_a_month_is_free_for_the_rest_of_it() -> None:
    rules = [Rule("", "", "month", 1, 0, JANUARY)]
    found = duties(rules, "", "", date(2026, 3, 12), date(2026, 4, 30))
    assert [d.state(0, 0, date(2026, 5, 1)) for d in found] == [State.FREE, State.OVERDUE]


def test_the_most_precise_rule_holds() -> None:
    plain = Rule("", "", "year", 1, 0, JANUARY)
    rank = Rule("county", "", "quarter", 1, 0, JANUARY)
    kind = Rule("", "backward", "month", 1, 0, JANUARY)
    rules = [plain, rank, kind]

    def held(rank_: str, kind_: str) -> Rule | None:
        return ruling([r for r in rules if r.fits(rank_, kind_)], date(2026, 5, 1))

    assert held("section", "advanced") is plain
    assert held("county", "advanced") is rank
    assert held("county", "backward") is kind


def test_days_are_asked_beside_visits() -> None:
    duty = Duty(JANUARY, DECEMBER, 2, 6)
    assert duty.state(2, 5, DECEMBER) is State.DUE
    assert duty.state(2, 6, DECEMBER) is State.DONE


DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RULES = st.builds(
    lambda rank, kind, period, visits, days, since, length: Rule(
        rank, kind, period, visits, days, since,
        None if length is None else since + timedelta(days=length),
    ),
    st.sampled_from(("", "county")), st.sampled_from(("", "backward")),
    st.sampled_from(("month", "quarter", "half_year", "year")),
    st.integers(0, 6), st.integers(0, 12), DAYS, st.none() | st.integers(0, 800),
)  # fmt: skip


@given(st.lists(RULES, max_size=5), DAYS, DAYS)
def test_duties_lie_one_after_another_within_their_periods_and_cover_every_ruled_day(
    rules: list[Rule], one: date, other: date
) -> None:
    begin, end = min(one, other), max(one, other)
    found = duties(rules, "county", "backward", begin, end)
    for before, after in pairwise(found):
        assert before.end < after.start
    for duty in found:
        assert begin <= duty.start <= duty.end <= end
    for step in range(0, (end - begin).days + 1, 13):
        day = begin + timedelta(days=step)
        inside = [d for d in found if d.start <= day <= d.end]
        rule = ruling(rules, day)
        assert len(inside) == (rule is not None)
        if rule is not None:
            start, close = period_of(rule.period, day)
            assert start <= inside[0].start <= inside[0].end <= close
            assert inside[0].visits <= rule.least_visits


@settings(max_examples=histories(300))
@given(
    st.lists(RULES, max_size=4),
    st.lists(st.tuples(DAYS, st.integers(1, 4)), max_size=30),
    st.data(),
    DAYS,
)
def test_kept_up_visit_by_visit_is_the_same_as_counted_anew(
    rules: list[Rule], history: list[tuple[date, int]], data: st.DataObject, today: date
) -> None:
    found = duties(rules, "county", "backward", date(2024, 1, 1), date(2027, 12, 31))
    tally, kept = Tally(Agenda(found)), []
    for visit in history:
        tally.add(visit[0].isoformat(), visit[1])
        kept.append(visit)
        if data.draw(st.booleans()):
            day, days = kept.pop(data.draw(st.integers(0, len(kept) - 1)))
            tally.remove(day.isoformat(), days)
        assert tally.standings(today) == judge(found, kept, today)
