"""15 000 recipients from the rule to the frozen list to the PDF; the aid page with 20 000 payments.

The floor of the batch reads the members in one statement, writes the finished rows once through the
same table with its triggers, and draws as many lines with the bare loop of `test_paper`. Processor
time counts, both sides in turn in one run. The page is opened in an office with and without payments.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db import access, identity, journal
from db import office as offices
from db.aiding import batches, ledger, paying
from db.bulk import insert_rows
from db.connection import database
from db.registers.aid import Aid, AidPayment
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.forms.aid_signing import Signing
from desktop.typeset.printing import render
from tests.bench.test_paper import bare_loop, people
from tests.conftest import PASSPHRASE
from tests.db.aiding.conftest import APPROVER
from tests.factories import kept

pytestmark = pytest.mark.bench

RECIPIENTS, PAYMENTS, BRANCHES = 15_000, 20_000, 100
BATCH_REACH, PAGE_REACH = 2.5, 1.2
ROUNDS = 3


def spent(work: Callable[[], object]) -> float:
    """Processor time of a piece of work, in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def founded(folder: Path) -> list[Member]:
    """A county's office with 15 000 old herders in a hundred branches, and a fund that suffices."""
    offices.new_office(folder, "150823", "旗委组织部", "county", "管理员", PASSPHRASE, site=7)
    homes = [kept(Organization, name=f"第{n}党支部", kind="branch") for n in range(BRANCHES)]
    found = people(RECIPIENTS)
    columns = ("name", "sex", "id_number", "born_on", "organization", "category", "joined_on",
               "confirmed_on", "occupation", "phone")  # fmt: skip
    with journal.operation("测速"):
        insert_rows(
            Member,
            columns,
            [
                (m.name, m.sex, "", "1950-06-01", homes[n % BRANCHES].id, "full",
                 "1975-07-01", "1976-07-01", "farmer", m.phone)
                for n, m in enumerate(found)
            ],
        )  # fmt: skip
    ledger.open_fund("合作医疗专项", "fiscal", 100_000_000, "2026-01-01")
    return found


def ours() -> None:
    """What the page does, from 新建批次 to 打印."""
    from db.registers.fund import Fund

    aid = batches.open_batch("medical", "2026-06-20", Fund.get())
    batches.draw_up(aid)
    batches.advance(aid, "2026-05-01", "送审")
    with access.acting_as(APPROVER):
        while aid.step != "approved":
            batches.advance(aid, "2026-06-10", "同意")
    paying.freeze(Aid.get_by_id(aid.id))
    assert render(Signing(), [Aid.get_by_id(aid.id)]).pages > RECIPIENTS // 20


def floor(found: list[Member]) -> None:
    """One statement in, one statement out, one loop on paper."""
    read = database.execute_sql(
        "SELECT id, name, organization_id, sex, born_on, joined_on, id_number, phone FROM member"
        " WHERE retired = '' AND occupation = 'farmer' AND born_on <= '1966-06-20'"
        " AND standing = 'normal'"
    ).fetchall()
    assert len(read) == RECIPIENTS
    names = [field.column_name for field in AidPayment._meta.sorted_fields]
    blank = [
        field.db_value(field.default() if callable(field.default) else field.default)
        for field in AidPayment._meta.sorted_fields
    ]
    place = {name: at for at, name in enumerate(names)}
    aid, ids = Aid.select(Aid.id).scalar(), iter(range(1 << 61, (1 << 61) + RECIPIENTS))
    rows = []
    for n, (member, name, home, sex, born, joined, number, phone) in enumerate(read, 1):
        row = list(blank)
        shot = {"name": name, "organization": home, "id_number": number, "phone": phone,
                "joined_on": joined, "amount": 2000}  # fmt: skip
        for key, value in (
            ("id", next(ids)), ("aid_id", aid), ("position", n), ("name", name),
            ("member_id", member), ("organization_id", home), ("sex", sex), ("born_on", born),
            ("joined_on", joined), ("standard", 2000), ("amount", 2000), ("frozen", 1),
            ("person", f"m{member}"), ("version", 1), ("result", "pending"),
            ("snapshot", json.dumps(shot, ensure_ascii=False)), ("office", "150823"),
            ("retired", ""),
        ):  # fmt: skip
            row[place[key]] = value
        rows.append(row)
    with database.atomic():
        database.execute_sql("UPDATE context SET operation = ?", (identity.next_ids(1)[0],))
        marks = ", ".join("?" * len(names))
        listed = ", ".join(f'"{name}"' for name in names)
        database.connection().executemany(
            f"INSERT INTO aid_payment ({listed}) VALUES ({marks})", rows
        )
        database.execute_sql("UPDATE context SET operation = NULL")
    bare_loop(found)


def test_a_batch_from_rule_to_paper(tmp_path: Path) -> None:
    least, took = [], []
    for turn in range(ROUNDS):
        for side, times in (("floor", least), ("ours", took)):
            found = founded(tmp_path / f"{side}{turn}")
            if side == "floor":
                batches.open_batch("medical", "2026-06-20")
            try:
                times.append(spent((lambda f=found: floor(f)) if side == "floor" else ours))
            finally:
                offices.close_office()
    ratio = statistics.median(took) / statistics.median(least)
    print(
        f"\nbatch of {RECIPIENTS} recipients, rule to frozen list to PDF / raw SQL + raw canvas: "
        f"{ratio:.2f} (≤ {BATCH_REACH}); ours {statistics.median(took):.1f} s of processor time"
    )
    assert ratio <= BATCH_REACH


def _payments(aid: Aid, count: int) -> None:
    home = kept(Organization, name="哈沙图党支部", kind="branch")
    columns = ("aid", "position", "name", "organization", "standard", "amount", "person", "basis")
    with journal.operation("测速"):
        insert_rows(
            AidPayment,
            columns,
            [
                (aid.id, n, f"党员{n}", home.id, 2000, 2000, f"m{n}", "60 周岁")
                for n in range(count)
            ],
        )


def test_the_aid_page_opens_as_quickly_with_twenty_thousand_payments(
    office: Any, frame: Any, settle: Any
) -> None:
    from desktop.pages.aid.page import AidPage
    from desktop.tasks import worker

    def opened() -> None:
        page = AidPage()
        frame.show()
        page.resize(1200, 700)
        page.show()
        page.ask()
        while not worker().idle:
            frame.screen()
            _turn()
        page.deleteLater()

    def _turn() -> None:
        from PySide6.QtCore import QCoreApplication, QEventLoop

        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def median() -> float:
        return statistics.median(spent(opened) for _ in range(9))

    aid = batches.open_batch("medical", "2026-06-20")
    spent(opened)
    empty = median()
    _payments(aid, PAYMENTS)
    settle()
    full = median()
    print(f"\naid page with {PAYMENTS} payments / empty: {full / empty:.2f} (≤ {PAGE_REACH})")
    assert full / empty <= PAGE_REACH
