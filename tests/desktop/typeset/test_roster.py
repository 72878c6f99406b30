from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.typeset.column import money
from desktop.typeset.form import Form
from desktop.typeset.paper import A4, A4_LANDSCAPE
from desktop.typeset.printing import render
from desktop.typeset.roster import (
    CENTRE,
    MONEY,
    NAME,
    NUMBER,
    ORDINAL,
    TEXT,
    Column,
    Roster,
    Section,
)
from tests.desktop.typeset.reading import plain, rows, texts, wheel_only


@dataclass(frozen=True)
class Person:
    name: str
    place: str = "哈沙图嘎查"
    cents: int = 56050
    number: str = field(default="150425196001010016", metadata={"private": True})


COLUMNS = (
    ORDINAL,
    Column("姓名", 22, lambda p: p.name, kind=NAME),
    Column("住址", 50, lambda p: p.place, kind=TEXT),
    Column("金额（元）", 26, lambda p: p.cents, kind=MONEY, total=True),
    Column("签字", 30),
)


def printed(records, *, paper=A4_LANDSCAPE, columns=COLUMNS, posted_=False, **said) -> bytes:
    class List(Form):
        title = "慰问金发放花名册"
        gathers = True
        posted = posted_

        def compose(self, sheet, subject, options):
            sheet.roster(Roster(title=self.title, columns=columns, **said), subject)

    List.paper = paper
    return render(List(), records, faces=wheel_only(), invariant=True).pdf


def people(count: int) -> list[Person]:
    return [Person(f"王{chr(0x4E00 + n)}") for n in range(count)]


def table(pdf: bytes) -> list[str]:
    return [plain(text) for page in range(len(texts(pdf))) for _, _, text in rows(pdf, page)]


names = st.text("王李张阿依古丽𬭚㛃䶮嘎查", min_size=1, max_size=9)
places = st.text("龙泉镇上村剑池街道西新社区（含原）梧树垟，", max_size=70)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.builds(Person, names, places, st.integers(0, 10**9)), min_size=1, max_size=60))
def test_the_printed_text_is_the_data(people):
    columns = (ORDINAL, *(c for c in COLUMNS[1:4]))
    pdf = printed(people, columns=columns, strike=False, paper=A4)
    said = plain("".join(texts(pdf)))
    for place, person in enumerate(people):
        assert str(place + 1) in said
        assert money(person.cents) in said
    # Every character of every name and place is printed, however its cell was broken.
    for text in [p.name for p in people] + [p.place for p in people]:
        for char in text:
            assert char in said
    total = sum(said.count(char) for char in "嘎垟")
    assert total == sum(text.count(c) for p in people for text in (p.name, p.place) for c in "嘎垟")


def test_heads_feet_and_page_numbers_stand_on_every_page():
    pdf = printed(people(60), heads=("单位：甲", "单位：元"), foot=("负责人", "审核", "制表"))
    pages = texts(pdf)
    assert len(pages) == 4
    for number, page in enumerate(pages, 1):
        said = plain(page)
        assert f"第{number}页共4页" in said
        for word in ("慰问金发放花名册", "住址", "负责人：", "制表：", "单位：甲"):
            assert word in said


def test_rows_are_never_split_or_lost_and_keep_their_order():
    said = table(printed(people(60), strike=False))
    found = [row for row in said if row.endswith("560.50")]
    assert [row.partition("王")[0] for row in found] == [str(n) for n in range(1, 61)]


def test_sums_stand_on_each_page_and_the_grand_total_on_the_last():
    said = table(printed(people(60)))
    pages = [row for row in said if row.startswith("本页小计")]
    assert len(pages) == 4
    counts = [int(row.partition("共")[2].partition("行")[0]) for row in pages]
    assert sum(counts) == 60
    grand = [row for row in said if row.startswith("合计")]
    assert grand == ["合计：共60行金额（元）人民币叁万叁仟陆佰叁拾元整￥33,630.00"]


def test_a_list_of_one_page_needs_no_page_sum():
    said = table(printed(people(5)))
    assert not [row for row in said if row.startswith("本页小计")]
    assert [row for row in said if row.startswith("合计")]


def test_empty_room_is_struck_out_right_under_the_last_row():
    said = table(printed(people(5)))
    at = said.index("（以下空白）")
    assert said[at - 1].startswith("5王")
    assert "（以下空白）" not in table(printed(people(5), strike=False))


@pytest.mark.parametrize("count", range(14, 40))
def test_sums_and_summary_never_stand_on_a_page_without_a_row(count):
    pdf = printed(people(count), summary=("其中：女 3 名。", "备注一", "备注二", "备注三"))
    last = [plain(text) for _, _, text in rows(pdf, len(texts(pdf)) - 1)]
    assert any(row.endswith("560.50") and row[0].isdigit() for row in last)
    assert any(row.startswith("合计") for row in last)


def test_nothing_stands_below_the_margin():
    pdf = printed(people(60), summary=("其中：女 3 名。",), foot=("负责人",))
    for page in range(4):
        assert max(y for y, _, _ in rows(pdf, page)) < A4_LANDSCAPE.height - A4_LANDSCAPE.bottom


def test_a_long_text_makes_its_row_taller_instead_of_being_cut():
    long = "达来嘎查党支部组织委员、嘎查委员会副主任兼任乡村振兴专干以及治保主任、" * 6
    pdf = printed([Person("王一"), Person("王二", long), Person("王三")])
    assert plain("".join(texts(pdf))).count("治保主任") == 6


def test_sections_are_numbered_and_counted():
    pdf = printed(
        [Section("先进基层党组织", people(2), "个"), Section("优秀共产党员", people(3))],
        columns=COLUMNS[:3],
    )
    said = table(pdf)
    assert "一、先进基层党组织（2个）" in said
    assert "二、优秀共产党员（3名）" in said
    assert [row.partition("王")[0] for row in said if "哈沙图" in row] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("count", range(12, 30))
def test_a_heading_is_never_the_last_row_of_a_page(count):
    pdf = printed([Section("甲", people(count)), Section("乙", people(3))], columns=COLUMNS[:3])
    for page in range(len(texts(pdf))):
        said = [plain(text) for _, _, text in rows(pdf, page)]
        for at, row in enumerate(said):
            if row.startswith(("一、", "二、")):
                assert said[at + 1][0].isdigit()


def test_an_empty_list_is_a_form_to_fill_by_hand():
    assert "住址" in plain(texts(printed([]))[0])


def test_a_posted_list_has_no_private_columns():
    class Number:
        name, verbose_name, private = "number", "公民身份号码", True

        def show(self, value):
            return value

    columns = (*COLUMNS[:2], Column(Number(), 40))
    assert "公民身份号码" in plain(texts(printed(people(1), columns=columns))[0])
    posted = plain(texts(printed(people(1), columns=columns, posted_=True))[0])
    assert "公民身份号码" not in posted
    assert "1504" not in posted


def test_money_is_printed_in_yuan():
    assert [money(n) for n in (0, 5, 123450, -700, None)] == [
        "0.00",
        "0.05",
        "1,234.50",
        "-7.00",
        "",
    ]


def test_numbers_are_added_up_in_their_own_column():
    columns = (*COLUMNS[:2], Column("票数", 20, lambda p: 3, kind=NUMBER, total=True))
    assert "合计：共4行票数12" in table(printed(people(4), columns=columns))


def test_a_value_of_nothing_leaves_its_cell_empty():
    columns = (*COLUMNS[:2], Column("年龄", 20, lambda p: None, kind=CENTRE))
    assert "None" not in texts(printed(people(2), columns=columns))[0]
