"""What every register's page can do: batch changes, copies of a row, recent records, tree and steps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from db import journal, organizing
from db.changes import Changes
from db.registers.member import Member, Post
from db.registers.organization import Organization, OrganizationEvent
from desktop import settings
from desktop.tasks import worker
from desktop.widgets.page import Place
from tests.factories import make


@pytest.fixture
def town(office):
    top = make(Organization, name="白音胡舒苏木党委", short_name="", kind="committee", parent=None)
    branches = [
        make(
            Organization,
            name=name,
            short_name="",
            kind="branch",
            parent=top,
            status="active",
            founded_on="1990",
            ended_on="",
        )
        for name in ("哈沙图嘎查党支部", "机关党支部")
    ]
    return top, *branches


@pytest.fixture
def people(town):
    return [make(Member, name=name, organization=town[1]) for name in ("张三", "李四", "王五")]


def open_page(frame, settle, stem, **where):
    frame.go(Place(stem, **where))
    settle()
    return frame.page


def test_one_field_of_many_rows_is_changed_in_one_step(people, frame, settle):
    page = open_page(frame, settle, "member")
    page.table.selectAll()
    page.change_many()
    form = page.panel._ask
    form.choose("unit_name")
    form.field.line.setText("苏木政府")
    form.submit()
    settle()
    assert {row.unit_name for row in Member.select()} == {"苏木政府"}
    last = journal.operations(1)[0]
    assert "3 条" in last.words
    frame.messages.undo_button.click()
    settle()
    assert "苏木政府" not in {row.unit_name for row in Member.select()}


def test_a_batch_that_cannot_be_kept_changes_nothing(people, frame, settle):
    page = open_page(frame, settle, "member")
    before = [(row.id, row.joined_on) for row in Member.select()]
    page.table.selectAll()
    page.change_many()
    form = page.panel._ask
    form.choose("joined_on")
    form.field.line.setText("1900")
    form.submit()
    settle()
    assert "一条也没有改" in form._fault.text()
    assert [(row.id, row.joined_on) for row in Member.select()] == before


def test_a_row_is_the_pattern_of_the_next(people, frame, settle):
    page = open_page(frame, settle, "member")
    page.table.pick(people[0].id)
    settle()
    page.duplicate()
    settle()
    editor = page.panel.form.editor
    assert editor.value_of("organization") == people[0].organization_id
    assert editor.value_of("name") == ""
    assert editor.value_of("id_number") == ""


def test_what_was_saved_last_is_carried_over_when_the_settings_say_so(people, town, frame, settle):
    page = open_page(frame, settle, "member")
    settings.current["sticky"] = True
    page.add()
    settle()
    editor = page.panel.form.editor
    editor.fields["name"].control.setText("赵六")
    editor.fields["organization"].picker.set_record(town[2].id, town[2].name)
    page.panel.form.save()
    settle()
    page.add()
    settle()
    assert page.panel.form.editor.value_of("organization") == town[2].id


def test_the_row_menu_offers_what_fits_the_number_of_rows(people, frame, settle):
    page = open_page(frame, settle, "member")
    page.table.selectAll()
    enabled = {each.text(): each.isEnabled() for each in page.row_menu().actions() if each.text()}
    assert enabled["批量修改 3 条…"]
    assert not enabled["修改"]


def test_recent_records_come_up_in_the_search_box(people, frame, settle):
    frame.go(Place("member", row=people[1].id))
    settle()
    frame.palette_box.popup()
    settle()
    words = [frame.palette_box.list.item(at).text() for at in range(frame.palette_box.list.count())]
    assert words[0] == "最近看过"
    assert words[1].startswith("李四")


def test_the_tree_counts_and_leads_to_the_members(people, town, frame, settle):
    page = open_page(frame, settle, "organization")
    assert page.tree.count == 3
    assert page.tree.pick(town[1].id)
    settle()
    assert page.panel.record.name == "哈沙图嘎查党支部"
    assert page.tree.currentIndex().siblingAtColumn(1).data().strip() == "3"
    page._show_members()
    settle()
    assert frame.here.stem == "member"
    assert frame.page.model.rowCount() == 3


def test_searching_organizations_shows_the_list_in_place_of_the_tree(town, frame, settle):
    page = open_page(frame, settle, "organization")
    assert not page.tree.isHidden()
    page.filters.search.setText("jg")
    settle(quiet=5)
    assert page.tree.isHidden()
    assert list(page.model.ids) == [town[2].id]
    page.filters.clear_all()
    settle()
    assert not page.tree.isHidden()


def step(page, settle, ask, **values):
    form = ask(page.panel.record)
    page.panel.ask(form)
    for name, value in values.items():
        field = form.fields[name]
        if hasattr(field, "picker"):
            field.picker.set_record(value.id, value.name)
        else:
            field.set_raw(value)
    form.submit()
    settle()
    return form


def test_an_organization_is_founded_merged_and_dissolved_on_the_page(people, town, frame, settle):
    page = open_page(frame, settle, "organization")
    page.tree.pick(town[0].id)
    settle()
    step(page, settle, page._ask_found, name="新建嘎查党支部", kind="党支部", on="2026.7.1")
    made = Organization.get(Organization.name == "新建嘎查党支部")
    assert made.parent_id == town[0].id
    assert OrganizationEvent.select().where(OrganizationEvent.organization == made).count() == 1
    page.tree.pick(town[1].id)
    settle()
    form = step(page, settle, page._ask_dissolve, on="2026.8.1")
    assert "3 名党员" in form._whole.text()
    page.panel._end_ask()
    settle()
    step(page, settle, page._ask_merge, target=made, on="2026.8.2")
    assert organizing.members_of([made.id]) == 3
    assert Organization.get_by_id(town[1].id).status == "merged"
    frame.messages.undo_button.click()
    settle()
    assert organizing.members_of([town[1].id]) == 3


def test_an_election_ends_the_old_posts_and_sets_the_next_date(people, town, frame, settle):
    old = make(
        Post, organization=town[1], kind="secretary", member=None, holder_name="老书记",
        from_on="2021", until_on="",
    )  # fmt: skip
    page = open_page(frame, settle, "organization", row=town[1].id)
    first = next(name for name in page._ask_elect(page.panel.record).fields if "seat_" in name)
    step(
        page, settle, page._ask_elect, number="第五届", on="2026.6.1", due="2029.6.1",
        **{first: "张三"},
    )  # fmt: skip
    assert Post.get_by_id(old.id).until_on == "2026-06-01"
    assert Organization.get_by_id(town[1].id).election_due == "2029-06-01"
    seat = Post.select().where(Post.holder_name == "张三").get()
    assert seat.member_id == people[0].id


def test_a_detail_is_added_and_counted_on_its_tab(people, frame, settle):
    page = open_page(frame, settle, "member", row=people[0].id)
    place = next(
        at for at in range(page.panel.tabs.count()) if page.panel.tabs.tabText(at) == "奖励"
    )
    page.panel.tabs.setCurrentIndex(place)
    settle()
    tab = page.panel.tabs.widget(place)
    tab.add()
    settle()
    editor = tab._form.editor
    editor.fields["title_given"].control.setText("优秀共产党员")
    editor.fields["on"].control.setText("2025.7.1")
    tab._form.save()
    settle()
    assert page.panel.tabs.tabText(place) == "奖励 1"
    assert tab.table.model().rowCount() == 1


def test_findings_lead_to_their_rows(people, town, frame, settle):
    people[0].joined_on = ""
    people[0].confirmed_on = ""
    people[0].save()
    page = open_page(frame, settle, "checking")
    assert page.model.rowCount() >= 1
    row = next(at for at in range(page.model.rowCount()) if page.model.thing(at).id == people[0].id)
    page.table.selectRow(row)
    page.open_row()
    settle()
    assert frame.here.stem == "member"
    assert frame.page.panel.record.id == people[0].id


def test_a_finding_about_a_post_leads_to_who_holds_it(people, town, frame, settle):
    from db.registers.member import Post

    people[0].standing = "deceased"
    people[0].save()
    make(Post, organization=town[1], kind="secretary", member=people[0], until_on="")
    page = open_page(frame, settle, "checking")
    found = [page.model.thing(at).stem for at in range(page.model.rowCount())]
    page.table.selectRow(found.index(Post.stem()))
    page.open_row()
    settle()
    assert frame.here.stem == "member"
    assert frame.page.panel.record.id == people[0].id


def test_a_finding_about_a_post_of_an_outsider_leads_to_the_organization(town, office):
    from db.checking import place_of
    from db.registers.member import Post

    post = make(Post, organization=town[1], kind="secretary", member=None, holder_name="某某")
    assert place_of(post) == ("organization", town[1].id)


def test_ctrl_f_goes_to_the_search_box_and_down_to_the_list(people, frame, settle):
    page = open_page(frame, settle, "member")
    QTest.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.filters.search.hasFocus()
    QTest.keyClick(page.filters.search, Qt.Key.Key_Down)
    assert page.table.hasFocus()
    assert len(page.table.chosen_ids()) == 1


@pytest.mark.parametrize("scale", [9, 16])
def test_pages_hold_together_in_small_and_large_letters(people, frame, settle, screen, scale):
    from desktop.theme import look

    families = list(screen.font().families())
    try:
        look().apply(screen, "light", scale, families)
        frame.end()
        page = open_page(frame, settle, "member")
        assert page.table.rowHeight(0) >= QFontMetrics(screen.font()).height()
        assert page._add.width() >= QFontMetrics(screen.font()).horizontalAdvance("新增党员")
    finally:
        look().apply(screen, "light", 10.5, families)


def test_when_somebody_was_quicker_both_versions_stand_side_by_side(people, frame, settle):
    page = open_page(frame, settle, "member", row=people[0].id)
    page.panel.edit()
    settle()
    form = page.panel.form
    form.editor.fields["address"].control.setText("我填的地址")
    form.editor.fields["unit_name"].control.setText("我填的单位")
    other = Member.get_by_id(people[0].id)
    other.unit_name, other.phone = "别人填的单位", "13800000000"
    other.save()
    form.save()
    settle()
    view = form._pages.currentWidget()
    assert set(view.choices) == {"unit_name", "phone", "address"}
    assert view.choices["phone"][1].isChecked()
    view.choices["unit_name"][1].setChecked(True)
    view._decide()
    settle()
    form.save()
    settle()
    kept = Member.get_by_id(people[0].id)
    assert (kept.address, kept.unit_name, kept.phone) == (
        "我填的地址",
        "别人填的单位",
        "13800000000",
    )


def changed_elsewhere(row: Member, **values: object) -> None:
    """What `watching` tells after another PC has saved."""
    other = Member.get_by_id(row.id)
    for name, value in values.items():
        setattr(other, name, value)
    other.save()
    ids = {"member": frozenset({row.id})}
    worker().changed.emit(Changes(1, "修改党员", ids, by="李四"))


def test_what_another_pc_changes_is_seen_before_saving(people, frame, settle):
    page = open_page(frame, settle, "member", row=people[0].id)
    page.panel.edit()
    settle()
    form = page.panel.form
    form.editor.fields["address"].control.setText("我填的地址")
    changed_elsewhere(people[0], phone="13800000000")
    settle()
    assert form._meanwhile.isVisible()
    assert "李四" in form._meanwhile.words.text()
    assert "13800000000" in form._meanwhile.words.text()
    assert form.editor.fields["address"].control.text() == "我填的地址"
    form._compare()
    settle()
    view = form._pages.currentWidget()
    assert set(view.choices) == {"phone", "address"}
    view._decide()
    settle()
    assert not form._meanwhile.isVisible()
    form.save()
    settle()
    kept = Member.get_by_id(people[0].id)
    assert (kept.address, kept.phone) == ("我填的地址", "13800000000")


def test_a_form_nobody_typed_in_takes_over_what_another_pc_saved(people, frame, settle):
    page = open_page(frame, settle, "member", row=people[0].id)
    page.panel.edit()
    settle()
    form = page.panel.form
    changed_elsewhere(people[0], phone="13800000000")
    settle()
    assert form.editor.fields["phone"].control.text() == "13800000000"
    assert not form._meanwhile.isVisible()
    form.editor.fields["address"].control.setText("我填的地址")
    form.save()
    settle()
    assert Member.get_by_id(people[0].id).address == "我填的地址"


def test_locking_keeps_what_was_half_typed(people, frame, settle):
    from db import drafts

    page = open_page(frame, settle, "member", row=people[0].id)
    page.panel.edit()
    settle()
    page.panel.form.editor.fields["address"].control.setText("半句")
    frame.end()
    settle()
    assert [draft.fields["address"] for draft in drafts.kept("member")] == ["半句"]


def test_a_reader_sees_no_numbers_in_the_journal(people, frame, settle):
    from db import access
    from db.access import Person, Role
    from desktop.tools.audit import describe

    people[0].phone = "13812345678"
    people[0].save()
    last = journal.operations(1)[0].id
    assert "13812345678" in describe(last)
    with access.acting_as(Person(9, "查阅员", Role.READER)):
        assert "13812345678" not in describe(last)


def test_saving_with_ctrl_s_leaves_one_row_chosen(people, frame, settle):
    frame.go(Place("account"))
    settle()
    page = frame.page
    page.table.selectRow(0)
    for name in ("李干事", "赵书记"):
        page.add()
        settle()
        fields = page.panel.form.editor.fields
        fields["name"].set_value(name)
        fields["role"].set_value("录入")
        QTest.keyPress(frame, Qt.Key.Key_Control)
        QTest.keyClick(page.panel.form, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        settle()
    assert len(page.table.chosen_ids()) == 1
    assert page.panel.tabs.tabText(page.panel.tabs.currentIndex()) == "口令"


@pytest.mark.parametrize("stem", ["organization", "member"])
def test_a_new_form_stays_open_while_the_list_comes_in(people, frame, settle, stem):
    """From the search box straight to 新增: the list, the tree and their first rows come a moment later."""
    page = open_page(frame, settle, stem, fresh=True)
    page.table.setCurrentIndex(page.table.model().index(0, 0))
    settle()
    assert page.panel.editing
    assert page.panel.form.editor.record.id is None
    page.table.setFocus()
    page.table.setCurrentIndex(page.table.model().index(1, 0))
    settle()
    if page.table.isVisible():  # a person who chooses a row sees it
        assert not page.panel.editing
