"""Starting the program: window or command, one window only, what its settings hold."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from desktop import settings


def test_a_second_start_brings_the_first_window_up(screen, qtbot, tmp_path):
    from PySide6.QtCore import QObject

    from desktop.shell.instance import Doorbell, knock

    rung = []
    owner = QObject()
    assert not knock(tmp_path)
    bell = Doorbell(tmp_path, rung.append, owner)
    packet = tmp_path / "第 1 号 包.zytz"
    knocks = "import sys; from desktop.shell.instance import knock; from pathlib import Path;"
    knocks += "sys.exit(not knock(*map(Path, sys.argv[1:])))"
    for words in ([tmp_path], [tmp_path, packet]):
        other = subprocess.Popen([sys.executable, "-X", "utf8", "-c", knocks, *map(str, words)])
        qtbot.waitUntil(lambda other=other: other.poll() is not None, timeout=60_000)
        assert other.returncode == 0
    assert rung == [None, packet]
    assert not knock(tmp_path / "another")
    bell.close()


def test_an_impatient_second_start_waits_until_the_first_window_listens(tmp_path):
    from threading import Thread

    from desktop.shell.instance import threshold

    order = []

    def second():
        with threshold(tmp_path):
            order.append("second")

    with threshold(tmp_path):
        start = Thread(target=second)
        start.start()
        start.join(0.2)
        assert start.is_alive()
        order.append("first")
    start.join()
    assert order == ["first", "second"]


def test_settings_survive_a_damaged_file_and_reject_nonsense(tmp_path):
    path = tmp_path / "screen.json"
    path.write_text("{ broken", encoding="utf-8")
    kept = settings.Settings(path)
    assert kept["theme"] == "light"
    assert path.with_suffix(".bad").exists()
    kept["theme"] = "dark"
    assert settings.Settings(path)["theme"] == "dark"
    path.write_text(json.dumps({"theme": "pink", "text_size": "big", "x": 1}), encoding="utf-8")
    kept = settings.Settings(path)
    assert (kept["theme"], kept["text_size"]) == ("light", 10.5)


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ([], True),
        (["--data", "/x"], True),
        (["--data=/x"], True),
        (["stats", "--json"], False),
        (["--data", "/x", "stats"], False),
        (["--help"], False),
        (["E:/ZHENGYOU/a_1.ZYTZ"], True),
        (["--data", "/x", "回答.zyti"], True),
        (["receive", "a.zytz"], False),
        (["import", "member", "a.csv"], False),
    ],
)
def test_words_decide_between_window_and_command(words, window):
    from desktop.__main__ import folder_of, wants_window

    assert wants_window(words) is window
    assert (folder_of(words) is not None) == any(each.startswith("--data") for each in words)
