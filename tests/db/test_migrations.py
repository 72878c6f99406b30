from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db import backup, journal, migrations, search
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.conftest import PASSPHRASE
from tests.factories import make


@pytest.fixture
def old(office: offices.Office) -> Iterator[Path]:
    """A closed data folder with a branch, its members and their details."""
    from db.registers.member import Honour

    branch = make(Organization, name="甲支部", kind="branch")
    for code in ("1", "", "3"):
        member = make(Member, organization=branch, code=code)
        make(Honour, member=member)
    offices.close_office()
    yield office.folder
    offices.close_office()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a numbered script beside those of the program; later ones see the earlier."""
    import sys

    folder = tmp_path / "scripts"
    folder.mkdir()
    monkeypatch.setattr(migrations, "__path__", [*migrations.__path__, str(folder)])
    before = set(sys.modules)

    def write(name: str, body: str) -> None:
        lines = ["from playhouse.migrate import migrate", "import peewee", "def up(migrator):"]
        text = "\n".join([*lines, *(f"    {line}" for line in body.splitlines())])
        (folder / f"{name}.py").write_text(text, "utf-8")

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("db.migrations.m"):
            del sys.modules[name]


REBUILD = (
    'migrate(migrator.alter_column_type("organization", "notes", peewee.CharField(max_length=9)))'
)


def test_a_rebuilt_parent_keeps_its_children_and_the_journal_goes_on(old: Path, script) -> None:
    script("m0002_rebuild", REBUILD)
    offices.open_office(old, PASSPHRASE)
    assert migrations.schema() == 2
    assert Member.select().count() == 3
    if not database.shared:
        assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    row = Organization.get()
    row.contact = "王一"
    row.save()
    assert journal.history("organization", row.id)[0].new == "王一"
    assert journal.verify() == []
    assert [c.reason for c in backup.copies(old)] == ["before-upgrade"]


def test_a_column_gets_another_name_and_one_goes(old: Path, script) -> None:
    script(
        "m0002_columns",
        'migrate(migrator.add_column("member", "extra", peewee.TextField(default="")),\n'
        '    migrator.rename_column("member", "extra", "other"),\n'
        '    migrator.drop_column("member", "other"))',
    )
    offices.open_office(old, PASSPHRASE)
    row = Member.get()
    row.phone = "13900000000"
    row.save()
    assert journal.history("member", row.id)[0].new == "13900000000"
    assert "other" not in database.dialect.columns(database)["member"]
    assert journal.verify() == []


def test_what_a_script_writes_stands_in_the_journal_and_is_not_undone(old: Path, script) -> None:
    script("m0002_codes", "migrator.database.execute_sql(\"UPDATE member SET code = 'M' || id\")")
    offices.open_office(old, PASSPHRASE)
    newest = journal.operations(1)[0]
    assert (newest.person, newest.kind, newest.entries) == ("程序", "upgrade", 3)
    with pytest.raises(Refusal, match="恢复升级前的备份"):
        undo(newest.id)


@pytest.mark.parametrize(
    "body",
    [
        REBUILD + "\nraise ZeroDivisionError",
        "migrator.database.execute_sql(\"UPDATE member SET code = 'x'\")\nraise ZeroDivisionError",
        "migrator.database.execute_sql('DELETE FROM organization')",
    ],
)
def test_row_61_a_script_that_fails_leaves_the_data_as_it_was(old: Path, script, body: str) -> None:
    script("m0002_good", "migrator.database.execute_sql(\"UPDATE member SET phone = ''\")")
    script("m0003_bad", body)
    with pytest.raises((ZeroDivisionError, Trouble)):
        offices.open_office(old, PASSPHRASE)
    (Path(migrations.__path__[-1]) / "m0003_bad.py").unlink()
    offices.open_office(old, PASSPHRASE)
    assert migrations.schema() == 2
    assert sorted(m.code for m in Member.select()) == ["", "1", "3"]
    assert Organization.select().count() == 1
    assert journal.verify() == []


def test_scripts_run_once_and_in_order(old: Path, script) -> None:
    for number, letter in ((4, "c"), (2, "a"), (3, "b")):
        script(
            f"m000{number}_x",
            f"migrator.database.execute_sql(\"UPDATE member SET code = code || '{letter}'\")",
        )
    for _ in range(2):
        offices.open_office(old, PASSPHRASE)
        assert sorted(m.code for m in Member.select()) == ["1abc", "3abc", "abc"]
        offices.close_office()


def test_an_older_backup_is_brought_up_when_it_is_restored(old: Path, script) -> None:
    offices.open_office(old, PASSPHRASE)
    copy = backup.snapshot(old, offices.current().key)
    offices.close_office()
    script("m0002_codes", "migrator.database.execute_sql(\"UPDATE member SET code = 'neu'\")")
    offices.open_office(old, PASSPHRASE)
    backup.restore(old, offices.current().key, copy)
    assert migrations.schema() == 2
    assert {m.code for m in Member.select()} == {"neu"}


def test_a_column_that_no_script_made_is_said_before_anything_is_written(old: Path) -> None:
    offices.open_office(old, PASSPHRASE)
    for trigger in ("member_u", "member_d"):
        drop_trigger(trigger)
    database.execute_sql("ALTER TABLE member DROP COLUMN introducers")
    offices.close_office()
    with pytest.raises(Trouble, match="introducers"):
        offices.open_office(old, PASSPHRASE)


def drop_trigger(name: str) -> None:
    database.execute_sql(f"DROP TRIGGER {name}" + (" ON member" if database.shared else ""))


def test_a_trigger_that_does_not_fit_is_made_anew(old: Path) -> None:
    offices.open_office(old, PASSPHRASE)
    kept = database.dialect.made(database)["member_u"]
    drop_trigger("member_u")
    does = "EXECUTE FUNCTION member_u()" if database.shared else "BEGIN SELECT 1; END"
    each = "FOR EACH ROW " if database.shared else ""
    database.execute_sql(f"CREATE TRIGGER member_u AFTER UPDATE OF name ON member {each}{does}")
    assert database.dialect.made(database)["member_u"] != kept
    offices.close_office()
    offices.open_office(old, PASSPHRASE)
    assert database.dialect.made(database)["member_u"] == kept


def test_missing_indexes_and_search_tables_come_back(old: Path) -> None:
    offices.open_office(old, PASSPHRASE)
    name = Member.get().name
    hits = {hit.id for hit in search.query(name, ["member"])}
    database.execute_sql("DROP INDEX member_id_number")
    database.execute_sql("DROP TABLE search_key")
    database.execute_sql("ALTER TABLE search_entry ADD COLUMN older TEXT")
    offices.close_office()
    offices.open_office(old, PASSPHRASE)
    assert "member_id_number" in {i.name for i in database.get_indexes("member")}
    assert {hit.id for hit in search.query(name, ["member"])} == hits


def test_a_file_without_tables_is_not_taken_for_an_empty_office(old: Path) -> None:
    offices.open_office(old, PASSPHRASE)
    database.dialect.set_schema(database, 0)
    offices.close_office()
    with pytest.raises(Trouble, match="没有台账的表格"):
        offices.open_office(old, PASSPHRASE)
