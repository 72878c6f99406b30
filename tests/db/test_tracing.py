from __future__ import annotations

import pytest

from db import backup, journal, membership, organizing, tracing
from db import office as offices
from db.bulk import insert_rows, update_rows
from db.connection import database
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.conftest import PASSPHRASE
from tests.factories import make

pytestmark = pytest.mark.both_engines


@pytest.fixture
def branch(office: offices.Office) -> Organization:
    return make(Organization, name="甲支部", kind="branch")


def behind_the_back(sql: str) -> None:
    """As somebody with the key would do it: the triggers taken away, then put back."""
    if database.shared:
        database.dialect.triggers(database, False)
        database.execute_sql(sql)
        database.dialect.triggers(database, True)
        return
    kept = database.execute_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'member'"
    ).fetchall()
    for name, _ in kept:
        database.execute_sql(f"DROP TRIGGER {name}")
    database.execute_sql(sql)
    for _, text in kept:
        database.execute_sql(text)


def test_everything_done_through_the_program_is_traced(branch: Organization) -> None:
    other = make(Organization, name="乙支部", kind="branch")
    members = [make(Member, organization=branch, name="巴图") for _ in range(3)]
    with journal.operation("导入"):
        ids = insert_rows(Member, ("name", "organization", "category"), [("甲", branch.id, "full")])
        update_rows(Member, ["phone"], [(ids[0], ("13900000000",))])
    undo(undo(journal.operations(1)[0].id))
    membership.move(members[0], other, "2026-01-01")
    members[1].retire("重复")
    organizing.merge([other], branch, "2026-02-01")
    undo(journal.operations(1)[0].id)
    office = offices.current()
    copy = backup.snapshot(office.folder, office.key)
    backup.restore(office.folder, office.key, copy)
    offices.close_office()
    offices.open_office(office.folder, PASSPHRASE)
    assert list(tracing.untraced()) == []


def a_twin(model: type[Member]) -> str:
    rest = ", ".join(f'"{f.column_name}"' for f in model._meta.sorted_fields if f.name != "id")
    return f"INSERT INTO member (id, {rest}) SELECT id + 1, {rest} FROM member"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE member SET phone = '13911111111'", "“手机号码”被改过"),
        ("DELETE FROM member", "不见了"),
        (a_twin(Member), "没有新增记录"),
    ],
    ids=["edited", "taken away", "slipped in"],
)
def test_an_edit_behind_the_back_is_found(branch: Organization, sql: str, said: str) -> None:
    member = make(Member, organization=branch, name="巴图")
    member.phone = "13900000000"
    member.save()
    behind_the_back(sql)
    assert journal.verify() == []
    assert any(said in untraced.words for untraced in tracing.untraced())


def test_what_was_never_changed_since_it_was_made_is_known_only_as_made(
    branch: Organization,
) -> None:
    make(Member, organization=branch, name="巴图")
    behind_the_back("UPDATE member SET name = '某某'")
    assert list(tracing.untraced()) == []
