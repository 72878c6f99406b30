"""The exchange centre at the county: a pile of sticks, what is refused, who has not come, revoked keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from db import office as offices
from db import office_settings
from db.connection import database
from db.exchange import carrier, enrolment, quarantine, slips, sticks, volumes
from db.registers.organization import Organization
from desktop.forms import exchange_slip
from tests.conftest import PASSPHRASE
from tests.desktop.tools.elsewhere import away_from, go
from tests.offices.desks import COUNTY, NAMES, ONE, TWO, Desk, branch, change, value
from tests.offices.papers import add_photo


@pytest.fixture
def office(tmp_path: Path) -> Iterator[offices.Office]:
    """The county's own office."""
    offices.new_office(
        tmp_path / "office", COUNTY, NAMES[COUNTY], "county", "王秀英", PASSPHRASE, site=1
    )
    yield offices.current()
    offices.close_office()


class There(NamedTuple):
    """Two townships, each with its own stick."""

    one: Desk
    two: Desk
    sticks: tuple[Path, Path]
    away: Callable[[], Any]


@pytest.fixture
def there(office, tmp_path, monkeypatch) -> There:
    away = partial(away_from, office)
    places = tmp_path / "KINGSTON", tmp_path / "TOSHIBA"
    for place in places:
        place.mkdir()
    monkeypatch.setenv(volumes.VARIABLE, os.pathsep.join(map(str, places)))
    with away():
        one, two = Desk(tmp_path / "one", ONE, 11), Desk(tmp_path / "two", TWO, 12)
    for desk in (one, two):
        letter, answer = tmp_path / "邀请.zyti", tmp_path / "回答.zyti"
        enrolment.invite(desk.code, NAMES[desk.code], letter)
        with away():
            desk.do(lambda letter=letter, answer=answer: enrolment.join(letter, answer))
        enrolment.admit(answer)
    return There(one, two, places, away)


def brings(there: There, at: int, what: Callable[[], Any]) -> None:
    """A township does something and carries its stick."""
    desk = (there.one, there.two)[at]
    place = there.sticks[at]

    def work() -> None:
        what()
        (stick,) = (s for s in sticks.plugged() if s.volume.place == place)
        _, folder = sticks.carry(stick, "上报")
        from db.exchange import sending

        sending.send(folder)

    with there.away():
        desk.do(work)


def previewed(page, settle, ours=2):
    """The sticks of offices that we know, looked at."""
    page.receive()
    settle()
    assert page.stack.currentWidget() is page.choice, "two sticks are asked about"
    assert len(page.choice.picked()) == ours
    page.choice.go.click()
    settle()
    assert page.stack.currentWidget() is page.receive_view
    return page.receive_view


def outcomes(view) -> dict[str, str]:
    return {
        view.model.thing(at).office: view.model.thing(at).outcome
        for at in range(view.model.rowCount())
    }


def test_a_pile_of_sticks_is_taken_in_one_sitting_and_answered_on_each(
    there, frame, settle, failures
):
    brings(there, 0, lambda: branch("甲支部"))
    brings(there, 1, lambda: branch("乙支部"))
    page = go(frame, settle)
    view = previewed(page, settle)
    assert outcomes(view) == {ONE: "applied", TWO: "applied"}
    assert Organization.select().count() == 0
    assert "党组织　1 条" in view.detail.toPlainText()
    assert view.go.text() == "接收 2 个包"
    view.go.click()
    settle()
    assert failures == []
    assert {row.name for row in Organization.select()} == {"甲支部", "乙支部"}
    assert "可以拔出U盘" in view.words.text()
    assert frame.messages._message is None or frame.messages._message.undo is None, (
        "what another office sent is not offered to be taken back"
    )
    for place in there.sticks:
        kinds = sorted(p.suffix for p in (place / carrier.OWN).iterdir())
        assert kinds == [".id", ".zytr", ".zytz", ".zytz"]
    from db import backup

    reasons = [copy.reason for copy in backup.copies(offices.current().folder)]
    assert reasons == ["before-receive"], "one proved copy before the first of them"
    page.home()
    settle()
    assert page.county.model.rowCount() == 2
    assert "互认 2 个单位" in page.sentence


def test_one_bad_packet_is_put_aside_and_the_other_goes_in(there, frame, settle, failures):
    brings(there, 0, lambda: branch("甲支部"))
    brings(there, 1, lambda: branch("乙支部"))
    (packet,) = (there.sticks[0] / carrier.OWN).glob("*.zytz")
    whole = packet.read_bytes()
    packet.write_bytes(whole[:-10] + bytes(10))
    page = go(frame, settle)
    view = previewed(page, settle)
    assert outcomes(view) == {ONE: "refused", TWO: "applied"}
    view.go.click()
    settle()
    assert failures == []
    assert {row.name for row in Organization.select()} == {"乙支部"}
    assert "1 个没有接收" in view.words.text()
    page = go(frame, settle, chip="aside")
    assert page.tabs.tabText(2) == "隔离 1"
    assert "签名不符" in page.aside.detail.toPlainText()
    assert "请对方重新上报" in page.aside.detail.toPlainText()
    page.aside.retry.click()
    settle()
    assert "签名不符" in frame.messages.message.words
    page.aside.drop.click()
    page.aside.reason.edit.setText("U盘有坏块")
    page.aside.reason._give()
    settle()
    assert page.tabs.tabText(2) == "隔离"
    assert [kept.note for kept in quarantine.listed("discarded")] == ["U盘有坏块"]


def test_a_packet_that_was_sent_back_is_folded_away_when_its_stick_comes_again(
    there, frame, settle, failures
):
    brings(there, 0, lambda: branch("甲支部"))
    (packet,) = (there.sticks[0] / carrier.OWN).glob("*.zytz")
    packet.write_bytes(packet.read_bytes()[:-10] + bytes(10))
    page = go(frame, settle)
    view = previewed(page, settle, 1)
    assert view.older.isHidden(), "nobody has seen it yet"
    view.go.click()
    settle()
    page.home()
    settle()
    view = previewed(page, settle, 1)
    assert outcomes(view) == {}
    assert "其中 0 个没有接收过" in view.words.text()
    assert "1 个以前已退回过" in view.older.text()
    assert not view.go.isEnabled()
    assert page.unsaved() == ""
    view.older.click()
    assert outcomes(view) == {ONE: "refused"}
    assert "已退回过" in view.model.data(view.model.index(0, 4))
    assert "签名不符" in view.detail.toPlainText()
    page.home()
    brings(there, 0, lambda: branch("乙支部"))
    view = previewed(page, settle, 1)
    assert outcomes(view) == {ONE: "applied"}, "the new one is what is seen"
    assert not view.older.isHidden()
    view.go.click()
    settle()
    assert failures == []
    assert "没有接收" not in view.words.text()
    assert {row.name for row in Organization.select()} == {"甲支部", "乙支部"}


def test_mass_retirement_is_asked_about_with_its_numbers(there, frame, settle, failures):
    rows: list[int] = []
    brings(there, 0, lambda: rows.extend(branch(f"第{n}支部") for n in range(10)))
    page = go(frame, settle)
    previewed(page, settle, 1).go.click()
    settle()

    def retire() -> None:
        for row in rows[:6]:
            Organization.get_by_id(row).retire("撤并")

    brings(there, 0, retire)
    page.home()
    view = previewed(page, settle, 1)
    assert outcomes(view)[ONE] in {"waiting", "same"}
    view.table.selectRow(0)
    assert "6 条（共 10 条）" in view.mass.text()
    assert view.go.text() == "留副本并写回执"
    view.approve.click()
    assert view.go.text() == "接收 1 个包"
    view.go.click()
    settle()
    assert failures == []
    assert Organization.select().where(Organization.retired != "").count() == 6
    from db import journal

    assert any("批准" in one.words for one in journal.operations(20))


def test_who_has_not_come_is_marked_and_the_days_are_the_offices_own(
    there, frame, settle, failures
):
    brings(there, 0, lambda: branch("甲支部"))
    page = go(frame, settle)
    previewed(page, settle, 1).go.click()
    settle()
    database.execute_sql("UPDATE exchange_slip SET at = '2026-01-01T08:00:00'")
    page.home()
    settle()
    names = [page.county.model.data(page.county.model.index(row, 0)) for row in range(2)]
    assert all(name.startswith("▲") for name in names)
    assert "超过 35 天" in page.sentence
    from db.statistics.due import due

    found = {each.key: each for each in due()}
    assert found["exchange_silent"].count == 2
    page.county.limit.number.setValue(366)
    page.county.limit.number.editingFinished.emit()
    settle()
    assert failures == []
    assert office_settings.value("silent_days") == 366


def test_a_pair_of_the_same_person_is_shown_side_by_side_and_one_stays(
    there, frame, settle, failures
):
    from db.registers.member import Member
    from tests.factories import make

    def person() -> None:
        row = branch("某支部")
        make(Member, name="宝音德力格尔", id_number="152824196001010013", organization=row)

    brings(there, 0, person)
    brings(there, 1, person)
    page = go(frame, settle)
    view = previewed(page, settle)
    view.go.click()
    settle()
    page = go(frame, settle, chip="decide")
    assert failures == []
    (one,) = [page.decide.model.thing(at) for at in range(page.decide.model.rowCount())]
    assert one.kind == "pair"
    assert ("姓名", "宝音德力格尔", "宝音德力格尔") in one.fields
    assert "沙日布拉格" in one.theirs.said or "白音胡舒" in one.theirs.said
    page.decide.buttons["ours"].click()
    settle()
    assert failures == []
    assert sorted(bool(row.retired) for row in Member.select()) == [False, True]
    assert page.decide.model.rowCount() == 0


def test_a_revoked_key_is_named_on_the_page_and_its_packet_kept(there, frame, settle, failures):
    brings(there, 0, lambda: branch("甲支部"))
    page = go(frame, settle, chip="enrol")
    page.enrol.table.selectRow(0)
    page.enrol.revoke_button.click()
    page.enrol.reason.edit.setText("电脑被盗")
    page.enrol.reason._give()
    settle()
    assert failures == []
    assert "已作废" in frame.messages.message.words
    page.receive()
    settle()
    theirs = [s for s in page.choice.picked() if s.volume.place == there.sticks[0]]
    assert theirs == [], "its stick is no longer taken for one of ours"
    page._look_at(sticks.plugged())
    settle()
    view = page.receive_view
    assert "电脑被盗" in view.detail.toPlainText()
    view.go.click()
    settle()
    assert len(quarantine.listed()) == 1
    assert Organization.select().count() == 0


def test_a_township_that_lost_everything_gets_it_back_by_the_page(there, frame, settle, tmp_path):
    rows: list[int] = []
    brings(there, 0, lambda: rows.append(branch("甲支部")))
    page = go(frame, settle)
    previewed(page, settle, 1).go.click()
    settle()
    enrolment.revoke(ONE, "电脑被盗")
    letter, answer = tmp_path / "新邀请.zyti", tmp_path / "新回答.zyti"
    page.enrol.invite(ONE, NAMES[ONE], letter)
    settle()
    with there.away():
        fresh = Desk(tmp_path / "fresh", ONE, 99)
        fresh.do(lambda: enrolment.join(letter, answer))
    page.enrol.admit(answer)
    settle()
    now = There(fresh, there.two, there.sticks, there.away)
    brings(now, 0, lambda: branch("新电脑上的支部"))
    page.home()
    page._look_at([s for s in sticks.plugged() if s.volume.place == there.sticks[0]])
    settle()
    view = page.receive_view
    assert "换了电脑" in view.detail.toPlainText()
    view.go.click()
    settle()
    with there.away():
        fresh.receive(there.sticks[0] / carrier.OWN)
        assert fresh.do(lambda: value(rows[0], "name")) == "甲支部"
        fresh.do(lambda: change(rows[0], short_name="甲"))


def test_row_20_the_stick_is_found_though_its_letter_changed_after_the_preview(
    there, frame, settle, failures, monkeypatch
):
    brings(there, 0, lambda: branch("甲支部"))
    page = go(frame, settle)
    (first,) = (s for s in sticks.plugged() if s.volume.place == there.sticks[0])
    page._look_at([first])
    settle()
    moved = there.sticks[0].with_name("F")
    there.sticks[0].rename(moved)
    page.receive_view.go.click()
    settle()
    assert "不在了" in page.receive_view.words.text()
    assert Organization.select().count() == 0, "pulled: nothing came in, and nothing says it did"
    assert outcomes(page.receive_view) == {ONE: "left"}
    page._look_at([first])
    settle()
    monkeypatch.setenv(volumes.VARIABLE, str(moved))
    page._look_at(sticks.plugged())
    settle()
    moved.rename(moved.with_name("G"))
    monkeypatch.setenv(volumes.VARIABLE, str(moved.with_name("G")))
    page.receive_view.go.click()
    settle()
    assert failures == []
    assert Organization.select().count() == 1
    assert len(list((moved.with_name("G") / carrier.OWN).glob("*.zytr"))) == 1


def test_missing_attachments_are_told_before_and_after_and_the_rows_come_in(
    there, frame, settle, failures
):
    """The preview says what the stick lacks, the result what was asked for again, the slip both."""
    brings(there, 0, lambda: [add_photo("甲"), add_photo("乙")])
    brings(there, 1, lambda: add_photo("丙"))
    (spoiled,) = (there.sticks[0] / carrier.OWN).glob("*.zyta")
    spoiled.unlink()
    page = go(frame, settle)
    view = previewed(page, settle)
    described = {}
    for at in range(view.model.rowCount()):
        view.table.selectRow(at)
        described[view.model.thing(at).office] = view.detail.toPlainText()
    assert "附件 2 个，共 6 KB" in described[ONE]
    assert "接收以后还缺 2 个附件" in described[ONE]
    assert "还缺" not in described[TWO]
    view.go.click()
    settle()
    assert "收下附件 1 个；还缺 2 个附件，已请对方下次带来" in view.words.text()
    page.home()
    settle()
    shown = [page.county.model.data(page.county.model.index(row, 8)) for row in range(2)]
    assert shown == ["2", ""]
    assert "还缺 2 个附件" in page.county.told.text()
    slip = next(s for s in slips.slips(slips.RECEIVED, ONE))
    assert exchange_slip._files(slip, sent=False) == (
        "2 个，共 6 KB；到打印时还缺 2 个，已请对方下次带来"
    )
    assert failures == []
