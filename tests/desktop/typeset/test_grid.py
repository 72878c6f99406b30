from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.typeset.form import BLANK, Form
from desktop.typeset.paper import A4
from desktop.typeset.printing import render
from tests.desktop.typeset.reading import characters, plain, rows, texts, wheel_only


def printed(draw, *, options=None, blank=False):
    class Sheet(Form):
        title = "推荐审批表"
        paper = A4
        choices = (BLANK,)

        def compose(self, sheet, subject, options):
            draw(sheet)

    return render(Sheet(), [None], {"blank": blank}, faces=wheel_only(), invariant=True)


def form(deeds="", name="王伟", post=""):
    def draw(sheet):
        sheet.title("优秀共产党员推荐审批表")
        with sheet.grid(14, 22, 30, 22, 26, 28, row=10) as grid:
            grid.reserve = 8
            grid.row().label("姓名", 2).name(name).label("性别").cell("男").photo(rows=3)
            grid.row().label("职务", 2).cell(post, 3)
            grid.row().label("电话", 2).cell("", 3)
            grid.row(fill=1).label("主要事迹", upright=True).block(deeds, 5)
            grid.row(36).label("支部意见", upright=True).opinion(
                "同意推荐。", 5, sign="支部书记（签字）："
            )
        sheet.note("注：一式三份。")

    return draw


def test_a_form_fills_its_page_and_no_more():
    pdf = printed(form("事迹。" * 40)).pdf
    assert len(texts(pdf)) == 1
    lowest = max(c.bottom for c in characters(pdf))
    assert A4.height - A4.bottom - 8 < lowest < A4.height - A4.bottom + 0.5


def test_labels_values_and_places_to_sign_are_there():
    said = plain(texts(printed(form("扎根基层。")).pdf)[0])
    for word in ("姓名", "王伟", "扎根基层。", "（盖章）", "支部书记（签字）：", "年月日", "照片"):
        assert word in said


def test_an_upright_label_stands_under_itself():
    pdf = printed(form()).pdf
    found = [next(c for c in characters(pdf) if c.char == char) for char in "迹要"]
    column = [c for c in characters(pdf) if abs(c.left - found[0].left) < 0.5 and c.top > 80]
    assert "".join(c.char for c in sorted(column, key=lambda c: c.top)) == "主要事迹支部意见"


@settings(max_examples=30, deadline=None)
@given(
    st.text("优秀共产党员，。（）“”1234abc ", max_size=2500),
    st.text("阿依古丽·𬭚", min_size=1, max_size=25),
    st.text("苏木嘎查党委副书记、主任（兼）", max_size=120),
)
def test_nothing_is_printed_outside_its_cell(deeds, name, post):
    pdf = printed(form(deeds, name, post)).pdf
    assert len(texts(pdf)) == 1
    for one in characters(pdf):
        assert A4.left - 0.3 < one.left
        assert one.right < A4.width - A4.right + 0.3
        assert one.bottom < A4.height - A4.bottom + 1


def test_what_does_not_fit_is_told_and_marked():
    done = printed(form("他" * 9000))
    (told,) = done.overflow
    assert told.where == "主要事迹"
    assert plain(texts(done.pdf)[0]).count("他") + len(told.cut) == 9000
    assert "……" in plain(texts(done.pdf)[0])
    assert "少印" in str(told)


def test_a_long_text_is_set_smaller_and_whole():
    deeds = "该同志扎根基层18年，始终把群众冷暖放在心上。" * 60
    done = printed(form(deeds))
    assert not done.overflow
    assert plain(texts(done.pdf)[0]).count("群众冷暖") == 60


def test_empty_cells_are_struck_out_when_wanted():
    assert plain(texts(printed(form(), blank=True).pdf)[0]).count("—") == 3
    assert "—" not in texts(printed(form()).pdf)[0]


def test_a_short_name_is_spread_and_a_long_one_stays_whole():
    pdf = printed(form(name="王伟")).pdf
    king, great = (next(c for c in characters(pdf) if c.char == char) for char in "王伟")
    assert great.left - king.right == pytest.approx(12 / 72 * 25.4, abs=0.2)
    long = rows(printed(form(name="阿依古丽·阿卜杜拉")).pdf)
    assert any("阿依古丽·阿卜杜拉" in text for _, _, text in long)


def test_a_row_with_too_many_cells_is_a_fault_of_the_form():
    def draw(sheet):
        with sheet.grid(50, 50) as grid:
            grid.row().label("甲").cell("乙").cell("丙")

    with pytest.raises(ValueError, match="wider"):
        printed(draw)


def test_a_cell_reaching_down_pushes_the_next_row_aside():
    def draw(sheet):
        with sheet.grid(40, 40, 40, row=10) as grid:
            grid.row().label("甲", rows=2).cell("一").cell("二")
            grid.row().cell("三").cell("四")

    lines = [text for _, _, text in rows(printed(draw).pdf)]
    assert lines == ["一二", "甲", "三四"]


def test_a_form_that_is_too_tall_is_pressed_together():
    def draw(sheet):
        with sheet.grid(40, 120, row=16) as grid:
            for number in range(17):
                grid.row().label("行").cell(str(number))

    pdf = printed(draw).pdf
    assert len(texts(pdf)) == 1
    assert max(c.bottom for c in characters(pdf)) < A4.height - A4.bottom
