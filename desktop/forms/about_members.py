"""What sheets say about members that no single column holds: seats, flags, years in the Party.

Everything is fetched for a whole selection at once, so that a sheet asks no database per row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.codes import code_list
from db.registers.member import Member, MemberFlag, Post
from db.rules import dates

HAN: Final = "01"
"""汉族 in GB/T 3304; everybody else counts as 少数民族."""


def counted(records: Iterable[Any]) -> list[Any]:
    """Those who belong to the headcount of a branch."""
    standings = code_list("standing")
    inside = {code.code for code in standings.items if code.is_marked("counted")}
    return [record for record in records if record.standing in inside]


def age(member: Any, on: str) -> int | None:
    """Age in whole years on a day."""
    return dates.age_at(member.born_on, on)


def party_years(member: Any, on: str) -> int | None:
    """党龄: whole years since 转正 (党章: the Party age counts from the end of probation)."""
    return dates.years_between(member.confirmed_on, on)


def seats(members: Sequence[Any]) -> dict[int, str]:
    """党内职务: leading seats and heads of groups each member holds now, by rank."""
    kinds = code_list("post")
    held: dict[int, list[tuple[Any, str]]] = defaultdict(list)
    for part in _parts([member.id for member in members]):
        rows = (
            Post.living()
            .select(Post.member, Post.kind)
            .where(Post.member.in_(part), Post.until_on == "")
            .tuples()
        )
        for member, kind in rows:
            if not (kinds[kind].is_marked("leading") or kinds[kind].is_marked("head")):
                continue
            held[member].append((kinds[kind].extra["rank"], kinds.label_of(kind)))
    return {
        member: "、".join(dict.fromkeys(label for _, label in sorted(all_of)))
        for member, all_of in held.items()
    }


def flags(members: Sequence[Any], kinds: Sequence[str] = ()) -> dict[int, str]:
    """What is marked about each member now (困难, 流动…), all kinds or some."""
    words = code_list("member_flag")
    marked: dict[int, list[str]] = defaultdict(list)
    for part in _parts([member.id for member in members]):
        rows = (
            MemberFlag.living()
            .select(MemberFlag.member, MemberFlag.kind)
            .where(MemberFlag.member.in_(part), MemberFlag.until_on == "")
            .tuples()
        )
        for member, kind in rows:
            if not kinds or kind in kinds:
                marked[member].append(words[kind].short or words.label_of(kind))
    return {member: "、".join(sorted(set(all_of))) for member, all_of in marked.items()}


@dataclass(frozen=True)
class Headcount:
    """The figures under a list of members."""

    total: int
    full: int
    probationary: int
    women: int
    minority: int
    young: int
    old: int
    schooled: int

    @classmethod
    def of(cls, members: Iterable[Any], on: str) -> Headcount:
        """Count members as they are on a day: under 35, 60 and over, 大专 and above."""
        education = code_list("education")
        high = {code.code for code in education.items if code.extra.get("band") == "大专及以上"}
        rows = list(members)
        ages = [age(member, on) for member in rows]
        return cls(
            total=len(rows),
            full=sum(member.category == "full" for member in rows),
            probationary=sum(member.category == "probationary" for member in rows),
            women=sum(member.sex == "2" for member in rows),
            minority=sum(bool(member.ethnicity) and member.ethnicity != HAN for member in rows),
            young=sum(found is not None and found <= 35 for found in ages),
            old=sum(found is not None and found >= 60 for found in ages),
            schooled=sum(member.education in high for member in rows),
        )

    def words(self) -> str:
        """The figures as the foot of a list says them."""
        return (
            f"合计 {self.total} 名：正式党员 {self.full} 名，预备党员 {self.probationary} 名；"
            f"女 {self.women} 名，少数民族 {self.minority} 名，35 岁及以下 {self.young} 名，"
            f"60 岁及以上 {self.old} 名，大专及以上 {self.schooled} 名。"
        )


def members_of(organization: Any) -> list[Any]:
    """Members counted in an organization and all below it."""
    from db.organizing import below

    ids = below(organization.id)
    return counted(Member.living().where(Member.organization.in_(ids)))


def usual(query: Any) -> Any:
    """Of all members, those in the headcount: what is printed when nobody was picked."""
    standings = [code.code for code in code_list("standing").items if code.is_marked("counted")]
    return query.where(Member.standing.in_(standings))


def _parts(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[at : at + size] for at in range(0, len(ids), size))
