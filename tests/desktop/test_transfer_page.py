"""组织关系转接 on screen: asked for on the member's page, seen on its own, closed by the 回执."""

from __future__ import annotations

import os

import pytest

from db.exchange import transferring
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.transfer import Transfer
from db.rules import dates
from desktop.typeset.form import form
from desktop.typeset.printing import render
from desktop.widgets.page import Place
from tests.desktop.typeset.reading import plain, texts, wheel_only
from tests.factories import kept, make


@pytest.fixture
def member(office):
    home = make(Organization, name="哈沙图嘎查党支部", kind="branch", parent=None)
    return kept(
        Member, name="巴图", organization=home, category="full", sex="1", phone="13800000001",
        born_on="1980-01-05", joined_on="2001-07-01", confirmed_on="2002-07-01",
    )  # fmt: skip


def leave(member):
    return transferring.leave_county(
        Member.get_by_id(member.id), "2026-10-08", to_name="包头市昆区工委", dues_until="2026-09"
    )


def test_a_member_leaves_the_county_from_its_page(member, frame, settle, failures):
    frame.go(Place("member", row=member.id))
    settle()
    page = frame.page
    page._fill_steps()
    words = [action.text() for action in page._steps.menu().actions()]
    assert "转接组织关系，旗县内…" in words
    page._open_step(page._ask_leave, page.panel.record)
    ask = page.panel._ask
    ask.fields["to_name"].set_value("包头市昆区工委")
    ask.submit()
    settle()
    assert failures == []
    assert Member.get_by_id(member.id).standing == "transferred"
    assert Transfer.get().state == "approved"


def test_the_receipt_closes_a_letter(member, frame, settle, failures):
    letter = leave(member)
    frame.go(Place("transfer", row=letter.id))
    settle()
    page = frame.page
    page._fill_steps()
    assert [a.text() for a in page._steps.menu().actions()] == ["登记回执…"]
    if folder := os.environ.get("ZHENGYOU_PICTURES"):
        frame.grab().save(f"{folder}/transfer.png")
    page._open_step(page._ask_returned, page.panel.record)
    ask = page.panel._ask
    ask.fields["on"].set_value("2026-10-20")
    ask.submit()
    settle()
    assert failures == []
    assert Transfer.get_by_id(letter.id).state == "received"


def test_a_member_comes_from_another_county_and_the_coupon_goes_back(
    member, frame, settle, failures
):
    frame.go(Place("transfer"))
    settle()
    page = frame.page
    page.into.click()
    ask = page.panel._ask
    ask.submit()
    assert not ask._faults["name"].isHidden(), "a name and a branch are asked for"
    for name, value in (
        ("name", "赵新"), ("organization", Organization.get()), ("from_name", "临河区委组织部"),
        ("number", "临河第7号"), ("issued_on", "2026-11-02"), ("on", "2026-11-10"),
        ("joined_on", "2010-07-01"),
    ):  # fmt: skip
        ask.fields[name].set_value(value)
    if folder := os.environ.get("ZHENGYOU_PICTURES"):
        frame.grab().save(f"{folder}/into.png")
    ask.submit()
    settle()
    said = [fault.text() for fault in ask._faults.values()] if page.panel._ask else []
    assert (failures, said) == ([], [])
    came = Member.get(Member.name == "赵新")
    assert (came.standing, came.organization_id) == ("normal", member.organization_id)
    one = Transfer.get()
    assert (one.way, one.state, one.issued_on) == ("into", "approved", "2026-11-02")
    frame.go(Place("transfer", row=one.id))
    settle()
    page._fill_steps()
    assert [a.text() for a in page._steps.menu().actions()] == ["登记回执…"]
    page._open_step(page._ask_returned, page.panel.record)
    page.panel._ask.fields["on"].set_value("2026-11-12")
    page.panel._ask.submit()
    settle()
    assert failures == []
    assert Transfer.get().state == "received"
    sheet = render(form("member_introduction"), [came], {}, faces=wheel_only())
    said = plain("".join(texts(sheet.pdf)))
    assert "回执" in said
    assert "存根" not in said
    assert "临河区委组织部" in said
    assert "管理员" in said


def test_an_overdue_receipt_is_spoken_of(member, office):
    from datetime import date

    from db.statistics.due import due

    letter = leave(member)
    (found,) = [d for d in due(date(2026, 11, 20)) if d.key == "transfer_receipt"]
    assert (found.ids, found.late, found.until) == ((letter.id,), 1, "2026-11-07")
    assert not [d for d in due(date(2026, 11, 1)) if d.key == "transfer_receipt"]


def test_the_sender_s_address_stands_on_the_letter_and_the_millimetres_are_remembered(
    member, frame, settle, failures
):
    from db import office_settings

    frame.go(Place("office_setting"))
    settle()
    form_of = frame.page.form
    form_of.fields["office_address"].set_value("白音胡舒苏木党群服务中心")
    form_of.fields["office_postcode"].set_value("014400")
    form_of.submit()
    settle()
    assert failures == []
    assert office_settings.text("office_postcode") == "014400"
    leave(member)
    record = [Member.get_by_id(member.id)]
    letter = form("member_introduction")
    said = plain("".join(texts(render(letter, record, {}, faces=wheel_only()).pdf)))
    assert "白音胡舒苏木党群服务中心" in said
    assert "014400" in said

    where = Place("preview", words="member_introduction", ids=(member.id,))
    frame.go(where)
    settle()
    line = frame.page._controls["right"]
    line.setText("2.5")
    line.editingFinished.emit()
    frame.go(Place("home"))
    frame.go(Place("preview", words="member_roster", ids=(member.id,)))
    settle()
    frame.go(where)
    settle()
    assert failures == []
    assert frame.page._controls["right"].text() == "2.5"
    assert frame.page._controls["down"].text() == "0"


def test_the_letter_has_three_parts_and_onto_the_blank_only_the_data(member, monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: "2026-10-08")
    leave(member)
    letter = form("member_introduction")
    record = [Member.get_by_id(member.id)]
    draft = plain("".join(texts(render(letter, record, {}, faces=wheel_only()).pdf)))
    for words in (
        "存根",
        "回执",
        "2026年第001号",
        "巴图",
        "46",
        "包头市昆区工委",
        "二〇二六年九月",
        "拾",
    ):
        assert words in draft
    assert draft.count("2026年第001号") == 3
    given = {"how": "套印在介绍信上", "right": "2.5", "down": "-1"}
    onto = plain("".join(texts(render(letter, record, given, faces=wheel_only()).pdf)))
    assert "存根" not in onto
    assert "包头市昆区工委" in onto
