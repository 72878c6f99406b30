"""The Linux products: what lies where, what is said to the desktop, what the launcher does."""

from __future__ import annotations

import ast
import configparser
import ctypes
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "installers"))

import fonts  # noqa: E402
import imports  # noqa: E402
import making  # noqa: E402
import renaming  # noqa: E402
import wheels  # noqa: E402
from linux import entry, icu, libraries, mkdeb, mkrun, mkruntime, processor, silent  # noqa: E402


def load(name):
    """Load a script of installers/, which is no package."""
    loader = SourceFileLoader(f"installers_{name}", str(ROOT / "installers" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


from desktop.__main__ import KINDS  # noqa: E402

build, check = load("build.py"), load("check")

KIND = processor.KNOWN["x86_64"]
ENTRIES = ROOT / "installers" / "linux" / "entries"
LAUNCHER = ROOT / "installers" / "linux" / "launcher.sh"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Linux product")
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


def test_the_menu_entry_is_chinese_and_starts_the_program(tmp_path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(entry.text("zhengyou.desktop"))
    said = parser["Desktop Entry"]
    assert said["Name"] == "争优台账"
    assert said["Exec"] == f"/opt/apps/{entry.APPID}/files/bin/zhengyou %f"
    assert said["Icon"] == entry.APPID
    if tool := shutil.which("desktop-file-validate"):
        path = tmp_path / f"{entry.APPID}.desktop"
        path.write_text(entry.text("zhengyou.desktop"), encoding="utf-8")
        done = subprocess.run([tool, str(path)], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")


def test_a_packet_is_known_by_its_name_and_by_its_first_bytes():
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    kinds = ET.fromstring(entry.text("zhengyou.xml"))
    patterns = {kind.find("m:glob", space).get("pattern") for kind in kinds}  # type: ignore[union-attr]
    assert {pattern.removeprefix("*") for pattern in patterns} == KINDS
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(entry.text("zhengyou.desktop"))
    claimed = set(parser["Desktop Entry"]["MimeType"].strip(";").split(";"))
    assert claimed == {kind.get("type") for kind in kinds}
    kind = kinds.find("m:mime-type", space)
    assert kind is not None
    glob, match = kind.find("m:glob", space), kind.find("m:magic/m:match", space)
    assert glob is not None
    assert match is not None
    assert glob.get("pattern") == "*.zytz"
    assert (match.get("offset"), match.get("value")) == ("0", "ZYTZ")


def test_the_icon_is_a_drawing_that_needs_nothing_else():
    drawing = ET.fromstring((ENTRIES / "zhengyou.svg").read_text(encoding="utf-8"))
    assert drawing.get("viewBox") == "0 0 128 128"
    assert not [part for part in drawing.iter() if part.tag.endswith(("image", "use", "text"))]


@pytest.fixture
def launcher(tmp_path):
    """The launcher with a loader that only prints what it was given."""
    folder = tmp_path / "program"
    way_in = folder / "bin" / "zhengyou"
    entry.write(
        way_in, LAUNCHER.read_text(encoding="utf-8").replace("@LOADER@", "lib/rt/ld"), runs=True
    )
    entry.write(
        folder / "lib" / "rt" / "ld", '#!/bin/sh\nenv\nprintf "ARG %s\\n" "$@"\n', runs=True
    )

    def start(*arguments, way=way_in, **environ):
        done = subprocess.run(
            [str(way), *arguments],
            env={"PATH": os.environ["PATH"]} | environ,
            check=True,
            capture_output=True,
            text=True,
        )
        lines = done.stdout.splitlines()
        given = [line.removeprefix("ARG ") for line in lines if line.startswith("ARG ")]
        return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line)), given

    return start


@on_linux
@pytest.mark.parametrize(
    ("chosen", "portal"), [(None, "1"), ("", "1"), ("fcitx", "1"), ("fcitx5", "1"), ("ibus", None)]
)
def test_chinese_input_goes_through_the_portal_unless_ibus_was_chosen(launcher, chosen, portal):
    environ, _ = launcher(**({} if chosen is None else {"QT_IM_MODULE": chosen}))
    assert environ["QT_IM_MODULE"] == "ibus"
    assert environ.get("IBUS_USE_PORTAL") == portal


@on_linux
def test_a_list_of_input_methods_with_fcitx_does_not_win(launcher):
    environ, _ = launcher(QT_IM_MODULES="wayland;fcitx", QT_IM_MODULE="fcitx")
    assert "QT_IM_MODULES" not in environ
    assert environ["IBUS_USE_PORTAL"] == "1"


@on_linux
def test_programs_opened_from_here_get_the_input_method_of_the_person(launcher, monkeypatch):
    from desktop import start

    environ, _ = launcher(QT_IM_MODULE="fcitx", LD_PRELOAD="", DISPLAY=":0")
    for name in ("QT_QPA_PLATFORM", "QT_IM_MODULE", "IBUS_USE_PORTAL", "QT_XCB_GL_INTEGRATION"):
        monkeypatch.setenv(name, environ[name])
    for name, word in environ.items():
        if name.startswith(start.WAS):
            monkeypatch.setenv(name, word)
    start.give_back()
    assert os.environ["QT_IM_MODULE"] == "fcitx"
    assert not {"IBUS_USE_PORTAL", "QT_QPA_PLATFORM", "QT_XCB_GL_INTEGRATION"} & set(os.environ)
    assert not [name for name in os.environ if name.startswith(start.WAS)]


@on_linux
@pytest.mark.parametrize(
    ("told", "taken"),
    [("", "xcb"), ("wayland", "xcb"), ("dxcb;xcb", "xcb"), ("offscreen", "offscreen")],
)
def test_the_window_comes_up_on_x11_whatever_the_desktop_says(launcher, told, taken):
    assert launcher(QT_QPA_PLATFORM=told)[0]["QT_QPA_PLATFORM"] == taken


@on_linux
def test_nothing_of_the_machine_is_loaded_and_words_are_passed_on(launcher, tmp_path):
    link = tmp_path / "zhengyou"
    link.symlink_to(tmp_path / "program" / "bin" / "zhengyou")
    environ, given = launcher(
        "--data", "D 盘/台账", way=link, LD_LIBRARY_PATH="/opt/x", QT_PLUGIN_PATH="/opt/y"
    )
    assert not {"LD_LIBRARY_PATH", "LD_PRELOAD", "QT_PLUGIN_PATH", "PYTHONHOME"} & set(environ)
    assert given[-2:] == ["--data", "D 盘/台账"]
    assert "-I" in given
    assert str(tmp_path / "program" / "lib" / "rt") in given


def test_a_library_from_outside_is_seen():
    maps = (
        "7f0-7f1 r-xp 00000000 fe:00 12 /opt/apps/x/files/lib/rt/libc.so.6\n"
        "7f1-7f2 r-xp 00000000 fe:00 13 /lib/x86_64-linux-gnu/libssl.so.3\n"
        "7f2-7f3 rw-p 00000000 00:00 0\n"
        "7f3-7f4 r--p 00000000 fe:00 14 /usr/share/fonts/a.otf\n"
    )
    assert check.from_outside(maps, "/opt/apps/x/files") == ["/lib/x86_64-linux-gnu/libssl.so.3"]


def test_what_the_loader_prints_is_read():
    found, missing = libraries.read(
        "/x/libQt6Gui.so.6:\n\tlinux-vdso.so.1 (0x00007ffd)\n"
        "\tlibGL.so.1 => /lib/libGL.so.1 (0x00007f01)\n\tlibfoo.so.2 => not found\n"
        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)\n\tstatically linked\n"
    )
    assert found == {
        "libGL.so.1": Path("/lib/libGL.so.1"),
        "ld-linux-x86-64.so.2": Path("/lib64/ld-linux-x86-64.so.2"),
    }
    assert missing == {"libfoo.so.2"}


def test_qt_modules_are_those_the_sources_import(tmp_path):
    (tmp_path / "page.py").write_text(
        "from PySide6.QtCore import Qt\nfrom PySide6 import QtGui\nimport PySide6.QtSvg as s\n"
        "def late():\n    from PySide6.QtPrintSupport import QPrinter\n"
    )
    assert imports.qt_modules(tmp_path) == {"QtCore", "QtGui", "QtSvg", "QtPrintSupport"}


def small_font(words):
    """A font file of three tables, enough for what is read of it."""
    import struct

    raw = [(word, key) for key, word in words]
    store = b"".join(word.encode("utf-16-be") for word, _ in raw)
    records, offset = b"", 0
    for word, key in raw:
        length = len(word.encode("utf-16-be"))
        records += struct.pack(">6H", 3, 1, 0x409, key, length, offset)
        offset += length
    naming = struct.pack(">HHH", 0, len(raw), 6 + len(records)) + records + store
    parts = {b"cmap": b"glyphs!", b"head": bytes(54), b"name": naming}
    at, directory, body = 12 + 16 * len(parts), struct.pack(">IHHHH", 0x10000, 3, 0, 0, 0), b""
    for tag, part in parts.items():
        directory += struct.pack(">4sIII", tag, 0, at + len(body), len(part))
        body += part + b"\0" * (-len(part) % 4)
    return directory + body


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20))
def test_a_reserved_name_is_gone_and_the_rest_of_the_font_is_as_it_was(more):
    font = small_font([(0, "© LXGW WenKai"), (1, "LXGW WenKai" + more), (13, "OFL LXGW WenKai")])
    made = renaming.rename(font, {"LXGW WenKai": "争优楷体"})
    told = {key[3]: words for key, words in renaming.names(made)}
    assert "LXGW WenKai" not in told[1].removesuffix(more)
    assert told[0] == "© LXGW WenKai"
    assert told[13] == "OFL LXGW WenKai"
    assert renaming.table(made, b"cmap") == b"glyphs!"
    assert renaming.checksum(made) == 0xB1B0AFBA


@pytest.mark.parametrize(
    ("item", "stays"),
    [
        ("coll/root.res", True),
        ("coll/zh_Hans_CN.res", True),
        ("coll/de.res", False),
        ("zoneinfo64.res", True),
        ("zone/en_GB.res", True),
        ("zone/ja.res", False),
        ("fr_CA.res", False),
        ("supplementalData.res", True),
        ("brkitr/thaidict.dict", False),
        ("gb18030.cnv", True),
        ("ibm-943_P15A-2003.cnv", False),
        ("cnvalias.icu", True),
    ],
)
def test_of_the_data_of_all_countries_what_a_chinese_desktop_needs_stays(item, stays):
    assert icu.wanted(item) is stays


@on_linux
@pytest.mark.skipif(not (shutil.which("as") and shutil.which("ld")), reason="no assembler here")
def test_a_stand_in_answers_no_under_every_name_that_is_asked(tmp_path):
    library = tmp_path / "libworld.so.1"
    wanted = [
        silent.Symbol("world_open", "WORLD_1", "FUNC", 8),
        silent.Symbol("world_strerror", "WORLD_2", "FUNC", 8),
        silent.Symbol("world_kind", "WORLD_1", "OBJECT", 8),
    ]
    silent.make(library, wanted, silent.FAILED)
    made = {(each.name, each.version) for each in silent.symbols(library, defined=True)}
    assert made >= {(each.name, each.version) for each in wanted}
    world = ctypes.CDLL(str(library))
    world.world_strerror.restype = ctypes.c_char_p
    assert world.world_open(1, 2, 3) == -1
    assert world.world_strerror(-1) == b""
    assert ctypes.c_void_p.in_dll(world, "world_kind").value is None


@on_linux
@pytest.mark.skipif(not (shutil.which("as") and shutil.which("ld")), reason="no assembler here")
def test_what_only_the_real_library_linked_goes_with_it(tmp_path, monkeypatch):
    """The way from the program over a library that is answered for to what that one links."""
    rt = tmp_path / "lib" / "rt"
    rt.mkdir(parents=True)
    for name, call in (
        ("libdeep.so.1", "deep"),
        ("libsystemd.so.0", "sd_door"),
        ("libuser.so.1", ""),
    ):
        source = f".globl {call}\n.text\n{call}: ret\n" if call else ".data\n.quad sd_door\n"
        (tmp_path / "a.s").write_text(source, encoding="ascii")
        subprocess.run(["as", "a.s", "-o", "a.o"], cwd=tmp_path, check=True)
        links = {"libsystemd.so.0": ["libdeep.so.1"], "libuser.so.1": ["libsystemd.so.0"]}
        against = [str(rt / other) for other in links.get(name, [])]
        linking = ["ld", "-shared", "--no-as-needed", "-soname", name, "a.o", *against]
        subprocess.run([*linking, "-o", str(rt / name)], cwd=tmp_path, check=True)
    (rt / "libuser.so.1").rename(tmp_path / "program")
    (rt / "ld-linux-x86-64.so.2").write_bytes(b"")
    monkeypatch.setattr(silent, "ANSWERS", {r"libsystemd\.so\.0": silent.NOTHING})
    monkeypatch.setattr(libraries, "OPENED", ())
    monkeypatch.setattr(
        silent, "needed", lambda path, ask=silent.needed: ask(path) if path.stat().st_size else []
    )
    silent.lay(tmp_path)
    assert {path.name for path in rt.iterdir()} == {"ld-linux-x86-64.so.2", "libsystemd.so.0"}
    assert ctypes.CDLL(str(rt / "libsystemd.so.0")).sd_door() == 0


# Run without these, as an installed program is: what it draws and packs must not miss them.
WITHOUT = """
import re, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in sys.argv[1].split(","):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
for name, source in zip(sys.argv[2::2], sys.argv[3::2]):
    exec(source, vars(sys.modules.setdefault(name, type(sys)(name))))
import cryptography.hazmat.primitives.hpke, desktop.cli, rapidfuzz.fuzz, zstandard
from desktop.typeset.form import forms
from desktop.typeset.printing import render
import db.driver
from playhouse.apsw_ext import APSWDatabase
assert APSWDatabase(":memory:").execute_sql("select 1").fetchone() == (1,)
assert rapidfuzz.fuzz.ratio("张三丰", "张三") == 80
assert forms() and zstandard.decompress(zstandard.compress(b"x")) == b"x"
from desktop.typeset.fonts import Role, library
from desktop.typeset.press import Press
press = Press(library(), "x")
shown = press.lettering(Role.SONG, 12)
press.page([f"BT {shown.select} 20 400 Td {shown.show('abc')} ET"], 595, 842)
assert press.close().startswith(b"%PDF")
"""


def test_the_program_does_without_what_is_left_out_of_the_wheels():
    absent = [f"reportlab.{name}" for name in ("fonts", "graphics", "platypus")]
    absent += [f"apsw.{name}" for name in ("ext", "shell", "fts5", "unicode", "bestpractice")]
    absent += ["charset_normalizer", "sqlite3", "_sqlite3", "rapidfuzz.distance.metrics_cpp"]
    absent += ["cffi", "pycparser", "zstandard._cffi", "zstandard.backend_cffi", "ssl", "_hashlib"]
    absent += ["rapidfuzz.distance.metrics_cpp_avx2", "rapidfuzz.fuzz_cpp_avx2", "readline"]
    absent += ["pypinyin.phrases_dict"]
    stand_ins = [word for pair in wheels.NOTHING.items() for word in pair]
    command = [sys.executable, "-c", WITHOUT, ",".join(absent), *stand_ins]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "goes"),
    [
        ("_webp.cpython-311-x86_64-linux-gnu.so", True),
        ("_imaging.cpython-311-x86_64-linux-gnu.so", False),
        ("fuzz_cpp_avx2.cpython-311-x86_64-linux-gnu.so", True),
        ("fuzz_cpp.cpython-311-x86_64-linux-gnu.so", False),
        ("backend_c.cpython-311-x86_64-linux-gnu.so", False),
        ("_cffi.cpython-311-x86_64-linux-gnu.so", True),
        ("phrases_dict.json", True),
        ("pinyin_dict.json", False),
        ("metrics_cpp.cpython-311-x86_64-linux-gnu.so", True),
        ("metrics_py.py", False),
    ],
)
def test_second_engines_of_wheels_stay_at_home(name, goes):
    assert bool(wheels.OF_WHEELS.fullmatch(name)) is goes


@pytest.mark.parametrize(
    "name", ["_ssl", "_hashlib", "_sqlite3", "readline", "_dbm", "_testcapi", "_curses"]
)
def test_modules_nobody_reaches_stay_at_home(name):
    assert mkruntime.NO_MODULE.fullmatch(f"{name}.cpython-311-x86_64-linux-gnu.so")
    assert not mkruntime.NO_MODULE.fullmatch("_ctypes.cpython-311-x86_64-linux-gnu.so")


def test_every_face_whose_name_is_reserved_and_that_is_cut_is_renamed():
    for product in ("linux", "windows"):
        carried = fonts.read_manifest(product=product)
        cut = {face.file for face in carried if face.cut and "lxgw" in face.package}
        assert cut == {face.file for face in carried if face.renamed} != set()
    assert not any(face.renamed for face in fonts.read_manifest())  # at home it keeps its name


def test_no_import_of_ours_leads_to_what_is_left_out():
    asked = {
        name
        for folder in ("desktop", "db")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{each.name}" for each in node.names]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    assert "reportlab.pdfbase.pdfdoc.PDFName" in asked  # the walk sees what there is
    left_out = re.compile(
        r"(PIL|pillow|charset_normalizer|sqlite3|cffi)(\..*)?|apsw\.(ext|shell|fts5|unicode)\b.*"
        r"|reportlab\.(fonts|graphics|platypus|lib)\b.*|rapidfuzz\.distance\b.*"
    )
    assert [name for name in sorted(asked) if left_out.fullmatch(name)] == []


def test_compiling_leaves_no_trace_of_the_hour(tmp_path):
    library = tmp_path / "lib"
    for path in (tmp_path / "app" / "ours.py", library / "theirs" / "__init__.py"):
        path.parent.mkdir(parents=True)
        path.write_text("x = {'b', 'a'}\n", encoding="utf-8")
    left = library / "theirs" / "__pycache__" / "__init__.cpython-311.pyc"
    left.parent.mkdir()
    left.write_bytes(b"of a run while the product was made")
    making.compile_all([sys.executable], tmp_path, library)
    assert {path.name for path in library.rglob("*")} == {"theirs", "__init__.pyc"}
    assert (tmp_path / "app" / "ours.py").exists()  # ours come along
    assert list((tmp_path / "app" / "__pycache__").iterdir()) != []


def test_scripts_can_be_run():
    assert (ROOT / "installers" / "check").stat().st_mode & stat.S_IXUSR


def test_a_socket_that_leads_out_of_the_machine_is_seen():
    quiet = (
        "12 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3\n"
        '12 connect(3, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X99"}, 20) = 0\n'
        '12 bind(5, {sa_family=AF_UNIX, sun_path="/tmp/zhengyou-1a2b"}, 110) = 0\n'
        "12 socketpair(AF_UNIX, SOCK_STREAM, 0, [6, 7]) = 0\n"
    )
    assert check.strangers(quiet) == []
    loud = quiet + "13 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 8\n"
    assert check.strangers(loud) == ["AF_INET"]
    odd = '14 connect(3, {sa_family=AF_UNIX, sun_path="/run/docker.sock"}, 110) = 0\n'
    assert check.strangers(odd) == ['"/run/docker.sock"']


def test_qt_opens_local_lines_only():
    """QtNetwork is there for a second start of the program to knock; nothing else may ask for it."""
    asking = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "desktop").rglob("*.py")
        if "QtNetwork" in path.read_text(encoding="utf-8")
    }
    assert asking == {"desktop/shell/instance.py"}
    text = (ROOT / "desktop" / "shell" / "instance.py").read_text(encoding="utf-8")
    (line,) = re.findall(r"from PySide6.QtNetwork import (.*)", text)
    assert {name.strip() for name in line.split(",")} == {"QLocalServer", "QLocalSocket"}
