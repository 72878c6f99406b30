"""Nothing personal lies in the clear: not in the file, its log, its backups, nor in temporary files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import backup, drafts, journal
from db import office as offices
from db.bulk import insert_rows
from db.connection import database
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make

SECRETS = ("斯琴高娃", "150425196001010016", "13947400001", "哈沙图", "siqingaowa", "sqgw")


def files_seen(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file():
                yield str(file), file.read_bytes()


def open_files() -> Iterator[tuple[str, bytes]]:
    """Also what was unlinked right after it was made, as SQLite does with temporary files."""
    table = Path("/proc/self/fd")
    if not table.exists():
        return
    for entry in table.iterdir():
        try:
            name = str(entry.readlink())
            if name.startswith("/") and (" (deleted)" in name or "etilqs" in name):
                yield name, entry.read_bytes()
        except OSError:
            continue


def assert_silent(*folders: Path) -> None:
    for name, content in (*files_seen(*folders), *open_files()):
        for secret in (*SECRETS, PASSPHRASE):
            for coding in ("utf-8", "utf-16-le", "gb18030"):
                assert secret.encode(coding) not in content, f"{secret} in {name}"
        if name.endswith((".db", "-wal", ".part")):
            assert b"SQLite format" not in content, name


def test_no_file_tells_anything_at_any_moment(
    office: offices.Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(scratch))
    branch = make(Organization, name="哈沙图嘎查党支部", kind="branch")
    row = ("斯琴高娃", "150425196001010016", "13947400001", branch.id, "full")
    with journal.operation("导入"):
        insert_rows(
            Member, ("name", "id_number", "phone", "organization", "category"), [row] * 3_000
        )
        assert_silent(tmp_path)
    drafts.keep("member", 0, "斯琴高娃", {"phone": "13947400001"})
    assert_silent(tmp_path)
    # Sorting and grouping far beyond the cache would spill into temporary files.
    database.execute_sql("PRAGMA cache_size = 10")
    sorted_rows = database.execute_sql(
        "SELECT a.name || b.id_number || a.id FROM member a, (SELECT id_number FROM member LIMIT 20) b"
        " GROUP BY 1 ORDER BY 1 DESC"
    )
    sorted_rows.fetchone()
    assert_silent(tmp_path)
    sorted_rows.fetchall()
    database.execute_sql("VACUUM")
    scan = offices.files().put("斯琴高娃 150425196001010016 诊断证明".encode() * 40)
    assert_silent(tmp_path)
    copy = backup.snapshot(office.folder, office.key)
    backup.lay_out(copy, tmp_path / "U盘", office.key)
    assert_silent(tmp_path)
    assert offices.files().get(scan).startswith("斯琴高娃".encode())
    assert_silent(tmp_path)
    backup.restore(office.folder, office.key, copy)
    assert_silent(tmp_path)
    offices.close_office()
    assert_silent(tmp_path)
    assert list(scratch.iterdir()) == []
