"""A clerk runs a rating round on the screen: opens it, marks, sees why, goes through the steps."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from db import access
from db.rating.marking import put
from db.rating.opening import open_round
from db.rating.reckoning import reckon
from db.rating.schemes import adopt
from db.registers.appraisal import Appraisal, Mark, Participant
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.pages.appraisal.state import read_round
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Place
from tests.factories import kept


@pytest.fixture
def committee(office: Any) -> Any:
    top = kept(Organization, name="白音胡舒苏木党委", kind="committee", township=1)
    for place in ("哈沙图", "乌兰"):
        branch = kept(
            Organization, name=f"{place}嘎查党支部", kind="branch", domain="pastoral", parent=top
        )
        for name in ("巴图", "田大利", "田富"):
            kept(
                Member, name=name, organization=branch, category="full", joined_on="2001-06",
                confirmed_on="2002-06",
            )  # fmt: skip
    return top


@pytest.fixture
def page(committee: Any, frame: Any, settle: Any) -> Any:
    frame.go(Place("appraisal"))
    settle()
    return frame.page


def opened(page: Any, committee: Any, settle: Any, stem: str = "rural_ten_stars") -> Appraisal:
    made = open_round(adopt(stem), committee, "2024")
    page.open_round(made.id)
    settle()
    return made


def opening(page: Any, settle: Any, period: str) -> Any:
    """The form that opens a round of the ten stars, filled in as far as the period."""
    page.add()
    settle()
    form = page.opening
    form.scheme.setCurrentIndex(
        next(n for n in range(form.scheme.count()) if "农牧民党员十星级" in form.scheme.itemText(n))
    )
    form.period.setText(period)
    return form


def fill(appraisal: Appraisal, points: int) -> None:
    rules = appraisal.rules
    rows = list(Participant.select().where(Participant.appraisal == appraisal.id))
    for rater in rules.raters:
        boxes = rules.sheet[rater.id]
        put(appraisal, rater.id, {row.id: [points] * len(boxes) for row in rows})


def shown(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_round_is_opened_after_seeing_who_takes_part(
    page: Any, settle: Any, failures: list[Exception]
) -> None:
    form = opening(page, settle, "2024")
    form.look_ahead()
    settle()
    assert form.preview.text().startswith("参评 6")
    form.submit()
    settle()
    assert Appraisal.select().count() == 1
    assert page.round.state.rated == 6
    assert "农牧民党员十星级评定" in page.round.state.appraisal.name
    assert failures == []


def test_a_second_round_of_the_same_is_refused_in_the_form(
    page: Any, committee: Any, settle: Any
) -> None:
    open_round(adopt("rural_ten_stars"), committee, "2024")
    form = opening(page, settle, "2024")
    form.submit()
    settle()
    assert "已经开评" in form.fault.text()


def test_a_period_that_cannot_be_read_is_told_at_once(page: Any, settle: Any) -> None:
    page.add()
    settle()
    page.opening.period.setText("去年")
    page.opening.look_ahead()
    settle()
    assert "看不懂" in page.opening.fault.text()


def test_marks_typed_and_pasted_are_kept_and_reckoned(
    page: Any, committee: Any, settle: Any, failures: list[Exception]
) -> None:
    appraisal = opened(page, committee, settle)
    tab = page.round.score
    page.round.tabs.setCurrentWidget(tab)
    tab.branch.setCurrentIndex(0)
    for number in range(tab.rater.count()):
        tab.rater.setCurrentIndex(number)
        tab.load()
        settle()
        tab.grid.setCurrentIndex(tab.grid.boxes().index(0, 0))
        QApplication.clipboard().setText("\n".join(["\t".join(["9"] * 10)] * 6))
        tab.grid.paste()
        settle()
    assert Mark.select().count() == 24
    page.round.tabs.setCurrentIndex(0)
    settle()
    levels = {row.level for row in Participant.select()}
    assert levels == {"十星级"}
    assert page.round.state.judged == 6
    assert Appraisal.get_by_id(appraisal.id).step == 0
    assert failures == []


def test_a_bad_mark_is_refused_in_its_box_and_leaving_warns(
    page: Any, committee: Any, settle: Any
) -> None:
    opened(page, committee, settle)
    tab = page.round.score
    page.round.tabs.setCurrentWidget(tab)
    settle()
    tab.grid.boxes().write({(0, 0): "11"}, "")
    settle()
    assert Mark.select().count() == 0
    assert "有误" in tab._count.text()
    assert "没有收下的格子" in page.unsaved()


def test_why_this_star_stands_beside_the_list(page: Any, committee: Any, settle: Any) -> None:
    appraisal = opened(page, committee, settle)
    fill(appraisal, 850)
    reckon(appraisal)
    page.round.load()
    settle()
    people = page.round.people
    people.table.setCurrentIndex(people.model.index(0, 0))
    QTest.qWait(80)
    settle()
    words = shown(people.why)
    assert "十星级" in words
    assert "信念（满分 10）" in words
    assert "结论：十星级" in words


def test_a_step_tells_what_it_needs_and_goes_on_when_it_has_it(
    page: Any, committee: Any, settle: Any
) -> None:
    appraisal = opened(page, committee, settle)
    QTest.mouseClick(page.round.advance, Qt.MouseButton.LeftButton)
    settle()
    form = next(f for f in page.findChildren(AskForm) if f.isVisible())
    form.fields["on"].set_value("2024-12-01")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert Appraisal.get_by_id(appraisal.id).step_name == "自评"
    assert "“个人自评”还有 6 个对象没有评分" in page.round.obstacles.text()


def test_somebody_is_exempted_with_grounds(page: Any, committee: Any, settle: Any) -> None:
    opened(page, committee, settle)
    people = page.round.people
    people.table.setCurrentIndex(people.model.index(0, 0))
    people._open(people._ask_exempt, people.chosen())
    settle()
    form = next(f for f in page.findChildren(AskForm) if f.isVisible())
    form.fields["reason"].set_value("年老体弱或长期卧病")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert "党员大会" in shown(form)
    form.fields["on"].set_value("2024-11-20")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert Participant.select().where(Participant.state == "exempt").count() == 1


def test_a_tie_is_laid_before_a_person(page: Any, committee: Any, settle: Any) -> None:
    appraisal = opened(page, committee, settle, "review")
    rules = appraisal.rules
    rows = list(Participant.select().where(Participant.appraisal == appraisal.id))
    put(appraisal, "peer", {row.id: [[5, 0, 0, 0]] for row in rows})
    reckon(appraisal)
    page.round.load()
    settle()
    assert page.round.tie.isVisible()
    page.round._open_tie()
    settle()
    form = page.round._form
    assert not form.go.isEnabled()
    form._ticks[0][0].setChecked(True)
    form.reason.setText("支部大会表决")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert len(page.round.state.ties) == 1
    assert rules.levels[-1].name in {row.level for row in Participant.select()}


def test_a_scheme_is_changed_by_making_a_new_edition(
    page: Any, frame: Any, settle: Any, failures: list[Exception]
) -> None:
    from db.registers.scheme import Scheme

    scheme = adopt("rural_ten_stars")
    frame.go(Place("scheme"))
    settle()
    schemes = frame.page
    schemes.panel.show_id(scheme.id)
    settle()
    assert "八星级：满 8 颗星" in shown(schemes.panel)
    schemes._open_editor()
    settle()
    editor = schemes.scheme_editor
    assert not editor.dirty
    levels = editor._grids["levels"]
    levels.boxes().write({(8, 1): "12"}, "")
    assert not editor.check()
    assert "起点应高于" in editor.fault.text() or "最多只能得" in editor.fault.text()
    levels.boxes().stack.undo()
    editor._lines["notice_days"].setText("7")
    assert editor.dirty
    editor.save()
    settle()
    newest = Scheme.select().order_by(Scheme.edition.desc()).first()
    assert (newest.edition, newest.rules().notice_days) == (2, 7)
    assert Scheme.get_by_id(scheme.id).rules().notice_days == 5
    assert failures == []


def test_events_are_booked_for_many_and_struck_out_with_a_reason(
    page: Any, committee: Any, settle: Any
) -> None:
    opened(page, committee, settle, "base_100")
    people = page.round.people
    people.table.selectAll()
    people._open(people._ask_event, people.chosen())
    settle()
    form = next(f for f in page.findChildren(AskForm) if f.isVisible())
    form.fields["clause"].set_value("minus/m01")
    form.fields["on"].set_value("2024-03-05")
    QTest.mouseClick(form.go, Qt.MouseButton.LeftButton)
    settle()
    assert {row.total for row in Participant.select()} == {9500}
    events = page.round.events
    page.round.tabs.setCurrentWidget(events)
    settle()
    assert len(events.model.ids) == 6
    events.table.setCurrentIndex(events.model.index(0, 0))
    events._strike("记错了人")
    settle()
    assert len(events.model.ids) == 5
    page.round.tabs.setCurrentIndex(0)
    settle()
    assert sorted({row.total for row in Participant.select()}) == [9500, 10000]


def test_paper_ballots_are_typed_one_after_another(
    page: Any, committee: Any, settle: Any, failures: list[Exception]
) -> None:
    appraisal = opened(page, committee, settle, "review")
    tab = page.round.score
    page.round.tabs.setCurrentWidget(tab)
    tab.branch.setCurrentIndex(0)
    tab.load()
    settle()
    tab.open_ballots()
    form = tab._stack.currentWidget()
    for ticked in (["1", "优秀", "2"], ["1", "", "不合格"], ["", "", ""]):
        for row, text in enumerate(ticked):
            form.grid.boxes().write({(row, 0): text}, "")
        form.submit()
        settle()
    assert form.counted == 2
    assert "空的" in form.fault.text()
    form.done.emit(form.counted)
    settle()
    cells = [mark.cells[0] for mark in Mark.select().order_by(Mark.participant)]
    assert cells == [[2, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 1]]
    assert Appraisal.get_by_id(appraisal.id).sealed_on == ""
    assert failures == []


def test_an_old_result_list_is_pasted_and_sealed(
    page: Any, settle: Any, failures: list[Exception]
) -> None:
    form = opening(page, settle, "2020")
    form.look_ahead()
    form.past_button.click()
    form.past.text.setPlainText("巴图\t哈沙图\t八星级\t85\n田富\t乌兰\t九星级\n谁\t零星\n")
    form.past.read()
    settle()
    assert form.past.preview.text() == "读出 2 条。"
    assert form.past.fault.text().startswith("第 3 行")
    form.past.submit()
    assert "审定日期" in form.past.fault.text()
    form.past.decided_on.setText("2020.12.20")
    form.past.submit()
    settle()
    kept_round = Appraisal.get()
    assert (kept_round.sealed_on, kept_round.participants.count()) == ("2020-12-20", 2)
    assert failures == []


def test_the_deciding_step_waits_for_who_may_approve(
    page: Any, committee: Any, settle: Any
) -> None:
    appraisal = opened(page, committee, settle)
    at = next(n for n, one in enumerate(appraisal.rules.steps) if one.kind == "decision")
    appraisal.step, appraisal.step_name = at, appraisal.rules.steps[at].name
    appraisal.save()
    with access.acting_as(access.Person(7, "李四", access.Role.CLERK)):
        page.round._show(read_round(appraisal.id))
    assert page.round.advance.isHidden()
    assert "“审批”权限" in page.round.obstacles.text()
    with access.acting_as(access.Person(8, "赵书记", access.Role.APPROVER)):
        page.round._show(read_round(appraisal.id))
    assert not page.round.advance.isHidden()
    assert page.round.reckon.isHidden()


def test_the_list_of_rounds_says_what_is_going_on(page: Any, committee: Any, settle: Any) -> None:
    for year in ("2023", "2024"):
        made = open_round(adopt("rural_ten_stars"), committee, year)
    made.step = next(n for n, one in enumerate(made.rules.steps) if one.kind == "notice")
    made.save()
    page.ask()
    settle()
    assert page.sentence == "共 2 轮：进行中 2 轮，其中公示 1 轮。"
