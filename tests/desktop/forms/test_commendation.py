from __future__ import annotations

import re
from dataclasses import dataclass

import pypdfium2
import pytest

from db import office as offices
from db.commending import notice, programme
from db.commending.deciding import decide, select_by_rank
from db.commending.nominating import nominate_members, nominate_organizations, nominate_outsider
from db.commending.quotas import award_types
from db.errors import Refusal
from db.registers.commendation import Commendation, Nomination, Opinion
from db.registers.member import Discipline, Honour, Member
from db.registers.organization import Organization
from desktop.forms.commendation_parts import quoted, title_lines
from desktop.typeset.form import form
from desktop.typeset.printing import Rendered, render
from tests.factories import kept

ID_NUMBER = "150425196001010016"
PHONE = "13900001234"
NAMES = ("巴图", "田大利", "田富", "白音", "马玉兰", "马超", "阿依古丽·阿卜杜拉")


@dataclass
class Scene:
    round_: Commendation
    branch: Organization
    members: list[Member]

    def pages(self, form_id: str, **options: object) -> list[str]:
        return texts(render(form(form_id), [Commendation.get_by_id(self.round_.id)], options))

    def advance(self) -> None:
        programme.start_reviewing(self.round_)
        select_by_rank(self.round_)
        notice.publish(self.round_, "2026-06-15")


def texts(rendered: Rendered) -> list[str]:
    """The text of each page without the blanks that only spread it."""
    pdf = pypdfium2.PdfDocument(rendered.pdf)
    try:
        found = []
        for page in pdf:
            area = page.get_textpage()
            found.append(re.sub(r"\s", "", area.get_text_bounded()))
            area.close()
            page.close()
        return found
    finally:
        pdf.close()


@pytest.fixture
def scene(office: offices.Office) -> Scene:
    committee = kept(Organization, name="白音胡舒苏木党委", kind="committee", township=1)
    branch = kept(
        Organization,
        name="哈沙图嘎查党支部",
        kind="branch",
        parent=committee,
        village=1,
        election_due="2029-03",
        founded_on="1988-01",
    )
    members = [
        kept(
            Member,
            name=name,
            organization=branch,
            sex="1",
            ethnicity="02",
            born_on="1975-03",
            joined_on="2001-06-20",
            confirmed_on="2002-06-20",
            category="full",
            education="61",
            id_number=ID_NUMBER,
            phone=PHONE,
        )
        for name in NAMES
    ]
    kept(Honour, member=members[0], title_given="优秀共产党员", on="2019-07-01", giver="苏木党委")
    round_ = programme.open_programme("july_first_township", 2026, scope=committee)
    programme.set_condition(round_, "review", mode="off")
    round_.notice_phone = "0478-3221234"
    round_.save()
    programme.start_nominating(round_)
    types = {t.name: t for t in award_types(round_)}
    types["优秀共产党员"].places = 10
    types["优秀共产党员"].save()
    nominate_members(types["优秀共产党员"], members)
    nominate_organizations(types["先进基层党组织"], [branch])
    for one in Nomination.select():
        one.deeds = "扎根基层，带领群众增收。"
        one.save()
    first = Nomination.get(Nomination.name == "巴图")
    kept(
        Opinion,
        nomination=first,
        organ="branch",
        words="同意推荐",
        on="2026-06-05",
        expected=38,
        present=35,
        approving=34,
    )
    return Scene(round_, branch, members)


def test_each_person_gets_both_sides(scene: Scene) -> None:
    pages = scene.pages("commendation_approval")
    assert len(pages) == 2 * len(NAMES)
    front, back = pages[0], pages[1]
    for words in ("优秀共产党员推荐审批表", "巴图", "1975.03", "2001.06", ID_NUMBER, PHONE,
                  "2019年7月1日，被苏木党委授予“优秀共产党员”称号。", "主要事迹限600字"):  # fmt: skip
        assert words in front
    assert "应到38人，实到35人，赞成34票" in back
    assert "2026年6月5日" in back


def test_a_township_has_no_boxes_of_the_county_and_the_county_has(scene: Scene) -> None:
    assert "组织部意见" not in "".join(scene.pages("commendation_approval", names="巴图"))
    scene.round_.level = "county"
    scene.round_.issuer = "中共乌拉特前旗委员会"
    scene.round_.save()
    back = scene.pages("commendation_approval", names="巴图")[1]
    assert "旗委组织部意见" in back
    assert "旗委审批意见" in back


def test_the_form_keeps_what_was_when_the_post_has_changed(scene: Scene) -> None:
    member = scene.members[0]
    member.phone, member.born_on = "13811112222", "1976-01"
    member.save()
    kept(Discipline, member=member, kind="warning", on="2026-09-01")
    front = scene.pages("commendation_approval", names="巴图")[0]
    assert PHONE in front
    assert "警告" not in front


def test_long_deeds_get_a_page_of_their_own(scene: Scene) -> None:
    award_type = Nomination.get(Nomination.name == "马超").award_type
    award_type.deeds_limit = 2000
    award_type.save()
    one = Nomination.get(Nomination.name == "马超")
    one.deeds, one.brief = "带领群众增收，" * 200, "养羊能手。"
    one.save()
    pages = scene.pages("commendation_approval", names="马超")
    assert "养羊能手。（主要事迹材料另附）" in pages[0]
    assert "".join(pages[2:]).count("带领群众增收") == 200


def test_an_unknown_name_is_refused_by_name(scene: Scene) -> None:
    with pytest.raises(Refusal, match="李四"):
        scene.pages("commendation_approval", names="巴图、李四")


def test_a_round_without_anybody_prints_an_empty_form(scene: Scene) -> None:
    opened = programme.open_programme("july_first_township", 2027)
    rendered = render(form("commendation_approval"), [opened])
    assert rendered.pages == 2
    assert "优秀共产党员推荐审批表" in texts(rendered)[0]


def test_the_organization_form_counts_its_members(scene: Scene) -> None:
    front = scene.pages("commendation_organization_approval")[0]
    for words in ("先进基层党组织推荐审批表", "哈沙图嘎查党支部", "1988.01", "党员人数7正式党员7"):
        assert words in front


def test_the_list_stands_in_the_order_asked_for(scene: Scene) -> None:
    by_rank = "".join(scene.pages("commendation_summary"))
    assert by_rank.index("巴图") < by_rank.index("马超")
    assert "优秀共产党员（7名）" in by_rank
    by_strokes = "".join(scene.pages("commendation_summary", order="姓氏笔画"))

    places = [by_strokes.rindex(n) for n in ("马超", "马玉兰", "巴图", "田富", "田大利", "白音")]
    assert places == sorted(places)


def test_nothing_private_hangs_on_the_wall(scene: Scene) -> None:
    scene.advance()
    for place in ("名单在正文", "另附名单"):
        text = "".join(scene.pages("commendation_notice", place=place))
        assert ID_NUMBER not in text
        assert PHONE not in text
        for words in ("5个工作日（2026年6月15日至2026年6月22日）", "0478-3221234", "阿依古丽·阿卜杜拉",
                      "优秀共产党员（7名）", "先进基层党组织（1个）", "真实姓名"):  # fmt: skip
            assert words in text


def test_the_decision_counts_its_groups_and_keeps_the_order(scene: Scene) -> None:
    scene.advance()
    decide(Commendation.get_by_id(scene.round_.id), "白党发〔2026〕12号", "2026-06-24")
    pages = scene.pages("commendation_decision", order="姓氏笔画")
    text = "".join(pages)
    for words in ("白党发〔2026〕12号", "中共白音胡舒苏木委员会", "一、先进基层党组织（1个）",
                  "二、优秀共产党员（7名）", "成立105周年", "2026年6月24日"):  # fmt: skip
        assert words in text
    names = text[text.index("（7名）") :]
    assert names.index("田富") < names.index("田大利")
    by_name = "".join(scene.pages("commendation_decision", order="姓名笔画"))
    names = by_name[by_name.index("（7名）") :]
    assert names.index("田大利") < names.index("田富")


def test_each_award_has_its_numbered_certificate(scene: Scene) -> None:
    scene.advance()
    decide(Commendation.get_by_id(scene.round_.id), "白党发〔2026〕12号", "2026-06-24")
    pages = scene.pages("commendation_certificate")
    assert len(pages) == 8
    assert "哈沙图嘎查党支部：" in pages[0]
    assert "编号：2026-2-001" in pages[1]
    assert "优秀共产党员" in pages[1]
    assert len(scene.pages("commendation_certificate", names="田富")) == 1


def test_windows_and_outsiders_have_their_forms(scene: Scene) -> None:
    opened = programme.open_programme("service_windows", 2026)
    types = {t.name: t for t in award_types(opened)}
    nominate_outsider(types["群众满意窗口"], "社保窗口", scene.branch, unit_name="便民服务大厅")
    nominate_outsider(types["岗位服务标兵"], "王㛃", scene.branch, political_status="13")
    unit = texts(render(form("commendation_organization_approval"), [opened]))[0]
    assert "群众满意窗口推荐审批表" in unit
    assert "便民服务大厅" in unit
    person = texts(render(form("commendation_approval"), [opened]))[0]
    assert "政治面貌群众" in person


def test_titles_break_between_what_belongs_together() -> None:
    atoms = [
        "中共西召镇委员会",
        "关于表彰先进基层党组织、",
        "优秀共产党员和",
        "优秀党务工作者的决定",
    ]
    lines = title_lines(atoms).split("\n")
    assert len(lines) == 2
    assert "".join(lines) == "".join(atoms)
    assert all(any(line.startswith(a) for a in atoms) for line in lines)
    assert quoted("“五个好”嘎查村党组织") == "“‘五个好’嘎查村党组织”"


def test_overlong_words_are_set_or_reported_but_never_lost_in_silence(scene: Scene) -> None:
    one = Nomination.get(Nomination.name == "阿依古丽·阿卜杜拉")
    one.resume = "2001年至今在嘎查务农，" * 200
    one.brief = "带领群众增收，" * 40
    one.unit_name = "乌拉特前旗白音胡舒苏木农牧民专业合作经济组织联合会哈沙图嘎查分会"
    one.post_title = "理事长兼党支部书记兼嘎查村集体经济股份合作社董事长"
    one.snapshot = {
        **one.snapshot,
        "honours": [
            {"on": f"20{n:02}-07-01", "title": "优秀共产党员", "giver": "中共乌拉特前旗委员会"}
            for n in range(25)
        ],
        "native_place": "新疆维吾尔自治区克孜勒苏柯尔克孜自治州",
        "posts": ["哈沙图嘎查党支部书记"] * 6,
    }
    one.save()
    options = {"names": one.name}
    rendered = render(form("commendation_approval"), [scene.round_], options)
    front = texts(rendered)[0]
    assert one.post_title in front
    assert "新疆维吾尔自治区克孜勒苏柯尔克孜自治州" in front
    reported = {overflow.where for overflow in rendered.overflow}
    for where, words in (("简历", one.resume), ("奖惩情况", "2024年7月1日")):
        assert where in reported or words in front
    assert render(form("commendation_summary"), [scene.round_]).pages >= 1


def test_the_posted_notice_is_refused_private_columns(scene: Scene) -> None:
    from desktop.typeset.values import PrivateField, public

    one = public(Nomination.get(Nomination.name == "巴图"))
    assert one.name == "巴图"
    with pytest.raises(PrivateField):
        _ = one.snapshot
    with pytest.raises(PrivateField):
        _ = one.id_number
