"""困难认定: recognise, carry into the next year, end; the member's mark follows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from db import access, journal
from db.errors import Refusal
from db.identity import identity
from db.registers.hardship import Evidence, Hardship
from db.registers.member import MemberFlag
from db.rules import dates

STEM, LABEL = "hardship", "困难帮扶对象"
#: What goes into the next year with a person; recognition has to be given anew.
_CARRIED = (
    "name", "member", "kind", "organization", "sex", "ethnicity", "born_on", "id_number", "phone",
    "address", "category", "degree", "cause", "household_number", "household", "household_size",
    "income", "income_source", "subsistence", "labour", "health",
)  # fmt: skip


def recognise(people: Sequence[Hardship], on: str = "") -> int:
    """组织认定 of the county; returns how many were not recognised before."""
    access.require("approve", STEM, LABEL)
    office = identity()
    if office.level != "county":
        raise Refusal("组织认定由旗县组织部作出，苏木乡镇不能认定。")
    day = dates.parse(on) or dates.today()
    fresh = [one for one in people if not one.recognised and one.current]
    words = f"组织认定困难党员 {len(fresh)} 名"
    with access.approving(STEM, LABEL), journal.operation(words, kind="recognise"):
        for one in fresh:
            one.recognised, one.recognised_on = 1, day
            one.recognised_by = office.office_name
            one.save()
        _mark([one for one in fresh if one.member_id], day)
    return len(fresh)


def _mark(people: Sequence[Hardship], on: str) -> None:
    """Members without an open mark 困难党员 get one."""
    ids = [one.member_id for one in people]
    marks = MemberFlag.living().where(
        MemberFlag.member.in_(ids), MemberFlag.kind == "hardship", MemberFlag.until_on == ""
    )
    marked = {mark.member_id for mark in marks}
    for one in people:
        if one.member_id not in marked:
            MemberFlag(member=one.member_id, kind="hardship", from_on=on).save()


def end(hardship: Hardship, on: str, reason: str) -> None:
    """脱困: the row stays with its end; the member's mark ends with it."""
    if not reason.strip():
        raise Refusal("请写明脱困原因。")
    day = dates.parse(on)
    with journal.operation(f"{hardship.name}脱困", kind="end"):
        hardship.until_on, hardship.until_reason = day, reason.strip()
        hardship.save()
        if hardship.member_id:
            for mark in MemberFlag.living().where(
                MemberFlag.member == hardship.member_id,
                MemberFlag.kind == "hardship",
                MemberFlag.until_on == "",
            ):
                mark.until_on = day
                mark.save()


def carry_over(year: int) -> int:
    """Write those still in hardship at the end of the year before into this year; they are to be
    looked at and recognised again. Returns how many.
    """
    last = list(Hardship.living().where(Hardship.year == year - 1, Hardship.until_on == ""))
    query = Hardship.living().where(Hardship.year == year)
    there = {(one.member_id, one.id_number if not one.member_id else "") for one in query}
    count = 0
    with journal.operation(f"困难帮扶对象转入{year}年度", kind="carry"):
        for one in last:
            if (one.member_id, one.id_number if not one.member_id else "") in there:
                continue
            values = {name: getattr(one, name) for name in _CARRIED}
            Hardship(year=year, **values).save()
            count += 1
    return count


def attach(hardship: Hardship, kind: str, path: Path, place: str = "") -> Evidence:
    """Note a scanned paper with its fingerprint, so that nobody can exchange it unnoticed."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Refusal(f"“{path.name}”读不出来，请检查文件是否还在原处。") from None
    evidence = Evidence(
        hardship=hardship,
        kind=kind,
        file_name=path.name[:120],
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        place=place,
        received_on=dates.today(),
    )
    evidence.save()
    return evidence


def is_unchanged(evidence: Evidence, path: Path) -> bool:
    """Whether a file is still the one that was noted."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return False
    return found == str(evidence.digest)
