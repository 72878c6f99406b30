from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.codes import code_list, code_list_names, read_code_list

each_list = pytest.mark.parametrize("name", code_list_names())


@each_list
def test_every_word_of_a_list_leads_to_its_own_code(name):
    codes = code_list(name)
    assert len(codes) > 1
    for item in codes:
        for word in (item.code, item.label, item.short, *item.aliases):
            if word:
                assert codes.find(word) == item.code, word
        assert codes.label_of(item.code) == item.label
        assert codes.short_of(item.code)


@each_list
@given(text=st.text(max_size=12))
def test_any_text_is_found_or_not(name, text):
    code = code_list(name).find(text)
    assert code is None or code in code_list(name)


def test_an_unknown_list_is_a_key_error():
    with pytest.raises(KeyError):
        code_list("nonsense")


def test_a_code_of_a_newer_version_is_shown_as_it_stands():
    assert code_list("sex").label_of("x") == "x"


@pytest.mark.parametrize(
    ("written", "code"),
    [("汉", "01"), ("汉族", "01"), (" 蒙古 族", "02"), ("蒙古族", "02"), ("蒙", "02"), ("达斡尔", "31"),
     ("鄂温克族", "45"), ("鄂伦春", "52"), ("基诺族", "56"), (2.0, "02"), ("2", "02"), ("其他", "57")],
)  # fmt: skip
def test_ethnic_groups_as_rosters_write_them(written, code):
    assert code_list("ethnicity").find(written) == code


def test_all_ethnic_groups_are_there():
    codes = code_list("ethnicity")
    assert codes.codes == tuple(f"{number:02}" for number in range(1, 59))
    assert codes.marked("minority") == set(codes.codes[1:57])


@pytest.mark.parametrize(
    ("written", "label"),
    [("本科", "大学本科"), ("大学", "大学本科"), ("大学本科学历", "大学本科"), ("初中毕业", "初级中学"),
     ("大专", "大学专科"), ("高中文化程度", "普通高中"), ("文盲", "其他"), ("研究生", "硕士研究生"),
     ("中　专", "中等专科")],
)  # fmt: skip
def test_schooling_as_rosters_write_it(written, label):
    codes = code_list("education")
    assert codes.label_of(codes.find(written)) == label


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [("member_category", "正式", "full"), ("member_category", "预备", "probationary"),
     ("occupation", "牧民", "farmer"), ("occupation", "退休教师", "retired"),
     ("occupation", "公务员", "civil_servant"), ("post", "支部书记", "secretary"),
     ("post", "支委", "committee_member"), ("organization_kind", "总支", "general_branch"),
     ("organization_kind", "联合党支部", "joint_branch"), ("domain", "农村", "pastoral"),
     ("sex", "Ｍ", "1"), ("standing", "停止党籍", "suspended")],
)  # fmt: skip
def test_other_lists_as_rosters_write_them(name, written, code):
    assert code_list(name).find(written) == code


def test_marks_tell_leading_posts_and_herders():
    assert {"secretary", "deputy_secretary"} <= code_list("post").marked("leading")
    assert "liaison" not in code_list("post").marked("leading")
    assert code_list("occupation").marked("herder_or_farmer") >= {"farmer", "village_cadre"}


def test_codes_that_lists_name_in_one_another_exist():
    for item in code_list("status_change"):
        assert item.extra.get("standing", "normal") in code_list("standing")
        assert item.extra.get("category", "full") in code_list("member_category")
    for item in code_list("organization_event"):
        assert item.extra.get("status", "active") in code_list("organization_status")
    for item in code_list("unit_kind"):
        assert item.extra.get("domain", "agency") in code_list("domain")


def test_a_list_that_contradicts_itself_is_not_taken():
    twice = 'label = "x"\nitems = [{ code = "1", label = "a" }, { code = "1", label = "b" }]'
    with pytest.raises(ValueError, match="code"):
        read_code_list("x", twice)


def test_an_unknown_word_gets_advice():
    assert code_list("sex").advice("公") == "可填：男、女、未知、未说明"
    assert "蒙古族" in code_list("ethnicity").advice("蒙古簇")
    assert code_list("ethnicity").advice("xyz") == ""
