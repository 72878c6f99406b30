"""How a membership begins, moves and ends, each as one operation with its line in the history.

The code list `status_change` says which 党籍状态 and 人员类别 each change leads to.
"""

from __future__ import annotations

from db import journal
from db.codes import code_list
from db.errors import Refusal
from db.registers.member import Member, Post, StatusChange
from db.registers.organization import Organization


def admit(member: Member, on: str, kind: str = "admitted", elsewhere: str = "") -> Member:
    """A new member: 发展, 转入 or 补录; the row and the first line of its history."""
    change = code_list("status_change")[kind]
    if not change.is_marked("adds"):
        raise Refusal(f"“{change.label}”不是增加党员的方式。")
    with journal.operation(f"{change.label}“{member.name}”"):
        member.standing = change.extra["standing"]
        if category := change.extra.get("category"):
            member.category = category
        if kind == "admitted":
            member.joined_on = member.joined_on or on
        member.save()
        _line(member, kind, on, target=member.organization, elsewhere=elsewhere)
    return member


def confirm(member: Member, on: str, document: str = "") -> None:
    """预备党员转正: 党龄 counts from this day."""
    require_here(member)
    if member.category != "probationary":
        raise Refusal(f"“{member.name}”不是预备党员。")
    with journal.operation(f"“{member.name}”转正"):
        member.category, member.confirmed_on = "full", on
        member.save()
        _line(member, "confirmed", on, document=document)


def move(member: Member, target: Organization, on: str, words: str = "") -> None:
    """Move a member to another branch of this office; seats in the old branch end."""
    require_here(member)
    if target.retired or target.status != "active":
        raise Refusal(f"“{target.name}”已停用或撤并，不能调入。")
    if member.organization_id == target.id:
        raise Refusal(f"“{member.name}”已经在“{target.name}”。")
    with journal.operation(f"“{member.name}”调整到“{target.name}”"):
        origin, member.organization = member.organization, target
        member.save()
        end_posts(member, on, origin)
        _line(member, "moved_within", on, origin=origin, target=target, words=words)


def end(
    member: Member, kind: str, on: str, *, elsewhere: str = "", document: str = "", words: str = ""
) -> None:
    """转出, 停止党籍, 除名, 死亡…: leaves the headcount; the row and its history stay."""
    change = code_list("status_change")[kind]
    if not change.is_marked("takes"):
        raise Refusal(f"“{change.label}”不是减少党员的方式。")
    require_here(member)
    with journal.operation(f"“{member.name}”{change.label}"):
        member.standing = change.extra["standing"]
        member.save()
        end_posts(member, on, None)
        _line(
            member,
            kind,
            on,
            origin=member.organization,
            elsewhere=elsewhere,
            document=document,
            words=words,
        )


def restore(member: Member, on: str, document: str = "") -> None:
    """恢复党籍 after 停止 or 保留; other endings are final."""
    if member.standing not in {"suspended", "retained"}:
        label = code_list("standing").label_of(member.standing)
        raise Refusal(f"“{member.name}”的党籍状态是“{label}”，不能恢复。")
    with journal.operation(f"“{member.name}”恢复党籍"):
        member.standing = "restored"
        member.save()
        _line(member, "restored", on, document=document)


def require_here(member: Member) -> None:
    """Nothing more happens to a membership that has ended."""
    standing = code_list("standing")
    if member.retired or standing[member.standing].is_marked("ended"):
        label = (
            "已停用" if member.retired else f"的党籍状态是“{standing.label_of(member.standing)}”"
        )
        raise Refusal(f"“{member.name}”{label}，不能再办理变动。")


def end_posts(member: Member, on: str, organization: Organization | None) -> None:
    """Seats end with the membership; with an organization only those in it."""
    posts = Post.living().where(Post.member == member, Post.until_on == "")
    if organization is not None:
        posts = posts.where(Post.organization == organization)
    for post in posts:
        post.until_on = on
        post.save()


def _line(member: Member, kind: str, on: str, **more: object) -> None:
    StatusChange(member=member, kind=kind, on=on, **more).save()
