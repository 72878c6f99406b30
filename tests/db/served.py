"""Rows for a county on a server."""

from __future__ import annotations

from db.registers.member import Member
from db.registers.organization import Organization


def member(name: str, **values: object) -> Member:
    branch = Organization.get_or_none(Organization.name == "甲支部")
    if branch is None:
        branch = Organization(name="甲支部", kind="branch")
        branch.save()
    row = Member(name=name, organization=branch, category="full", **values)
    row.save()
    return row
