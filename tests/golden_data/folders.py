"""Writes the golden data folder of the schema that this program writes.

``python -m tests.golden_data.folders`` is run once, when a schema is released; from then on that folder is
never written again, and every later program must open it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from db import journal, membership, migrations, organizing, registry, vault
from db import office as offices
from db.registers.member import Honour, Member, MemberFlag, Post
from db.registers.organization import Organization, Term
from db.undo import undo
from tests import factories

HERE = Path(__file__).parent
PASSPHRASE = "草原上的金色口令"
RECOVERY = "recovery.txt"
NAMES = ("巴图", "斯琴高娃", "王𠮷", "买买提·艾力", "单小明")


def folder(number: int) -> Path:
    """Where the folder of this schema is kept."""
    return HERE / f"schema_{number}"


def make() -> Path:
    """Found an office and do a little of everything that is kept."""
    place = folder(migrations.newest())
    shutil.rmtree(place, ignore_errors=True)
    vault.COST = {"memory": 64, "iterations": 1, "lanes": 1}
    code = offices.new_office(
        place, "150823101", "白音胡舒苏木党委", "township", "管理员", PASSPHRASE, site=7
    )
    (place / RECOVERY).write_text(code + "\n", encoding="utf-8")
    committee = Organization(name="白音胡舒苏木党委", kind="committee", township=1)
    organizing.found(committee, "1958-07-01")
    one, two = (
        Organization(name=name, kind="branch", parent=committee, village=1)
        for name in ("哈沙图嘎查党支部", "巴彦嘎查党支部")
    )
    organizing.found(one, "1996-05", "白党发〔1996〕3号")
    organizing.found(two, "2001")
    members = [
        membership.admit(
            Member(name=name, organization=one, category="full", phone="13947400001"),
            "1998-06",
            "recorded",
        )
        for name in NAMES
    ]
    organizing.elect(
        one,
        Term(elected_on="2024-03-01", due_on="2027-03-01", number="第五届"),
        [organizing.Seat("secretary", members[0]), organizing.Seat("deputy_secretary", members[1])],
    )
    Honour(member=members[1], title_given="优秀共产党员", on="2021-07-01").save()
    MemberFlag(member=members[2], kind="hardship", from_on="2020").save()
    membership.move(members[3], two, "2025-01-10")
    membership.end(members[4], "moved_out", "2025-06-01", elsewhere="外旗某支部")
    # Every table holds a row, so that no later change of one goes untried.
    for model in registry.models():
        if not model.select().exists():
            factories.make(model)
    members[0].phone = "13900000000"
    members[0].save()
    undo(journal.operations(1)[0].id)
    Post.get(Post.member == members[1]).retire("登记有误")
    offices.close_office()
    (place / offices.LOCK).unlink(missing_ok=True)
    return place


if __name__ == "__main__":
    make()
