"""What the Linux products say to the desktop, and what the launcher does."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
from linux import entry

from desktop.__main__ import KINDS
from tests.installers.scripts import ROOT, on_linux

ENTRIES = ROOT / "installers" / "linux" / "entries"
LAUNCHER = ROOT / "installers" / "linux" / "launcher.sh"


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
def test_programs_opened_from_here_get_what_the_person_had(launcher):
    from desktop.shell import input_method

    environ, _ = launcher(QT_QPA_PLATFORM="wayland", LD_PRELOAD="", DISPLAY=":0")
    assert environ["QT_QPA_PLATFORM"] == "xcb"
    input_method.give_back(environ)
    assert environ["QT_QPA_PLATFORM"] == "wayland"
    assert not {"QT_XCB_GL_INTEGRATION", "LD_PRELOAD"} & set(environ)
    assert not [name for name in environ if name.startswith(input_method.WAS)]


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
