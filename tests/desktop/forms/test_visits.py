"""The sheets of 联系走访 say what happened, as a clerk reads them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from db.errors import Refusal
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.organization import Organization
from db.registers.visit import Visit
from db.visiting import goals, matters, presets, trips
from db.visiting.trips import Met
from desktop.typeset.form import form
from desktop.typeset.printing import render
from tests.desktop.typeset.reading import texts
from tests.factories import make

ON = {"on": "2026-03-20"}


def pages(form_id: str, rows: Any, **options: object) -> list[str]:
    return [re.sub(r"\s", "", page) for page in texts(render(form(form_id), rows, options).pdf)]


@pytest.fixture
def scene(office: object) -> tuple[Leader, Leader, Visit]:
    of = make(Organization, name="白音嘎查党支部", kind="branch", parent=None, status="active")
    who = Leader(name="赵国庆", rank="county_deputy", post_title="副旗长")
    other = Leader(name="钱志强", rank="section_head", post_title="局长")
    who.save()
    other.save()
    for one in (who, other):
        point = ContactPoint(leader=one, kind="advanced", organization=of, from_on="2026-01-01")
        point.save()
    goals.list_goals([point])
    presets.adopt("monthly", "2026-01-01")
    for on in ("2026-01-10", "2026-02-10"):
        trips.record(Visit(leader=who, organization=of, from_on=on, way="forum"))
    homes = [Met(f"户主{'甲乙丙丁戊己庚辛壬癸'[at]}", matter=f"第{at}件事") for at in range(10)]
    homes[0].money, homes[1].goods, homes[1].goods_value = 50_000, "米2袋", 20_000
    visit = Visit(
        leader=who, organization=of, from_on="2026-03-10", way="comfort", found="总体平稳"
    )
    return who, other, trips.record(visit, homes)


def test_the_card_of_a_leader_shows_what_is_asked_and_done(scene: Any) -> None:
    _, other, _ = scene
    (page,) = pages("leader_points", [other], **ON)
    assert "白音嘎查党支部" in page
    assert "0／12次" in page
    assert "建设一个好班子——未开始" in page


def test_the_list_counts_points_and_those_of_county_rank(scene: Any) -> None:
    (page,) = pages("contact_point_list", list(ContactPoint.select()), **ON)
    assert "联系点共2个，其中处级领导联系点1个；领导2名" in page
    assert "3／12" in page


def test_a_long_trip_has_its_households_and_matters_behind_the_form(scene: Any) -> None:
    front, homes, asked = pages("visit_record", [scene[2]])
    assert "共10户" in front
    assert "慰问金500.00元；慰问品折款200.00元（米2袋）" in front
    assert "户主癸" in homes
    assert "500.00" in homes
    assert "第9件事" in asked


def test_cards_are_eight_on_a_sheet(scene: Any) -> None:
    first, second = pages("visit_cards", [scene[2]])
    assert (first.count("入户走访卡"), second.count("入户走访卡")) == (8, 2)
    blank = pages("visit_cards", [scene[2]], fill="空白", sheets="3")
    assert [page.count("入户走访卡") for page in blank] == [8, 8, 8]
    assert "户主甲" not in "".join(blank)


def test_open_and_settled_matters_stand_on_different_lists(scene: Any) -> None:
    rows = list(Matter.select().order_by(Matter.id))
    matters.assign(rows[:2], "水利局", "周明", "2026-03-15", "2026-03-11")
    matters.settle(rows[2:3], "2026-03-18", "已办", satisfaction="content")
    rows = list(Matter.select())
    (open_,) = pages("matter_settling", rows, **ON)
    assert "水利局（2件）" in open_
    assert "超期" in open_
    assert "第2件事" not in open_
    (done,) = pages("matter_settling", rows, which="销号表", **ON)
    assert "第2件事" in done
    assert "办结1件" in done
    ledger = "".join(pages("matter_ledger", rows, **ON))
    assert "共10件：办结1件，已说明0件，超期2件。办结率10%，满意率100%" in ledger


def test_a_reminder_goes_to_who_is_behind_and_to_nobody_else(scene: Any) -> None:
    who, other, _ = scene
    (letter,) = pages("leader_reminder", [who, other], **ON, ahead="0")
    assert "钱志强同志" in letter
    assert "1个联系点在已结束的周期内没有走够" in letter
    (thanks,) = pages("leader_reminder", [who], **ON)
    assert "均已按规定走访" in thanks
    with pytest.raises(Refusal, match="提前天数"):
        pages("leader_reminder", [who], ahead="十天")


def test_the_notice_counts_by_leader_and_by_organization(scene: Any) -> None:
    who, other, _ = scene
    first, second = pages("leader_report", [who, other], **ON)
    assert "2名领导联系2个联系点，规定应走访6点次，实际走访3点次" in first
    assert "1名领导没有欠缺，1名领导有联系点没有走够" in first
    assert "白音嘎查党支部" in second
