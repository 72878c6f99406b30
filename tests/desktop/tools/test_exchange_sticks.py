"""The exchange centre at a township: which stick is taken, what is written to it, what it has no room for."""

from __future__ import annotations

from db.exchange import carrier, sending
from db.registers.organization import Organization
from tests.desktop.tools.elsewhere import at_county, go
from tests.factories import make
from tests.offices.papers import add_photo


def test_two_sticks_are_asked_about_and_one_of_ours_is_not(enrolled, frame, settle, tmp_path):
    make(Organization, name="甲支部", kind="branch", parent=None)
    page = go(frame, settle)
    a, b = tmp_path / "A", tmp_path / "B"
    enrolled.plug(a, b)
    page.send()
    settle()
    assert page.choice.list.count() == 2
    page.choice.list.setCurrentRow(1)
    page.choice.go.click()
    settle()
    assert page.stack.currentWidget() is page.sent_view
    assert (b / carrier.OWN).is_dir()
    assert not (a / carrier.OWN).exists()
    page.home()
    page.send()
    settle()
    assert page.stack.currentWidget() is page.sent_view, "now one of the two is ours"


def test_another_offices_stick_is_refused_and_the_packet_stays_made(
    enrolled, frame, settle, failures, tmp_path
):
    make(Organization, name="甲支部", kind="branch", parent=None)
    foreign = tmp_path / "FOREIGN"
    enrolled.plug(foreign)
    folder = foreign / carrier.OWN
    folder.mkdir()
    (folder / "stick.id").write_text(
        '{"mark": "zhengyou stick 1", "id": "ab", "office": "150823199", "name": "别的苏木",'
        ' "serial": ""}',
        encoding="utf-8",
    )
    page = go(frame, settle)
    page.send()
    settle()
    assert page.stack.currentWidget() is page.choice
    page.choice.go.click()
    settle()
    assert "别的苏木" in str(failures[0])
    assert [p.name for p in folder.iterdir()] == ["stick.id"]


def test_attachments_are_told_when_written_and_until_the_receipt(enrolled, frame, settle, failures):
    """附件 in plain words: on the page after 上报, then in the overview, gone with the receipt."""
    add_photo("入户")
    enrolled.plug(enrolled.stick)
    page = go(frame, settle)
    page.send()
    settle()
    if page.stack.currentWidget() is page.choice:
        page.choice.go.click()
        settle()
    assert page.stack.currentWidget() is page.sent_view
    assert page.sent_view.files.text() == "附件 1 个，共 3 KB，写在包旁边的附件包里，已读回核对。"
    page.home()
    settle()
    assert "1 个附件还没有得到县里的回执" in page.township.files.text()
    (done,) = at_county(enrolled)
    assert done["attachments"]["kept"] == 1
    page.receive()
    settle()
    if page.stack.currentWidget() is page.choice:
        page.choice.go.click()
        settle()
    page.home()
    settle()
    assert page.township.files.isHidden()
    assert failures == []


def test_a_stick_without_room_for_the_attachments_is_not_called_complete(
    enrolled, frame, settle, failures, monkeypatch
):
    add_photo("入户", size=2_000_000)
    enrolled.plug(enrolled.stick)

    def small(self: carrier.Folder, size: int) -> None:
        if size > 1_000_000:
            raise carrier.Full("“KINGSTON”空间不足，没有写入。", "请换一个U盘。")

    monkeypatch.setattr(carrier.Folder, "_make_room", small)
    page = go(frame, settle)
    page.send()
    settle()
    if page.stack.currentWidget() is page.choice:
        page.choice.go.click()
        settle()
    assert "附件没有写全" in page.sent_view.heading.text()
    assert (
        "还有 1 个附件没有写（“KINGSTON”空间不足，没有写入），下次再带"
        in page.sent_view.files.text()
    )
    assert sending.outbox()[0].state == "written"
    assert failures == []
