"""An update is laid beside the program, tried, switched to and taken back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from db import access, backup, migrations, release
from db import office as offices
from db.errors import Refusal, Trouble
from db.registers.organization import Organization
from desktop.updating import laying, layout, steps, trial
from tests import programs
from tests.conftest import PASSPHRASE
from tests.factories import make

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the small programs are shell scripts")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Version 1.0, installed by a person for themselves."""
    place = programs.tree(tmp_path / "opt" / "zhengyou", "1.0")
    programs.install(place, monkeypatch.setattr, "1.0")
    monkeypatch.setattr(trial, "run", lambda *_: {})
    return place


def package(tmp_path: Path, version: str, *, more: Any = (), **about: Any) -> Path:
    new = programs.tree(tmp_path / f"new-{version}", version, **dict(more))
    return programs.pack(new, tmp_path / f"zhengyou-{version}.zytu", version, **about)


def update(tmp_path: Path, version: str, **about: Any) -> None:
    steps.update(steps.look(package(tmp_path, version, **about)))


def test_the_next_start_takes_the_new_version_and_one_step_goes_back(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert programs.starts(root) == "1.0"
    update(tmp_path, "1.1")
    assert programs.starts(root) == "1.1"
    programs.install(root, monkeypatch.setattr, "1.1", root / "versions" / "1.1")
    assert steps.step_back() == "1.0"
    assert programs.starts(root) == "1.0"
    # And forward again, since the newer one still lies there.
    programs.install(root, monkeypatch.setattr, "1.0")
    assert steps.step_back() == "1.1"
    assert programs.starts(root) == "1.1"


def test_two_versions_stay_and_older_ones_go(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 5):
        update(tmp_path, f"1.{number}")
        programs.install(root, monkeypatch.setattr, f"1.{number}", root / f"versions/1.{number}")
    assert {each.name for each in (root / "versions").iterdir()} == {"1.3", "1.4", "current"}
    assert programs.starts(root) == "1.4"
    assert steps.step_back() == "1.3"


def test_what_did_not_change_takes_no_room_twice(root: Path, tmp_path: Path) -> None:
    update(tmp_path, "1.1")
    same = "lib/python3.11/os.py"
    assert (root / same).stat().st_ino == (root / "versions" / "1.1" / same).stat().st_ino
    assert (root / "versions/1.1/lib/rt/ld").stat().st_mode & 0o111


def test_a_small_package_takes_the_rest_from_the_program(root: Path, tmp_path: Path) -> None:
    update(tmp_path, "1.1", since=[root])
    assert programs.starts(root) == "1.1"


def test_a_small_package_for_another_program_is_refused(root: Path, tmp_path: Path) -> None:
    file = package(tmp_path, "1.1", since=[root])
    (root / "lib/python3.11/os.py").write_text("anders", encoding="utf-8")
    with pytest.raises(Refusal, match="完整的升级包"):
        steps.look(file)
    # Same size, other content: found only when it is compared.
    text = programs.tree(tmp_path / "again", "1.0") / "lib/python3.11/os.py"
    (root / "lib/python3.11/os.py").write_text(
        text.read_text("utf-8").replace("许", "几"), encoding="utf-8"
    )
    with pytest.raises(Refusal, match="不一样"):
        steps.update(steps.look(file))
    assert programs.starts(root) == "1.0"
    assert not list((root / "versions").iterdir())


@pytest.mark.parametrize(
    ("version", "about", "words"),
    [
        ("1.0", {}, "已经是 1.0 版"),
        ("1.0.0", {}, "已经是"),
        ("0.9", {}, "旧"),
        ("1.1", {"platform": "windows-x86_64"}, "windows"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    root: Path, tmp_path: Path, version: str, about: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        steps.look(package(tmp_path, version, **about))
    assert not (root / "versions").exists()


def test_the_tenth_is_newer_than_the_ninth() -> None:
    assert release.order("1.10") > release.order("1.9")
    assert release.order("1.2") == release.order("1.2.0")


def test_a_program_of_the_administrator_is_left_to_the_administrator(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Refusal, match="安装包"):
        steps.look(package(tmp_path, "1.1"))


def test_a_checkout_is_not_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match="源代码"):
        layout.installed()


def test_an_installed_tree_is_known_by_what_lies_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resources

    root = programs.tree(tmp_path / "zhengyou", "1.0")
    inner = programs.tree(root / "versions" / "1.1", "1.1")
    for tree in (root, inner):
        monkeypatch.setattr(resources, "__file__", str(tree / "app" / "resources" / "__init__.py"))
        assert layout.installed() == layout.Program(root, tree)


def test_a_version_that_does_not_start_is_never_switched_to(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise Trouble("新版本在这台电脑上试运行没有通过。")

    monkeypatch.setattr(trial, "run", fails)
    with pytest.raises(Trouble, match="试运行"):
        update(tmp_path, "1.1")
    assert programs.starts(root) == "1.0"
    assert not (root / "versions" / "1.1").exists()


def test_a_full_disk_is_said_in_words(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = steps.look(package(tmp_path, "1.1"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _p: type("Usage", (), {"free": 1 << 20})())
    with pytest.raises(Refusal, match="空间不足"):
        steps.update(made)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.undo()
    programs.install(root, monkeypatch.setattr, "1.0")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Trouble, match="没有升级"):
        steps.update(made)
    assert programs.starts(root) == "1.0"


def test_a_damaged_switch_starts_what_was_installed(root: Path, tmp_path: Path) -> None:
    update(tmp_path, "1.1")
    current = root / "versions" / "current"
    for text in ("", "9.9\n", "../../evil\n", "1.1; rm -rf x\n"):
        current.write_text(text, encoding="utf-8")
        assert programs.starts(root) == "1.0"
    current.write_text("1.1\n", encoding="utf-8")
    shutil.rmtree(root / "versions" / "1.1" / "bin")
    assert programs.starts(root) == "1.0"


# -- with the office's data ------------------------------------------------------------


def test_the_data_is_backed_up_first_and_only_by_the_administrator(
    root: Path, tmp_path: Path, office: offices.Office
) -> None:
    file = package(tmp_path, "1.1")
    with access.acting_as(access.Person(9, "小李", access.Role.CLERK)), pytest.raises(Refusal):
        steps.look(file)
    steps.update(steps.look(file))
    assert [copy.reason for copy in backup.copies(office.folder)] == ["before-upgrade"]


def test_a_package_that_cannot_read_the_present_data_is_refused(
    root: Path, tmp_path: Path, office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "schema", lambda _file=None: 7)
    with pytest.raises(Refusal, match="读不了本机现在的数据"):
        steps.look(package(tmp_path, "1.1", schema=6))
    steps.look(package(tmp_path, "1.2", schema=7))


def test_going_back_over_a_change_of_the_tables_takes_the_data_along(
    root: Path, tmp_path: Path, office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Organization, name="甲支部", kind="branch")
    update(tmp_path, "1.1", schema=2, more={"app/db/migrations/m0002_x.py": ""})
    programs.install(root, monkeypatch.setattr, "1.1", root / "versions" / "1.1")
    from db.connection import database

    database.execute_sql("PRAGMA user_version = 2")
    make(Organization, name="乙支部", kind="branch")
    with pytest.raises(steps.OnlyWithData, match="读不了现在的数据"):
        steps.step_back()
    assert programs.starts(root) == "1.1"
    assert Organization.living().count() == 2
    assert steps.step_back(with_data=True) == "1.0"
    assert programs.starts(root) == "1.0"
    offices.open_office(office.folder, PASSPHRASE)
    assert [one.name for one in Organization.living()] == ["甲支部"]
    # What was there is not lost either.
    newest = backup.copies(office.folder)[0]
    assert newest.reason == "before-restore"
    assert newest.counts["organization"] == 2


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed 0.0.1 and a package whose program is this very checkout."""
    place = programs.tree(tmp_path / "opt" / "zhengyou", "0.0.1")
    version = release.version()
    start = f'#!/bin/sh\ncd "{programs.ROOT}" && exec "{sys.executable}" -m desktop "$@"\n'
    new = programs.tree(tmp_path / "new", version, **{"bin/zhengyou": start})
    file = programs.pack(new, tmp_path / "new.zytu", version)
    programs.install(place, monkeypatch.setattr, "0.0.1")
    return file


def test_the_new_program_is_really_started_on_a_copy_of_the_data(
    real: Path, office: offices.Office
) -> None:
    make(Organization, name="甲支部", kind="branch")
    steps.update(steps.look(real))
    program = layout.installed()
    assert program.chosen()[0] == release.stated(programs.ROOT)
    # No copy, key or report of the trial is left behind.
    assert not list((office.folder / backup.FOLDER).glob(steps.TRIAL_COPIES))
    assert Organization.living().count() == 1


def test_a_new_program_that_loses_rows_of_the_copy_does_not_pass(
    real: Path, office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = steps.look(real)
    real_run = trial.run

    def more_than_there_is(tree: Path, version: str, copy: Any, key: bytes) -> Any:
        copy.counts["organization"] = 5
        return real_run(tree, version, copy, key)

    monkeypatch.setattr(trial, "run", more_than_there_is)
    with pytest.raises(Trouble, match="条数"):
        steps.update(made)
    assert layout.installed().chosen() == ("", "")


@pytest.mark.parametrize(
    "script", ["exit 3", "echo Boom >&2; exit 1", "exit 0", 'echo "{}" >"$3"', 'echo "[" >"$3"']
)
def test_a_new_program_that_does_not_answer_does_not_pass(tmp_path: Path, script: str) -> None:
    place = programs.tree(tmp_path / "p", "1.1", **{"bin/zhengyou": f"#!/bin/sh\n{script}\n"})
    with pytest.raises(Trouble, match="没有通过"):
        trial.run(place, "1.1", None, b"")


def test_what_the_new_program_called_to_life_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PATIENCE", 20)
    script = f'#!/bin/sh\ntail -f /dev/null & echo $! >"{tmp_path}/pid"\necho \'{{"version": "1.1"}}\' >"$3"\n'
    place = programs.tree(tmp_path / "p", "1.1", **{"bin/zhengyou": script})
    try:
        assert trial.run(place, "1.1", None, b"")["version"] == "1.1"
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_ledgers_named_from_where_one_stands_are_found_by_the_new_program_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "台账").mkdir()
    (tmp_path / "台账" / "copy.db").write_bytes(b"a copy")
    monkeypatch.chdir(tmp_path)
    near = backup.Copy(Path("台账/copy.db"), "", "before-upgrade", 6)
    answer = """printf '{"version": "1.1", "counts": {}}' >"$3\""""
    place = programs.tree(tmp_path / "p", "1.1", **{"bin/zhengyou": f"#!/bin/sh\n{answer}\n"})
    assert trial.run(place, "1.1", near, b"") == {"version": "1.1", "counts": {}}


def test_what_is_broken_in_the_new_program_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop import selfcheck

    monkeypatch.setattr(selfcheck, "_load_all", lambda: __import__("no_such_module"))
    report = tmp_path / "r.json"
    with pytest.raises(ModuleNotFoundError):
        selfcheck.run(report, "")
    script = f'#!/bin/sh\ncp "{report}" "$3"\nexit 1\n'
    place = programs.tree(tmp_path / "p", "1.1", **{"bin/zhengyou": script})
    with pytest.raises(Trouble, match="ModuleNotFoundError"):
        trial.run(place, "1.1", None, b"")


def test_the_check_answers_on_the_command_line(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "self-check", "--report", str(report)],
        cwd=programs.ROOT,
        input="",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert release.version() in done.stdout
    assert laying.release.version() in report.read_text("utf-8")
