"""The house rules that a machine can check: lint, types, walls, sizes, names, clean locks."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ("db", "desktop", "resources", "installers")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".qss",
    ".sh",
    ".yml",
    ".cfg",
    ".ini",
    ".nsi",
    ".svg",
    ".csv",
}
LONGEST = 600  # lines; a module that needs more has a seam


def files(*folders: str) -> Iterator[Path]:
    """All files of the checkout's own folders, without caches."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def ours() -> Iterator[Path]:
    """Every text file that is part of the repository."""
    yield from (
        path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != "uv.lock"
    )
    yield from files(*SOURCE, "tests", "docs", ".ci")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        ["mypy"],
        ["mypy", *sorted(str(path) for path in (ROOT / "installers").glob("*.py"))],
    ],
    ids=["lint", "format", "types", "types-of-set-up"],
)
def test_tool_is_content(command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_walls_between_the_rooms_hold():
    check = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_every_room_stands_on_a_floor():
    """A module the layers do not name would be outside every wall."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    named = set(re.findall(r"[\w.]+", " ".join(layers)))
    rooms = {
        f"{half}.{path.stem}"
        for half in ("db", "desktop")
        for path in (ROOT / half).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert not rooms - named


def test_modules_stay_small():
    long = {
        shown(path): count
        for path in files(*SOURCE)
        if path.suffix == ".py"
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert not long


def test_modules_are_named_after_what_they_hold():
    vague = re.compile(r"(^|_)(utils?|helpers?|common|base|manager|misc|stuff)(_|$)")
    modules = (path for path in files(*SOURCE, "tests") if path.suffix == ".py")
    found = [shown(path) for path in modules if vague.search(path.stem)]
    assert not found


def test_all_of_it_loads_on_windows():
    """What Windows' Python lacks is imported only where it is used."""
    lacking = r"(crypt|fcntl|grp|nis|posix|pty|pwd|resource|spwd|syslog|termios|tty)"
    wanted = re.compile(rf"^(import|from) {lacking}\b", re.M)
    ours = (*files("db", "desktop", "resources", "tests"), *(ROOT / "installers").glob("*.py"))
    modules = (path for path in ours if path.suffix == ".py")
    found = [shown(path) for path in modules if wanted.search(path.read_text(encoding="utf-8"))]
    # What a test writes down for another process to run is not its own import.
    assert [name for name in found if name != "tests/offices/test_rows.py"] == []


def test_locks_hold_hashes_and_no_address():
    locks = sorted((ROOT / "installers" / "lock").glob("*.txt"))
    assert [path.name for path in locks] == ["build.txt", "run.txt", "test.txt"]
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        for entry in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in entry, entry


def test_nothing_is_left_for_later_and_no_machine_shows_through():
    left = re.compile(
        r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|(?<![\w.])/(ro" r"ot|ho" r"me|wo" r"rk)/\w"
    )
    found = []
    for path in ours():
        if path.suffix not in TEXT and path.name not in {"run", ".gitignore"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if left.search(line):
                found.append(f"{shown(path)}:{number}: {line.strip()[:100]}")
    assert not found


def test_no_binary_font_is_kept():
    kinds = {".ttf", ".otf", ".ttc", ".woff", ".woff2", ".pfb"}
    assert not [shown(path) for path in ours() if path.suffix.lower() in kinds]
