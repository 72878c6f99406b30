"""A roster of 14 210 rows: plan and execute, against reading it and one raw executemany.

The floor reads the same sheet with calamine and writes its rows, as they are, into the member table
of an equal office in one transaction: no check, no match, no search entry, nothing to undo. Both
sides take turns with other people each turn; the best of each counts. Computed time (of all
threads) decides, because neighbours on the machine do not change it; passed time stands beside it.

Tryton's CSV import is measured when TRYTON_PYTHON names an interpreter that has trytond and
trytond_party (they are no dependency of ours); see tryton_import.py beside this file.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db import identity, journal, office
from db.connection import database
from db.importing.execute import execute
from db.importing.plan import Options
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import id_number
from desktop.sheets.importing import plan_file

pytestmark = pytest.mark.bench

ROWS = 14_210
BRANCHES = 492
ROUNDS = 7
REACH = 3.0
TRYTON_REACH = 20.0
TRYTON_ROWS = 1_000

HEADER = "序号,姓名,性别,民族,身份证号码,出生年月,学历,入党时间,转正时间,党员类别,所在党支部,岗位,联系电话,家庭住址,备注"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国文志"


def roster(path: Path, rows: int, seed: int = 0) -> None:
    """A clean roster as an office types it, written as .xlsx; every seed has other people."""
    import xlsxwriter

    dice = random.Random(seed)
    lines: list[list[str]] = []
    seen: set[str] = set()
    while len(lines) < rows:
        year, month, day = dice.randint(1935, 2000), dice.randint(1, 12), dice.randint(1, 28)
        serial = dice.randint(1, 999)
        digits = f"150823{year}{month:02}{day:02}{serial:03}"
        if digits in seen:
            continue
        seen.add(digits)
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        joined = f"{year + dice.randint(20, 25)}.{dice.randint(1, 12):02}.{dice.randint(1, 28):02}"
        lines.append(
            [
                str(len(lines) + 1),
                name,
                "男" if serial % 2 else "女",
                dice.choice(("汉族", "蒙古族")),
                digits + id_number.check_digit(digits),
                f"{year}.{month:02}",
                dice.choice(("初中", "高中", "大专", "小学")),
                joined,
                f"{int(joined[:4]) + 1}{joined[4:]}",
                "正式党员",
                f"第{dice.randrange(BRANCHES) + 1:03}嘎查党支部",
                dice.choice(("农牧民", "教师", "退休")),
                f"1{dice.randint(3_000_000_000, 9_999_999_999)}",
                f"{dice.randint(1, 9)}组{dice.randint(1, 99)}号",
                "",
            ]
        )
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("党员花名册")
    for at, line in enumerate([HEADER.split(","), *lines]):
        for column, cell in enumerate(line):
            if cell:
                sheet.write_string(at, column, cell)
    book.close()


def in_new_office(folder: Path, work: Callable[[], None]) -> tuple[float, float]:
    """Seconds of this work in an office of its own: computed, passed."""
    passphrase = "测量用的长口令"
    office.new_office(folder, "150823000", "某某旗委", "county", "测量", passphrase, site=9)
    try:
        with journal.operation("准备"):
            top = Organization(name="旗委", kind="committee")
            top.save()
        computed, passed = time.process_time(), time.perf_counter()
        work()
        return time.process_time() - computed, time.perf_counter() - passed
    finally:
        office.close_office()


def floor(path: Path) -> None:
    """Read with calamine, write with one executemany, commit."""
    import python_calamine

    sheet = python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
    rows = sheet.to_python()[1:]
    columns = [field.column_name for field in Member._meta.sorted_fields]
    blank = ["" for _ in columns]
    place = {name: at for at, name in enumerate(columns)}
    given = [
        place[name]
        for name in (
            *("name", "sex", "ethnicity", "id_number", "born_on", "education", "joined_on"),
            *("confirmed_on", "category"),
        )
    ]
    ids = iter(range(1 << 60, (1 << 60) + len(rows)))
    top = Organization.select(Organization.id).scalar()
    home, key, version = place["organization_id"], place["id"], place["version"]

    def filled() -> list[list[object]]:
        lines = []
        for row in rows:
            line: list[object] = list(blank)
            for at, cell in zip(given, row[1:10], strict=True):
                line[at] = cell
            line[key], line[home], line[version] = next(ids), top, 1
            line[place["phone"]], line[place["address"]] = row[12], row[13]
            lines.append(line)
        return lines

    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    with database.atomic():
        database.execute_sql("UPDATE context SET operation = ?", (identity.next_ids(1)[0],))
        database.connection().executemany(
            f"INSERT INTO member ({names}) VALUES ({marks})", filled()
        )
        database.execute_sql("UPDATE context SET operation = NULL")


def ours(path: Path) -> None:
    """What the import page and the command line do."""
    plan, _matching = plan_file("member", path, Options(found=True))
    done = execute(plan)
    assert len(done.records) == ROWS


def test_plan_and_execute_against_the_floor(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    least: list[tuple[float, float]] = []
    took: list[tuple[float, float]] = []
    for turn in range(ROUNDS + 1):
        roster(path, ROWS, turn)
        least.append(in_new_office(tmp_path / f"floor{turn}", lambda: floor(path)))
        took.append(in_new_office(tmp_path / f"ours{turn}", lambda: ours(path)))
    # The first round loads modules.
    computed, passed = (
        min(each[kind] for each in took[1:]) / min(each[kind] for each in least[1:])
        for kind in (0, 1)
    )
    print(
        f"import of {ROWS} rows, plan + execute / calamine + executemany: "
        f"{computed:.2f} (≤ {REACH}); in passed time {passed:.2f}"
    )
    assert computed <= REACH


def test_rows_a_second_against_tryton(tmp_path: Path) -> None:
    python = os.environ.get("TRYTON_PYTHON")
    if not python:
        pytest.skip("TRYTON_PYTHON names no interpreter with trytond and trytond_party")
    path = tmp_path / "名册.xlsx"
    roster(path, ROWS, 1)
    in_new_office(tmp_path / "warm", lambda: ours(path))
    roster(path, ROWS, 2)
    rate = ROWS / in_new_office(tmp_path / "ours", lambda: ours(path))[1]
    script = Path(__file__).with_name("tryton_import.py")
    told = subprocess.run(
        [python, "-W", "ignore", str(script), str(tmp_path / "tryton"), str(TRYTON_ROWS)],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    theirs = float(told.stdout.split()[-1])
    ratio = rate / theirs
    print(f"import per row, ours / Tryton's CSV import: {ratio:.0f} × (≥ {TRYTON_REACH:.0f})")
    assert ratio >= TRYTON_REACH


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-s", "-q", "-p", "no:randomly"]))
