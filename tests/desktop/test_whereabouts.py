"""Where the data lies: chosen at the first start, found again, missed, moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db import identity, moving, placement
from db import office as offices
from db.connection import database
from db.errors import Refusal
from desktop import settings, whereabouts
from desktop.shell.missing import MissingPage
from desktop.shell.window import Window
from desktop.shell.wizard import Wizard
from desktop.tasks import worker
from desktop.widgets.page import Place
from tests.conftest import PASSPHRASE
from tests.desktop.opening import found_with, standing


@pytest.fixture
def window(screen, settle, tmp_path, monkeypatch):
    """The window of a plain start on a fresh machine."""
    monkeypatch.setattr(whereabouts, "default_folder", lambda: tmp_path / "usual")
    yield from standing(Window(whereabouts.data_folder(), remembers=True), settle)


def test_the_wizard_founds_where_it_is_told_and_the_next_start_finds_it(window, settle, tmp_path):
    wizard = window.stack.currentWidget()
    wizard.place.put(tmp_path / "D" / whereabouts.NAME)
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    assert offices.exists(tmp_path / "D" / whereabouts.NAME)
    assert not (tmp_path / "usual").exists()
    assert whereabouts.data_folder() == tmp_path / "D" / whereabouts.NAME
    assert window.frame.here.stem == "home"


@pytest.mark.parametrize(("kind", "words"), [("removable", "U盘"), ("network", "网络共享")])
def test_the_wizard_refuses_a_stick_and_a_share(window, tmp_path, monkeypatch, kind, words):
    wizard = window.stack.currentWidget()
    monkeypatch.setattr(placement, "kind", lambda _folder: kind)
    wizard.place.put(tmp_path / "E" / whereabouts.NAME)
    assert words in wizard.place.doubts.text()
    wizard.office_name.setText("某镇")
    wizard.code.setText("150823102")
    wizard._next()
    assert words in wizard.fault.text()
    assert wizard.stack.currentIndex() == 0


def test_a_folder_that_holds_something_gets_a_folder_within(tmp_path):
    assert whereabouts.inside(tmp_path / "absent") == tmp_path / "absent" / whereabouts.NAME
    (tmp_path / "a").mkdir()
    assert whereabouts.inside(tmp_path / "a") == tmp_path / "a"
    assert whereabouts.inside(tmp_path) == tmp_path / whereabouts.NAME


def test_data_that_is_gone_is_missed_not_founded_anew(window, settle, tmp_path, office):
    folder = office.folder
    offices.close_office()
    whereabouts.point(tmp_path / "unplugged")
    window._look_again()
    page = window.stack.currentWidget()
    assert isinstance(page, MissingPage)
    assert "unplugged" in page.words.text()
    # Plugged in again:
    folder.rename(tmp_path / "unplugged")
    page.look_again.click()
    assert window.stack.currentWidget() is window.unlock_page
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert window.frame.here.stem == "home"


def test_a_folder_shown_instead_of_the_missing_one_is_kept_for_next_time(
    window, settle, tmp_path, office
):
    folder = office.folder
    offices.close_office()
    whereabouts.point(tmp_path / "unplugged")
    window._look_again()
    window.open_folder(folder)
    assert whereabouts.data_folder() == tmp_path / "unplugged"
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert whereabouts.data_folder() == folder


def test_somebody_may_still_begin_anew_when_the_data_is_really_gone(window, tmp_path):
    whereabouts.point(tmp_path / "unplugged")
    window._look_again()
    window.stack.currentWidget().found.click()
    assert isinstance(window.stack.currentWidget(), Wizard)


def test_another_folder_opened_for_once_is_not_kept(window, settle, tmp_path, office):
    folder = office.folder
    offices.close_office()
    whereabouts.point(folder)
    window._look_again()
    other = tmp_path / "other"
    offices.new_office(other, "150823102", "某镇", "township", "张三", PASSPHRASE)
    offices.close_office()
    window.open_folder(other)
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert offices.current().folder == other
    assert whereabouts.data_folder() == folder


@pytest.mark.parametrize("text", ["", "{", "[]", '{"folder": 1}', '{"folder": "relative"}'])
def test_a_pointer_that_cannot_be_read_is_said_not_guessed(own_pointer: Path, text: str):
    own_pointer.parent.mkdir(parents=True)
    own_pointer.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="重新选"):
        whereabouts.data_folder()
    from desktop import start

    assert start._data_folder(None) == (
        settings.default_folder(),
        f"记着数据放在哪里的文件“{own_pointer}”读不出来。数据没有变化，请重新选一次数据文件夹。",
    )
    assert start._data_folder(Path("/x"))[1] == ""


def test_the_usual_place_needs_no_pointer(own_pointer, monkeypatch, tmp_path):
    monkeypatch.setattr(whereabouts, "default_folder", lambda: tmp_path)
    whereabouts.point(tmp_path)
    assert not own_pointer.exists()
    whereabouts.point(tmp_path / "b")
    whereabouts.point(tmp_path)
    assert json.loads(own_pointer.read_text("utf-8")) == {"folder": str(tmp_path)}


def test_the_pointer_never_lies_in_the_data_folder(monkeypatch, tmp_path):
    import importlib

    import platformdirs

    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_a, **_k: tmp_path / "zhengyou")
    fresh = importlib.reload(whereabouts)
    try:
        for usual in (tmp_path / "zhengyou", tmp_path / "data"):
            monkeypatch.setattr(fresh, "default_folder", lambda usual=usual: usual)
            assert usual not in fresh.pointer().parents
    finally:
        importlib.reload(whereabouts)


def unlocked(folder, settle):
    window = Window(folder, remembers=True)
    window.begin()
    window.show()
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    window.frame.go(Place("settings"))
    settle()
    return window


def test_the_data_moves_from_the_settings_and_opens_there(office, screen, settle, tmp_path):
    folder = office.folder
    offices.close_office()
    whereabouts.point(folder)
    window = unlocked(folder, settle)
    target = tmp_path / "D" / whereabouts.NAME
    window.frame.page.place.move_to(target)
    settle(limit=30_000)
    assert database.obj is None
    assert window.stack.currentWidget() is window.unlock_page
    assert "已搬到" in window.unlock_page.words.text()
    assert whereabouts.data_folder() == target
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    window.frame.go(Place("settings"))
    settle()
    card = window.frame.page.place
    assert card._folder.text() == str(target)
    assert not card.drop.isHidden()
    assert str(folder) in card._old.text()
    assert moving.left_behind(target) is not None
    window.close()


def test_a_move_refused_is_said_and_nothing_closes(office, screen, settle, tmp_path):
    folder = office.folder
    offices.close_office()
    window = unlocked(folder, settle)
    window.frame.page.place.move_to(folder / "inside")
    settle()
    assert "里面" in window.frame.messages.message.words
    assert database.obj is not None
    window.close()


def test_the_office_gets_another_name_everywhere_at_once(office, screen, settle):
    folder = office.folder
    offices.close_office()
    window = unlocked(folder, settle)
    card = window.frame.page.office
    card.name.setText("白音胡舒镇党委")
    card.save.click()
    settle()
    assert identity_now() == "白音胡舒镇党委"
    assert window.frame.sidebar.office.text() == "白音胡舒镇党委"
    assert "白音胡舒镇党委" in window.windowTitle()
    card.name.setText(" ")
    card.save.click()
    settle()
    assert "全称" in card.fault.text()
    window.frame.undo(window.frame.messages.message.undo)
    settle()
    assert window.frame.sidebar.office.text() == "白音胡舒苏木党委"
    window.close()
    assert worker().idle


def identity_now() -> str:
    return identity.identity().office_name
