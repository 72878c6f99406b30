"""The exchange centre at a township: joining, reporting, what came back, decisions; and what stands in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db import identity
from db.connection import database
from db.exchange import carrier, enrolment, keys, sending
from db.registers.organization import Organization
from desktop.widgets.page import Place
from tests.desktop.tools.elsewhere import at_county, go, page_stick
from tests.factories import make
from tests.offices.desks import COUNTY, NAMES, ONE, change

ASK = "核对号"


def test_before_enrolment_the_page_says_how_to_begin(there, frame, settle):
    page = go(frame, settle)
    assert not page.township._empty.isHidden()
    assert page._send_button.isHidden()
    assert "互认" in page.sentence


def test_joining_shows_the_numbers_and_compares_what_was_heard(
    there, frame, settle, failures, tmp_path
):
    letter, answer = tmp_path / "邀请_白音胡舒.zyti", tmp_path / "回答.zyti"
    with there.away():
        heard = there.county.do(lambda: enrolment.invite(ONE, "白音胡舒苏木党委", letter))
    page = go(frame, settle, chip="enrol")
    page.enrol.join(letter, answer)
    settle()
    assert failures == []
    assert answer.is_file()
    assert page.enrol.theirs.text() == heard
    state = page.enrol.model.index(0, 2)
    assert "未电话核对" in page.enrol.model.data(state)
    page.enrol.heard.setText(heard.replace(" ", "-"))
    assert "一致。" in page.enrol.verdict.text()
    settle()
    assert "已核对" in page.enrol.model.data(state)
    assert "管理员已在电话里核对" in page.enrol.verdict.text()
    page.enrol.heard.setText(heard[:-1] + str((int(heard[-1]) + 1) % 10))
    assert "不一致" in page.enrol.verdict.text()
    page.enrol.heard.setText(heard[:11])
    assert "10 位" in page.enrol.verdict.text()
    with there.away():
        _, ours = there.county.do(lambda: enrolment.admit(answer))
    assert page.enrol.ours.text() == ours
    assert not page._send_button.isHidden()


def test_without_a_stick_a_folder_is_offered_and_the_four_states_are_told_apart(
    enrolled, frame, settle, failures
):
    make(Organization, name="哈沙图嘎查党支部", kind="branch", parent=None)
    page = go(frame, settle)
    assert "还没有上报过" in page.township.packet.text()
    assert [page.township.model.data(page.township.model.index(0, c)) for c in range(3)] == [
        "党组织", "1", "1",
    ]  # fmt: skip
    page.send()
    settle()
    assert page.stack.currentWidget() is page.choice
    assert "没有找到U盘" in page.choice.words.text()
    page.choice.take_folder(enrolled.stick)
    settle()
    assert failures == []
    assert page.stack.currentWidget() is page.sent_view
    assert "可以拔出U盘" in page.sent_view.heading.text()
    assert page.sent_view.totals.rowCount() == 1
    assert len(list((enrolled.stick / carrier.OWN).glob("*.zytz"))) == 1
    page.home()
    settle()
    assert states(page) == ["done", "done", "next"]
    assert page.township.model.data(page.township.model.index(0, 2)) == "0"
    at_county(enrolled)
    enrolled.plug(enrolled.stick)
    page.receive()
    settle()
    assert page.stack.currentWidget() is page.receive_view, "the only stick of ours is taken"
    assert "没有给本单位的数据包" in page.receive_view.words.text()
    page.home()
    settle()
    assert states(page) == ["done", "done", "done"]
    assert not page.township.all_told.isHidden()
    assert "县里都已接收" in page.sentence


def states(page) -> list[str]:
    return [step.state for step in page.township.steps.steps]


def test_a_refused_packet_says_why(enrolled, frame, settle):
    rows = [make(Organization, name=f"第{n}支部", kind="branch", parent=None) for n in range(10)]
    page = go(frame, settle)
    page.choice.chosen.connect(lambda _s: None)
    enrolled.plug(enrolled.stick)
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    at_county(enrolled)
    page.receive()
    settle()
    for row in rows[:6]:
        Organization.get_by_id(row.id).retire("撤并")
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    at_county(enrolled)
    page.receive()
    settle()
    page.home()
    settle()
    assert "被退回" in page.township.refused.text()
    assert "需要批准" in page.township.refused.text()
    assert states(page) == ["done", "done", "next"]


def test_the_slip_of_the_packet_is_shown_before_it_is_printed(enrolled, frame, settle, failures):
    make(Organization, name="甲支部", kind="branch", parent=None)
    page = go(frame, settle)
    enrolled.plug(enrolled.stick)
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    page.sent_view.slip.click()
    settle()
    assert frame.here.stem == "preview"
    assert failures == []
    assert frame.page.options()["packet"].endswith(".zytz")
    assert frame.page.view.paper is not None


def test_conflicts_stand_side_by_side_and_are_decided_by_keys(enrolled, frame, settle, failures):
    rows = [make(Organization, name=f"第{n}支部", kind="branch", parent=None) for n in range(3)]
    page = go(frame, settle)
    enrolled.plug(enrolled.stick)
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    at_county(enrolled)
    ids = [row.id for row in rows]
    with enrolled.away():
        for row in ids:
            enrolled.county.do(lambda row=row: change(row, short_name="县里的"))
        enrolled.county.send(enrolled.stick / carrier.OWN, ONE)
    sending_conflicts(ids)
    page.receive()
    settle()
    page.receive_view.go.click()
    settle()
    assert failures == []
    page = go(frame, settle, chip="decide")
    found = [page.decide.model.thing(at) for at in range(page.decide.model.rowCount())]
    (one, *_) = found
    assert len(found) == 3
    assert one.ours.words == "本地的"
    assert one.theirs.words == "县里的"
    assert NAMES[COUNTY] in one.theirs.said
    assert "管理员" in one.ours.said
    page.decide.table.setFocus()
    QTest.keyClick(page.decide.table, Qt.Key.Key_3)
    assert page.decide.table.currentIndex().row() == 1
    QTest.keyClick(page.decide.table, Qt.Key.Key_2)
    settle()
    assert failures == []
    assert [Organization.get_by_id(row).short_name for row in ids] == ["本地的", "县里的", "本地的"]
    assert page.tabs.tabText(1) == "待决定 2"
    page.decide.table.selectRow(0)
    page.decide.other.set_value("商量好的")
    page.decide._take_other()
    settle()
    assert Organization.get_by_id(ids[0]).short_name == "商量好的"
    assert frame.messages.undo_last()
    settle()
    assert Organization.get_by_id(ids[0]).short_name == "本地的"


def sending_conflicts(ids: list[int]) -> None:
    for row in ids:
        kept = Organization.get_by_id(row)
        kept.short_name = "本地的"
        kept.save()


def test_a_double_clicked_packet_is_previewed_and_nothing_is_taken_before_the_word(
    enrolled, frame, settle, failures, tmp_path
):
    at_county(enrolled) if (enrolled.stick / carrier.OWN).is_dir() else None
    loose = tmp_path / "收件箱"
    loose.mkdir()
    with enrolled.away():
        from db.registers.visit_rule import VisitRule

        enrolled.county.do(lambda: make(VisitRule))
        (sent,) = enrolled.county.send(loose, ONE)
    page = go(frame, settle, chip="file", words=str(loose / sent.packet))
    assert failures == []
    assert page.stack.currentWidget() is page.receive_view
    from db.registers.visit_rule import VisitRule

    assert VisitRule.select().count() == 0
    assert page.unsaved()
    page.receive_view.go.click()
    settle()
    assert failures == []
    assert VisitRule.select().count() == 1
    assert sorted(p.suffix for p in loose.iterdir()) == [".zytr", ".zytz"]
    assert not page.unsaved()


def test_a_restored_office_is_told_what_the_county_will_send_back(enrolled, frame, settle):
    make(Organization, name="甲支部", kind="branch", parent=None)
    page = go(frame, settle)
    enrolled.plug(enrolled.stick)
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    at_county(enrolled)
    with database.atomic():
        identity.mint_incarnation(database, 1000)
    page = go(frame, settle)
    page.home()
    settle()
    assert not page.township.told.isHidden()
    assert "从备份恢复" in page.township.told.text()
    assert "送回来" in page.township.told.text()
    page._send_to(page_stick(page, settle), "", "上报")
    settle()
    page.home()
    settle()
    assert page.township.told.isHidden(), "told until the next packet is made"


def test_home_speaks_of_what_is_unsent_and_leads_to_the_page(enrolled, frame, settle):
    from db.statistics.due import due

    make(Organization, name="甲支部", kind="branch", parent=None)
    found = {each.key: each for each in due()}
    assert "exchange_unsent" in found
    frame.go(Place("home"))
    settle()
    frame.page._go(found["exchange_unsent"])
    settle()
    assert frame.here.stem == "exchange"


def test_keys_of_an_office_are_made_once(enrolled):
    assert keys.find(COUNTY) is not None
    with database.atomic():
        assert keys.own() == keys.own()
    assert sending.outbox() == []
