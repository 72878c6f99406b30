"""检查: what does not fit together in the ledgers, and where to put it right.

A grave finding contradicts another row or the journal; the others are records that real rolls have
incomplete (a wrong check digit, an empty date) and that are kept and flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import fn

from db import backup, identity, office, registry, tracing
from db.codes import code_list
from db.columns import columns_of
from db.errors import Trouble
from db.exchange import attached
from db.fields import Attachment, Reference
from db.record import Record
from db.registers.aid import Aid, AidPayment
from db.registers.member import Member, Post
from db.registers.organization import Organization, Term
from db.rules import id_number


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: its kind, the row it concerns, and what to do in words."""

    kind: str
    stem: str
    id: int
    title: str
    message: str
    grave: bool = False


def check() -> list[Finding]:
    """Everything that is found, grave things first."""
    found = [finding for step in _STEPS for finding in step()]
    return sorted(found, key=lambda finding: not finding.grave)


def _counted() -> list[str]:
    return sorted(code_list("standing").marked("counted"))


def _members() -> Any:
    return Member.living().where(Member.standing.in_(_counted()))


def _of(
    model: type[Record], kind: str, rows: Any, message: str, *, grave: bool = False
) -> Iterator[Finding]:
    """A finding for each (id, title) of a query."""
    for row, title in rows.tuples():
        yield Finding(kind, model.stem(), row, str(title), message, grave)


def _chain() -> Iterator[Finding]:
    # The backups remember where the record stood: only that shows a tail that was cut off.
    for words in backup.findings(office.current().folder):
        yield Finding(
            "journal", "operation", 0, "操作记录", f"{words}，请与最近的备份核对。", grave=True
        )
    for found in tracing.untraced():
        yield Finding(
            "journal",
            found.stem,
            found.row,
            "操作记录",
            f"{found.words}，请与最近的备份核对。",
            grave=True,
        )


def _places() -> Iterator[Finding]:
    """Members stand in living branches; organizations under living ones."""
    rows = _members().join(Organization).select(Member.id, Member.name)
    none = Member.living().where(Member.organization.is_null()).select(Member.id, Member.name)
    yield from _of(
        Member, "member_without_organization", none, "没有所在党支部，请补填。", grave=True
    )
    gone = rows.where((Organization.status != "active") | (Organization.retired != ""))
    yield from _of(Member, "member_in_ended_organization", gone,
                   "所在党组织已撤销或停用，请转入其他党支部。", grave=True)  # fmt: skip
    branches = sorted(code_list("organization_kind").marked("branch"))
    units = sorted(code_list("organization_kind").marked("unit"))
    above = rows.where(Organization.kind.not_in(branches + units))
    yield from _of(Member, "member_above_branch", above, "直接挂在党委或党总支下，请编入党支部。")
    parent = Organization.alias()
    orphans = (
        Organization.living()
        .select(Organization.id, Organization.name)
        .join(parent, on=Organization.parent == parent.id)
        .where(
            Organization.status == "active", (parent.status != "active") | (parent.retired != "")
        )
    )
    yield from _of(
        Organization,
        "organization_under_ended",
        orphans,
        "上级党组织已撤销或停用，请改隶属。",
        grave=True,
    )


def _in_force() -> Any:
    return Post.living().where(Post.until_on == "")


def _posts() -> Iterator[Finding]:
    """班子: one head, held by living members, not before the term began; names alike on both sides."""
    kinds = code_list("post")
    heads = sorted(kinds.marked("head"))
    leading = sorted(kinds.marked("leading"))
    ended = (
        _in_force()
        .join(Member)
        .where((Member.standing.not_in(_counted())) | (Member.retired != ""))
        .select(Post.id, Post.holder_name)
    )
    yield from _of(
        Post, "post_of_ended_member", ended, "已不在册，仍在任职，请免去职务。", grave=True
    )
    other = (
        _in_force()
        .join(Member)
        .where(Member.name != Post.holder_name)
        .select(Post.id, Post.holder_name)
    )
    yield from _of(
        Post, "post_name_differs", other, "任职姓名与党员台账不一致，请重新选择党员。", grave=True
    )
    kept = (
        Organization.living()
        .where(
            Organization.status == "active",
            Organization.kind.in_(sorted(code_list("organization_kind").marked("counted"))),
        )
    )  # fmt: skip
    headed = _in_force().where(Post.kind.in_(heads)).select(Post.organization)
    vacant = kept.where(Organization.id.not_in(headed)).select(Organization.id, Organization.name)
    yield from _of(Organization, "head_vacant", vacant, "没有在任书记，请登记或说明空缺。")
    twice = (
        _in_force()
        .where(Post.kind.in_(heads))
        .group_by(Post.organization)
        .having(fn.COUNT(Post.id) > 1)
        .select(Post.organization)
    )
    double = kept.where(Organization.id.in_(twice)).select(Organization.id, Organization.name)
    yield from _of(
        Organization, "two_heads", double, "同时有两名在任书记，请填写前任的免职日期。", grave=True
    )
    newest = (
        Term.living()
        .group_by(Term.organization)
        .select(Term.organization, fn.MAX(Term.elected_on).alias("on"))
    )
    early = (
        _in_force()
        .join(newest, on=newest.c.organization_id == Post.organization)
        .where(Post.kind.in_(leading), Post.from_on != "", Post.from_on < newest.c.on)
        .select(Post.id, Post.holder_name)
    )
    yield from _of(Post, "post_before_term", early, "任职日期早于本届选举日期，请核对或登记连任。")
    differs = (
        kept.join(newest, on=newest.c.organization_id == Organization.id)
        .join(Term, on=(Term.organization == Organization.id) & (Term.elected_on == newest.c.on))
        .where(Organization.election_due != Term.due_on, Term.retired == "")
        .select(Organization.id, Organization.name)
    )
    yield from _of(Organization, "due_differs", differs, "届满日期与本届换届记录不一致。")


def _numbers() -> Iterator[Finding]:
    """Identity numbers that do not pass, contradict the record, or stand twice."""
    seen: dict[str, tuple[int, str]] = {}
    columns = (Member.id, Member.name, Member.id_number, Member.born_on, Member.sex)
    for row, name, number, born, sex in _members().select(*columns).order_by(Member.id).tuples():
        flaw = id_number.flaw(number)
        if flaw:
            yield Finding("id_number", "member", row, name, f"{flaw}。")
        elif _differs(id_number.born_on(number), born):
            yield Finding("born_on", "member", row, name, "出生日期与公民身份号码不一致。")
        elif sex in ("1", "2") and id_number.sex(number) != sex:
            yield Finding("sex", "member", row, name, "性别与公民身份号码不一致。")
        if not number:
            continue
        long = id_number.upgrade(number)
        first = seen.setdefault(long, (row, name))
        if first[0] != row:
            yield Finding(
                "id_twice",
                "member",
                row,
                name,
                f"公民身份号码与“{first[1]}”相同，请核对是否同一人。",
            )


def _differs(one: str, other: str) -> bool:
    return bool(one and other) and one[: len(other)] != other


def _lives() -> Iterator[Finding]:
    """The dates of a membership."""
    rows = _members().select(Member.id, Member.name)
    yield from _of(Member, "joined_missing", rows.where(Member.joined_on == ""), "缺入党日期。")
    yield from _of(
        Member,
        "confirmed_missing",
        rows.where(Member.category == "full", Member.confirmed_on == ""),
        "正式党员缺转正日期。",
    )
    both = rows.where(Member.category == "probationary", Member.confirmed_on != "")
    yield from _of(
        Member, "category_differs", both, "已有转正日期，人员类别仍为预备党员。", grave=True
    )


def _attachments() -> Iterator[Finding]:
    """Every file that a row names is here and undamaged; another office's may still be on its way."""
    files, known, ours = office.files(), dict[str, str](), identity.identity().office_code
    came = attached.ever_came()
    for model in registry.models():
        for column in columns_of(model):
            if not isinstance(column, Attachment):
                continue
            for row in model.living().where(column != ""):
                digest = getattr(row, column.name)
                if digest not in known:
                    known[digest] = _illness(files, digest)
                if not known[digest]:
                    continue
                stem, at = place_of(row)
                name = f"附件“{getattr(row, column.named_in)}”"
                if row.office != ours and digest not in came and not files.has(digest):
                    words = f"{name}尚未随包到达，回执里会请对方带来。"
                    yield Finding("attachment_awaited", stem, at, row.title(), words)
                else:
                    if files.has(digest):
                        attached.suspect(digest)
                    words = f"{name}：{known[digest]}别的单位也有这个附件的，下次交换会带来。"
                    yield Finding("attachment", stem, at, row.title(), words, grave=True)


def _doubled_payments() -> Iterator[Finding]:
    """One person paid the same on one day under two rows: two PCs entered it, or two sheets told it."""
    rows: dict[tuple[Any, ...], list[tuple[int, str]]] = {}
    query = (
        AidPayment.living()
        .join(Aid)
        .where(
            Aid.retired == "",
            AidPayment.person != "",
            AidPayment.correction_of.is_null(),
            AidPayment.result.in_(["pending", *code_list("payment_result").marked("paid")]),
        )
        .select(
            AidPayment.office, AidPayment.person, AidPayment.amount, AidPayment.goods,
            Aid.kind, Aid.right_code, Aid.pay_on, AidPayment.id, AidPayment.name,
        )
    )  # fmt: skip
    for *alike, row, name in query.tuples():
        rows.setdefault(tuple(alike), []).append((row, str(name)))
    for found in rows.values():
        for row, name in found[1:]:
            message = "同一天、同一种类、同样的金额发了两次，请核对是否重复登记。"
            yield Finding("payment_doubled", AidPayment.stem(), row, name, message, grave=True)


def place_of(row: Record) -> tuple[str, int]:
    """The register and record under which a person finds a row: itself, or what it hangs from.

    A post that somebody outside the Party holds hangs from nobody: then from its organization.
    """
    root: Any = type(row)._meta.detail_of
    if root is None:
        return row.stem(), int(row.id)
    above = [
        (column.rel_model, getattr(row, column.object_id_name))
        for column in columns_of(type(row))
        if isinstance(column, Reference)
    ]
    above.sort(key=lambda each: each[0] != root)
    return next((model.stem(), int(at)) for model, at in above if at is not None)


def _illness(files: Any, digest: str) -> str:
    try:
        files.get(digest)
    except Trouble as trouble:
        return str(trouble)
    return ""


_STEPS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _chain,
    _attachments,
    _doubled_payments,
    _places,
    _posts,
    _numbers,
    _lives,
)
