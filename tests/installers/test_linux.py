"""The Linux products: what lies where, what is said to the desktop, what the launcher does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile

import making
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linux import entry, mkdeb, mkrun, processor

from tests.installers.scripts import ROOT, load, on_linux

build, check = load("build.py"), load("check")

KIND = processor.KNOWN["x86_64"]
ENTRIES = ROOT / "installers" / "linux" / "entries"
LAUNCHER = ROOT / "installers" / "linux" / "launcher.sh"
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")


@pytest.fixture
def files(tmp_path):
    """A folder in the shape of the real one, of a few bytes."""
    folder = tmp_path / "files"
    for name in (
        "bin/zhengyou",
        "lib/rt/libc.so.6",
        "app/desktop/__main__.py",
        "LICENSES/LICENSES.md",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    (folder / "bin" / "zhengyou").chmod(0o755)
    return folder


def contents(package):
    """Names, modes and owners of what a .deb lays down."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as stream,
        tarfile.open(fileobj=stream.stdout, mode="r|") as archive,
    ):
        return {entry.name.removeprefix("./"): entry for entry in archive}


def control(package):
    listing = subprocess.run(
        ["dpkg-deb", "--ctrl-tarfile", str(package)], check=True, capture_output=True
    ).stdout
    done = subprocess.run(["tar", "-t"], input=listing, check=True, capture_output=True)
    return {name.removeprefix("./") for name in done.stdout.decode().split()} - {""}


def test_products_are_found_by_their_folders():
    assert "linux" in build.products()


def test_the_version_has_four_parts(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    assert making.version(tmp_path) == "1.2.3.0"


@needs_dpkg
def test_the_debian_package_brings_program_menu_entry_icon_and_kind_of_file(
    files, tmp_path, monkeypatch
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    package = mkdeb.debian(files, tmp_path / "stage", tmp_path, "0.1.0.0", KIND)
    found = contents(package)
    appid = entry.APPID
    assert f"opt/apps/{appid}/files/bin/zhengyou" in found
    assert found["usr/bin/zhengyou"].linkname == f"/opt/apps/{appid}/files/bin/zhengyou"
    for name in (
        f"usr/share/applications/{appid}.desktop",
        f"usr/share/icons/hicolor/scalable/apps/{appid}.svg",
        f"usr/share/mime/packages/{appid}.xml",
    ):
        assert found[name].isfile()
    assert {entry.uid for entry in found.values()} == {0}
    assert all(entry.mtime == 1700000000 for entry in found.values() if not entry.isdir())


@needs_dpkg
def test_the_uos_package_lies_whole_below_its_own_folder(files, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    package = mkdeb.uos(files, tmp_path / "stage", tmp_path, "0.1.0.0", KIND)
    home = f"opt/apps/{entry.APPID}"
    names = set(contents(package)) - {"", ".", "opt", "opt/apps", "opt/", "opt/apps/"}
    assert {name for name in names if not f"{name}/".startswith(f"{home}/")} == set()
    assert f"{home}/entries/applications/{entry.APPID}.desktop" in names
    subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path / "out")], check=True)
    said = json.loads((tmp_path / "out" / home / "info").read_text(encoding="utf-8"))
    assert said["appid"] == entry.APPID
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", said["version"])


@needs_dpkg
@pytest.mark.parametrize("layout", [mkdeb.debian, mkdeb.uos])
def test_no_package_runs_anything_as_root(layout, files, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    package = layout(files, tmp_path / "stage", tmp_path, "0.1.0.0", KIND)
    assert control(package) == {"control", "md5sums"}


@needs_dpkg
@pytest.mark.parametrize("layout", [mkdeb.debian, mkdeb.uos])
def test_the_same_input_packs_to_the_same_file(layout, files, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for path in files.rglob("*"):
        os.utime(path, (1700000000, 1700000000))
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(layout(files, tmp_path / f"stage-{name}", tmp_path / name, "0.1.0.0", KIND))
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize("name", ["install.sh", "remove.sh"])
def test_no_script_names_a_place_where_ledgers_lie(name):
    from desktop.settings import default_folder

    words = entry.text(name) + LAUNCHER.read_text(encoding="utf-8")
    folder = default_folder()
    assert "/".join(folder.parts[-2:]) not in words
    assert not re.search(r"share[\"}]*/zhengyou|vault\.json|zhengyou\.db|backups", words)


@on_linux
def test_a_person_installs_over_and_removes_and_keeps_the_ledgers(files, tmp_path):
    home = tmp_path / "家"
    data = home / ".local" / "share" / "zhengyou"
    data.mkdir(parents=True)
    (data / "zhengyou.db").write_bytes(b"ledgers")
    given = tmp_path / "given"
    shutil.copytree(files, given / "files")
    mkrun.lay_entries(given, "0.1.0.0")
    environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    program = home / ".local" / "opt" / "zhengyou"
    for _ in range(2):
        subprocess.run([str(given / "install.sh")], env=environ, check=True, capture_output=True)
        (program / "left-by-the-older.txt").touch()
    subprocess.run([str(given / "install.sh")], env=environ, check=True, capture_output=True)
    assert not (program / "left-by-the-older.txt").exists()
    menu = home / ".local" / "share" / "applications" / f"{entry.APPID}.desktop"
    assert f'Exec="{program}/bin/zhengyou" %f\n' in menu.read_text(encoding="utf-8")
    subprocess.run([str(program / "remove.sh")], env=environ, check=True, capture_output=True)
    assert not program.exists()
    assert not menu.exists()
    assert (data / "zhengyou.db").read_bytes() == b"ledgers"


@on_linux
@pytest.mark.parametrize("laid_beside", [False, True])
def test_an_older_run_over_a_newer_program_is_refused_in_plain_words(files, tmp_path, laid_beside):
    home, given = tmp_path / "家", tmp_path / "given"
    environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    program = home / ".local" / "opt" / "zhengyou"
    statement = files / "app" / "pyproject.toml"
    statement.write_text('[project]\nname = "zhengyou"\nversion = "1.10.0"\n', encoding="utf-8")
    shutil.copytree(files, given / "files")

    def install(version):
        mkrun.lay_entries(given, version)
        return subprocess.run(
            [str(given / "install.sh")], env=environ, capture_output=True, text=True
        )

    assert install("1.10.0.0").returncode == 0
    assert install("1.10").returncode == 0  # the same again
    (program / "mine.txt").touch()
    if laid_beside:
        shutil.copytree(files, program / "versions" / "1.12.0")
        (program / "versions" / "current").write_text("1.12.0\n1.10.0\n", encoding="ascii")
    refused = install("1.11.9.0" if laid_beside else "1.9.9.0")
    assert refused.returncode == 1
    assert "没有改动任何东西" in refused.stderr
    assert ("1.12.0" if laid_beside else "1.10.0") in refused.stderr
    assert str(program / "remove.sh") in refused.stderr
    assert (program / "mine.txt").exists()
    assert install("1.12.0.1").returncode == 0
    assert not (program / "mine.txt").exists()


NUMBERS = st.lists(st.integers(0, 300), min_size=1, max_size=5)


@on_linux
@settings(max_examples=40, deadline=None)
@given(NUMBERS, NUMBERS)
def test_the_installer_orders_versions_as_numbers(one, other):
    script = entry.text("install.sh")
    function = script[script.index("newer() {") : script.index("\n}\n") + 3]
    said = [".".join(map(str, numbers)) for numbers in (one, other)]
    done = subprocess.run(["sh", "-euc", f'{function}newer "$@"', "sh", *said])
    longer = max(len(one), len(other))
    left, right = (numbers + [0] * (longer - len(numbers)) for numbers in (one, other))
    assert (done.returncode == 0) is (left > right)
