"""推荐审批表 × 2 500 and a roster of 15 000 rows, from records to the closed file.

Against a bare loop that reads the same records and writes the same page operators, and against
LibreOffice headless on the same content (forms from a .docx template, the roster from .xlsx),
which is measured when `soffice` is found, on fewer forms than ours and per form. Processor time
counts on both sides, and LibreOffice's own start does not.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db.registers.member import Member
from desktop.typeset.fit import CENTRE
from desktop.typeset.fonts import Role, library
from desktop.typeset.form import Form
from desktop.typeset.names import padded
from desktop.typeset.paper import A4, A4_LANDSCAPE, MM
from desktop.typeset.press import Press
from desktop.typeset.printing import render
from desktop.typeset.roster import ORDINAL, Column, Roster
from tests.bench.libreoffice_files import docx, form_docx, roster_xlsx

pytestmark = pytest.mark.bench

FORMS = 2_500
ROWS = 15_000
ROUNDS = 5
BARE_REACH = 1.5
FORM_REACH = 50.0
ROSTER_REACH = 12.0
OFFICE_FORMS = 40

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国𬭚㛃"
DEEDS = (
    "该同志扎根基层18年，始终把群众冷暖放在心上。2024年以来，累计走访困难群众1,280户，协调资金326.5万元，"
    "帮助62户脱贫监测户实现稳定增收，人均纯收入增长18.6%。在“6·20”抗洪抢险中，连续奋战72小时，"
    "做到了“不漏一户、不落一人”……群众联名致信表示感谢。"
) * 3


def people(count: int) -> list[Member]:
    """Members as a query gives them, all different."""
    made = []
    for n in range(count):
        name = SURNAMES[n % 20] + GIVEN[n % 29] + (GIVEN[n // 29 % 29] if n % 3 else "")
        made.append(
            Member(
                id=n + 1,
                name=name,
                sex="12"[n % 2],
                ethnicity=("01", "02")[n % 5 == 0],
                id_number=f"{150823195501010000 + n * 7919:018d}",
                born_on=f"{1950 + n % 50}-06-01",
                education=("61", "71", "31")[n % 3],
                joined_on=f"{1975 + n % 50}-07-01",
                category="full",
                phone=f"{13900000000 + n * 37}",
                address=f"哈沙图嘎查{n % 9 + 1}组",
            )
        )
    return made


COLUMNS = (
    ORDINAL,
    Column(Member.name, 24),
    Column(Member.sex, 10),
    Column(Member.ethnicity, 18),
    Column(Member.id_number, 44),
    Column(Member.born_on, 24),
    Column(Member.education, 24),
    Column(Member.joined_on, 24),
    Column(Member.phone, 32),
    Column(Member.address, 40),
    Column("签名", 20),
)


class Rolls(Form):
    """The roster under measurement."""

    title = "党员花名册"
    paper = A4_LANDSCAPE
    gathers = True

    def compose(self, sheet, subject, options):
        sheet.roster(Roster(title=self.title, columns=COLUMNS, foot=("审核", "制表")), subject)


class Approval(Form):
    """The form under measurement: as many cells as the official one, deeds of 450 characters."""

    title = "优秀共产党员推荐审批表"
    paper = A4
    signed = True

    def compose(self, sheet, m, options):
        sheet.title(self.title)
        sheet.heads("填报单位（盖章）：哈沙图嘎查党支部", "填表日期：2026年6月1日")
        with sheet.grid(14, 22, 28, 22, 24, 22, 28, 30, row=10) as grid:
            grid.reserve = 9
            row = grid.row().label("姓名", 2).name(m.name).field(m, Member.sex)
            row.field(m, Member.ethnicity).photo(rows=4)
            row = grid.row().label("出生年月", 2).cell(m.born_on).label("学历").cell("大专")
            row.label("入党时间").cell(m.joined_on)
            row = (
                grid.row().label("身份证号", 2).cell(m.id_number, 2).label("电话").cell(m.phone, 2)
            )
            grid.row().label("单位及职务", 2).cell("哈沙图嘎查党支部书记、嘎查委员会主任", 5)
            grid.row().label("家庭住址", 2).cell(m.address, 6)
            grid.row(fill=1).label("奖惩情况", upright=True).block("2024年，优秀党务工作者。", 7)
            grid.row(fill=3).label("主要事迹", upright=True).block(DEEDS, 7)
            for label in ("支部意见", "党委意见", "旗委意见"):
                grid.row(30).label(label, upright=True).opinion("同意。", 7, sign="书记（签字）：")
        sheet.note("注：本表一式三份。")


def bare_loop(records: list[Member]) -> bytes:
    """The least that writes such a roster: one loop, fixed places, no fitting, no sums."""
    press = Press(library(), "党员花名册")
    lettering = press.lettering(Role.FANG, 10.5)
    sexes, folk = Member.sex.codes, Member.ethnicity.codes
    schooling = Member.education.codes
    scale = A4_LANDSCAPE.inner_width / sum(column.width for column in COLUMNS)
    edges = [A4_LANDSCAPE.left * MM]
    for column in COLUMNS:
        edges.append(edges[-1] + column.width * scale * MM)
    per_page, row = 17, 7.6 * MM
    high, wide = A4_LANDSCAPE.height * MM, A4_LANDSCAPE.width * MM
    top = high - 45 * MM
    rules = ["0.5 w"]
    heights = [top - n * row for n in range(per_page + 1)]
    rules += [f"{edges[0]:.2f} {y:.2f} m {edges[-1]:.2f} {y:.2f} l" for y in heights]
    rules += [f"{x:.2f} {top:.2f} m {x:.2f} {top - per_page * row:.2f} l" for x in edges]
    plate = press.plate([*rules, "S"], wide, high)
    head = press.lettering(Role.HEI, 10.5)
    titles = [f"BT {head.select}"]
    for x, column in zip(edges, COLUMNS, strict=False):
        titles.append(f"1 0 0 1 {x + 4:.2f} {top + 8:.2f} Tm {head.show(column.heading)}")
    titles.append("ET")
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    show, width = lettering.show, lettering.width
    for start in range(0, len(records), per_page):
        page = [plate, *titles, f"BT {lettering.select}"]
        for place, m in enumerate(records[start : start + per_page]):
            y = f"{top - (place + 0.5) * row - 10.5 * CENTRE:.2f}"
            texts = (
                str(start + place + 1), padded(m.name), sexes.label_of(m.sex),
                folk.label_of(m.ethnicity), m.id_number, m.born_on.replace("-", "."),
                schooling.label_of(m.education), m.joined_on.replace("-", "."), m.phone, m.address,
            )  # fmt: skip
            for middle, text in zip(middles, texts, strict=False):
                page.append(f"1 0 0 1 {middle - width(text) / 2:.2f} {y} Tm {show(text)}")
        page.append("ET")
        press.page(page, wide, high)
    return press.close()


def timed(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def roster_ratio(records: list[Member]) -> float:
    """Ours over the bare loop, taking turns."""
    took: list[float] = []
    least: list[float] = []
    for _ in range(ROUNDS + 1):
        least.append(timed(lambda: bare_loop(records)))
        took.append(timed(lambda: render(Rolls(), records)))
    return statistics.median(took[1:]) / statistics.median(least[1:])


def test_a_roster_against_a_bare_loop() -> None:
    ratio = roster_ratio(people(ROWS))
    print(
        f"roster of {ROWS} rows / bare loop writing the same operators: {ratio:.2f} (≤ {BARE_REACH})"
    )
    assert ratio <= BARE_REACH


def spent(work: Callable[[], Any]) -> float:
    """Seconds of processor time of the programs this work starts."""
    import resource

    def total() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    start = total()
    work()
    return total() - start


@pytest.fixture
def convert(tmp_path: Path) -> Callable[[list[Path]], float]:
    """Processor seconds LibreOffice takes to print these files, its start not counted."""
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        pytest.skip("LibreOffice is not on this machine")

    fonts = Path(sys.prefix) / "share" / "zhengyou" / "fonts"
    config = tmp_path / "fonts.conf"
    config.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts}</dir>'
        f"<cachedir>{tmp_path}/fontcache</cachedir></fontconfig>"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(config)}

    def run(files: list[Path]) -> None:
        home = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [soffice, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
        subprocess.run(
            [*command, *map(str, files)],
            check=True,
            capture_output=True,
            timeout=900,
            env=environment,
        )

    empty = docx(tmp_path / "empty.docx", [])
    run([empty])  # makes the profile
    start = min(spent(lambda: run([empty])) for _ in range(2))
    return lambda files: max(spent(lambda: run(files)) - start, 1e-6)


def test_forms_against_libreoffice(convert, tmp_path: Path) -> None:
    records = people(FORMS)
    files = [tmp_path / f"form{m.id}.docx" for m in records[:OFFICE_FORMS]]
    filled = timed(
        lambda: [form_docx(file, m, DEEDS) for file, m in zip(files, records, strict=False)]
    )
    theirs = (filled + convert(files)) / OFFICE_FORMS
    render(Approval(), records[:10])
    ours = timed(lambda: render(Approval(), records)) / FORMS
    print(f"推荐审批表, LibreOffice / ours, per form: {theirs / ours:.0f} × (≥ {FORM_REACH:.0f})")
    assert theirs / ours >= FORM_REACH


def test_the_roster_against_libreoffice(convert, tmp_path: Path) -> None:
    records = people(ROWS)
    book = tmp_path / "roster.xlsx"
    filled = min(timed(lambda: roster_xlsx(book, records, COLUMNS)) for _ in range(3))
    theirs = filled + convert([book])
    render(Rolls(), records[:100])
    ours = min(timed(lambda: render(Rolls(), records)) for _ in range(3))
    print(
        f"roster of {ROWS} rows, LibreOffice / ours: {theirs / ours:.0f} × (≥ {ROSTER_REACH:.0f})"
    )
    assert theirs / ours >= ROSTER_REACH


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-s", "-q", "-p", "no:randomly"]))
