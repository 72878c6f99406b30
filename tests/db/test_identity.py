from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import access, backup, identity, journal
from db import office as offices
from db.connection import database
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make


def test_an_office_knows_who_it_is(office: offices.Office) -> None:
    known = identity.identity()
    assert (known.office_code, known.office_name, known.level) == (
        "150823101",
        "白音胡舒苏木党委",
        "township",
    )
    assert known.site == 7
    identity.rename("白音胡舒镇党委")
    assert identity.identity().office_name == "白音胡舒镇党委"
    assert identity.identity().database_id == known.database_id


def test_two_offices_are_two(tmp_path: Path) -> None:
    seen = set()
    for name in "ab":
        offices.new_office(tmp_path / name, "150823101", "某苏木", "township", "张三", PASSPHRASE)
        known = identity.identity()
        seen |= {known.database_id, known.incarnation, str(known.site)}
        offices.close_office()
    assert len(seen) == 6


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=st.lists(st.integers(1, 5000), max_size=8))
def test_ids_grow_and_never_meet(office: offices.Office, counts: list[int]) -> None:
    last = 0
    for count in counts:
        with database.atomic():
            ids = identity.next_ids(count)
        assert len(ids) == count
        assert ids[0] > last
        last = ids[-1]
        assert last < 1 << 63
        assert last >> 40 == 7


def test_ids_of_a_failed_operation_may_be_used_again_but_never_twice(
    office: offices.Office,
) -> None:
    with pytest.raises(ZeroDivisionError), journal.operation("失败"):
        make(Organization, name="甲支部", kind="branch")
        raise ZeroDivisionError
    one, two = (make(Organization, name=name, kind="branch") for name in "乙丙")
    assert one.id < two.id


def test_restoring_the_same_copy_again_and_again_repeats_no_id(office: offices.Office) -> None:
    copy = backup.snapshot(office.folder, office.key)
    used, lives = [], {identity.identity().incarnation}
    for name in "甲乙丙丁":
        used.append(make(Organization, name=name, kind="branch").id)
        backup.restore(office.folder, office.key, copy)
        lives.add(identity.identity().incarnation)
    assert used == sorted(set(used))
    assert len(lives) == 5
    assert identity.identity().site == 7


def test_the_clock_may_run_backwards(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in (4e9, 1e9, 0.0, 2e9, 1.7e9):
        monkeypatch.setattr(journal.time, "time", lambda moment=moment: moment)
        make(Organization, name=f"{moment}支部", kind="branch")
    assert journal.verify() == []
    words = [o.words for o in journal.operations(5)]
    assert [w.split("“")[1] for w in words] == [
        f"{moment}支部”" for moment in (1.7e9, 2e9, 0.0, 1e9, 4e9)
    ]


def test_history_may_be_older_than_what_was_written_before(office: offices.Office) -> None:
    make(Organization, name="今天", kind="branch")
    with journal.operation("十年前", at="2016-01-01T09:00:00"):
        make(Organization, name="从前", kind="branch")
    make(Organization, name="明天", kind="branch")
    assert [o.at[:4] for o in journal.operations(3)][1] == "2016"
    assert journal.verify() == []


def test_the_program_itself_has_no_number_of_a_person() -> None:
    assert access.PROGRAM.id == 0
