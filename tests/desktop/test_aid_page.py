"""A clerk pays: a batch from a rule to the money in people's hands, on the screen."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db import access
from db.aiding import batches, ledger, paying
from db.errors import Refusal
from db.registers.aid import Aid
from db.registers.fund import FundEntry
from db.registers.loan import Loan
from db.registers.member import Member
from desktop.pages.aid import asking
from desktop.pages.aid.rule import RuleView
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Place
from tests.db.aiding.conftest import APPROVER, scene  # noqa: F401
from tests.factories import kept


@pytest.fixture
def page(scene, frame, settle):  # noqa: F811
    frame.go(Place("aid"))
    settle()
    return frame.page


def answer(page, settle, **values: Any) -> None:
    """Fill the short form that stands open and press its button."""
    forms = [f for f in page.findChildren(AskForm) if f.isVisible()]
    assert len(forms) == 1
    for name, value in values.items():
        forms[0].fields[name].set_value(value)
    QTest.mouseClick(forms[0].go, Qt.MouseButton.LeftButton)
    settle()


def press(page, settle) -> None:
    QTest.mouseClick(page.view.next, Qt.MouseButton.LeftButton)
    settle()


@pytest.fixture
def opened(page, scene, settle):  # noqa: F811
    """The medical batch, opened from the list of presets."""
    aid = batches.open_batch("medical", "2026-06-20", scene.fund)
    page.open_record(aid.id)
    settle()
    return page.view


def test_a_batch_is_begun_from_a_preset(page, scene, settle, failures):  # noqa: F811
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    answer(page, settle, pay_on="2026-06-20")
    assert Aid.get().right_code == "hardship"
    assert page.view.isVisible()
    assert "还没有选择支出资金" in page.view.sums.text()
    assert failures == []


def test_from_the_rule_to_the_money_in_hand(opened, page, scene, settle, failures):  # noqa: F811
    assert opened.next.text() == "生成名单"
    press(page, settle)
    assert opened.tabs.tabText(0) == "名单 4"
    assert "合计 80.00 元" in opened.sums.text()
    press(page, settle)
    answer(page, settle, on="2026-05-01")
    press(page, settle)
    answer(page, settle, on="2026-05-02")
    form = next(f for f in page.findChildren(AskForm) if f.isVisible())
    assert "换一位审批人" in form._whole.text()
    form.gave_up.emit()
    with access.acting_as(APPROVER):
        for _ in "ab":
            batches.advance(Aid.get(), "2026-05-03", "同意")
    settle()
    assert opened.next.text() == "定册…"
    press(page, settle)
    answer(page, settle, on="2026-06-19")
    assert "FF2026-001" in opened.sums.text()
    opened.list.selectRow(0)
    opened.ask(asking.receive(opened.aid, opened.chosen()))
    answer(page, settle, result="proxy", on="2026-06-21", proxy="其其格", relation="儿媳")
    opened.list.selectRow(1)
    opened.ask(asking.give_back(opened.chosen()[0]))
    answer(page, settle, on="2026-06-22", reason="外出")
    assert "已领 1 人，退回 1 人，待领 2 人" in opened.sums.text()
    opened.list.clearSelection()
    opened.ask(asking.receive(opened.aid, opened.chosen()))
    answer(page, settle, result="signed", on="2026-06-23")
    press(page, settle)
    assert Aid.get().step == "closed"
    assert ledger.balance(scene.fund) == 94_000
    assert failures == []


def test_who_is_out_and_why_is_shown(opened, page, scene, settle, failures):  # noqa: F811
    scene.members[0].occupation = "teacher"
    scene.members[0].save()
    settle()
    press(page, settle)
    assert opened.tabs.tabText(1) == "不在名单里 1"
    assert "教师" in opened.outside.index(0, 1).data()
    assert failures == []


def test_the_amount_is_changed_for_this_batch(opened, page, settle, failures):
    opened.ask(asking.standards(opened.aid))
    answer(page, settle, a0=3000)
    press(page, settle)
    assert "合计 12,000.00 元" in opened.sums.text()
    assert "差 11,000.00 元" in opened.sums.text()
    assert failures == []


def test_the_bank_gets_its_list_with_text_cells(scene, tmp_path: Path):  # noqa: F811
    from desktop.sheets.bank_list import write_bank_list

    aid = scene.approved()
    with pytest.raises(Refusal, match="还没有定册"):
        write_bank_list(tmp_path / "a.xlsx", aid)
    aid = paying.freeze(aid)
    with pytest.raises(Refusal, match="缺账号：巴图"):
        write_bank_list(tmp_path / "a.xlsx", aid)
    for row in batches.payments(aid):
        row.bank, row.account_number = "信用社", "6229000000000000001"
        row.save()
    assert write_bank_list(tmp_path / "a.xlsx", aid) == 4
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert cells.count('t="inlineStr"') == 7 + 4 * 6
    assert cells.count("<t>6229000000000000001</t>") == 4
    assert cells.count("<t>20.00</t>") == 4


def test_money_comes_in_and_a_loan_goes_out(page, scene, frame, settle, failures):  # noqa: F811
    frame.go(Place("fund", row=scene.fund.id))
    settle()
    frame.page._ask_receive()
    settle()
    answer(frame.page, settle, amount=5000, source="members", words="捐款", donor="巴图")
    assert FundEntry.get(FundEntry.donor == "巴图").receipt
    assert "6,000.00" in frame.page.panel.standing.text()
    loan = kept(Loan, member=scene.members[0], principal=5_000_000, rate=435, months=12)
    frame.go(Place("loan", row=loan.id))
    settle()
    frame.page._ask_pay_out()
    settle()
    answer(frame.page, settle, on="2026-01-10")
    assert "50,000.00" in frame.page.panel.standing.text()
    assert failures == []


def test_a_rule_is_built_on_screen_and_says_who_is_in(page, scene, settle, failures):  # noqa: F811
    kept(Member, name="马超", organization=scene.branch, category="full", sex="1",
         born_on="1990-01-01", occupation="farmer", confirmed_on="2015-01-01")  # fmt: skip
    aid = batches.open_batch("own", "2026-06-20", scene.fund, name="高龄慰问")
    page.open_record(aid.id)
    settle()
    page.view.edit_rule()
    view = page.view.findChild(RuleView)
    view.set_way("fixed", {"yuan": 20_000})
    form = view.add("age", {"at_least": 70})
    settle(quiet=20)
    assert view.words.text().startswith("在名单 4 人，合计 800.00 元；不在 1 人")
    assert "不满 70 周岁" in view.words.text()
    form._fields["at_least"].set_value(None)
    view.add("honour", {})
    view.judge()
    assert "请填“称号”" in view.fault.text()
    view.remove(view._conditions[-1][1])
    form._fields["at_least"].set_value(30)
    view.save()
    settle()
    assert Aid.get_by_id(aid.id).rule["when"] == [
        {"test": "party"},
        {"test": "age", "at_least": 30},
    ]
    assert page.view.findChild(RuleView) is None or not page.view.findChild(RuleView).isVisible()
    press(page, settle)
    assert page.view.inside.rowCount() == 5
    assert failures == []


def test_two_rules_of_the_offices_own_are_two_rights(scene):  # noqa: F811
    one, other = (batches.open_batch("own", "2026-06-20", scene.fund, name=n) for n in ("甲", "乙"))
    assert one.right_code != other.right_code
