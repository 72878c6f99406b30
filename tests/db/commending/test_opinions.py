from __future__ import annotations

import pytest

from db import journal
from db.commending import opinions
from db.commending.nominating import nominate_members
from db.errors import Refusal
from db.registers.commendation import Commendation, Nomination, Opinion
from db.undo import undo
from tests.db.commending.conftest import Township, award


def test_one_meeting_signs_many_forms_and_may_sign_again(
    township: Township, round_: Commendation
) -> None:
    nominate_members(award(round_, "优秀共产党员"), township.of(township.villages[0])[1:4])
    three = list(Nomination.select())
    meeting = {"words": "同意推荐", "on": "2026-06-05", "expected": 21, "present": 20}
    assert opinions.give(three, "branch", **meeting, approving=20) == 3
    assert opinions.give(three[:1], "branch", approving=19) == 1
    votes = [o.approving for o in Opinion.living().order_by(Opinion.nomination)]
    assert votes == [19, 20, 20]
    undo(journal.operations()[0].id)
    assert {o.approving for o in Opinion.living()} == {20}


def test_more_votes_than_people_are_refused_and_nothing_is_signed(
    township: Township, round_: Commendation
) -> None:
    nominate_members(award(round_, "优秀共产党员"), township.of(township.villages[0])[1:4])
    with pytest.raises(Refusal, match="赞成票数"):
        opinions.give(list(Nomination.select()), "branch", present=10, approving=11)
    assert not Opinion.select().exists()
    with pytest.raises(Refusal, match="选中"):
        opinions.give([], "branch")
