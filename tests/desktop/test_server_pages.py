"""A county on a server from the window: founded, joined from a second PC, moved there and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest

from db import address, journal
from db import office as offices
from db.address import Server
from db.connection import database
from db.registers.organization import Organization
from desktop.shell.window import Window
from desktop.tasks import worker
from desktop.widgets.page import Place
from desktop.widgets.server_form import ServerForm
from tests import postgres
from tests.conftest import PASSPHRASE
from tests.factories import make

NAME = "中共乌拉特前旗委员会"


@pytest.fixture
def up(screen: Any, settle: Any) -> Iterator[Any]:
    """Opens a window on a folder, taken down at the end."""
    opened: list[Window] = []

    def show(folder: Path) -> Window:
        window = Window(folder)
        opened.append(window)
        window.begin()
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        settle()
        return window

    yield show
    for window in opened:
        window.close()
        settle(quiet=1)
        window.deleteLater()


def type_in(form: ServerForm, url: str, **changed: str) -> None:
    """As from the administrator's paper."""
    paper = Server.of(url)
    for field in ("host", "port", "database", "user", "password"):
        getattr(form, field).setText(changed.get(field, getattr(paper, field)))


def found_by_hand(wizard: Any, settle: Any, url: str) -> None:
    wizard.office_name.setText(NAME)
    wizard.code.setText("150823")
    next(one for one in wizard.levels.buttons() if one.property("level") == "county").click()
    wizard.shares.click()
    wizard._next()
    type_in(wizard.server, url)
    wizard._next()
    settle()


def test_a_county_is_founded_on_a_server_and_a_second_pc_joins(
    up: Any, settle: Any, url: str, tmp_path: Path
) -> None:
    first = up(tmp_path / "one" / "data")
    wizard = first.stack.currentWidget()
    assert wizard.shares.isHidden()
    found_by_hand(wizard, settle, url)
    assert wizard._title.text() == "使用人与口令"
    assert "共 5 步" in wizard._step.text()
    wizard.person.setText("张科长")
    for each in (wizard.secret, wizard.again):
        each.setText("草原上的第一场雪")
    wizard._next()
    settle()
    assert len(wizard.recovery.text()) > 30
    wizard.kept.setChecked(True)
    wizard._next()
    wizard._choose("organization")()
    settle()
    assert database.shared
    assert NAME in first.windowTitle()
    make(Organization, name="机关支部", kind="branch")
    first.lock()
    settle()

    second = up(tmp_path / "two" / "data")
    second.stack.currentWidget()._join.click()
    page = second.stack.currentWidget()
    type_in(page.server, url)
    page.go_on()
    settle()
    assert [page.person.itemText(n) for n in range(page.person.count())] == ["张科长"]
    page.secret.setText("不对的口令啊")
    page.go_on()
    settle()
    assert "口令不对" in page.fault.text()
    assert not offices.exists(tmp_path / "two" / "data")
    page.secret.setText("草原上的第一场雪")
    page.go_on()
    settle()
    assert second.frame is not None
    assert NAME in second.windowTitle()
    assert [one.name for one in Organization.living()] == ["机关支部"]
    kept = (tmp_path / "two" / "data" / address.FILE).read_text("utf-8")
    assert "secret" not in kept


def test_founding_where_an_office_is_goes_no_further_and_joining_where_none_is_neither(
    up: Any, settle: Any, url: str, tmp_path: Path
) -> None:
    window = up(tmp_path / "empty" / "data")
    wizard = window.stack.currentWidget()
    wizard._join.click()
    page = window.stack.currentWidget()
    type_in(page.server, url)
    page.go_on()
    settle()
    assert "还没有台账" in page.server.words.text()
    page.gave_up.emit()
    assert window.stack.currentWidget() is wizard

    offices.new_office(tmp_path / "there", "150823", NAME, "county", "甲", PASSPHRASE, server=url)
    offices.close_office()
    found_by_hand(wizard, settle, url)
    assert NAME in wizard.server.words.text()
    assert "加入" in wizard.server.words.text()
    assert wizard._title.text() == "数据库服务器"
    assert wizard.next_button.isEnabled()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "x"}, "用户名或口令"),
        ({"database": "nosuch"}, "没有这个数据库"),
        ({"host": "127.0.0.1", "port": "1"}, "没有数据库在工作"),
        ({"port": "五四三二"}, "端口"),
        ({"user": ""}, "请填写数据库用户"),
    ],
)
def test_trying_says_what_is_wrong(
    up: Any, settle: Any, url: str, tmp_path: Path, changed: dict[str, str], words: str
) -> None:
    wizard = up(tmp_path / "data").stack.currentWidget()
    type_in(wizard.server, url, **changed)
    wizard.server.try_now()
    settle()
    assert words in wizard.server.words.text()
    assert wizard.server.isEnabled()


def test_an_address_given_whole_is_taken_apart(up: Any, tmp_path: Path) -> None:
    form = up(tmp_path / "data").stack.currentWidget().server
    form.host.setText("postgresql://zhengyou:a%20b@10.0.8.5:5433/tai?sslmode=disable")
    form.host.editingFinished.emit()
    assert form.server() == Server("10.0.8.5", "tai", "zhengyou", "a b", "5433", "disable")


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Path]:
    """A county's office in its folder, closed."""
    folder = tmp_path / "county"
    offices.new_office(folder, "150823", NAME, "county", "甲", PASSPHRASE)
    make(Organization, name="机关支部", kind="branch")
    offices.close_office()
    yield folder
    offices.close_office()


def unlocked(window: Window, settle: Any) -> Any:
    """The settings page of a window, unlocked."""
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert window.frame is not None
    window.frame.go(Place("settings"))
    settle()
    return window.frame.page


def test_the_county_moves_to_a_server_and_back_and_the_digests_are_shown(
    up: Any, settle: Any, url: str, county: Path
) -> None:
    card = unlocked(up(county), settle).database
    assert "数据文件夹" in card._state.text()
    card.open.click()
    type_in(card.server, url)
    card.start.click()
    settle(limit=60_000)
    assert database.shared
    assert "逐表核对一致" in card.told.text()
    shown = {card.model.thing(row): row for row in range(card.model.rowCount())}
    index = card.model.index(shown["organization"], 2)
    assert len(str(card.model.data(index))) == 16
    assert "服务器" in card._state.text()
    assert card.server.password.text() == ""
    make(Organization, name="第二支部", kind="branch")

    card.open.click()
    assert "别的电脑都退出" in card._words.text()
    card.start.click()
    settle(limit=60_000)
    assert not database.shared
    assert sorted(one.name for one in Organization.living()) == ["机关支部", "第二支部"]
    assert journal.verify() == []
    assert "数据文件夹" in card._state.text()


def test_a_move_that_is_refused_says_so_and_everything_stays(
    up: Any, settle: Any, url: str, county: Path, tmp_path: Path
) -> None:
    offices.new_office(tmp_path / "x", "150824", "别的旗", "county", "乙", PASSPHRASE, server=url)
    offices.close_office()
    card = unlocked(up(county), settle).database
    card.open.click()
    type_in(card.server, url)
    card.start.click()
    settle()
    assert "别的旗" in card.server.words.text()
    assert not database.shared
    card.move_rows(url)
    settle(limit=60_000)
    assert "没有搬" in card.told.text()
    assert [one.name for one in Organization.living()] == ["机关支部"]


def test_a_township_is_not_asked_about_servers(frame: Any, settle: Any) -> None:
    frame.go(Place("settings"))
    settle()
    assert frame.page.database.isHidden()


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
def test_a_server_that_goes_away_under_the_open_window_loses_one_step(
    up: Any, settle: Any, tmp_path: Path, failures: list[Exception]
) -> None:
    """And whoever opens meanwhile is not offered to put an old copy in the place of sound data."""
    from desktop.tasks import Write

    folder = tmp_path / "one"
    with postgres.cluster() as own:
        offices.new_office(folder, "150823", NAME, "county", "甲", PASSPHRASE, server=own.fresh())
        offices.close_office()
        window = up(folder)
        unlocked(window, settle)
        frame = window.frame
    Write(window, lambda: make(Organization, name="半途", kind="branch")).start()
    settle(limit=60_000)
    told = frame.messages.message
    assert told.kind == "bad"
    assert "服务器" in told.words
    assert "没有保存" in told.words or "没有变化" in told.advice
    window.lock()
    settle(limit=60_000)
    page = window.unlock_page
    page.secret.setText(PASSPHRASE)
    page.unlock()
    settle(limit=60_000)
    assert "连不上" in page.fault.text()
    assert page.rescue.isHidden()
    assert worker().idle
