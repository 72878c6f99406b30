"""GB/T 9704-2012, measured in the finished PDF."""

from __future__ import annotations

from itertools import pairwise

import pytest

from desktop.typeset.document import Annex, Document, NameList, numeral, styled, written_date
from desktop.typeset.fonts import Role
from desktop.typeset.form import Form
from desktop.typeset.paper import GB9704
from desktop.typeset.printing import render
from tests.desktop.typeset.reading import characters, plain, rows, texts, wheel_only

TEXT = "全苏木各级党组织和广大党员干部要以先进为榜样学习他们对党忠诚信念坚定的政治品格"


def printed(document: Document) -> bytes:
    class Decision(Form):
        title = "决定"
        paper = GB9704

        def compose(self, sheet, subject, options):
            sheet.document(document)

    return render(Decision(), [None], faces=wheel_only(), invariant=True).pdf


def body(paragraphs: int, length: int = 1) -> str:
    return "\n".join(TEXT * length for _ in range(paragraphs))


FULL = printed(Document(title="决定", body=TEXT * 60))


def test_a_full_page_has_22_lines_of_28_characters():
    lines = [(y, text) for y, _, text in rows(FULL, 1) if not text.startswith("—")]
    assert len(lines) == 22
    assert {len(text) for _, text in lines} == {28}


def test_the_type_area_is_156_by_225_mm_at_37_and_28():
    chars = [c for c in characters(FULL, 1) if c.char != "—" and not c.char.isdigit()]
    pitch = 225 / 22
    assert min(c.left for c in chars) == pytest.approx(28, abs=0.2)
    assert max(c.left for c in chars) + 156 / 28 == pytest.approx(28 + 156, abs=0.2)
    middles = [y for y, _, text in rows(FULL, 1) if not text.startswith("—")]
    assert middles[0] == pytest.approx(37 + pitch / 2, abs=0.8)
    for above, below in pairwise(middles):
        assert below - above == pytest.approx(pitch, abs=0.15)


def test_characters_stand_at_an_even_pitch():
    first = characters(FULL, 1)[:28]
    for place, one in enumerate(first):
        assert one.left == pytest.approx(28 + place * 156 / 28, abs=0.15)


def test_page_numbers_stand_outside_seven_millimetres_below():
    for page, (at, right) in enumerate([(None, 184), (28, None), (None, 184)]):
        y, left, text = rows(FULL, page)[-1]
        assert text == f"—{page + 1}—"
        assert y == pytest.approx(297 - 35 + 7 + 2.5, abs=0.8)
        if at:
            assert left == pytest.approx(at + 14 / 72 * 25.4, abs=0.5)
        if right:
            ends = max(c.right for c in characters(FULL, page)[-3:])
            assert ends == pytest.approx(right - 14 / 72 * 25.4, abs=0.5)


def test_a_paragraph_is_indented_by_two_characters():
    lines = rows(printed(Document(title="决定", body=TEXT)), 0)
    assert lines[1][1] == pytest.approx(28 + 2 * 156 / 28, abs=0.2)


def test_levels_have_their_faces():
    assert styled("一、充分认识重要意义") == [("一、充分认识重要意义", Role.HEI)]
    assert styled("（一）加强领导。各支部要…") == [
        ("（一）加强领导。", Role.KAI),
        ("各支部要…", Role.FANG),
    ]
    assert styled("1. 普通") == [("1. 普通", Role.FANG)]


def closed(paragraphs: int) -> list[str]:
    pdf = printed(
        Document(
            title="关于表彰的决定",
            to="各党（总）支部：",
            body=body(paragraphs),
            issuer="中共哈沙图苏木委员会",
            date="2026-07-01",
        )
    )
    return [plain(page) for page in texts(pdf)]


@pytest.mark.parametrize("paragraphs", range(5, 16))
def test_the_closing_never_stands_alone_on_a_page(paragraphs):
    pages = closed(paragraphs)
    last = pages[-1]
    assert "中共哈沙图苏木委员会2026年7月1日" in last
    assert any(char in last.partition("中共哈沙图")[0] for char in "榜样忠诚品格")


def test_the_date_is_written_without_noughts():
    assert written_date("2026-07-01") == "2026年7月1日"
    assert written_date("2026-07") == "2026年7月"
    assert written_date("二〇二六年") == "二〇二六年"


def test_the_issuer_is_centred_over_the_date_four_characters_from_the_edge():
    document = Document(title="决定", body=TEXT, issuer="中共哈沙图苏木委员会", date="2026-07-01")
    lines = [row for row in rows(printed(document)) if "委员会" in row[2] or "7月" in row[2]]
    pdf = printed(document)
    ends = []
    for y, left, text in lines:
        chars = [c for c in characters(pdf) if abs((c.top + c.bottom) / 2 - y) < 1.5]
        ends.append((left, max(c.right for c in chars), text))
    (issuer_left, issuer_right, _), (date_left, date_right, _) = ends
    assert (issuer_left + issuer_right) / 2 == pytest.approx((date_left + date_right) / 2, abs=0.5)
    assert issuer_right <= 184


ANNEXED = printed(
    Document(
        title="中共哈沙图苏木委员会关于表彰2026年度先进基层党组织、优秀共产党员的决定",
        head="中共哈沙图苏木委员会文件",
        number="哈党发〔2026〕18号",
        to="各党（总）支部：",
        body=body(2),
        annexes=(
            Annex(
                "先进基层党组织名单", (NameList("先进基层党组织", ["甲支部", "乙支部"], "个", 1),)
            ),
            Annex(
                "优秀个人名单",
                (
                    NameList(
                        "优秀共产党员", ["王伟", "阿依古丽·阿卜杜拉", "司马春翔", *["李明"] * 8]
                    ),
                    NameList("优秀党务工作者", [("张三", "哈沙图嘎查党支部书记")]),
                ),
            ),
        ),
        issuer="中共哈沙图苏木委员会",
        date="2026-07-01",
        copies="旗委组织部。",
        printed_by="中共哈沙图苏木委员会办公室",
        printed_on="2026-07-02",
    )
)


def test_annexes_begin_on_new_pages_with_label_and_title():
    pages = [plain(page) for page in texts(ANNEXED)]
    assert pages[0].startswith("中共哈沙图苏木委员会文件哈党发〔2026〕18号")
    first, second = (page for page in pages if page.startswith(("附件1", "附件2")))
    assert first.startswith("附件1先进基层党组织名单一、先进基层党组织（2个）甲支部乙支部")
    assert second.startswith(
        "附件2优秀个人名单一、优秀共产党员（11名）王伟阿依古丽·阿卜杜拉司马春翔"
    )
    assert "二、优秀党务工作者（1名）张三哈沙图嘎查党支部书记" in second
    assert "附件：1.先进基层党组织名单2.优秀个人名单" in pages[0] + pages[1]


def test_the_closing_notes_end_the_last_even_page():
    pages = texts(ANNEXED)
    assert len(pages) % 2 == 0
    said = plain(pages[-1])
    assert "抄送：旗委组织部。中共哈沙图苏木委员会办公室2026年7月2日印发" in said
    lowest = max(y for y, _, text in rows(ANNEXED, len(pages) - 1) if "印发" in text)
    assert 252 < lowest < 262


def test_the_agency_mark_is_red_and_lies_35_mm_under_the_edge():
    mark = [c for c in characters(ANNEXED, 0) if c.char in "中共哈沙图苏木委员会文件"][:12]
    size = mark[1].left - mark[0].left
    middle = (mark[0].top + mark[0].bottom) / 2
    assert middle - size / 2 == pytest.approx(37 + 35, abs=1.5)
    assert b"0.84 0 0 rg" in _streams(ANNEXED)


def test_numerals_go_beyond_ten():
    assert [numeral(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]


def test_a_name_and_its_words_stay_on_one_page():
    entries = [(f"王{n}", "嘎查党支部书记、村民委员会主任、合作社理事长" * 3) for n in range(30)]
    document = Document(title="名单", body=[NameList("名单", entries)])
    for page in texts(printed(document)):
        lines = plain(page)
        assert lines.count("合作社理事长") % 3 == 0


def _streams(pdf: bytes) -> bytes:
    """All page contents, unpacked."""
    import re
    import zlib

    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"".join(found)
