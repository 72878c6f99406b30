"""Damaged, foreign and missing files: a sentence that says what to do, and a way back from a backup."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from db import backup, identity, journal, unlocking, vault
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make
from tests.faults.conftest import LONG_ROUNDS, ROOT, SEED, reopen, sound


def damage(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    if how == "empty":
        content.clear()
    elif how == "no header":
        content = content[1000:]
    elif how == "cut":
        content = content[: len(content) // 2]
    elif how == "cut inside a page":
        content = content[: len(content) * 2 // 3 + 17]
    elif how == "zeroed":
        content[: len(content)] = bytes(len(content))
    elif how == "garbage":
        content[:] = b"\xa5" * len(content)
    elif how == "plain":
        content[:16] = b"SQLite format 3\0"
    elif how == "bit in the middle":
        content[len(content) // 2] ^= 1
    file.write_bytes(content)


ALL = ["empty", "no header", "cut", "cut inside a page", "zeroed", "garbage", "plain"]


@pytest.mark.parametrize("how", ALL)
def test_a_damaged_file_is_told_not_crashed_on_and_a_backup_brings_it_back(
    backed_up: Path, how: str
) -> None:
    damage(backed_up / "zhengyou.db", how)
    broken = (backed_up / "zhengyou.db").read_bytes()
    with pytest.raises(Trouble) as caught:
        reopen(backed_up)
    assert "备份" in str(caught.value) or "损坏" in str(caught.value)
    assert (backed_up / "zhengyou.db").read_bytes() == broken
    name = backup.copies(backed_up)[0].file.name
    assert offices.rescue(backed_up, PASSPHRASE, name).name == "管理员"
    sound()
    assert Member.select().count() == 200
    kept = [f.read_bytes() for f in (backed_up / "replaced").rglob("zhengyou.db")]
    assert kept == [broken]


def test_a_rescue_of_sound_data_needs_the_right_to_manage(backed_up: Path) -> None:
    from db.registers.account import Account

    reopen(backed_up)
    clerk = make(Account, name="李四", role="录入")
    unlocking.give_passphrase(clerk.id, "李四的一句口令")
    copy = backup.snapshot(backed_up, offices.current().key).file.name
    make(Organization, name="戊支部", kind="branch")
    offices.close_office()
    with pytest.raises(Refusal, match="不能管理"):
        offices.rescue(backed_up, "李四的一句口令", copy)
    offices.rescue(backed_up, PASSPHRASE, copy)
    assert Organization.select().count() == 4
    offices.close_office()
    damage(backed_up / "zhengyou.db", "garbage")
    assert offices.rescue(backed_up, "李四的一句口令", copy).name == "李四"


def test_data_of_a_newer_program_is_not_rescued_away(backed_up: Path) -> None:
    reopen(backed_up)
    database.execute_sql("PRAGMA user_version = 99")
    offices.close_office()
    before = (backed_up / "zhengyou.db").read_bytes()
    with pytest.raises(Trouble, match="先升级"):
        offices.rescue(backed_up, PASSPHRASE, backup.copies(backed_up)[0].file.name)
    assert (backed_up / "zhengyou.db").read_bytes() == before


def test_a_missing_file_is_brought_back_too(backed_up: Path) -> None:
    (backed_up / "zhengyou.db").unlink()
    with pytest.raises(Trouble, match="找不到"):
        reopen(backed_up)
    offices.rescue(backed_up, PASSPHRASE, backup.copies(backed_up)[0].file.name)
    assert Member.select().count() == 200


def test_ids_go_on_after_a_rescue_where_none_was_used(backed_up: Path) -> None:
    reopen(backed_up)
    last = make(Organization, name="戊支部", kind="branch").id
    offices.close_office()
    damage(backed_up / "zhengyou.db", "garbage")
    copy = backup.copies(backed_up)[0].file.name
    offices.rescue(backed_up, PASSPHRASE, copy)
    second = make(Organization, name="戊支部", kind="branch").id
    backup.restore(backed_up, offices.current().key, backup.find(backed_up, copy))
    third = make(Organization, name="戊支部", kind="branch").id
    assert last < min(second, third)
    assert second != third


def test_a_page_damaged_while_open_is_said_in_words(backed_up: Path) -> None:
    reopen(backed_up)
    offices.close_office()
    file = backed_up / "zhengyou.db"
    content = bytearray(file.read_bytes())
    for start in range(40 * 4096, len(content), 4096):
        content[start + 100] ^= 1
    file.write_bytes(content)
    with pytest.raises(Trouble, match=r"损坏|恢复"):
        reopen(backed_up)
        list(Member.select().order_by(Member.name, Member.phone))
        Organization.select().count()
        make(Member, organization=Organization.get())


@pytest.mark.parametrize("how", [*ALL, "bit in the middle"])
def test_row_35_a_damaged_backup_is_refused_and_the_one_before_it_still_serves(
    backed_up: Path, how: str
) -> None:
    reopen(backed_up)
    make(Organization, name="戊支部", kind="branch")
    older = backup.copies(backed_up)[0]
    newer = backup.snapshot(backed_up, offices.current().key)
    damage(newer.file, how)
    key = offices.current().key
    with pytest.raises(Trouble):
        backup.preview(newer, key)
    with pytest.raises(Trouble):
        backup.restore(backed_up, key, newer)
    sound()
    assert Organization.select().count() == 5
    assert make(Organization, name="己支部", kind="branch").id
    backup.restore(backed_up, key, older)
    assert Organization.select().count() == 4


def test_looking_at_a_backup_writes_nothing(backed_up: Path) -> None:
    reopen(backed_up)
    copy = backup.copies(backed_up)[0]
    before = {f.name: f.read_bytes() for f in copy.file.parent.iterdir()}
    copy.file.chmod(0o400)
    backup.preview(copy, offices.current().key)
    assert {f.name: f.read_bytes() for f in copy.file.parent.iterdir()} == before


def test_a_torn_note_hides_no_backup(backed_up: Path) -> None:
    copy = backup.copies(backed_up)[0]
    for content in ("", "{", "[]", '{"at": 5}', '{"at": "昨天", "reason": "x", "size": 1}'):
        copy.file.with_suffix(".json").write_text(content, "utf-8")
        assert [c.reason for c in backup.copies(backed_up)] == ["unknown"]
    known = {"at": "2026-11-01T08:00:00", "reason": "hourly", "size": 1, "of a later version": 1}
    copy.file.with_suffix(".json").write_text(json.dumps(known), "utf-8")
    assert [c.reason for c in backup.copies(backed_up)] == ["hourly"]
    copy.file.with_suffix(".json").unlink()
    reopen(backed_up)
    backup.restore(backed_up, offices.current().key, backup.copies(backed_up)[0])
    sound()


def test_row_34_a_foreign_log_beside_a_copy_is_not_played_into_it(backed_up: Path) -> None:
    """A stray -wal of the same key would turn a sound copy into a mixture."""
    reopen(backed_up)
    make(Organization, name="戊支部", kind="branch")
    foreign = (backed_up / "zhengyou.db-wal").read_bytes()
    assert foreign
    copy = backup.copies(backed_up)[0]
    copy.file.with_name(copy.file.name + "-wal").write_bytes(foreign)
    (backed_up / "zhengyou.restoring-wal").write_bytes(foreign)
    backup.restore(backed_up, offices.current().key, copy)
    sound()
    assert Organization.select().count() == 4


def test_row_34_a_file_copied_by_hand_beside_a_foreign_log_is_not_opened(backed_up: Path) -> None:
    older = (backed_up / "zhengyou.db").read_bytes()
    reopen(backed_up)
    with journal.operation("又二百人"):
        for _ in range(200):
            make(Member, organization=Organization.get())
    backup.snapshot(backed_up, offices.current().key)
    offices.close_office()
    reopen(backed_up)
    make(Member, organization=Organization.get())
    log = (backed_up / "zhengyou.db-wal").read_bytes()
    offices.close_office()
    (backed_up / "zhengyou.db").write_bytes(older)
    (backed_up / "zhengyou.db-wal").write_bytes(log)
    with pytest.raises(Trouble, match=r"对不上|损坏"):
        reopen(backed_up)
    assert (backed_up / "zhengyou.db").read_bytes() == older
    assert (backed_up / "zhengyou.db-wal").read_bytes() == log
    offices.rescue(backed_up, PASSPHRASE, backup.copies(backed_up)[0].file.name)
    sound()
    assert Member.select().count() == 400


def test_row_34_a_restore_takes_a_log_left_by_a_kill_with_it(backed_up: Path) -> None:
    reopen(backed_up)
    make(Organization, name="戊支部", kind="branch")
    log = (backed_up / "zhengyou.db-wal").read_bytes()
    offices.close_office()
    (backed_up / "zhengyou.db-wal").write_bytes(log)
    damage(backed_up / "zhengyou.db", "zeroed")
    offices.rescue(backed_up, PASSPHRASE, backup.copies(backed_up)[0].file.name)
    sound()
    assert Organization.select().count() == 4
    aside = next((backed_up / "replaced").rglob("zhengyou.db-wal"))
    assert aside.read_bytes() == log


def test_a_backup_of_a_newer_program_is_refused_before_anything_moves(backed_up: Path) -> None:
    reopen(backed_up)
    database.execute_sql("PRAGMA user_version = 99")
    copy = backup.snapshot(backed_up, offices.current().key)
    database.execute_sql("PRAGMA user_version = 1")
    with pytest.raises(Trouble, match="先升级"):
        backup.restore(backed_up, offices.current().key, copy)
    assert Member.select().count() == 200


def test_row_50_the_last_backup_survives_a_clock_that_fell_back(
    backed_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import datetime, timedelta

    from db import copying

    reopen(backed_up)
    first = backup.copies(backed_up)[0]
    for place in range(250):
        at = datetime(2026, 11, 1) - timedelta(days=place * 4)
        file = first.file.with_name(f"{at:%Y%m%d-%H%M%S}.db")
        shutil.copy2(first.file, file)
        note = copying.Copy(file, at.isoformat(), "hourly", first.size, first.counts)
        copying._write_note(note)

    class Old(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2001, 1, 1, 8)

    monkeypatch.setattr(copying, "datetime", Old)
    made = backup.snapshot(backed_up, offices.current().key)
    assert made.file.exists()
    assert len(backup.copies(backed_up)) < 80


def test_row_60_the_second_of_two_programs_is_refused_and_harms_nothing(folder: Path) -> None:
    reopen(folder)
    script = (
        "import sys; from pathlib import Path; from db import office\n"
        "from db.errors import Trouble\n"
        "for act in (office.open_office, lambda f, s: office.rescue(f, s, 'x')):\n"
        "    try: act(Path(sys.argv[1]), sys.argv[2])\n"
        "    except Trouble as trouble: print(trouble.message)"
    )
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, str(folder), PASSPHRASE],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    assert told.stdout.count("另一个程序窗口") == 2
    make(Organization, name="丁支部", kind="branch")
    sound()


# -- places -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "白音胡舒 苏木",
        "a?mode=memory#x",
        "file:x?cipher=",
        "100%25 'quoted\" ; --",
        "长" * 60,
        "尾随空格 ",
        "＃全角？",
        "𠮷嘎查",
    ],
)
def test_row_18_odd_folder_names_hold_an_office_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if os.name == "nt" and (set(name) & set('<>:"|?*') or name.endswith(" ")):
        pytest.skip("Windows knows no such name")
    monkeypatch.chdir(tmp_path)
    place = Path(name)
    offices.new_office(place, "150823101", "某苏木", "township", "张三", PASSPHRASE)
    make(Organization, name="甲支部", kind="branch")
    copy = backup.snapshot(place, offices.current().key)
    make(Organization, name="乙支部", kind="branch")
    backup.preview(copy, offices.current().key)
    backup.restore(place, offices.current().key, copy)
    offices.close_office()
    reopen(place)
    sound()
    assert Organization.select().count() == 1
    assert {p.name for p in tmp_path.iterdir()} == {name}
    offices.close_office()


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(Refusal, match="不是文件夹"):
        offices.new_office(tmp_path / "x", "150823101", "某", "township", "张三", PASSPHRASE)
    with pytest.raises(Trouble, match="建不了"):
        offices.new_office(tmp_path / "x" / "y", "150823101", "某", "township", "张三", PASSPHRASE)


def test_identity_is_unchanged_by_all_this(folder: Path) -> None:
    reopen(folder)
    assert identity.identity().site == 7


# -- every part of a copy -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "count", [60, pytest.param(8 * LONG_ROUNDS, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_flipped_bit_and_no_cut_goes_unseen(backed_up: Path, count: int) -> None:
    key = vault.unlock(backed_up, PASSPHRASE)[0]
    file = backup.copies(backed_up)[0].file
    whole = file.read_bytes()
    sound_rows = backup.prove(file, key)
    random = Random(SEED)
    spots = {0, 15, 16, 100, 4079, 4080, 4095, len(whole) - 1}
    spots |= {random.randrange(len(whole)) for _ in range(count)}
    for spot in spots:
        flipped = bytearray(whole)
        flipped[spot] ^= 1 << random.randrange(8)
        file.write_bytes(flipped)
        with pytest.raises(Trouble):
            backup.prove(file, key)
    for cut in sorted({random.randrange(len(whole)) for _ in range(count // 2)}):
        file.write_bytes(whole[:cut])
        with pytest.raises(Trouble):
            backup.prove(file, key)
    file.write_bytes(whole)
    assert backup.prove(file, key) == sound_rows
