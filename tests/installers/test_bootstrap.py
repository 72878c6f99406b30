"""Setting up: which packages are asked for, when anything is installed again, what is said."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import bootstrap
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.installers.scripts import ROOT


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 7, 3), (3, 10, 12)])
def test_an_old_python_is_told_so_in_chinese(version):
    sentence = bootstrap.too_old(version)
    assert "需要 Python 3.11" in sentence
    assert f"{version[0]}.{version[1]}" in sentence


@pytest.mark.parametrize("version", [(3, 11, 2), (3, 13, 5), (4, 0, 0)])
def test_a_new_python_is_taken(version):
    assert bootstrap.too_old(version) == ""


def test_an_old_python_can_read_the_file_far_enough_to_refuse():
    source = (ROOT / "installers" / "bootstrap.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported <= set(sys.stdlib_module_names)
    assert "tomllib" not in imported


def test_missing_libraries_become_packages():
    wanted = bootstrap.packages_for(
        bootstrap.DRAWING, ["libGL.so.1", "libglib-2.0.so.0"], renamed=False, venv_missing=True
    )
    assert wanted == ["libgl1", "libglib2.0-0", "python3-venv"]


def test_newer_debian_has_the_renamed_packages():
    libraries = {**bootstrap.DRAWING, **bootstrap.WINDOW}
    wanted = bootstrap.packages_for(libraries, list(libraries), renamed=True, venv_missing=False)
    assert {"libglib2.0-0t64", "libcups2t64", "libxcb-cursor0"} <= set(wanted)
    assert not {"libglib2.0-0", "libcups2"} & set(wanted)


@given(st.sets(st.sampled_from(sorted({**bootstrap.DRAWING, **bootstrap.WINDOW}))), st.booleans())
def test_no_package_is_asked_for_without_need(missing, renamed):
    libraries = {**bootstrap.DRAWING, **bootstrap.WINDOW}
    wanted = bootstrap.packages_for(libraries, sorted(missing), renamed, venv_missing=False)
    assert len(wanted) == len(missing)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in wanted)


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ('ID=debian\nVERSION_ID="12"\n', False),
        ('ID=debian\nVERSION_ID="13"\n', True),
        ("ID=debian\n", True),  # testing has no number
        ('ID=ubuntu\nVERSION_ID="22.04"\n', False),
        ('ID=ubuntu\nVERSION_ID="24.04"\n', True),
        ('ID=uos\nVERSION_ID="20"\n', False),
        ('ID=kylin\nVERSION_ID="v10"\n', False),
        ("", False),
    ],
)
def test_the_release_tells_the_names(tmp_path, text, renamed):
    path = tmp_path / "os-release"
    path.write_text(text, encoding="utf-8")
    assert bootstrap.renamed_here(bootstrap.os_release(path)) is renamed


def test_no_release_file_is_no_trouble(tmp_path):
    assert bootstrap.os_release(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    ("environ", "platform", "screen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
    ],
)
def test_where_a_window_can_open(environ, platform, screen):
    assert bootstrap.has_screen(environ, platform) is screen


def test_without_root_the_one_line_is_said_and_nothing_is_run(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "loads", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: pytest.fail("ran something"))
    with pytest.raises(bootstrap.Stop, match=r"apt-get install -y --no-install-recommends libegl1"):
        bootstrap.prepare_system(window=False)


def test_without_apt_the_libraries_are_named(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "loads", lambda library: library != "libGL.so.1")
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.Stop, match=r"libGL\.so\.1"):
        bootstrap.prepare_system(window=False)


def test_without_root_postgresql_is_asked_for_and_the_tests_go_on(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "has_server", lambda: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: pytest.fail("ran something"))
    bootstrap.prepare_server()
    assert "apt-get install -y --no-install-recommends postgresql" in capsys.readouterr().out


class Environment:
    """A pretended virtual environment and a pip that only counts."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / ".venv"
        self.locks = folder / "lock"
        self.locks.mkdir()
        self.installed: list[str] = []
        self.made = 0
        self.status = 0
        for name in ("run.txt", "test.txt"):
            (self.locks / name).write_text(name, encoding="utf-8")
        monkeypatch.setattr(bootstrap, "ENVIRONMENT", self.folder)
        monkeypatch.setattr(bootstrap, "LOCKS", self.locks)
        monkeypatch.setattr(bootstrap.venv, "EnvBuilder", lambda **options: self)
        monkeypatch.setattr(bootstrap.subprocess, "run", self.run)

    def create(self, folder: Path) -> None:
        self.made += 1
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "Scripts").mkdir(exist_ok=True)
        bootstrap.python_of(folder).touch()
        version = ".".join(map(str, sys.version_info[:3]))
        (folder / "pyvenv.cfg").write_text(f"version = {version}\n", encoding="utf-8")
        (folder / bootstrap.STAMP).unlink(missing_ok=True)

    def run(self, command, **options):
        assert "--require-hashes" in command
        # An extra of a locked library must not send pip beyond the lock for a newer one.
        assert "--no-deps" in command
        assert "--only-binary=:all:" in command
        self.installed.append(Path(command[-1]).name)
        return self

    @property
    def returncode(self) -> int:
        return self.status


@pytest.fixture
def environment(tmp_path, monkeypatch):
    return Environment(tmp_path, monkeypatch)


def test_the_second_time_nothing_is_installed(environment):
    bootstrap.prepare_environment("run.txt")
    bootstrap.prepare_environment("run.txt")
    assert (environment.made, environment.installed) == (1, ["run.txt"])


def test_whoever_has_the_tests_can_run(environment):
    bootstrap.prepare_environment("test.txt")
    bootstrap.prepare_environment("run.txt")
    assert environment.installed == ["test.txt"]


def test_whoever_only_ran_gets_the_tests_too(environment):
    bootstrap.prepare_environment("run.txt")
    bootstrap.prepare_environment("test.txt")
    bootstrap.prepare_environment("run.txt")
    assert environment.installed == ["run.txt", "test.txt"]


def test_a_changed_lock_is_installed_again(environment):
    bootstrap.prepare_environment("test.txt")
    (environment.locks / "run.txt").write_text("changed", encoding="utf-8")
    bootstrap.prepare_environment("run.txt")
    bootstrap.prepare_environment("test.txt")
    assert environment.installed == ["test.txt", "run.txt", "test.txt"]


def test_a_failed_installation_is_not_remembered(environment):
    environment.status = 1
    with pytest.raises(bootstrap.Stop, match="没有装成"):
        bootstrap.prepare_environment("run.txt")
    environment.status = 0
    bootstrap.prepare_environment("run.txt")
    assert environment.installed == ["run.txt", "run.txt"]


def test_an_environment_of_another_python_is_made_anew(environment):
    bootstrap.prepare_environment("run.txt")
    (environment.folder / "pyvenv.cfg").write_text("version = 3.9.2\n", encoding="utf-8")
    bootstrap.prepare_environment("run.txt")
    assert environment.made == 2


def test_an_environment_broken_off_while_it_was_made_is_made_anew(environment):
    environment.create(environment.folder)
    bootstrap.prepare_environment("run.txt")
    assert environment.made == 2


def test_a_torn_stamp_is_taken_as_none(environment):
    bootstrap.prepare_environment("run.txt")
    (environment.folder / bootstrap.STAMP).write_text("{", encoding="utf-8")
    assert bootstrap.read_stamp(environment.folder) == {}


def test_the_test_lock_holds_the_run_lock_whole():
    locks = ROOT / "installers" / "lock"
    pins = {
        name: set(re.findall(r"^[\w.-]+==[^ ]+", (locks / name).read_text(encoding="utf-8"), re.M))
        for name in ("run.txt", "test.txt")
    }
    assert pins["run.txt"]
    assert pins["run.txt"] < pins["test.txt"]


def test_a_broken_off_demonstration_is_made_again(tmp_path, monkeypatch):
    folder = tmp_path / "training"
    half = tmp_path / "training.part"
    half.mkdir()
    (half / "half-written").touch()
    calls = []

    def child(*arguments, **more):
        calls.append(arguments)
        part = Path(arguments[3])
        part.mkdir()
        (part / "zhengyou.db").touch()
        (part / "training-passphrase.txt").touch()
        return 0

    monkeypatch.setattr(bootstrap, "child", child)
    bootstrap.build_training(folder, "township")
    bootstrap.build_training(folder, "township")
    assert len(calls) == 1
    assert not (folder / "half-written").exists()


def test_a_folder_with_other_data_is_left_alone(tmp_path, monkeypatch):
    folder = tmp_path / "training"
    folder.mkdir()
    (folder / "zhengyou.db").write_text("someone's data", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "child", lambda *a, **k: Path(a[3]).mkdir() or 0)
    with pytest.raises(bootstrap.Stop, match="没有动它"):
        bootstrap.build_training(folder, "township")
    assert (folder / "zhengyou.db").read_text(encoding="utf-8") == "someone's data"


def without_screen(monkeypatch, tmp_path, refused=()):
    """Run the command on a machine without a screen; return what the program was asked to do."""
    asked = []

    def child(*arguments, **more):
        words = [str(word) for word in arguments]
        asked.append(words)
        if "demo" in words:
            part = Path(words[3])
            part.mkdir()
            (part / "zhengyou.db").touch()
            (part / "training-passphrase.txt").touch()
        return int(any(form in words for form in refused))

    forms = [
        {"id": "commendation_decision", "title": "表彰决定", "register": "commendation"},
        {"id": "member_roster", "title": "党员花名册", "register": "member"},
        {"id": "appraisal_notice", "title": "星级评定结果公示", "register": "appraisal"},
    ]

    class Answer:
        returncode = 0
        stdout = json.dumps(forms).encode()

    for name in ("prepare_system", "prepare_environment", "prepare_fonts"):
        monkeypatch.setattr(bootstrap, name, lambda *a, **k: None)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "has_screen", lambda environ: False)
    monkeypatch.setattr(bootstrap, "training_folder", lambda environ: tmp_path / "training")
    monkeypatch.setattr(bootstrap, "child", child)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: Answer)
    return bootstrap.main(["run"]), asked


def test_without_a_screen_the_papers_are_printed_and_named(monkeypatch, tmp_path, capsys):
    status, asked = without_screen(monkeypatch, tmp_path)
    assert status == 0
    assert asked[0][2] == "demo"
    assert [words[words.index("print") + 1] for words in asked[1:]] == [
        "commendation_decision",
        "appraisal_notice",
    ]
    passphrase = str(tmp_path / "training" / "training-passphrase.txt")
    assert all(words[words.index("--passphrase-file") + 1] == passphrase for words in asked[1:])
    said = capsys.readouterr().out
    assert str(tmp_path / "build" / "papers") in said
    assert "表彰决定.pdf" in said


def test_a_sheet_that_cannot_be_printed_is_named_and_the_rest_goes_on(
    monkeypatch, tmp_path, capsys
):
    status, asked = without_screen(monkeypatch, tmp_path, refused=["commendation_decision"])
    said = capsys.readouterr().out
    assert status == 1
    assert len(asked) == 3
    assert "没有印出来的（原因见上）：表彰决定" in said
    assert "星级评定结果公示.pdf" in said
