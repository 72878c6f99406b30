from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.typeset.breaking import CLOSERS, OPENERS, SQUEEZE, Measured, balance
from desktop.typeset.fonts import Role, library
from desktop.typeset.press import Press

DEEDS = (
    "该同志扎根基层18年，始终把群众冷暖放在心上。2024年以来，累计走访困难群众1,280户，协调资金326.5万元"
    "（含“6·20”抗洪）；人均增长18.6%。做到了“不漏一户、不落一人”……王𬭚、㛃䶮等——群众"
    "（见https://www.example.gov.cn/abc）联名致信《表示感谢》。"
)


def measured(text: str) -> Measured:
    lettering = Press(library(), "x").lettering(Role.FANG, 10)
    return Measured(text, lettering.widths(text))


@pytest.mark.parametrize("measure", range(4000, 45000, 173))
def test_no_line_begins_or_ends_with_a_forbidden_mark(measure):
    for line in measured(DEEDS).lines(measure):
        text = DEEDS[line.start : line.end]
        assert text[0] not in CLOSERS, text
        assert text[-1] not in OPENERS, text


@pytest.mark.parametrize("measure", range(9000, 45000, 471))
def test_numbers_dashes_and_dots_stay_whole(measure):
    lines = [DEEDS[line.start : line.end] for line in measured(DEEDS).lines(measure)]
    for whole in ("1,280", "326.5", "18.6%", "2024", "——", "……", "“6·20”"):
        assert any(whole in line for line in lines), (whole, lines)


ordinary = st.lists(
    st.one_of(
        st.text("中共党员支部委员会嘎查优秀先进王𬭚㛃", min_size=1, max_size=9),
        st.sampled_from(["2026", "1,280.50", "WPS", "18%"]),
    ).flatmap(
        lambda word: st.sampled_from(
            [
                word,
                f"（{word}）",
                f"“{word}”，",
                f"《{word}》。",
                f"{word}——",
                f"{word}……",
                f"{word} ",
            ]
        )
    ),
    min_size=1,
    max_size=30,
).map(lambda words: "".join(words).strip())


@given(ordinary, st.integers(12_000, 40_000))
def test_any_text_breaks_lawfully_and_loses_nothing(text, measure):
    lines = measured(text).lines(measure)
    assert "".join(text[line.start : line.end] for line in lines).replace(" ", "") == text.replace(
        " ", ""
    )
    for line in lines:
        piece = text[line.start : line.end]
        assert piece[0] not in CLOSERS
        assert piece[-1] not in OPENERS
        assert line.width + line.gap * (len(piece) - 1) <= measure + 1
        assert line.gap >= -SQUEEZE


@given(ordinary, st.integers(12_000, 40_000))
def test_every_line_but_the_last_is_let_out_or_left_ragged(text, measure):
    for line in measured(text).lines(measure)[:-1]:
        length = line.width + line.gap * (line.end - line.start - 1)
        assert line.gap == 0 or abs(length - measure) < 1


def test_a_word_longer_than_the_line_is_cut():
    text = "见https://www.example.gov.cn/a/very/long/address/that/goes/on/and/on。"
    lines = measured(text).lines(6000)
    assert len(lines) > 3
    assert all(line.width <= 6000 + 1 for line in lines)


def test_the_first_line_may_be_shorter():
    lines = measured("优" * 60).lines(20_000, 18_000)
    assert [line.end - line.start for line in lines] == [18, 20, 20, 2]


def test_no_paragraph_ends_in_a_line_of_one_character():
    text = "涌" * 40 + "。"
    lines = measured(text).lines(20_000)
    assert [line.end - line.start for line in lines] == [20, 21]  # the mark is squeezed in
    text = "涌" * 41 + "。"
    assert [line.end - line.start for line in measured(text).lines(20_000)] == [20, 19, 3]


def test_an_empty_text_is_one_empty_line():
    assert [line.end for line in measured("").lines(10_000)] == [0]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (
            "中共哈沙图苏木委员会关于表彰2026年度先进基层党组织、优秀共产党员和优秀党务工作者的决定",
            3,
        ),
        ("关于2026年度党员星级评定结果的公示", 1),
        ("中共哈沙图苏木委员会关于2026年度党支部年终考核结果的通报", 2),
    ],
)
def test_titles_break_into_like_lines_without_tearing_words(title, wanted):
    whole = measured(title)
    lines = balance(whole, 20_100)
    texts = [title[line.start : line.end] for line in lines]
    assert "".join(texts) == title
    assert len(texts) == wanted
    for word in ("委员会", "共产党员", "党务工作者", "决定", "通报", "党支部", "表彰", "年度"):
        if word in title:
            assert any(word in text for text in texts), (word, texts)
    assert all(text[0] not in CLOSERS and text[-1] not in OPENERS for text in texts)
