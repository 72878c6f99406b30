from __future__ import annotations

import pytest

from db import access, identity, journal, naming
from db import office as offices
from db.errors import Refusal
from db.undo import undo


def test_another_name_is_one_step_in_the_record_and_can_be_taken_back(
    office: offices.Office,
) -> None:
    step = naming.rename(" 白音胡舒镇党委 ")
    assert identity.identity().office_name == "白音胡舒镇党委"
    last = journal.operations(1)[0]
    assert (last.id, last.person) == (step, "管理员")
    assert "白音胡舒苏木党委" in last.words
    assert journal.verify() == []
    undo(step)
    assert identity.identity().office_name == "白音胡舒苏木党委"
    assert journal.operations(1)[0].undoes == step
    assert journal.verify() == []


def test_an_older_change_of_name_is_not_taken_back_over_a_newer_one(
    office: offices.Office,
) -> None:
    step = naming.rename("甲镇党委")
    naming.rename("乙镇党委")
    with pytest.raises(Refusal, match="后来又改过"):
        undo(step)
    assert identity.identity().office_name == "乙镇党委"


@pytest.mark.parametrize("name", ["", "  ", "长" * 61, "白音胡舒苏木党委"])
def test_a_name_must_say_something_new(office: offices.Office, name: str) -> None:
    with pytest.raises(Refusal):
        naming.rename(name)
    assert identity.identity().office_name == "白音胡舒苏木党委"


def test_only_the_administrator_renames(office: offices.Office) -> None:
    with access.acting_as(access.Person(9, "小李", access.Role.CLERK)), pytest.raises(Refusal):
        naming.rename("某镇党委")
