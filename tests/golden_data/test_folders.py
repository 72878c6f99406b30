"""A data folder of every schema ever released opens, reads, restores and goes on being written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import backup, journal, migrations, search
from db import office as offices
from db.registers.member import Honour, Member, Post, StatusChange
from db.registers.organization import Organization
from db.undo import undo
from tests.golden_data.folders import HERE, NAMES, PASSPHRASE, RECOVERY

KEPT = sorted(path for path in HERE.glob("schema_*") if path.is_dir())


def test_the_present_schema_has_its_folder() -> None:
    assert [path.name for path in KEPT] == [
        f"schema_{number}" for number in range(1, migrations.newest() + 1)
    ]


@pytest.fixture(params=KEPT, ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "office"
    shutil.copytree(request.param, place)
    yield place
    offices.close_office()


def test_row_48_everything_in_it_is_still_there(kept: Path) -> None:
    assert offices.open_office(kept, PASSPHRASE).name == "管理员"
    assert journal.verify() == []
    assert backup.findings(kept) == []
    assert {m.name for m in Member.living()} >= set(NAMES)
    one = Organization.get(Organization.name == "哈沙图嘎查党支部")
    assert (one.founded_on, one.founding_document) == ("1996-05", "白党发〔1996〕3号")
    assert one.parent.name == "白音胡舒苏木党委"
    assert one.election_due == "2027-03-01"
    moved = Member.get(Member.name == "买买提·艾力")
    assert moved.organization.name == "巴彦嘎查党支部"
    assert Member.get(Member.name == "单小明").standing == "transferred"
    assert Member.get(Member.name == "巴图").phone == "13947400001"
    assert Honour.get().title_given == "优秀共产党员"
    assert "巴图" in {p.holder_name for p in one.posts if not p.retired}
    assert StatusChange.living().where(StatusChange.member == moved).count() == 2
    assert [hit.title for hit in search.query("sqgw")][:1] == ["斯琴高娃"]


def test_it_goes_on_being_written_and_taken_back(kept: Path) -> None:
    offices.open_office(kept, PASSPHRASE)
    older = journal.operations(1)[0]
    assert older.kind == "retire"
    before = Post.living().count()
    undo(older.id)
    assert Post.living().count() == before + 1
    member = Member.get(Member.name == "巴图")
    member.phone = "13911111111"
    member.save()
    assert next(c.new for c in journal.history("member", member.id)) == "13911111111"
    assert journal.verify() == []


def test_a_backup_of_it_comes_back(kept: Path) -> None:
    offices.open_office(kept, PASSPHRASE)
    copy = backup.snapshot(kept, offices.current().key)
    offices.close_office()
    (kept / "zhengyou.db").write_bytes(b"")
    offices.rescue(kept, PASSPHRASE, copy.file.name)
    assert Post.select().count() >= 2
    assert migrations.schema() == migrations.newest()


def test_its_recovery_sheet_still_opens(kept: Path) -> None:
    code = (kept / RECOVERY).read_text("utf-8").strip()
    assert offices.open_office(kept, code).name == "恢复单"
