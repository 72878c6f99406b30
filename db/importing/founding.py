"""Organizations a roster names and the office does not keep: what founding them would make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from db.identity import identity
from db.registers.organization import Organization

_ENDINGS = (
    ("中心户", "household"),
    ("党小组", "group"),
    ("小组", "group"),
    ("临时党支部", "temporary_branch"),
    ("流动党支部", "temporary_branch"),
    ("联合党支部", "joint_branch"),
    ("党支部委员会", "branch"),
    ("支部委员会", "branch"),
    ("总支部委员会", "general_branch"),
    ("党总支委员会", "general_branch"),
    ("总支部", "general_branch"),
    ("总支", "general_branch"),
    ("支部", "branch"),
    ("党委", "committee"),
    ("工委", "committee"),
    ("党组", "committee"),
    ("委员会", "committee"),
)
_DOMAINS = (
    ("社区", "community"),
    ("居委会", "community"),
    ("合作社", "social_organization"),
    ("协会", "social_organization"),
    ("嘎查", "pastoral"),
    ("村", "pastoral"),
    ("机关", "agency"),
    ("学校", "institution"),
    ("中心校", "institution"),
    ("小学", "institution"),
    ("中学", "institution"),
    ("幼儿园", "institution"),
    ("卫生院", "institution"),
    ("医院", "institution"),
    ("公司", "private_enterprise"),
)


@dataclass(frozen=True)
class Founding:
    """One organization that would be founded; `pending` is its id below zero until then."""

    pending: int
    name: str
    kind: str
    domain: str
    village: bool
    parent: int | None
    parent_name: str
    rows: int = 0
    """How many rows of the roster name it."""
    near: tuple[str, ...] = ()
    """Kept organizations with similar names, so that a slip is seen before it founds a twin."""
    short_name: str = ""
    """The other way the roster writes it (某村支部 beside 某村党支部), kept as its short name."""
    own: bool = False
    """The office's own 党委, founded along with the first organizations below it."""
    guessed: bool = True
    """Whether its kind was guessed because the name does not say it."""

    def values(self) -> dict[str, Any]:
        """The fields of the new organization; its parent may itself be pending."""
        return {
            "name": self.name,
            "short_name": self.short_name,
            "kind": self.kind,
            "domain": self.domain,
            "village": int(self.village),
            "parent": self.parent,
        }


def propose(
    pending: int,
    name: str,
    *,
    short_name: str = "",
    scope: int | None,
    titles: dict[int, str],
    near: tuple[str, ...],
    rows: int,
) -> Founding:
    """What an organization of this name would be: kind by its ending, parent by its beginning.

    `titles` are kept and pending organizations; the longest of them that begins the name of a
    group or household is its parent, else the scope of the import.
    """
    kind, guessed = guess_kind(name)
    parent = scope if scope != pending else None
    if kind in {"group", "household"}:
        beginnings = [
            (len(title), row_id)
            for row_id, title in titles.items()
            if name.startswith(title) and row_id != pending
        ]
        if beginnings:
            parent = max(beginnings)[1]
    domain = next((code for word, code in _DOMAINS if word in name), "")
    village = domain == "pastoral" and kind in {"branch", "general_branch", "committee"}
    parent_name = titles.get(parent, "") if parent is not None else ""
    return Founding(
        pending,
        name,
        kind,
        domain,
        village,
        parent,
        parent_name,
        rows=rows,
        near=near,
        short_name=short_name,
        guessed=guessed,
    )


def guess_kind(name: str) -> tuple[str, bool]:
    """The kind an organization's name says, and whether it had to be guessed."""
    for ending, kind in _ENDINGS:
        if name.endswith(ending):
            return kind, False
    return "branch", True


def office_itself(pending: int) -> Founding | None:
    """The office's own 党委, by the name the office was given; None if that names none."""
    name = identity().office_name
    kind, guessed = guess_kind(name)
    if guessed or kind != "committee":
        return None
    return Founding(pending, name, kind, "", False, None, "", own=True, guessed=False)


def scope_of_office() -> int | None:
    """The organization that new ones hang from: the one living 党委 above all others, if it is one."""
    tops = (
        Organization.living()
        .select(Organization.id)
        .where(
            Organization.parent.is_null(),
            Organization.status == "active",
            Organization.kind == "committee",
        )
        .limit(2)
        .tuples()
    )
    found = [int(row[0]) for row in tops]
    return found[0] if len(found) == 1 else None
