"""A clerk comes back from the villages: one trip typed at once, matters settled, who is behind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidgetItem

from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.organization import Organization
from db.registers.visit import Gift, Household, Visit, VisitServed
from db.visiting import presets, trips
from db.visiting.trips import Met
from desktop import settings
from desktop.pages.visit.homes import AT
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Place
from tests.factories import make

THIS_YEAR = date.today().year


@pytest.fixture
def scene(office: Any) -> tuple[Leader, Organization, ContactPoint]:
    of = make(Organization, name="白音嘎查党支部", kind="branch", parent=None, status="active")
    who = Leader(name="赵国庆", rank="county_deputy", post_title="副旗长")
    who.save()
    point = ContactPoint(leader=who, kind="advanced", organization=of, from_on=f"{THIS_YEAR}-01-01")
    point.save()
    return who, of, point


@pytest.fixture
def entering(scene: Any, frame: Any, settle: Any) -> Any:
    frame.go(Place("visit"))
    settle()
    QTest.keyClick(frame.page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    who, of, _ = scene
    trip = frame.page.trip
    assert trip.isVisible()
    for name, value in (("leader", who.id), ("visitors", "赵国庆"), ("organization", of.id),
                        ("from_on", f"{THIS_YEAR}-01-10")):  # fmt: skip
        trip.editor.set_field(name, value)
    settle()
    return frame.page


def type_row(homes: Any, row: int, **texts: str) -> None:
    for name, words in texts.items():
        homes.setItem(row, AT[name], QTableWidgetItem(words))


def press_save(page: Any, settle: Any) -> None:
    QTest.mouseClick(page.trip.go, Qt.MouseButton.LeftButton)
    settle()


def test_a_trip_with_its_households_is_saved_at_once(entering, scene, settle, failures):
    homes = entering.trip.homes
    type_row(homes, 0, head="张三", kind="困难群众", money="500")
    type_row(homes, 1, head="李四", matter="机井坏了", matter_kind="饮水")
    QGuiApplication.clipboard().setText("王五\t军烈属\t3\n赵六\t\t4\n")
    homes.setCurrentCell(2, 0)
    QTest.keyClick(homes, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert homes.rowCount() == 5  # an empty one waits
    press_save(entering, settle)
    assert entering.trip.isHidden()
    assert [h.head for h in Household.select().order_by(Household.id)] == [
        "张三",
        "李四",
        "王五",
        "赵六",
    ]
    assert Gift.get().value == 50_000
    assert Matter.get().kind == "water"
    assert VisitServed.get().contact_point_id == scene[2].id
    # The next trip begins with what stays the same.
    settings.current["sticky"] = True
    entering.add()
    settle()
    assert entering.trip.editor.value_of("organization") == scene[1].id
    assert entering.trip.homes.filled_rows() == []
    assert failures == []


def test_the_place_follows_from_a_leader_with_one_village(scene, frame, settle, failures):
    frame.go(Place("visit"))
    settle()
    frame.page.add()
    settle()
    editor = frame.page.trip.editor
    editor.set_field("leader", scene[0])
    settle()
    assert editor.value_of("visitors") == "赵国庆"
    assert editor.value_of("organization") == scene[1].id
    assert failures == []


def test_what_cannot_be_read_is_shown_where_it_stands(entering, settle, failures):
    homes = entering.trip.homes
    type_row(homes, 0, head="张三")
    type_row(homes, 1, head="李四", people="三口")
    press_save(entering, settle)
    assert "第 2 户" in entering.trip._fault.text()
    assert (homes.currentRow(), homes.currentColumn()) == (1, AT["people"])
    homes.setItem(1, AT["people"], QTableWidgetItem("3"))
    homes.setItem(1, AT["goods_value"], QTableWidgetItem("80"))  # goods without a name
    press_save(entering, settle)
    assert "品名" in entering.trip._fault.text()
    assert (homes.currentRow(), homes.currentColumn()) == (1, AT["goods"])
    assert not Visit.select().exists()
    homes.setItem(1, AT["goods"], QTableWidgetItem("米1袋"))
    press_save(entering, settle)
    assert Visit.select().count() == 1
    assert failures == []


def test_what_was_typed_survives_going_back_to_the_list(entering, settle):
    type_row(entering.trip.homes, 0, head="张三")
    entering.leave_trip()
    settle()
    assert entering.unsaved()
    entering.add()
    assert entering.trip.homes.text(0, 0) == "张三"
    entering.trip.wants_fresh.emit()
    assert entering.trip.homes.filled_rows() == []
    assert not entering.unsaved()


def test_the_table_says_who_is_behind_and_leads_to_the_trips(scene, frame, settle, failures):
    who, of, point = scene
    presets.adopt("quarterly", f"{THIS_YEAR - 1}-01-01")
    kept = trips.record(
        Visit(leader=who, organization=of, from_on=f"{THIS_YEAR}-01-10", way="forum")
    )
    frame.go(Place("contact_point"))
    settle()
    page = frame.page
    page.open_standing()
    page.standing.period.setCurrentIndex(page.standing.period.findData("year"))
    settle()
    model = page.standing.model
    assert model.lines[0].name == "赵国庆"
    assert model.data(model.index(0, 4)).startswith("1/")
    page.standing._open(model.index(0, 4))
    settle()
    assert frame.page.stem == "visit"
    assert list(frame.page.model.ids) == [kept.id]
    assert failures == []
    assert point.id


def test_a_rule_is_adopted_and_goals_are_listed(scene, frame, settle, failures):
    frame.go(Place("contact_point", row=scene[2].id))
    settle()
    page = frame.page
    QTest.mouseClick(page._goals, Qt.MouseButton.LeftButton)
    settle()
    assert Goal.select().count() == 7
    page._ask_rule()
    (form,) = [f for f in page.findChildren(AskForm) if f.isVisible()]
    form.fields["from_on"].set_value(f"{THIS_YEAR}-01-01")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    from db.registers.visit_rule import VisitRule

    assert VisitRule.get().period == "month"
    assert failures == []


def test_matters_are_settled_from_the_list(scene, frame, settle, failures):
    who, of, _ = scene
    trips.record(
        Visit(leader=who, organization=of, from_on=f"{THIS_YEAR}-01-10", way="forum"),
        [Met("李四", matter="机井坏了")],
    )
    row = Matter.get()
    frame.go(Place("matter", row=row.id))
    settle()
    page = frame.page
    page._open_step(page._ask_settle)
    (form,) = [f for f in page.findChildren(AskForm) if f.isVisible()]
    form.fields["result"].set_value("已修好")
    form.fields["satisfaction"].set_value("content")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert Matter.get().satisfaction == "content"
    assert "办结率 100%" in page._sentence.text()
    assert failures == []
