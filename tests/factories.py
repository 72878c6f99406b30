"""A valid row for any register, every field filled; overrides by keyword.

Dates are filled in the order the fields are declared, five years apart, because a record's dates
stand in the order life puts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from db.columns import columns_of
from db.fields import (
    Attachment,
    Choice,
    Flag,
    IdNumber,
    Moment,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Structured,
    Text,
)
from db.record import Record

_serial = count(1)


def value_for(field: Any, dates: Iterator[str]) -> Any:
    """A plausible value that passes the field's own check."""
    n = next(_serial)
    if isinstance(field, Choice):
        return field.codes.codes[0]
    if isinstance(field, Attachment):
        return f"{n:064x}"
    if isinstance(field, Name):
        return "王" + "一二三四五六七八九十"[n % 10] + "甲乙丙丁戊己庚辛"[n % 8]
    if isinstance(field, PartialDate):
        return next(dates)
    if isinstance(field, IdNumber | Phone):
        return ""
    if isinstance(field, Moment):
        return "2026-11-22T09:00:00"
    if isinstance(field, Flag):
        return 0
    if isinstance(field, Money | Number):
        return field.minimum or 1
    if isinstance(field, Reference):
        return make(field.rel_model) if field.rel_model is not field.model else None
    if isinstance(field, Structured):
        return {}
    if isinstance(field, Text):
        return f"{field.verbose_name}{n}"[: field.max_length]
    return field.nothing


def build(model: type[Record], **over: Any) -> Any:
    """An unsaved row with every field filled that has no default of its own."""
    fields = model._meta.fields
    if model.stem() in AGREEING and not any(isinstance(fields[k], Reference) for k in over):
        over = {**AGREEING[model.stem()](), **over}
    dates = (f"{1950 + 5 * k}-06-15" for k in count())
    given = {
        f.name: value_for(f, dates)
        for f in columns_of(model)
        if f.name not in over and (f.required or f.default == f.nothing)
    }
    return model(**given, **over)


#: Rows whose fields must agree with each other: table → what makes the overrides.
AGREEING: dict[str, Callable[[], dict[str, Any]]] = {}


def agreeing(table: str) -> Callable[[Callable[[], dict[str, Any]]], Callable[[], dict[str, Any]]]:
    """Declare how the fields of one table agree."""

    def keep(maker: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        AGREEING[table] = maker
        return maker

    return keep


def kept(model: type[Record], **fields: Any) -> Any:
    """A kept row with these fields and no others."""
    row = model(**fields)
    row.save()
    return row


def make(model: type[Record], **over: Any) -> Any:
    """A kept row; what is not given is filled in."""
    row = build(model, **over)
    row.save()
    return row


@agreeing("commendation_nomination")
def _nomination() -> dict[str, Any]:
    from db.registers.commendation import AwardType
    from db.registers.member import Member

    award_type = make(AwardType)
    return {
        "award_type": award_type,
        "commendation": award_type.commendation,
        "member": make(Member),
        "organization": None,
    }


@agreeing("commendation_award")
def _award() -> dict[str, Any]:
    from db.registers.commendation import Nomination

    nomination = make(Nomination)
    return {
        "nomination": nomination,
        "award_type": nomination.award_type,
        "commendation": nomination.commendation,
        "member": nomination.member,
        "organization": None,
        "honour": None,
    }


@agreeing("commendation_objection")
def _objection() -> dict[str, Any]:
    from db.registers.commendation import Nomination

    nomination = make(Nomination)
    return {
        "nomination": nomination,
        "commendation": nomination.commendation,
        "outcome": "pending",
        "settled_on": "",
    }


@agreeing("scheme")
def _scheme() -> dict[str, Any]:
    from db.rules.scheme_presets import preset

    shipped = preset("base_100")
    return {
        "code": f"scheme{next(_serial)}",
        "name": shipped.scheme.name,
        "subject": shipped.scheme.subject.value,
        "body": shipped.body,
    }


@agreeing("appraisal")
def _appraisal() -> dict[str, Any]:
    from db.registers.scheme import Scheme

    scheme = make(Scheme)
    return {
        "scheme": scheme,
        "scheme_code": scheme.code,
        "subject": scheme.subject,
        "body": scheme.body,
        "year": 2024,
        "period": "2024",
        "notice_from": "2024-12-01",
        "notice_until": "2024-12-05",
        "sealed_on": "",
    }


@agreeing("appraisal_turnout")
def _turnout() -> dict[str, Any]:
    return {"issued": 30, "returned": 29, "valid": 28}


@agreeing("appraisal_meeting")
def _meeting() -> dict[str, Any]:
    return {"expected": 30, "present": 28, "agreed": 27, "against": 0, "abstained": 1}


@agreeing("appraisal_mark")
def _mark() -> dict[str, Any]:
    from db.registers.appraisal import Participant
    from db.registers.scheme import Scheme
    from db.rules.scheme_presets import preset

    shipped = preset("capped_five")
    scheme = make(Scheme, code=f"marked{next(_serial)}", subject="member", body=shipped.body)
    over = {**_appraisal(), "scheme": scheme, "body": shipped.body}
    from db.registers.appraisal import Appraisal

    participant = make(Participant, appraisal=make(Appraisal, **over))
    return {"participant": participant, "rater": "self", "cells": [1000] * 5}


@agreeing("appraisal_event")
def _event() -> dict[str, Any]:
    return {"item": "minus", "clause": "m01", "points": -500}


@agreeing("appraisal_objection")
def _rating_objection() -> dict[str, Any]:
    return {"outcome": "pending", "settled_on": ""}


@agreeing("appraisal_plate")
def _plate() -> dict[str, Any]:
    return {"returned_on": ""}


@agreeing("fund")
def _fund() -> dict[str, Any]:
    return {"accountant": "王会计", "cashier": "李出纳"}


@agreeing("hardship")
def _hardship() -> dict[str, Any]:
    return {"kind": "masses", "recognised_on": "", "member": None}


@agreeing("contact_point_goal")
def _goal() -> dict[str, Any]:
    return {"state": "done"}


@agreeing("visit")
def _visit() -> dict[str, Any]:
    return {"from_on": "2026-03-10", "until_on": "2026-03-11", "days": 2}


@agreeing("visit_gift")
def _gift() -> dict[str, Any]:
    return {"household": None}


@agreeing("visit_rule")
def _visit_rule() -> dict[str, Any]:
    year = 1860 + next(_serial) % 230
    return {"from_on": f"{year}-01-01", "until_on": f"{year}-12-31"}


@agreeing("matter")
def _matter() -> dict[str, Any]:
    return {"unsolved_reason": "", "explained_on": ""}


@agreeing("aid")
def _aid() -> dict[str, Any]:
    from db.aiding.presets import preset

    return {"rule": dict(preset("medical").body), "entry": None, "step": "draft"}


@agreeing("aid_payment")
def _aid_payment() -> dict[str, Any]:
    return {"standard": 100_000, "amount": 50_000, "entry": None}


@agreeing("loan")
def _loan() -> dict[str, Any]:
    return {"lent_on": "", "settled_on": "", "member": None, "entry": None}


@agreeing("rectification")
def _rectification() -> dict[str, Any]:
    return {"from_on": "2026-01-10", "due_on": "2026-12-20", "accepted_on": "", "result": "",
            "lifted_on": "", "asked_on": ""}  # fmt: skip


@agreeing("rectification_project")
def _project() -> dict[str, Any]:
    return {"state": "open", "done_on": "", "amount": 100_000}


@agreeing("office_setting")
def _office_setting() -> dict[str, Any]:
    return {"key": f"key{next(_serial)}", "value": "7"}
