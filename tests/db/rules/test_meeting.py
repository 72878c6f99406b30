"""The counts of a meeting: who was expected, who came, who approved."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from db.rules import meeting

counts = st.none() | st.integers(0, 40)


def test_more_present_than_expected_is_said_at_the_present() -> None:
    (fault,) = meeting.faults(10, 11)
    assert (fault.field, fault.message) == ("present", "实到人数不能多于应到人数")


def test_more_approving_than_present_is_said_in_the_word_of_the_form() -> None:
    (fault,) = meeting.faults(10, 8, 9, "赞成票数")
    assert (fault.field, fault.message) == ("approving", "赞成票数不能多于实到人数")


@given(counts, counts, counts)
def test_counts_that_go_down_are_never_found_fault_with(a: int, b: int, c: int) -> None:
    known = sorted((n for n in (a, b, c) if n is not None), reverse=True)
    places = [n is not None for n in (a, b, c)]
    one, two, three = (known.pop(0) if place else None for place in places)
    assert not list(meeting.faults(one, two, three, "同意人数"))
