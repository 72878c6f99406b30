"""A batch from the rule to the money in people's hands."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import access, journal, membership, office_settings
from db.aiding import batches, ledger, paying
from db.aiding.listing import look_at
from db.errors import Refusal
from db.registers.account import Account
from db.registers.aid import Aid, AidObjection, AidPayment, AidStep
from db.registers.hardship import Hardship
from db.registers.member import Member
from db.rules.amount import capitals
from db.undo import undo
from tests.db.aiding.conftest import APPROVER, approve
from tests.factories import kept
from tests.histories import histories


def names(aid: Aid) -> list[str]:
    return [row.name for row in batches.payments(aid)]


def row_of(aid: Aid, name: str) -> AidPayment:
    return next(row for row in batches.payments(aid) if row.name == name)


def test_the_rule_says_who_is_in_who_is_out_and_why(scene):
    young = kept(Member, name="马超", organization=scene.branch, category="full",
                 born_on="1990-01-01", occupation="farmer")  # fmt: skip
    membership.end(scene.members[0], "deceased", "2026-03-01")
    aid = batches.open_batch("medical", "2026-06-20", scene.fund)
    found = look_at(aid)
    assert [line.candidate.facts.name for line in found.inside] == ["田大利", "田富", "白音"]
    out = {line.candidate.facts.name: line for line in found.outside}
    assert "不满 60" in out[young.name].words
    assert out["巴图"].stopped
    assert "死亡" in out["巴图"].words
    assert found.total == 6000
    batches.draw_up(aid)
    assert names(aid) == ["田大利", "田富", "白音"]


def test_somebody_who_died_after_the_pay_day_was_entitled(scene):
    membership.end(scene.members[0], "deceased", "2026-07-01")
    assert "巴图" in names(scene.batch("2026-06-20"))


def test_one_household_gets_one_payment(scene):
    for member in scene.members[:2]:
        kept(Hardship, member=member, year=2026, category="01", household_number="7")
    aid = batches.open_batch("spring_visit", "2026-02-01", scene.fund)
    assert look_at(aid).inside[1].doubt == "与巴图同一户"
    aid.rule = {**aid.rule, "household": "stop"}
    found = look_at(aid)
    assert len(found.inside) == 1
    assert "一户只发一份" in found.stopped[0].words


def test_four_eyes(scene):
    aid = scene.batch()
    batches.advance(aid, "2026-05-01")
    assert aid.step == "committee"
    with pytest.raises(Refusal, match="换一位审批人"):
        batches.advance(aid, "2026-05-02")
    office_settings.change({"one_person": 1})
    assert batches.advance(aid, "2026-05-02") == "department"
    assert Aid.get_by_id(aid.id).alone
    kept(Account, name="第二人", role="录入")
    kept(Account, name="第三人", role="录入")
    with pytest.raises(Refusal, match="不止一位"):
        batches.advance(aid, "2026-05-03")
    with access.acting_as(APPROVER):
        assert batches.advance(aid, "2026-05-03") == "approved"
    assert [s.step for s in AidStep.select()] == ["draft", "committee", "department"]


def test_sent_back_and_corrected(scene):
    aid = scene.batch()
    batches.advance(aid, "2026-05-01")
    row = row_of(aid, "田富")
    row.amount, row.reason = 3000, "病重"
    with pytest.raises(Refusal, match="已经送审"):
        row.save()
    with access.acting_as(APPROVER), pytest.raises(Refusal, match="退回请写明原因"):
        batches.send_back(aid, "2026-05-02", " ")
    with access.acting_as(APPROVER):
        batches.send_back(aid, "2026-05-02", "核对田富的金额")
    row = AidPayment.get_by_id(row.id)
    row.amount = 3000
    with pytest.raises(Refusal, match="高于标准"):
        row.save()
    row.reason = "病重，会议同意"
    row.save()
    assert batches.total(aid) == 9000


def test_a_list_is_posted_and_objections_are_settled_first(scene):
    for member in scene.members:
        kept(Hardship, member=member, year=2026, category="01")
    aid = batches.open_batch("spring_visit", "2026-02-10", scene.fund,
                             body={"subjects": "hardship", "per": "year", "household": "off",
                                   "steps": ["branch", "notice"], "notice": {"days": 5, "unit": "calendar"},
                                   "when": [], "amount": {"way": "fixed", "yuan": "100"}})  # fmt: skip
    batches.draw_up(aid)
    batches.advance(aid, "2026-01-04")
    with pytest.raises(Refusal, match="同意人数不能多于"):
        batches.advance(aid, "2026-01-05", expected=20, present=15, approving=16)
    batches.advance(aid, "2026-01-05", expected=20, present=15, approving=15)
    assert (aid.notice_from, aid.notice_until) == ("2026-01-05", "2026-01-09")
    with pytest.raises(Refusal, match="才结束"):
        batches.advance(aid, "2026-01-09")
    objection = kept(AidObjection, aid=aid, received_on="2026-01-06", content="不属实")
    with pytest.raises(Refusal, match="1 件异议"):
        batches.advance(aid, "2026-01-10")
    objection.outcome, objection.settled_on = "unfounded", "2026-01-08"
    objection.save()
    assert batches.advance(aid, "2026-01-10") == "approved"


def test_freezing_books_the_sum_and_fixes_the_list(scene):
    aid = paying.freeze(scene.approved(), "2026-06-19")
    assert (aid.step, aid.number) == ("frozen", "FF2026-001")
    assert aid.heading["total"] == 8000
    assert aid.heading["capitals"] == capitals(8000, prefix="人民币")
    assert (aid.entry.amount, ledger.balance(scene.fund)) == (8000, 92_000)
    row = row_of(aid, "巴图")
    row.amount = 1
    with pytest.raises(Refusal, match="已经定册"):
        row.save()
    with pytest.raises(Refusal, match="不能停用"):
        row_of(aid, "巴图").retire("错")
    with pytest.raises(Refusal, match="不能停用"):
        aid.retire("错")
    with pytest.raises(Refusal, match="送审"):
        kept(AidPayment, aid=aid, name="后来的人", standard=1, amount=1)
    aid.name = "改名"
    with pytest.raises(Refusal, match="已经定册"):
        aid.save()


def test_a_batch_beyond_the_balance_is_refused_with_what_is_missing(scene):
    ledger.spend(scene.fund, 95_000, "2026-06-01", "relief", "别的")
    aid = scene.approved()
    with pytest.raises(Refusal, match=r"差 30\.00 元"):
        paying.freeze(aid)
    assert Aid.get_by_id(aid.id).step == "approved"
    assert ledger.balance(scene.fund) == 5000


def test_nobody_is_paid_the_same_right_twice_in_a_period(scene):
    second = scene.approved("2026-09-01")
    paying.freeze(scene.approved())
    assert look_at(batches.open_batch("medical", "2026-10-01", scene.fund)).inside == ()
    with pytest.raises(Refusal, match="领过"):
        paying.freeze(second)
    assert len(look_at(batches.open_batch("medical", "2027-01-05", scene.fund)).inside) == 4


def test_death_between_approval_and_payment_is_noticed(scene):
    aid = scene.approved()
    membership.end(Member.get_by_id(scene.members[1].id), "deceased", "2026-06-15")
    with pytest.raises(Refusal, match="田大利（死亡）"):
        paying.freeze(aid)


def test_payments_come_back_in_every_way(scene):
    aid = paying.freeze(scene.approved())
    rows = batches.payments(aid)
    paying.receive(rows[:1], "signed", "2026-06-21")
    with pytest.raises(Refusal, match="代领人"):
        paying.receive(rows[1:2], "proxy", "2026-06-21")
    paying.receive(rows[1:2], "proxy", "2026-06-21", proxy="其其格", relation="儿媳")
    paying.receive(rows[2:3], "fingerprint", "2026-06-21")
    with pytest.raises(Refusal, match="还有 1 人"):
        paying.close(aid)
    back = paying.give_back(AidPayment.get_by_id(rows[3].id), "2026-06-25", "外出")
    assert back.entry.amount == -2000
    assert back.entry.contra_of_id == aid.entry_id
    assert ledger.balance(scene.fund) == 94_000
    assert paying.booked(Aid.get_by_id(aid.id)) == 6000
    with pytest.raises(Refusal, match="退回过"):
        paying.give_back(AidPayment.get_by_id(rows[3].id), "2026-06-25", "外出")
    paying.close(aid)
    again = batches.open_batch("medical", "2026-10-01", scene.fund)
    assert [line.candidate.facts.name for line in look_at(again).inside] == [rows[3].name]


def test_a_returned_payment_that_was_paid_elsewhere_cannot_be_brought_back(scene):
    aid = paying.freeze(scene.approved())
    paying.give_back(row_of(aid, "巴图"), "2026-06-25", "外出")
    returned = journal.operations(1)[0]
    later = scene.approved("2026-10-01")
    assert names(later) == ["巴图"]
    paying.freeze(later)
    with pytest.raises(Refusal, match="不能撤销"):
        undo(returned.id)


def test_corrections_are_rows_of_their_own(scene):
    aid = paying.freeze(scene.approved())
    row = row_of(aid, "巴图")
    paying.correct(row, 1000, "2026-06-25", "少算")
    paying.correct(row, -2500, "2026-06-26", "多发")
    assert paying.net(row) == 500
    assert paying.booked(Aid.get_by_id(aid.id)) == 6500
    assert batches.total(aid) == 8000
    with pytest.raises(Refusal, match="应大于零"):
        paying.correct(row, -500, "2026-06-27", "全部收回")
    paying.give_back(row, "2026-06-28", "没有领")
    assert paying.booked(Aid.get_by_id(aid.id)) == 6000
    assert ledger.balance(scene.fund) == 94_000


def test_a_frozen_list_is_the_same_after_people_changed(scene):
    aid = paying.freeze(scene.approved())
    before = [row.snapshot for row in batches.payments(aid)]
    member = Member.get_by_id(scene.members[0].id)
    member.name, member.phone = "巴特尔", "13900001234"
    member.save()
    scene.branch.name = "新的支部名"
    scene.branch.save()
    membership.end(Member.get_by_id(scene.members[1].id), "deceased", "2026-12-01")
    assert [row.snapshot for row in batches.payments(aid)] == before
    assert before[0]["organization"] == "哈沙图嘎查党支部"


_WHAT = ("batch", "freeze", "back", "sign", "proxy", "more", "less", "rename", "undo", "undo")
work = st.lists(st.tuples(st.sampled_from(_WHAT), st.integers(0, 50)), max_size=16)


def _run(examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(work)
    def once(history: list[tuple[str, int]]) -> None:
        serial = Aid.select().count()
        fund = ledger.open_fund(f"专项{serial}", "fiscal", 20_000, "2020-01-01")
        year = 2020 + serial % 70
        made: list[Aid] = []
        printed: dict[int, Any] = {}
        for what, n in history:
            with contextlib.suppress(Refusal):
                _do(what, n, made, fund, year)
            _agree(made, fund, printed)

    once()


def test_no_history_pays_twice_or_lets_the_books_differ(scene):
    """Frozen lists, ledger and capitals agree, and nobody holds one right twice, whatever is done."""
    _run(12)


@pytest.mark.slow
def test_many_histories_pay_nobody_twice(scene):
    _run(histories(100))


def _do(what: str, n: int, made: list[Aid], fund: Any, year: int) -> None:
    if what == "batch":
        aid = batches.open_batch("medical", f"{year}-06-{n % 28 + 1:02}", fund)
        made.append(aid)
        batches.draw_up(aid)
        approve(aid)
    elif what == "undo":
        operations = [o for o in journal.operations(n % 4 + 1) if "设立" not in o.words]
        if operations:
            undo(operations[-1].id)
    elif what == "rename":
        members = list(Member.select())
        member = members[n % len(members)]
        member.name, member.phone = "巴田白富"[n % 4] + "一二三四五"[n % 5], f"139{n:08}"
        member.save()
    elif made:
        aid = Aid.get_by_id(made[n % len(made)].id)
        if what == "freeze":
            paying.freeze(aid)
            return
        rows = batches.payments(aid)
        if rows:
            row = rows[n % len(rows)]
            on = f"{year}-12-{n % 28 + 1:02}"
            if what == "back":
                paying.give_back(row, on, "未领")
            elif what == "sign":
                paying.receive([row], "signed", on)
            elif what == "proxy":
                paying.receive([row], "proxy", on, proxy="其其格", relation="儿媳")
            else:
                paying.correct(row, (n + 1) * (100 if what == "more" else -60), on, "更正")


def _agree(made: list[Aid], fund: Any, printed: dict[int, Any]) -> None:
    held: dict[str, int] = {}
    for one in made:
        aid = Aid.get_by_id(one.id)
        if aid.retired or not aid.frozen:
            printed.pop(one.id, None)
            continue
        rows = batches.payments(aid)
        paper = (aid.heading, [row.snapshot for row in rows])
        assert printed.setdefault(one.id, paper) == paper
        frozen = sum(row.snapshot["amount"] for row in rows)
        assert frozen == sum(row.amount for row in rows) == aid.entry.amount
        assert aid.heading["capitals"] == capitals(frozen, prefix="人民币")
        live = [row for row in rows if row.result != "uncollected"]
        assert paying.booked(aid) == sum(paying.net(row) for row in live)
        for row in live:
            held[row.person] = held.get(row.person, 0) + 1
    assert all(count == 1 for count in held.values())
    assert ledger.balance(fund) >= 0
    assert all(b.balance >= 0 for b in ledger.day_book(fund)[1])
