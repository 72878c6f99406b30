"""One small branch with every kind of member a sheet must cope with, the same on every machine."""

from __future__ import annotations

from db.registers.member import Discipline, Honour, Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization, OrganizationEvent, Term

TODAY = "2026-11-22"


def branch() -> Organization:
    """A branch with its posts, terms and history, and six members."""
    committee = Organization(
        name="中共白音胡舒苏木委员会", short_name="白音胡舒苏木党委", kind="committee",
        code="150823101000", founded_on="1984-05", township=1,
    )  # fmt: skip
    committee.save()
    village = Organization(
        name="中共白音胡舒苏木哈沙图嘎查支部委员会", short_name="哈沙图嘎查党支部", kind="branch",
        code="150823101201", parent=committee, domain="pastoral", village=1,
        founded_on="1986-07-01", founding_document="苏党发〔1986〕12号", election_due="2026-12-31",
        unit_name="哈沙图嘎查嘎查委员会", unit_code="54150823ME0012345X", contact="乌云其其格",
        phone="0478-3509896", address="白音胡舒苏木哈沙图嘎查",
    )  # fmt: skip
    village.save()
    Term(
        organization=village, number="第十二届", elected_on="2021-12-31", due_on="2026-12-31",
        expected=40, present=36, document="苏党发〔2022〕3号",
    ).save()  # fmt: skip
    OrganizationEvent(
        organization=village, kind="founded", on="1986-07-01", document="苏党发〔1986〕12号"
    ).save()
    people = [
        ("乌云其其格", "2", "02", "1985-06-01", "2008-07-01", "2009-07-01", "full", "21"),
        ("王𬭚", "1", "01", "1956-03", "1978-06", "1979-06", "full", "71"),
        ("马超", "1", "01", "1999-01-02", "2026-05-20", "", "probationary", "31"),
        ("马玉兰", "2", "01", "1948", "1970", "1971", "full", "81"),
        ("阿依古丽·阿卜杜拉", "2", "05", "1990-11-11", "2015-07-01", "2016-07-01", "full", "61"),
        ("丁一", "1", "01", "1970-02-03", "1995-01", "1996-01", "full", ""),
    ]
    members = []
    for name, sex, ethnicity, born, joined, confirmed, category, education in people:
        member = Member(
            name=name, sex=sex, ethnicity=ethnicity, born_on=born, joined_on=joined,
            confirmed_on=confirmed, category=category, education=education, organization=village,
            phone=f"1384780{len(members) * 1111:04d}", address="哈沙图嘎查一组",
        )  # fmt: skip
        member.save()
        members.append(member)
    Post(organization=village, kind="secretary", member=members[0], from_on="2021-12-31").save()
    Post(
        organization=village, kind="organization_member", member=members[4], from_on="2021-12"
    ).save()
    MemberFlag(member=members[3], kind="hardship", from_on="2024-01", place="因病").save()
    Honour(member=members[0], title_given="优秀党务工作者", on="2024-07-01", giver="旗委").save()
    Discipline(member=members[1], kind="warning", on="2001-05", organ="旗纪委").save()
    StatusChange(member=members[0], kind="moved_in", on="2015-03", elsewhere="集宁区某支部").save()
    return village
