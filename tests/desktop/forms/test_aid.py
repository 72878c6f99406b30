"""The sheets of aid: sums in figures and capitals, frozen lists that never change, nothing private posted."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest

from db import access, membership, office_settings
from db.aiding import batches, hardships, ledger, paying
from db.errors import Refusal
from db.registers.aid import Aid
from db.registers.fund import Fund
from db.registers.hardship import Hardship
from db.registers.loan import Loan
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.typeset.form import form
from desktop.typeset.printing import Rendered, render
from tests.db.aiding.conftest import APPROVER
from tests.factories import kept

ID_NUMBER = "150425196001010016"
PHONE = "13900001234"


def texts(rendered: Rendered) -> list[str]:
    """The text of each page without the blanks that only spread it."""
    pdf = pypdfium2.PdfDocument(rendered.pdf)
    try:
        return [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


@pytest.fixture
def aid(office: Any) -> Aid:
    """Thirty people in hardship, approved."""
    branch = kept(Organization, name="哈沙图嘎查党支部", kind="branch", village=1)
    for number in range(30):
        member = kept(
            Member, name="巴图" if not number else f"王{'一二三四五六七八九十'[number % 10]}{'甲乙丙'[number // 10]}",
            organization=branch, category="full", born_on="1950-03-01", joined_on="1975-06-01",
            confirmed_on="1976-06-01", id_number=ID_NUMBER if not number else "",
            phone=PHONE if not number else "",
        )  # fmt: skip
        kept(Hardship, member=member, year=2026, category="01", cause="肺病住院", household_size=3)
    fund = ledger.open_fund("救助基金", "relief", 5_000_000, "2026-01-01")
    batch = batches.open_batch("spring_visit", "2026-02-10", fund, document="旗组字〔2026〕3号")
    batches.draw_up(batch)
    batches.advance(batch, "2026-01-05")
    batches.advance(batch, "2026-01-06", expected=20, present=18, approving=18)
    with access.acting_as(APPROVER):
        batches.advance(batch, "2026-01-08")
    return Aid.get_by_id(batch.id)


def pages(form_id: str, record: Any, **options: object) -> list[str]:
    return texts(render(form(form_id), [record], options))


def test_the_signed_list_has_page_sums_and_the_whole_in_capitals(aid):
    frozen = paying.freeze(aid, "2026-02-09")
    found = pages("aid_signing", frozen)
    assert len(found) == 3
    assert all("本页小计" in page and "FF2026-001" in page for page in found)
    assert "合计：共30行" in found[-1]
    assert "人民币玖仟元整￥9,000.00" in found[-1]
    assert "代领人签字" in found[0]
    assert ID_NUMBER in found[0]


def test_a_list_that_is_not_frozen_says_so(aid):
    assert "未定册" in pages("aid_signing", aid)[0]


def test_a_frozen_list_prints_the_same_after_people_changed(aid):
    frozen = paying.freeze(aid, "2026-02-09")
    names = ("aid_signing", "aid_bank", "aid_goods")
    before = {name: pages(name, frozen) for name in names}
    member = Member.get(Member.name == "巴图")
    member.name, member.phone, member.id_number = "巴特尔", "13811112222", ""
    member.save()
    branch = Organization.get()
    branch.name = "更名后的党支部"
    branch.save()
    membership.end(Member.get(Member.name == "王二甲"), "deceased", "2026-12-01")
    paying.correct(batches.payments(frozen)[0], 1000, "2026-12-02", "少算")
    paying.give_back(batches.payments(frozen)[1], "2026-12-03", "外出")
    again = Aid.get_by_id(frozen.id)
    assert {name: pages(name, again) for name in names} == before


def test_the_posted_list_has_no_cause_number_or_telephone(aid):
    said = "".join(pages("aid_notice", aid))
    assert "巴图" in said
    assert "300.00" in said
    for secret in (ID_NUMBER, PHONE, "肺病", "因病"):
        assert secret not in said
    assert "300.00" not in "".join(pages("aid_notice", aid, amount=False))


def test_the_application_carries_the_votes_and_the_decision(aid):
    one = Hardship.get(Hardship.name == "巴图")
    front, back = pages("hardship_approval", one)
    assert "肺病住院" in front
    assert ID_NUMBER in front
    assert "应到20人，实到18人，同意18人" in back
    assert "同意，发放300.00元" in back


def test_the_day_book_and_the_donors_receipt(aid):
    fund = Fund.get()
    gift = ledger.receive(
        fund, 140_950, "2026-03-01", "units", "捐款", donor="甲合作社", voucher="收1"
    )
    ledger.contra(gift, "2026-03-02", "多记", 50)
    (page,) = pages("fund_book", fund)
    assert "51,409.00" in page
    assert "冲销2026.03.01" in page
    (receipt,) = pages("fund_receipt", fund)
    assert receipt.count("人民币壹仟肆佰零玖元伍角整") == 2
    assert receipt.count("2026-0001") >= 2
    office_settings.change({"whole_after_jiao": 0})
    assert "伍角整" not in pages("fund_receipt", fund)[0]
    with pytest.raises(Refusal, match="2026-0009"):
        pages("fund_receipt", fund, numbers="2026-0009")


def test_the_ledger_of_hardship_shows_what_was_given(aid):
    paying.freeze(aid, "2026-02-09")
    hardships.end(Hardship.get(Hardship.name == "巴图"), "2026-10-01", "好转")
    found = texts(render(form("hardship_ledger"), list(Hardship.living())))
    assert "9,000.00" in found[-1]
    assert "共30人，其中组织认定0人，已脱困1人" in found[-1]
    summary = texts(render(form("hardship_summary"), list(Hardship.living())))
    assert "合计30" in summary[-1]


def test_an_approval_form_is_one_page(aid):
    assert len(pages("aid_fifty_approval", aid)) == len(batches.payments(aid))
    loan = kept(Loan, member=Member.get(), principal=5_000_000, rate=435, months=12)
    (page,) = pages("loan_approval", loan)
    assert "人民币伍万元整（￥50,000.00）" in page
