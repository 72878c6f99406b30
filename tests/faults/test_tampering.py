"""Somebody with the key edits the record behind the program's back: what shows it, and what needs help.

The chain shows an edit, a gap and a loose entry by itself. A cut tail and a chain that was written
anew are shown only by a head remembered elsewhere: in the notes of the backups, later by the county.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from db import backup, journal
from db import office as offices
from db.connection import database
from db.registers.organization import Organization
from tests.factories import make


@pytest.fixture
def kept(office: offices.Office) -> Path:
    for name in ("甲支部", "乙支部", "丙支部", "丁支部"):
        row = make(Organization, name=name, kind="branch")
        row.contact = "王一"
        row.save()
    return office.folder


def operation_ids() -> list[int]:
    return [o.id for o in reversed(journal.operations())]


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE operation SET words = '什么也没有' WHERE id = {id}",
        "UPDATE operation SET person_name = '别人' WHERE id = {id}",
        "UPDATE operation SET at = '2020-01-01T00:00:00' WHERE id = {id}",
        "UPDATE operation SET kind = 'undo', undoes = 1 WHERE id = {id}",
        "UPDATE operation SET stamp = stamp + 1 WHERE id = {id}",
        "UPDATE operation SET hash = x'00' WHERE id = {id}",
        "UPDATE journal SET changes = replace(changes, '王一', '王二') WHERE operation = {id}",
        'UPDATE journal SET "row" = "row" + 1 WHERE operation = {id}',
        "UPDATE journal SET verb = 'I' WHERE operation = {id}",
        "DELETE FROM journal WHERE operation = {id}",
        "INSERT INTO journal (operation, stem, \"row\", verb) VALUES ({id}, 'member', 1, 'I')",
        "DELETE FROM operation WHERE id = {id}",
        "UPDATE journal SET operation = 5 WHERE operation = {id}",
    ],
)
def test_row_58_an_edit_in_the_middle_is_seen(kept: Path, edit: str) -> None:
    assert journal.verify() == []
    database.execute_sql(edit.format(id=operation_ids()[4]))
    assert journal.verify() != []


def cut_tail(count: int) -> None:
    for one in operation_ids()[-count:]:
        database.execute_sql("DELETE FROM journal WHERE operation = ?", (one,))
        database.execute_sql("DELETE FROM operation WHERE id = ?", (one,))


def rewrite(words: str) -> None:
    """What somebody who has the key and this program's source could do."""
    previous = b""
    database.execute_sql("UPDATE operation SET words = ? WHERE id = ?", (words, operation_ids()[4]))
    for one in operation_ids():
        head = database.execute_sql(
            f"SELECT {journal._HASHED} FROM operation WHERE id = ?", (one,)
        ).fetchone()
        digest = journal._digest(previous, tuple(head), journal._lines(one))
        database.execute_sql(
            "UPDATE operation SET previous = ?, hash = ? WHERE id = ?", (previous, digest, one)
        )
        previous = digest


def test_row_58_a_cut_tail_is_seen_against_a_remembered_head(kept: Path) -> None:
    remembered = journal.head()
    cut_tail(2)
    assert journal.verify() == []
    assert journal.verify([remembered]) == [f"操作记录的末尾缺了 2 步：曾有 {remembered[0]} 步"]


def test_row_58_a_chain_written_anew_is_seen_against_a_remembered_head(kept: Path) -> None:
    remembered = journal.head()
    make(Organization, name="戊支部", kind="branch")
    rewrite("什么也没有")
    assert journal.verify() == []
    assert any("改写" in finding for finding in journal.verify([remembered]))


def test_the_backups_remember_heads(kept: Path) -> None:
    backup.snapshot(kept, offices.current().key)
    make(Organization, name="戊支部", kind="branch")
    assert backup.findings(kept) == []
    cut_tail(2)
    assert any("末尾" in finding for finding in backup.findings(kept))


def test_a_restore_does_not_look_like_tampering(kept: Path) -> None:
    copy = backup.snapshot(kept, offices.current().key)
    make(Organization, name="戊支部", kind="branch")
    backup.snapshot(kept, offices.current().key)
    backup.restore(kept, offices.current().key, copy)
    assert backup.findings(kept) == []
    make(Organization, name="己支部", kind="branch")
    backup.snapshot(kept, offices.current().key)
    assert backup.findings(kept) == []


def test_the_program_refuses_to_write_without_a_trace(kept: Path) -> None:
    for sql in (
        "UPDATE organization SET name = 'x'",
        "DELETE FROM organization",
        "INSERT OR REPLACE INTO organization SELECT * FROM organization LIMIT 1",
    ):
        with pytest.raises(Exception, match="NOT NULL"):
            database.execute_sql(sql)
    assert Organization.select().where(Organization.name == "甲支部").exists()


def test_a_replaced_row_is_logged_as_gone_and_come(kept: Path) -> None:
    row = Organization.get()
    with journal.operation("替换") as opened:
        Organization.replace(**row.__data__).execute()
    assert [e.verb for e in journal.entries(opened.id)] == ["D", "I"]
    assert journal.entries(opened.id)[0].changes["name"] == row.name
