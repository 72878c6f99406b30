"""签署意见: one organ's opinion on all the forms that are chosen, asked in one short form."""

from __future__ import annotations

from typing import Any

from db.commending import opinions
from db.registers.commendation import Nomination, Opinion
from desktop.widgets.ask_form import AskForm

_ASKED = ("organ", "answer", "words", "on", "expected", "present", "approving", "signer")
_FIRST = {"organ": "branch", "answer": "agreed", "words": "同意推荐", "on": ""}


def ask_opinion(ids: list[int]) -> AskForm:
    """The form for these nominations; what the organ wrote before is replaced."""
    fields = Opinion._meta.fields
    columns = [(name, fields[name], _FIRST.get(name)) for name in _ASKED]

    def work(given: dict[str, Any]) -> int:
        chosen = Nomination.select().where(Nomination.id.in_(ids))
        return opinions.give(list(chosen), **given)

    words = f"填在选中的 {len(ids)} 个推荐对象的审批表上；同一意见栏原有的内容换成这次的。"
    return AskForm("签署意见", words, columns, work, "签署")
