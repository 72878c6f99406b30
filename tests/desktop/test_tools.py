"""Pages that are not registers: home, journal, backups, settings, people, help, preview."""

from __future__ import annotations

import pytest
from PySide6.QtPrintSupport import QPrinter

from db import access, backup, journal, vault
from db import office as offices
from db.registers.account import Account
from db.registers.member import Member
from db.registers.organization import Organization
from desktop import settings
from desktop.tasks import worker
from desktop.widgets.page import Place
from tests.factories import make


@pytest.fixture
def branch(office):
    top = make(Organization, name="白音胡舒苏木党委", short_name="", kind="committee", parent=None)
    return make(Organization, name="哈沙图嘎查党支部", short_name="", kind="branch", parent=top)


def go(frame, settle, stem, **where):
    frame.go(Place(stem, **where))
    settle()
    return frame.page


def texts(widget):
    from PySide6.QtWidgets import QLabel, QPushButton

    return [each.text() for kind in (QLabel, QPushButton) for each in widget.findChildren(kind)]


def test_an_empty_office_is_offered_the_first_steps(office, frame, settle):
    page = go(frame, settle, "home")
    assert not page._empty.isHidden()
    assert any("导入党员名册" in each for each in texts(page._empty))


def test_home_says_what_is_due_and_leads_there(branch, frame, settle):
    from datetime import date, timedelta

    soon = (date.today() + timedelta(days=30)).isoformat()
    branch.election_due = soon
    branch.save()
    joined = (date.today() - timedelta(days=340)).isoformat()
    new = make(
        Member, name="新同志", organization=branch, category="probationary", joined_on=joined,
        confirmed_on="", born_on="1990", standing="normal",
    )  # fmt: skip
    page = go(frame, settle, "home")
    words = " ".join(texts(page._due[0]))
    assert "即将届满" in words
    assert "预备期将满" in words
    found = {each.key: each for each in _due()}
    assert new.id in found["probation"].ids
    page._go(found["probation"])
    settle()
    assert frame.here.stem == "member"
    assert list(frame.page.model.ids) == [new.id]


def test_home_says_when_the_county_runs_a_newer_program(office, frame, settle, monkeypatch):
    from db.exchange import keys, versions

    page = go(frame, settle, "home")
    assert page._newer.isHidden()
    keys.keep("150823", name="某旗委组织部", state="known")
    monkeypatch.setattr(versions.release, "version", lambda: "1.2")
    versions.note("150823", "1.3")
    page.refresh()
    settle()
    assert page._newer.text().strip() == "旗县用的是 1.3 版，本机是 1.2 版，请升级。"
    page._newer.click()
    settle()
    assert frame.here.stem == "settings"


def _due():
    from db.statistics.due import due

    return due()


def test_a_reminder_is_put_off_until_tomorrow(branch, frame, settle):
    from datetime import date

    branch.election_due = date.today().isoformat()
    branch.save()
    page = go(frame, settle, "home")
    page._snooze("election")
    settle()
    assert not any("即将届满" in each for each in texts(page._due[0]))
    assert settings.current["snoozed"]["election"] > date.today().isoformat()


def test_any_step_of_the_journal_can_be_seen_and_undone(branch, frame, settle):
    member = make(Member, name="旧名字", organization=branch)
    member.name = "新名字"
    member.save()
    page = go(frame, settle, "audit")
    assert "旧名字 → 新名字" in page.detail.toPlainText()
    page.undo()
    settle()
    assert Member.get_by_id(member.id).name == "旧名字"
    assert page.model.rowCount() == len(journal.operations(200))
    page.verify()
    settle()
    assert "完整" in frame.messages.message.words


def test_a_copy_is_made_proved_looked_at_and_restored(branch, frame, settle, tmp_path):
    page = go(frame, settle, "backup")
    assert "还没有备份" in page.sentence
    page.make()
    settle()
    assert page.model.rowCount() == 1
    page.prove()
    settle()
    assert "完好" in frame.messages.message.words
    make(Member, name="后来的人", organization=branch)
    settle()
    page.table.selectRow(0)
    assert not page.restore_button.isEnabled()
    page.look_first()
    settle()
    assert "后来的人" in page.detail.toPlainText()
    assert page.restore_button.isEnabled()
    page.restore()
    settle()
    assert Member.select().where(Member.name == "后来的人").count() == 0
    stick = tmp_path / "stick"
    stick.mkdir()
    page.copy_to(stick)
    settle()
    assert list(stick.glob("*.db"))
    assert "可以拔出" in frame.messages.message.words


def test_hourly_copies_only_when_something_was_done(branch, office):
    from desktop.shell.keeping import back_up_if_changed

    back_up_if_changed()
    back_up_if_changed()
    assert len(backup.copies(office.folder)) == 1
    make(Member, organization=branch)
    back_up_if_changed()
    assert len(backup.copies(office.folder)) == 2


def test_settings_draw_themselves_and_take_effect(frame, settle):
    from desktop.theme import look

    page = go(frame, settle, "settings")
    assert set(page.controls) == {each.key for each in settings.DECLARED if each.shown}
    box = page.controls["theme"]
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    assert look().theme.dark
    assert settings.current["theme"] == "dark"
    box.setCurrentIndex(box.findData("light"))
    box.activated.emit(box.currentIndex())
    assert not look().theme.dark


def test_a_person_changes_the_own_passphrase(frame, office, settle):
    from tests.conftest import PASSPHRASE

    page = go(frame, settle, "settings")
    form = page.secrets
    form.old.setText("错的口令错的口令")
    form.new.setText("秋天的第一片落叶")
    form.again.setText("秋天的第一片落叶")
    form.submit()
    settle()
    assert "口令" in form._fault.text()
    form.old.setText(PASSPHRASE)
    form.submit()
    settle()
    assert form.new.text() == ""
    assert vault.unlock(office.folder, "秋天的第一片落叶")[0] == office.key


def test_an_administrator_lets_somebody_in(frame, office, settle):
    page = go(frame, settle, "account")
    colleague = make(Account, name="小赵", role="录入")
    settle()
    page.panel.show_id(colleague.id)
    settle()
    assert "还没有口令" in page._state.text()
    page.secrets.new.setText("草原上的小路弯弯")
    page.secrets.again.setText("草原上的小路弯弯")
    page.secrets.submit()
    settle()
    assert "已设口令" in page._state.text()
    folder = office.folder
    worker().stop()
    offices.close_office()
    assert offices.open_office(folder, "草原上的小路弯弯").name == "小赵"
    access.act_as(access.acting())


def test_the_last_administrator_cannot_be_taken_out(frame, office, settle, failures):
    page = go(frame, settle, "account")
    page.panel.show_id(access.acting().id)
    settle()
    page.panel._retire("离岗")
    settle()
    assert "最后一个" in failures[0].message


def test_help_is_searched_and_printed(frame, settle, tmp_path):
    page = go(frame, settle, "help")
    assert page.list.count() >= 10
    page.search.setText("恢复单")
    assert 0 < page.list.count() < 10
    page.search.clear()
    page.show_page("shortcuts")
    assert "Ctrl+K" in page.text.toPlainText()
    page.write("shortcuts", tmp_path / "keys.pdf")
    assert (tmp_path / "keys.pdf").read_bytes().startswith(b"%PDF")


def test_f1_leads_to_the_page_about_where_one_is(frame, settle):
    go(frame, settle, "organization")
    frame._help()
    settle()
    assert frame.here.words == "organization"
    assert "组织树" in frame.page.text.toPlainText()


def test_what_is_previewed_is_what_is_saved_and_printed(
    branch, frame, settle, tmp_path, monkeypatch
):
    import pypdfium2

    for name in ("张三", "李四"):
        make(Member, name=name, organization=branch)
    ids = tuple(row.id for row in Member.select())
    page = go(frame, settle, "preview", ids=ids, words="member_roster")
    settle()
    assert page.view.paper is not None
    assert len(page.view.paper) >= 1
    words = pypdfium2.PdfDocument(page._pdf)[0].get_textpage().get_text_bounded()
    assert "张" in words
    assert "李" in words
    target = tmp_path / "roster.pdf"
    monkeypatch.setattr("desktop.tools.preview.ask_path", lambda *_: target)
    page.save()
    settle()
    assert target.read_bytes() == page._pdf
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    pages = page.send(printer, range(len(page.view.paper)))
    printed = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    assert len(printed) == pages
    for at, size in enumerate(page.view.paper.sizes):
        assert printed.get_page_size(at) == pytest.approx(size, abs=2)


def test_zooming_keeps_the_page(branch, frame, settle):
    for at in range(60):
        make(Member, name=f"某{'甲乙丙丁戊己庚辛壬癸'[at % 10]}", organization=branch)
    ids = tuple(row.id for row in Member.select())
    page = go(frame, settle, "preview", ids=ids, words="member_roster")
    settle()
    if len(page.view.paper) < 2:
        pytest.skip("one page only")
    page.view.go_to(1)
    page.view.zoom_by(1)
    assert page.view.page == 1
    page.view.zoom_by(-1)
    page.view.set_zoom(0)
    assert page.view.page == 1
