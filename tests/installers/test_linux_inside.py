"""What is carried in the Linux products and what is left out: libraries, wheels, faces, sockets."""

from __future__ import annotations

import ast
import ctypes
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import fonts
import imports
import making
import pytest
import renaming
import wheels
from hypothesis import given
from hypothesis import strategies as st
from linux import answers, icu, libraries, mkruntime, silent

from tests.installers.scripts import ROOT, load, on_linux

check = load("check")


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
        "if sys.platform == 'linux':\n    from PySide6 import QtDBus\nelse:\n    from PySide6 import QtXml\n"
    )
    found = {"QtCore", "QtGui", "QtSvg", "QtPrintSupport"}
    assert imports.qt_modules(tmp_path, "linux") == found | {"QtDBus"}
    assert imports.qt_modules(tmp_path, "win32") == found | {"QtXml"}


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
def test_a_function_of_an_installed_stand_in_that_does_not_answer_no_is_named(tmp_path):
    rt = tmp_path / "files" / "lib" / "rt"
    rt.mkdir(parents=True)
    (rt / "ld-linux-x86-64.so.2").touch()
    tickets = [
        silent.Symbol(name, "", "FUNC", 8)
        for name in ("gss_accept", "gss_display_status", "gss_strerror")
    ]
    silent.make(rt / "libgssapi_krb5.so.2", tickets, silent.FAILED)
    silent.make(rt / "libsystemd.so.0", [silent.Symbol("sd_door", "", "FUNC", 8)], silent.FAILED)
    answers.lay(tmp_path / "files", Path("/"), tmp_path)
    with (tmp_path / "asked.json").open(encoding="utf-8") as asked:
        command = [sys.executable, str(tmp_path / "asking.py")]
        done = subprocess.run(command, stdin=asked, check=True, capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 4
    assert answers.wrong(done.stdout) == ["WRONG libsystemd.so.0 sd_door -1"]
    assert answers.wrong("")


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
