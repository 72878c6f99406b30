from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import connection, journal, search
from db.dialect import sqlite
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import pinyin
from db.rules.names import comparable
from db.undo import undo
from tests.factories import make

# Surname → the readings people type, the right one first. At least a hundred ways to type.
POLYPHONES = {
    "单": "shan dan", "解": "xie jie", "查": "zha cha", "曾": "zeng ceng", "仇": "qiu chou",
    "区": "ou qu", "盖": "ge gai", "尉": "wei yu", "员": "yun yuan", "乐": "yue le",
    "缪": "miao mou", "翟": "zhai di", "朴": "piao pu", "召": "shao zhao", "覃": "qin tan",
    "谌": "chen shen", "隗": "wei kui", "洗": "xian xi", "秘": "bi mi", "薄": "bo bao",
    "晟": "cheng sheng", "折": "she zhe", "黑": "he hei", "盛": "sheng cheng", "郇": "xun huan",
    "郗": "xi chi", "佴": "nai er", "那": "na nuo", "祭": "zhai ji", "车": "che ju",
    "柏": "bai bo", "牟": "mou mu", "种": "chong zhong", "繁": "po fan", "角": "jue jiao",
    "能": "nai neng", "乜": "nie mie", "莘": "shen xin", "藏": "zang cang", "宓": "mi fu",
    "费": "fei bi", "贾": "jia gu", "谷": "gu yu", "钭": "tou dou", "颉": "xie jie",
    "句": "gou ju", "都": "du dou", "库": "she ku", "宿": "su xiu", "朝": "chao zhao",
    "么": "yao me", "盍": "he ge", "祢": "mi ni", "适": "kuo shi", "长": "zhang chang",
    "重": "chong zhong", "行": "xing hang", "沈": "shen chen", "术": "zhu shu", "会": "gui hui",
}  # fmt: skip
SURNAMES = "张王李赵单曾仇乐解查吕欧"
GIVEN = "小明国芳军伟乐长行朝木尔格日海丽"


KEY = b"k" * 32


def make_file(path: Path) -> None:
    connection.attach(connection.open_file(path, KEY, create=True))
    for statement in sqlite.search_tables():
        connection.database.execute_sql(statement)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[None]:
    make_file(tmp_path / "search.db")
    yield
    connection.detach()


def put(stem: str, *names: str, start: int = 1, people: bool = True) -> None:
    entries = (search.Entry(start + place, (name,)) for place, name in enumerate(names))
    search.index(stem, entries, people=people)


def titles(text: str, **options: object) -> list[str]:
    return [hit.title for hit in search.query(text, **options)]  # type: ignore[arg-type]


def test_every_reading_of_a_polyphonic_surname_finds_its_people(empty):
    put("member", *(f"{surname}小芳" for surname in POLYPHONES))
    for surname, readings in POLYPHONES.items():
        for reading in readings.split():
            for typed in (f"{reading}xiaofang", f"{reading[0]}xf", f"{reading}xf", f"{reading}小"):
                assert f"{surname}小芳" in titles(typed, limit=500), (surname, typed)
    assert sum(len(readings.split()) for readings in POLYPHONES.values()) >= 100


@pytest.mark.parametrize(
    "typed",
    ["张小明", "张小", "小明", "明", "zhangxiaoming", "zhangxiao", "xiaoming", "zxm", "xm", "zhangxm",
     "zhang小明", "张xm", "张小m", "小m", "zhxm", "zhangxiaom", "Zhang Xiao Ming", "ZXM", "张 小 明",
     "ｚｘｍ", "zh小m"],
)  # fmt: skip
def test_all_the_ways_to_type_a_name(empty, typed):
    put("member", "张小明", "李丽", "王国军")
    assert titles(typed) == ["张小明"]


def test_dots_and_spaces_do_not_matter(empty):
    put("member", "阿依古丽·阿卜杜拉", "乌云 其其格")
    for typed in ("阿依古丽阿卜", "阿依古丽·阿卜", "阿依古丽．阿卜", "ayglabdl", "ayiguliabu"):
        assert titles(typed) == ["阿依古丽·阿卜杜拉"], typed
    assert titles("乌云其其格") == titles("wuyunqiqige") == titles("wyqqg") == ["乌云 其其格"]


def test_lv_is_typed_with_v_or_umlaut(empty):
    put("member", "吕绿")
    for typed in ("lvlv", "lülü", "ll", "吕l"):
        assert titles(typed) == ["吕绿"], typed


def test_last_digits_of_numbers_come_before_digits_inside(empty):
    numbers = {1: ("150425196001010016", "13847880000"), 2: ("150425196000169999", "")}
    search.index(
        "member",
        [search.Entry(row, (f"人{row}",), tails) for row, tails in numbers.items()],
        people=True,
    )
    hits = search.query("0016")
    assert [hit.id for hit in hits] == [1, 2]
    assert hits[0].subtitle == "…0016"
    assert search.query("0000")[0].id == 1
    assert [hit.id for hit in search.query("150425196001010016")] == [1]


def test_several_words_must_all_be_in_the_row(empty):
    entries = [
        search.Entry(1, ("张伟",), ("150425196001010016",)),
        search.Entry(2, ("张伟",), ("150425196001010024",)),
    ]
    search.index("member", entries, people=True)
    assert [hit.id for hit in search.query("张伟 0024")] == [2]
    assert search.query("张伟 9999") == []
    assert search.matching("张伟 0024", "member") == {2}
    assert search.matching("张伟", "organization") == search.matching(" ", "member") == set()


def test_the_very_name_first_then_its_beginning_then_its_middle(empty):
    put("member", "大高明", "高明远", "高明")
    assert titles("高明") == ["高明", "高明远", "大高明"]
    assert titles("gaoming") == ["高明", "高明远", "大高明"]


def test_people_stand_before_everything_else(empty):
    put("organization", "张家村党支部", people=False)
    put("member", "张家栋", start=100)
    assert titles("张家") == titles("zj") == ["张家栋", "张家村党支部"]
    assert titles("张家", stems=["organization"]) == ["张家村党支部"]
    assert titles("张家", stems=[]) == []


def test_an_organization_is_found_by_any_part_of_its_names(empty):
    entry = search.Entry(1, ("中共白音镇哈沙图嘎查支部委员会", "哈沙图支部"), (), ("150823101207",))
    search.index("organization", [entry])
    for typed in ("哈沙图", "hashatu", "hst", "嘎查", "hstzb", "207", "白音zhen"):
        assert titles(typed) == ["中共白音镇哈沙图嘎查支部委员会"], typed


def test_a_renamed_row_is_found_anew_and_a_forgotten_one_no_more(empty):
    put("member", "张三")
    put("member", "李四")  # the same row again
    assert titles("张三") == titles("zs") == []
    assert titles("李四") == titles("ls") == ["李四"]
    search.forget("member", [1])
    assert titles("李四") == titles("ls") == []
    count = connection.database.execute_sql("SELECT count(*) FROM search_key").fetchone()[0]
    assert count == 0


def test_a_block_of_rows_may_be_indexed_again(empty):
    names = [f"张{sign}" for sign in GIVEN] * 40
    put("member", *names)
    put("member", *names)
    assert len(titles("张", limit=10_000)) == len(names)


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("共天", ["公田村党支部"]),
        ("田村当", ["公田村党支部"]),
        ("张建帼", ["张建国"]),
        ("善小芳", ["单小芳"]),
        ("张建国", ["张建国"]),  # who is there is not joined by those who sound alike
        ("西安", []),  # 先: one syllable is not two
        ("共", []),
    ],
)
def test_another_character_of_the_same_sound_finds_the_name(empty, typed, titles):
    names = ["公田村党支部", "张建国", "章建国", "单小芳", "先进户"]
    if typed == "张建帼":
        names.remove("章建国")
    search.index("member", [search.Entry(row, (name,)) for row, name in enumerate(names)])
    assert [hit.title for hit in search.query(typed)] == titles
    if typed != "张建国":
        assert search.matching(typed, "member") == set()


@pytest.mark.parametrize("typed", ["", "  ", "·", "%", "_", "\\", "'", '"; DROP', "\x00", "１"])
def test_odd_input_finds_nothing_and_breaks_nothing(empty, typed):
    put("member", "张三")
    assert search.query(typed) == []


# -- through the gate -----------------------------------------------------------------------


def test_what_is_kept_can_be_found_at_once_and_undone(office):
    member = make(Member, name="单小芳", id_number="150425196001010016")
    make(Organization, name="单家村党支部")
    assert [hit.stem for hit in search.query("单")] == ["member", "organization"]
    assert {hit.id for hit in search.query("sxf")} == {member.id}
    assert {hit.id for hit in search.query("010016")} == {member.id}
    member.name = "曾大芳"
    member.save()
    assert search.query("shanxiaofang") == []
    assert [hit.title for hit in search.query("cengdf")] == ["曾大芳"]
    undo(journal.operations(1)[0].id)
    assert [hit.title for hit in search.query("sxf")] == ["单小芳"]


# -- against brute force --------------------------------------------------------------------


def invent(seed: int, count: int) -> list[search.Entry]:
    draw = random.Random(seed)
    entries = []
    for row in range(count):
        name = draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice([1, 2, 2, 3])))
        if draw.random() < 0.1:
            name += "·" + "".join(draw.choices(GIVEN, k=2))
        if draw.random() < 0.1:
            name += draw.choice(["村党支部", "3组", "A队"])
        number = f"150823{draw.randrange(10**12):012}"
        entries.append(search.Entry(row, (name,), (number,), (f"M{row:03}",)))
    return entries


CROWD = invent(7, 400)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("search") / "crowd.db"
    make_file(path)
    search.index("member", CROWD, people=True)
    connection.detach()
    return path


@pytest.fixture
def crowd(crowded: Path) -> Iterator[None]:
    connection.attach(connection.open_file(crowded, KEY))
    yield
    connection.detach()


def means(asked: str, entry: search.Entry) -> bool:
    """The definition of a find, written a second time, with regular expressions."""
    if any(asked in comparable(text) for text in (*entry.names, *entry.tails, *entry.texts)):
        return True
    for name in entry.names:
        plain = comparable(name)
        for reading in pinyin.readings(name):
            if asked in "".join(reading) or asked in "".join(s[0] for s in reading):
                return True
            units = [
                "(?:" + "|".join({re.escape(sign), *(s[:n] for n in range(1, len(s) + 1))}) + ")"
                for sign, s in zip(plain, reading, strict=True)
            ]
            for first in range(1 if asked.isascii() else len(units)):
                for last in range(first + 1, len(units) + 1):
                    if re.fullmatch("".join(units[first:last]), asked):
                        return True
    return False


def sounds(asked: str, entry: search.Entry) -> bool:
    """The same for what only sounds as typed, by characters in a row, each with every reading."""
    if len(asked) < 2 or any(sign.isascii() for sign in asked):
        return False
    return any(
        asked_reading == reading[at : at + len(asked)]
        for name in entry.names
        for asked_reading in pinyin.readings(asked)
        for reading in pinyin.readings(name)
        for at in range(len(reading))
    )


@st.composite
def typings(draw: st.DrawFn) -> str:
    """What a person may type to find one of the crowd, or nearly."""
    entry = draw(st.sampled_from(CROWD))
    kind = draw(st.sampled_from(["pieces", "pieces", "part", "number", "letters"]))
    if kind == "letters":
        return draw(st.text("abcghijlmnoxz", min_size=1, max_size=5))
    if kind == "number":
        tail = entry.tails[0]
        return tail[-draw(st.integers(2, 8)) :]
    plain = comparable(entry.names[0])
    start = draw(st.integers(0, 1 if kind == "part" else 0))
    reading = draw(st.sampled_from(pinyin.readings(entry.names[0])))
    count = draw(st.integers(1, len(plain) - start))
    typed = ""
    for sign, sound in list(zip(plain, reading, strict=True))[start : start + count]:
        way = draw(st.sampled_from(["sign", "full", "first", "some"]))
        some = sound[: draw(st.integers(1, len(sound)))]
        typed += {"sign": sign, "full": sound, "first": sound[0], "some": some}[way]
    return typed


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=typings(), limit=st.sampled_from([5, 50, 1000]))
def test_nobody_is_missed_and_nobody_invented(crowd, typed, limit):
    meant = {entry.row for entry in CROWD if means(typed, entry)}
    expected = meant or {entry.row for entry in CROWD if sounds(typed, entry)}
    found = [hit.id for hit in search.query(typed, limit=limit)]
    assert len(found) == len(set(found)) == min(limit, len(expected))
    assert set(found) <= expected
    assert search.matching(typed, "member") == meant
