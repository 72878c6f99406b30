"""Whatever can be written in a name or a note comes back as it was; what cannot is refused in words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db import journal
from db.connection import database
from db.errors import Refusal
from db.fields import (
    IdNumber,
    Moment,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Score,
    Structured,
    Text,
)
from db.registers.commendation import Nomination
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import AGREEING, make

pytestmark = pytest.mark.usefixtures("office")
TRYING = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

#: Extension B to H, compatibility and private use, right-to-left, marks that join and that turn.
RARE = st.sampled_from(
    "𠮷𠀀𪜀𫝀𫠠𬺰𮯠𰀀𱍐𲎰䶿龦㐀豈丽󠄀\ue000\U000f0000עبﷺ\u202e\u2066\u200d\u200b\ufeff"
    "ᠮᠣᠩᠭᠣᠯé́👨‍👩‍👧🇨🇳\u0300\t\n\r\x1b\x7f\x85\u2028'\"\\;--%_?"
)
ANY = st.text(
    st.one_of(RARE, st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=60
)


@TRYING
@given(text=ANY)
@example(text="王𠮷·ᠮᠣᠩᠭᠣᠯ")
def test_row_62_a_note_comes_back_as_it_was_from_row_journal_and_undo(text: str) -> None:
    wanted = str(text).strip()
    row = make(Organization, name="甲支部", kind="branch", notes="旧", village=0)
    row.notes = text
    row.save()
    assert Organization.get_by_id(row.id).notes == wanted
    if wanted != "旧":
        change = journal.history("organization", row.id)[0]
        assert (change.old, change.new) == ("旧", wanted)
        assert journal.verify() == []
        undo(undo(change.operation))
        assert Organization.get_by_id(row.id).notes == wanted
    row = Organization.get_by_id(row.id)
    row.retire("试完")


@TRYING
@given(text=ANY)
def test_a_name_is_kept_in_one_form_or_refused(text: str) -> None:
    field = Member.name
    try:
        kept = field.accept(text)
    except Refusal:
        return
    assert field.accept(kept) == kept
    assert len(kept) <= 25
    assert not any(unicodedata.category(c) in ("Cs", "Cc") for c in kept)


BROKEN = st.builds(
    lambda a, bad, b: a + bad + b,
    st.text(max_size=5),
    st.sampled_from(["\ud800", "\udfff", "\udc00x\ud800", "\0", "\ud83d"]),
    st.text(max_size=5),
)


@TRYING
@given(text=BROKEN)
@pytest.mark.parametrize(
    "field",
    [
        Text("栏"),
        Text("栏", multiline=True),
        Name("栏"),
        Number("栏"),
        Score("栏"),
        Money("栏"),
        PartialDate("栏"),
        Moment("栏"),
        IdNumber("栏"),
        Phone("栏"),
        Structured("栏"),
        Reference("栏", Organization),
    ],
    ids=lambda field: type(field).__name__,
)
def test_row_62_half_characters_and_nul_never_reach_the_file(field, text: str) -> None:
    try:
        kept = field.accept(text)
    except Refusal as refusal:
        refusal.message.encode("utf-8", "surrogatepass")
        return
    # A reader of numbers or dates may drop what is not part of one.
    str(kept).encode()
    assert "\0" not in str(kept)


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        ANY,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(ANY, inner, max_size=3)),
    max_leaves=8,
)


@TRYING
@given(value=st.dictionaries(ANY, VALUES, max_size=4))
def test_a_structure_comes_back_as_it_was_also_by_undo(value) -> None:
    row = make(Nomination, **AGREEING["commendation_nomination"](), overrides={"旧": 2**53 + 1})
    row.overrides = value
    row.save()
    assert Nomination.get_by_id(row.id).overrides == value
    undo(journal.operations(1)[0].id)
    assert Nomination.get_by_id(row.id).overrides == {"旧": 2**53 + 1}


@pytest.mark.parametrize("number", ["1" * 16, "9" * 5000, "1e400", "-1e30", 1e30, "1_000", 2**63])
@pytest.mark.parametrize("field", [Number("数", minimum=None), Score("数"), Money("数")])
def test_numbers_beyond_reason_are_refused(field, number) -> None:
    with pytest.raises(Refusal) as caught:
        field.accept(number)
    assert len(caught.value.message) < 200


@pytest.mark.parametrize("value", [float("nan"), {"a": float("inf")}, object(), {"a": "\ud800"}])
def test_a_structure_that_cannot_be_written_is_refused(value) -> None:
    with pytest.raises(Refusal):
        Structured("栏").accept(value)


def test_the_journal_keeps_every_kind_of_value_exactly() -> None:
    """Whole numbers beyond 2⁵³ and nothing versus empty, as SQLite writes and Python reads them."""
    row = make(Organization, name="甲支部", kind="branch", notes="", parent=None)
    values = ["", "0", "null", '"', "\\", "'", "[1]", '{"a":1}', "1e3", "a\u2028b", "'; DROP"]
    with journal.operation("逐个") as opened:
        for value in values:
            row.notes = value
            row.save()
    news = [e.changes["notes"][1] for e in journal.entries(opened.id)]
    assert news == values[1:]
    with journal.operation("大数") as opened:
        database.execute_sql(
            "UPDATE organization SET office = ?, parent_id = NULL WHERE id = ?",
            ("x", row.id),
        )
    assert row.id > 2**40
    assert journal.entries(opened.id)[0].row == row.id
