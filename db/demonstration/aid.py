"""A year of aid in the training county: funds with their donors, batches by the shipped rules, loans.

Everything goes through the services of the office, so that the books agree because the program
makes them agree; only the votes and the signatures are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from db.aiding import batches, ledger, loans, paying
from db.bulk import insert_rows, update_rows
from db.codes import code_list
from db.demonstration.keeping import Event, Kept
from db.demonstration.people import Person
from db.demonstration.words import stream
from db.registers.aid import Aid, AidPayment, AidStep
from db.registers.fund import Fund
from db.registers.hardship import Hardship
from db.registers.loan import Loan
from db.registers.member import Honour

#: How many of those in hardship are in the two graver classes; the rest are general.
_EXTREME, _SERIOUS = 20, 135
_CADRES = 80
_LEADERS = 20
_LOAN = 5_000_000  # 分
_COUNTY = "旗委组织部"
_DONORS = (
    ("内蒙古草原肉羊养殖专业合作社", "units", 2_000_000),
    ("旗工商业联合会", "units", 1_000_000),
    ("王建国", "society", 500_000),
)
_LENDERS = ("旗农村信用合作联社", "中国农业银行旗支行", "旗蒙银村镇银行")
_PROJECTS = (
    "肉羊育肥",
    "良种肉牛繁育",
    "设施蔬菜大棚",
    "玉米青贮加工",
    "向日葵订单种植",
    "奶牛养殖小区",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One batch of the year: its rule, its day, and the fund it is paid from."""

    preset: str
    fund: str
    kind: str
    source: str
    way: str = "cash"


_PLANS = (
    Plan("hardship", "困难党员救助基金", "relief", "fiscal"),
    Plan("medical", "老党员合作医疗专项", "fiscal", "fiscal", "bank"),
    Plan("before_1949", "代管党费慰问专项", "dues", "dues"),
    Plan("performance", "嘎查村干部绩效补贴专项", "fiscal", "superior", "bank"),
)


ORDER = 40


def events(kept: Kept) -> Iterator[Event]:
    """The recognition of the year, the honours it rests on, four batches and the loans."""
    today = kept.world.today.isoformat()
    yield Event(f"{today}T08:00:00", "登记困难帮扶对象", "import", partial(_recognise, kept))
    yield Event(f"{today}T08:05:00", "表彰优秀嘎查村干部", "import", partial(_honour, kept))
    for number, plan in enumerate(_PLANS):
        at = f"{today}T08:{10 + number}:00"
        yield Event(at, f"发放{plan.fund}", "pay", partial(_pay, kept, plan))
    yield Event(f"{today}T08:30:00", "发放贴息贷款", "lend", partial(_lend, kept))


def _people(kept: Kept) -> list[tuple[int, Person]]:
    """Every living member of the county by place; this office keeps only some of them."""
    return list(enumerate(kept.world.members.living))


def _recognise(kept: Kept) -> None:
    rng = stream(kept.world.seed, "aid", "hardship")
    poor = [(place, person) for place, person in _people(kept) if person.is_flagged("hardship")]
    degrees = ["extreme"] * _EXTREME + ["serious"] * _SERIOUS
    degrees += ["general"] * (len(poor) - len(degrees))
    rng.shuffle(degrees)
    year = kept.world.today.year
    rows = [
        _hardship(kept, rng, place, person, degree, number, year)
        for number, ((place, person), degree) in enumerate(zip(poor, degrees, strict=True), 1)
    ]
    insert_rows(Hardship, _HARDSHIP, [row for row in rows if row is not None])


_HARDSHIP = ("name", "member", "kind", "organization", "sex", "ethnicity", "born_on", "id_number", "phone",
             "address", "year", "category", "degree", "cause", "household_number", "household",
             "household_size", "income", "income_source", "subsistence", "labour", "health", "asked_on",
             "asked_amount", "recognised", "recognised_on", "recognised_by")  # fmt: skip
_ASKED = {"general": 50_000, "serious": 80_000, "extreme": 150_000}


def _hardship(
    kept: Kept, rng: Random, place: int, person: Person, degree: str, number: int, year: int
) -> tuple[Any, ...] | None:
    _, _, _, label, words = next(f for f in person.flags if f[0] == "hardship" and not f[2])
    size = rng.randint(1, 4)
    home = [_relative(rng, person, n, year) for n in range(size - 1)]
    income = rng.randrange(3_200, 9_800) * 100
    subsistence = rng.choice(("none", "minimum", "marginal", "monitored"))
    labour, health = rng.choice(("weak", "none")), rng.choice(("chronic", "serious", "fair"))
    row = kept.living.get(place)
    if row is None:
        return None
    return (
        person.name, row, "member", kept.organizations[person.unit], "1" if person.male else "2",
        person.ethnicity, person.born.isoformat(), person.id_number, person.phone, person.address, year,
        code_list("hardship").find(label) or "99", degree, words or label, f"H{number:04}", home, size,
        income, rng.choice(("种植业收入", "养殖收入", "子女赡养", "养老金")), subsistence, labour, health,
        f"{year}-03-05", _ASKED[degree], 1, f"{year}-04-20", _COUNTY,
    )  # fmt: skip


def _relative(rng: Random, person: Person, number: int, year: int) -> dict[str, Any]:
    relation = ("配偶", "子女", "孙子女")[number]
    age = max(3, year - person.born.year - 26 * number - rng.randint(0, 3))
    return {
        "name": person.name[:1] + rng.choice("秀桂玉春海明志永") + rng.choice("兰英芳华军平"),
        "relation": relation,
        "age": age,
        "health": rng.choice(("健康", "健康", "慢性病")),
        "income": rng.randrange(0, 12_000) * 100,
    }


def _honour(kept: Kept) -> None:
    rng = stream(kept.world.seed, "aid", "cadres")
    able = [
        place for place, person in _people(kept)
        if person.occupation == "village_cadre" and person.category == "full"
    ]  # fmt: skip
    year = kept.world.today.year
    chosen = sorted(rng.sample(able, _CADRES))
    insert_rows(
        Honour,
        ("member", "title_given", "level", "giver", "on", "document"),
        [
            (kept.living[place], "优秀嘎查村干部", "county", "旗委、旗人民政府", f"{year}-03-18",
             f"旗党发〔{year}〕9号")
            for place in chosen if place in kept.living
        ],
    )  # fmt: skip


def _pay(kept: Kept, plan: Plan) -> None:
    rng = stream(kept.world.seed, "aid", plan.preset)
    today = kept.world.today.isoformat()
    year = today[:4]
    fund = ledger.open_fund(
        plan.fund, plan.kind, 0, f"{year}-01-04", accountant="王丽", cashier="赵敏"
    )
    aid = batches.open_batch(
        plan.preset, today, fund, way=plan.way, document=f"旗组字〔{year}〕{rng.randint(10, 60)}号",
        notice_phone="0478-3210012", notice_organ=_COUNTY,
    )  # fmt: skip
    batches.draw_up(aid)
    _endow(fund, plan, batches.total(aid), year)
    if not batches.payments(aid):
        return
    _steps(rng, aid, year)
    if plan.way == "bank":
        _accounts(rng, aid)
    aid = paying.freeze(aid, today)
    _received(rng, aid, today)
    paying.close(Aid.get_by_id(aid.id))


def _endow(fund: Fund, plan: Plan, needed: int, year: str) -> None:
    """What came in: the round sum above what is needed, in two parts, and the donors of the relief fund."""
    given = _DONORS if plan.preset == "hardship" and needed > 10_000_000 else ()
    for number, (donor, source, amount) in enumerate(given, 1):
        ledger.receive(
            fund, amount, f"{year}-02-{number:02}", source, f"{donor}捐款", donor=donor,
            voucher=f"收{number:03}",
        )  # fmt: skip
    round_sum = (needed // 1_000_000 + 1) * 1_000_000
    half = round_sum // 200 * 100
    for number, amount in enumerate((half, round_sum - half), 1):
        ledger.receive(
            fund, amount, f"{year}-0{number * 3}-10", plan.source, f"{year}年第{number}次拨入",
            voucher=f"收{10 + number:03}",
        )  # fmt: skip


def _steps(rng: Random, aid: Aid, year: str) -> None:
    rows = []
    for number, step in enumerate(batches.stages(aid)[:-3]):
        expected = rng.randint(14, 60)
        present = rng.randint(expected * 4 // 5, expected)
        meeting = (expected, present, present) if step == "branch" else (None, None, None)
        rows.append((aid.id, step, "agreed", f"{year}-0{5 + number}-12", "同意", "", *meeting))
    columns = (
        "aid",
        "step",
        "decision",
        "on",
        "opinion",
        "person",
        "expected",
        "present",
        "approving",
    )
    insert_rows(AidStep, columns, rows)
    if "notice" in batches.stages(aid):
        aid.notice_from, aid.notice_until = f"{year}-06-15", f"{year}-06-22"
    aid.step = "approved"
    aid.save()


def _accounts(rng: Random, aid: Aid) -> None:
    rows = [
        (
            row.id,
            ("旗农村信用合作联社", "6229" + "".join(str(rng.randrange(10)) for _ in range(15))),
        )
        for row in batches.payments(aid)
    ]
    update_rows(AidPayment, ["bank", "account_number"], rows)


def _received(rng: Random, aid: Aid, on: str) -> None:
    rows = []
    for row in batches.payments(aid):
        if aid.way == "bank":
            rows.append((row.id, ("bank", on, "", "")))
            continue
        result = rng.choices(("signed", "fingerprint", "proxy"), (8, 2, 1))[0]
        proxy = (row.name[:1] + rng.choice(("海军", "玉兰", "志强"))) if result == "proxy" else ""
        relation = rng.choice(("子女", "配偶", "兄弟")) if proxy else ""
        rows.append((row.id, (result, on, proxy, relation)))
    update_rows(AidPayment, ["result", "received_on", "proxy_name", "proxy_relation"], rows)


def _lend(kept: Kept) -> None:
    """Twenty leaders of an industry with 50,000 元 each: the pool of a million."""
    rng = stream(kept.world.seed, "aid", "loans")
    able = [place for place, person in _people(kept) if person.is_flagged("wealth_leader")]
    chosen = sorted(rng.sample(able, _LEADERS))
    year = kept.world.today.year
    for number, place in enumerate(chosen, 1):
        lender, project = rng.choice(_LENDERS), rng.choice(_PROJECTS)
        helped, way = rng.randint(3, 12), rng.choice(("quarterly", "even_quarterly"))
        row = kept.living.get(place)
        if row is None:
            continue
        loan = Loan(
            name=kept.world.members.living[place].name, member=row, kind="subsidised", lender=lender,
            project=project, helps=f"带动 {helped} 户", principal=_LOAN, rate=435, subsidised=5000,
            months=24, way=way, asked_on=f"{year}-01-20", approved_on=f"{year}-03-02",
            contract=f"TX{year}-{number:03}",
        )  # fmt: skip
        loan.save()
        for at in loans.pay_out(loan, f"{year}-04-01")[:2]:
            if at.due_on <= kept.world.today.isoformat():
                loans.repay(
                    Loan.get_by_id(loan.id), at.due_on, at.principal, at.interest - at.subsidy
                )
