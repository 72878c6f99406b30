"""Making update packages: a key of one's own, a package of a built product, read by the program."""

from __future__ import annotations

import stat
import sys
import tomllib
from pathlib import Path

import pytest
import update

from desktop.updating import package, publisher
from tests import programs


@pytest.fixture
def key(tmp_path, capsys, monkeypatch) -> Path:
    file = tmp_path / "publisher.key"
    assert update.main(["key", str(file)]) == 0
    lines = capsys.readouterr().out.split("Add these")[0]
    said = tomllib.loads(lines)["key"][0]
    monkeypatch.setattr(publisher, "keys", lambda: {bytes.fromhex(said["public"]): said["name"]})
    return file


def test_a_key_is_readable_by_nobody_else_and_never_overwritten(key):
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    with pytest.raises(FileExistsError):
        update.main(["key", str(key)])
    assert key.read_text() == before


def test_a_built_product_becomes_a_package_that_the_program_reads(key, tmp_path, capsys):
    old = programs.tree(tmp_path / "old", "1.1")
    new = programs.tree(tmp_path / "new", "1.2", **{"app/db/migrations/m0002_x.py": ""})
    (new / "lib" / "rt" / "ld-linux-x86-64.so.2").touch()
    words = ["pack", str(new), "--key", str(key), "--into", str(tmp_path / "dist")]
    assert update.main([*words, "--words", "修好了打印。"]) == 0
    assert update.main([*words, "--since", str(old)]) == 0
    whole, small = (
        package.open_package(tmp_path / "dist" / name, lambda *_: None)
        for name in ("zhengyou-1.2-linux-x86_64.zytu", "zhengyou-1.2-linux-x86_64-small.zytu")
    )
    assert (whole.version, whole.schema, whole.platform) == ("1.2", 2, "linux-x86_64")
    assert whole.words == "修好了打印。"
    assert all(part.carried for part in whole.parts)
    assert {part.path for part in small.parts if part.carried} == {
        "app/pyproject.toml", "app/version", "app/db/migrations/m0002_x.py",
        "lib/rt/ld-linux-x86-64.so.2",
    }  # fmt: skip


def test_the_platform_is_read_off_the_product(tmp_path):
    (tmp_path / "zhengyou.exe").touch()
    assert update.platform_of(tmp_path) == "windows-x86_64"
    arm = programs.tree(tmp_path / "arm", "1.0")
    (arm / "lib" / "rt" / "ld-linux-aarch64.so.1").touch()
    assert update.platform_of(arm) == "linux-aarch64"


def test_a_product_without_a_version_is_not_packed(key, tmp_path):
    new = programs.tree(tmp_path / "new", "1.2")
    (new / "app" / "pyproject.toml").unlink()
    with pytest.raises(SystemExit):
        update.pack(new, key, tmp_path, since=[], words="")
