from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules import name_search, pinyin

han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "reading"),
    [("单小芳", "shanxiaofang"), ("解放", "xiefang"), ("查理", "zhali"), ("曾强", "zengqiang"),
     ("仇英", "qiuying"), ("区伟", "ouwei"), ("万俟长青", "moqichangqing"), ("尉迟恭", "yuchigong"),
     ("吕布", "lvbu"), ("王女", "wangnv"), ("欧阳修", "ouyangxiu"), ("任建国", "renjianguo"),
     ("乌云其其格", "wuyunqiqige"), ("阿依古丽·阿卜杜拉", "ayiguliabudula"), ("覃勇", "qinyong")],
)  # fmt: skip
def test_the_usual_reading_comes_first(name, reading):
    assert pinyin.full(name)[0] == reading


def test_every_reading_of_a_polyphonic_surname_is_kept():
    assert {"shanle", "danle", "shanyue", "danyue"} <= set(pinyin.full("单乐"))
    assert set(pinyin.initials("曾强")) >= {"zq", "cq"}


def test_characters_without_a_reading_stand_for_themselves():
    assert pinyin.full("A组")[0] == "azu"
    assert pinyin.full("\ue000三")[0] == "\ue000san"
    assert pinyin.full("") == pinyin.full("·") == ()


@given(han)
def test_readings_are_plain_letters_one_syllable_a_character(name):
    for reading in pinyin.readings(name):
        assert len(reading) == len(name)
    assert 1 <= len(pinyin.readings(name)) <= pinyin.MOST_READINGS


def test_the_order_by_sound():
    assert sorted(["张伟", "单芳", "曾强", "阿荣"], key=pinyin.sound_key) == [
        "阿荣",
        "单芳",
        "曾强",
        "张伟",
    ]


@pytest.mark.parametrize(
    ("asked", "some"), [("zhangs", "zs"), ("张sm", "zsm"), ("zhangxiaom", "zxm"), ("曾x", "cx")]
)
def test_what_is_typed_mixed_is_cut_into_initials(asked, some):
    assert any(some.startswith(pattern) for pattern in name_search.initial_patterns(asked))


def test_long_typing_does_not_explode():
    assert len(name_search.initial_patterns("zhangxianganchangan" * 3)) < 200


def test_asking_for_readings_never_imports_the_heavy_package():
    code = (
        "import sys; from db.rules import pinyin; pinyin.full('单小芳');"
        "sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
