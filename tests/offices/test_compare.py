"""What a packet would do, reckoned from plain values: the same again, the same in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from db.exchange import heard
from db.exchange.compare import compare
from db.exchange.merge import merge
from db.exchange.plan import Answer, Conflict, Plan, Shape, State
from db.exchange.share import Key, Line, Share, Value, over

SHAPES = {
    "branch": {"name": Shape(), "parent": Shape(True, True, "branch", None), "retired": Shape()}
}
Rows = dict[Key, dict[str, Value]]
WORDS = st.sampled_from(["", "甲", "乙", "丙"])


def row(name: str = "甲", parent: int | None = None, office: str = "A", retired: str = "") -> Any:
    return {"name": name, "parent": parent, "retired": retired, "office": office}


def state(rows: Rows, writable: str = "A", **more: Any) -> State:
    above = {("branch", "parent"): {key[1]: values["parent"] for key, values in rows.items()}}
    living = {"branch": sum(not values["retired"] for values in rows.values())}
    return State(frozenset(writable), rows, frozenset(rows), living=living, above=above, **more)


def changed(number: int, office: str = "A", **fields: tuple[Value, ...]) -> Line:
    values = {column: told[0] for column, told in fields.items()}
    was = {column: told[1:] for column, told in fields.items()}
    return Line("branch", number, office, False, values, was)


def whole(number: int, name: str, parent: int | None = None, office: str = "A") -> Line:
    return Line("branch", number, office, True, {"name": name, "parent": parent, "retired": ""})


def plan_of(rows: Rows, *lines: Line, **more: Any) -> Plan:
    return compare(state(rows), SHAPES, Share(lines), **more)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Rows, tuple[Line, ...]]:
    numbers = draw(st.sets(st.integers(1, 6), max_size=5))
    rows = {("branch", n): row(draw(WORDS), None, draw(st.sampled_from("AB"))) for n in numbers}
    lines = []
    for n in draw(st.sets(st.integers(1, 8), max_size=6)):
        office = draw(st.sampled_from("AAB"))
        if draw(st.booleans()):
            lines.append(whole(n, draw(WORDS), draw(st.none() | st.integers(1, 9)), office))
        else:
            bases = draw(st.lists(WORDS, min_size=1, max_size=3))
            lines.append(changed(n, office, name=(draw(WORDS), *bases)))
    return rows, tuple(lines)


@given(situations())
def test_the_second_time_nothing_is_new(situation: tuple[Rows, tuple[Line, ...]]) -> None:
    rows, lines = situation
    first = plan_of(rows, *lines)
    after = merge(rows, SHAPES, first)
    second = plan_of(after, *lines, waiting=first.held)
    assert merge(after, SHAPES, second) == after
    assert not second.new
    assert {c[:4] for c in map(_facts, second.conflicts)} == {
        c[:4] for c in map(_facts, first.conflicts)
    }
    assert second.held == first.held or {x.key for x in second.held} == {x.key for x in first.held}


def _facts(one: Conflict) -> tuple[Any, ...]:
    return one.kind, one.stem, one.row, one.field


@given(situations(), st.randoms())
def test_the_order_of_lines_does_not_matter(
    situation: tuple[Rows, tuple[Line, ...]], chance: Any
) -> None:
    rows, lines = situation
    shuffled = list(lines)
    chance.shuffle(shuffled)
    assert plan_of(rows, *lines) == plan_of(rows, *shuffled)


@given(situations())
def test_every_line_has_an_outcome_and_nothing_of_another_office_moves(
    situation: tuple[Rows, tuple[Line, ...]],
) -> None:
    rows, lines = situation
    plan = plan_of(rows, *lines)
    told = {line.key for line in plan.new} | set(plan.changed) | {x.key for x in plan.held}
    told |= {(c.stem, c.row) for c in plan.conflicts} | {(s, r) for s, r, _ in plan.refused}
    assert len({line.key for line in lines} - told) <= plan.unchanged
    after = merge(rows, SHAPES, plan)
    for key, before in rows.items():
        if before["office"] != "A":
            assert after[key] == before
    for key in after:
        assert after[key]["office"] == "A" or key in rows
    for one in plan.conflicts:
        assert after[one.stem, one.row][one.field] == one.ours != one.theirs


@given(WORDS, WORDS, WORDS)
def test_three_ways_for_one_field(base: str, ours: str, theirs: str) -> None:
    rows: Rows = {("branch", 1): row(ours)}
    plan = plan_of(rows, changed(1, name=(theirs, base)))
    after = merge(rows, SHAPES, plan)["branch", 1]["name"]
    if ours in (base, theirs):
        assert (after, plan.conflicts) == (theirs, ())
    else:
        assert after == ours
        assert plan.conflicts == (Conflict("field", "branch", 1, "name", base, ours, theirs),)


def test_a_later_packet_of_a_chain_is_no_conflict() -> None:
    rows: Rows = {("branch", 1): row("乙")}
    plan = plan_of(rows, changed(1, name=("丙", "甲", "乙")))
    assert plan.changed == {("branch", 1): {"name": "丙"}}


def test_rows_under_a_missing_row_wait_and_come_when_it_does() -> None:
    plan = plan_of({}, whole(1, "甲", 9), whole(2, "乙", 1), whole(3, "丙"))
    assert [line.row for line in plan.new] == [3]
    assert [line.row for line in plan.held] == [1, 2]
    rows = merge({}, SHAPES, plan)
    rows["branch", 9] = row("县委", office="B")
    later = plan_of(rows, waiting=plan.held)
    assert [line.row for line in later.new] == [1, 2]
    assert not later.held


def test_a_waiting_line_takes_in_what_came_later() -> None:
    first = whole(1, "甲", 9)
    assert over(first, changed(1, name=("乙", "甲"))).values["name"] == "乙"


def test_row_53_two_moves_that_make_a_ring_are_put_before_a_person() -> None:
    rows: Rows = {("branch", 1): row("甲", 2), ("branch", 2): row("乙", None)}
    plan = plan_of(rows, changed(2, parent=(1, None)))
    assert [c.kind for c in plan.conflicts] == ["loop"]
    assert merge(rows, SHAPES, plan) == rows


def test_values_of_a_wrong_kind_are_refused_by_the_row() -> None:
    rows: Rows = {("branch", 1): row()}
    for bad in (7, None, "a\0b", "\ud800"):
        plan = plan_of(rows, changed(1, name=(bad, "甲")), whole(2, "乙"))
        assert [r for _, r, _ in plan.refused] == [1]
        assert [line.row for line in plan.new] == [2]
    assert plan_of(rows, changed(1, secret=("x", "y"))).refused
    assert plan_of(rows, Line("account", 1, "A", True, {})).refused


def test_a_full_share_is_answered_with_what_it_lacks() -> None:
    rows: Rows = {("branch", 1): row("新"), ("branch", 2): row()}
    here = state(rows, owned=frozenset(rows))
    plan = compare(here, SHAPES, Share((whole(1, "旧"),), full=True))
    assert [(a.row, a.field, a.theirs) for a in plan.answers] == [(1, "name", "旧"), (2, "", None)]
    assert merge(rows, SHAPES, plan) == rows


def test_mass_retirement_is_counted() -> None:
    rows: Rows = {("branch", n): row() for n in range(1, 21)}
    few = [changed(n, retired=("撤销", "")) for n in range(1, 5)]
    assert not plan_of(rows, *few).mass
    many = [changed(n, retired=("撤销", "")) for n in range(1, 7)]
    assert plan_of(rows, *many).mass == {"branch": (6, 20)}


def test_what_only_goes_onward_needs_no_person() -> None:
    steps = Shape(onward=("asked", "approved"))
    shapes = {"branch": {**SHAPES["branch"], "name": steps}}
    for ours, theirs, stands in (
        ("asked", "approved", "approved"),
        ("approved", "asked", "approved"),
        ("approved", "received", "received"),
        ("asked", "received", "received"),
    ):
        rows = {("branch", 1): row(ours)}
        told = Share((changed(1, name=(theirs, "elsewhere")),))
        plan = compare(state(rows), shapes, told)
        assert not plan.conflicts
        assert merge(rows, shapes, plan)["branch", 1]["name"] == stands
    plan = compare(
        state({("branch", 1): row("received")}),
        shapes,
        Share((changed(1, name=("refused", "elsewhere")),)),
    )
    assert [one.field for one in plan.conflicts] == ["name"]


def test_what_we_told_and_lost_is_kept_though_the_row_has_gone_to_another() -> None:
    """A county went back to an older state and let the row go on; the office before it still knows."""
    rows = {("branch", 1): row("", office="B")}
    told = Share((changed(1, "A", name=("甲",)),), True)
    owners = {("branch", 1): ("A", "B")}
    lost = state(rows, "AB", owners=owners, never_had=frozenset({("branch", 1, "name")}))
    (late,) = compare(lost, SHAPES, told).conflicts
    assert late == Conflict("late", "branch", 1, "name", None, "", "甲")
    assert not compare(state(rows, "AB", owners=owners), SHAPES, told).conflicts


def test_what_one_office_gives_back_further_on_is_told_to_the_office_whose_row_it_is() -> None:
    """A county that went back heard the row of its own office first, then of one it was shown to."""
    shapes = {"branch": {**SHAPES["branch"], "name": Shape(onward=("asked", "approved"))}}
    key = ("branch", 1)
    heard = frozenset({(*key, "name")})
    for unsaid in (frozenset[tuple[str, int, str]](), heard):
        here = state(
            {key: row("asked", office="B")}, unsaid=unsaid,
            returned=frozenset({key}), yielding=frozenset({key}),
        )  # fmt: skip
        plan = compare(here, shapes, Share((changed(1, "B", name=("approved",)),), True))
        assert plan.changed == {key: {"name": "approved"}}
        assert plan.answers == (Answer(*key, "name", "asked", "B"),)


def test_a_township_keeps_what_the_county_had_not_heard_of() -> None:
    """Both went back to a value the other knows: told over it, each would end with the other's."""
    rows: Rows = {("branch", 1): row("乙")}
    told = Share((changed(1, name=("甲", "乙")),))
    heard_of = state(rows, us="A", decides=False)
    assert compare(heard_of, SHAPES, told).changed == {("branch", 1): {"name": "甲"}}
    key = frozenset({("branch", 1, "name")})
    plan = compare(state(rows, us="A", decides=False, unheard=key), SHAPES, told)
    assert not plan.changed
    assert [(one.ours, one.theirs) for one in plan.conflicts] == [("乙", "甲")]


def test_what_was_taken_and_written_over_is_told_and_not_asked_about() -> None:
    rows: Rows = {("branch", 1): row("丙")}
    told = Share((changed(1, name=("乙", "甲", "乙")),))
    assert compare(state(rows), SHAPES, told).conflicts
    plan = compare(state(rows, replaced=frozenset({("branch", 1, "name")})), SHAPES, told)
    assert (plan.changed, plan.conflicts) == ({}, ())
    assert plan.answers == (Answer("branch", 1, "name", "乙"),)


def test_said_again_is_only_what_came_last_and_over_nothing_newer() -> None:
    came = [heard.Step(1, "甲", "乙", True), heard.Step(2, "乙", "丙", False)]
    assert heard.replaced(came, "乙", ("甲", "乙"))
    assert not heard.replaced(came, "乙", ("丙",)), "said over ours"
    assert not heard.replaced(came, "乙", ("甲",)), "said for the first time"
    assert not heard.replaced(came, "乙", ("乙", "丁")), "said again after something else"
    assert not heard.replaced(came, "丁", ("甲", "乙")), "something new"
    later = [*came, heard.Step(3, "丙", "丁", True), heard.Step(4, "丁", "戊", False)]
    assert not heard.replaced(later, "乙", ("甲", "乙"))
    assert not heard.replaced(came[1:], "丙", ("乙", "丙")), "ours alone"


def test_unheard_is_what_we_wrote_since_and_did_not_take_back() -> None:
    ours = [heard.Step(1, "甲", "乙", False)]
    assert heard.unheard(ours, 0)
    assert not heard.unheard(ours, 1)
    assert not heard.unheard([*ours, heard.Step(2, "乙", "甲", False)], 0)
    assert not heard.unheard([*ours, heard.Step(2, "乙", "丙", True)], 0)
