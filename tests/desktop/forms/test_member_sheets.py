from __future__ import annotations

import pytest

from db import access
from db.access import Person, Role
from db.errors import Refusal
from db.registers.member import Member, MemberFlag
from db.registers.organization import Organization
from db.rules import dates
from desktop.typeset.form import form
from desktop.typeset.printing import chosen_records, print_selection, render
from tests.desktop.typeset.reading import plain, rows, texts, wheel_only
from tests.golden import sheets


@pytest.fixture
def branch(office, monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: sheets.TODAY)
    return sheets.branch()


def said(sheet: str, records=None, **options) -> str:
    records = chosen_records(form(sheet)) if records is None else records
    return plain("".join(texts(render(form(sheet), records, options, faces=wheel_only()).pdf)))


def test_the_roster_is_sorted_by_strokes_and_counted(branch):
    pdf = render(form("member_roster"), Member.living(), faces=wheel_only()).pdf
    names = [row for _, _, row in rows(pdf) if row[:1].isdigit()]
    order = ["丁一", "马超", "马玉兰", "王𬭚", "乌云其其格"]
    assert len(names) == 6
    for number, (row, name) in enumerate(zip(names, order, strict=False), 1):
        assert row.startswith(f"{number}{name}")
    lines = [row for _, _, row in rows(pdf)]
    assert any(row.startswith("阿依古丽·") for row in lines)  # broken after its dot only
    assert any(row.startswith("阿卜杜拉") for row in lines)
    foot = "合计6名：正式党员5名，预备党员1名；女3名，少数民族2名，35岁及以下1名，60岁及以上2名，大专及以上2名。"
    assert foot in plain("".join(texts(pdf))).replace(" ", "")


def test_the_roster_gives_age_party_years_and_seat(branch):
    pdf = render(form("member_roster"), Member.living(), faces=wheel_only()).pdf
    row = next(text for _, _, text in rows(pdf) if "乌云" in text)
    assert "女蒙古族1985.06.0141" in row
    assert "本科" in row
    assert "书记" in row
    assert "17正式" in row
    assert "困难" in next(text for _, _, text in rows(pdf) if "马玉兰" in text)


def test_id_numbers_are_printed_masked_or_not_at_all_as_chosen(branch):
    member = Member.get(Member.name == "马超")
    member.id_number = "150425199901020011"
    member.save()
    assert "150425199901020011" in said("member_roster")
    masked = said("member_roster", ids="隐去中间")
    assert "150425199901020011" not in masked
    assert "公民身份号码" in masked
    assert "公民身份号码" not in said("member_roster", ids="不印")


def test_each_branch_has_its_own_list_or_all_stand_in_one(branch):
    other = Organization(name="中共乌兰嘎查支部委员会", kind="branch")
    other.save()
    Member(name="白音", sex="1", category="full", organization=other).save()
    apart = render(form("member_roster"), Member.living(), faces=wheel_only())
    assert apart.pages == 2
    together = said("member_roster", volumes="合为一册")
    assert "合计7名" in together
    assert "中共乌兰嘎查支部委员会" in together


def test_members_who_have_left_are_not_in_the_roster(branch):
    gone = Member.get(Member.name == "马超")
    gone.standing = "transferred"
    gone.save()
    assert "马超" not in said("member_roster")
    assert "马超" not in "".join(m.name for m in chosen_records(form("member_register")))
    assert [m.name for m in chosen_records(form("member_register"), [gone.id])] == ["马超"]


def test_the_card_tells_seats_honours_and_sanctions(branch):
    text = said("member_register", [Member.get(Member.name == "乌云其其格")])
    assert "2024年7月1日，旗委授予“优秀党务工作者”" in text
    assert "2021.12.31—至今" in text
    assert "组织关系转入（集宁区某支部）" in text
    assert "17年" in text
    assert "警告处分" in said("member_register", [Member.get(Member.name == "王𬭚")])


def test_empty_cells_of_the_card_can_be_struck_out(branch):
    member = [Member.get(Member.name == "丁一")]
    assert said("member_register", member, blank=True).count("—") >= 10
    assert "—" not in said("member_register", member)


def test_the_extract_holds_everything_that_is_kept(branch):
    member = Member.get(Member.name == "马玉兰")
    flag = MemberFlag.get(MemberFlag.member == member)
    flag.words = "因病住院，自付三万元"
    flag.save()
    text = said("member_extract", [member])
    for word in ("马玉兰", "哈沙图嘎查一组", "党员标记（1条）", "困难党员", "因病住院，自付三万元"):
        assert word in text
    assert "全部记录" in text


def test_the_extract_shows_rows_that_were_retired_too(branch):
    member = Member.get(Member.name == "马玉兰")
    MemberFlag.get(MemberFlag.member == member).retire("录入有误")
    assert "已停用（录入有误）" in said("member_extract", [member])


def test_the_card_of_a_branch_counts_its_members_and_names_its_leaders(branch):
    text = said("organization_register", [branch])
    assert "党员总数6正式党员5预备党员1" in text
    assert "女党员3少数民族2" in text
    assert "乌云其其格书记2021.12.31" in text
    assert "第十二届：2021年12月31日" in text
    assert "应到40人，实到36人" in text
    assert "1986年7月1日成立（苏党发〔1986〕12号）" in text


def test_a_committee_counts_everybody_below_it(branch):
    text = said("organization_register", [branch.parent])
    assert "党委基本情况登记表" in text
    assert "党员总数6" in text


def test_printing_writes_a_file_and_needs_the_right(branch, tmp_path):
    path = tmp_path / "花名册.pdf"
    done = print_selection(
        "member_roster", path, organization="哈沙图嘎查党支部", faces=wheel_only()
    )
    assert done["pages"] == 1
    assert path.read_bytes().startswith(b"%PDF")
    with access.acting_as(Person(9, "查阅员", Role.READER)), pytest.raises(Refusal):
        print_selection("member_roster", path, faces=wheel_only())
    with pytest.raises(Refusal, match="没有名为"):
        print_selection("member_roster", path, organization="不存在", faces=wheel_only())


def test_the_recovery_sheet_shows_the_code_whole(tmp_path):
    from desktop.forms.account_recovery import print_sheet

    print_sheet(tmp_path / "恢复单.pdf", "白音胡舒苏木党委", "张三", "ABCD-EFGH-JKLM-NPQR")
    text = plain(texts((tmp_path / "恢复单.pdf").read_bytes())[0])
    assert "ABCD-EFGH-JKLM-NPQR" in text
    assert "白音胡舒苏木党委" in text


@pytest.mark.parametrize(
    "sheet", ["member_roster", "member_register", "member_extract", "organization_register"]
)
def test_overlong_texts_are_told_and_stay_on_paper(sheet, branch):
    member = Member.get(Member.name == "阿依古丽·阿卜杜拉")
    member.name = "阿依古丽·阿卜杜拉·买买提吐尔逊江·艾力"
    member.unit_name = member.post_title = "白音胡舒苏木哈沙图嘎查农牧业综合服务合作社" * 2
    member.address = member.registered_residence = "白音胡舒苏木哈沙图嘎查第三居民小组" * 4
    member.notes = "备注" * 250
    member.save()
    branch.notes = "备注" * 250
    branch.save()
    records = [branch] if sheet.startswith("organization") else [member]
    done = render(form(sheet), records, faces=wheel_only())
    width = 297 if sheet == "member_roster" else 210
    for page in range(done.pages):
        assert all(5 < x < width - 8 for _, x, _ in rows(done.pdf, page))
