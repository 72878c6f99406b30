"""评定办法: rating schemes, each edition a row that never changes once a round leans on it (docs/systems.md 4-9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db.errors import Fault, Refusal
from db.fields import Choice, Number, PartialDate, Structured, Text
from db.record import Record
from db.rules.scheme import Scheme as Rules
from db.rules.scheme_reading import read_scheme


class Scheme(Record):
    """One edition of a rating scheme; the same `code` links the editions."""

    code = Text("办法代号", required=True, max_length=40, width=14, index=True)
    name = Text("办法名称", required=True, max_length=60, width=26, searched="name")
    edition = Number("版次", required=True, minimum=1, default=1)
    subject = Choice("评定对象", "appraisal_subject", required=True, default="member")
    valid_from = PartialDate("启用日期")
    basis = Text("依据", max_length=200, width=24, help_text="制定办法的文件名称和文号")
    origin = Text("来源", max_length=40, help_text="由哪个预置办法改来")
    body = Structured("办法内容", required=True)
    notes = Text("修订说明", max_length=300, multiline=True)

    class Meta:
        label = "评定办法"
        section = "创先争优"
        order = 55
        managed = True
        travels = "both"

    def faults(self) -> Iterator[Fault]:
        """The body is whole, and an edition that rounds lean on stays as it was."""
        try:
            rules = self.rules()
        except Refusal as refusal:
            yield Fault("body", refusal.message)
            return
        if rules.subject != self.subject:
            yield Fault("subject", f"办法内容里的评定对象是“{rules.subject.label}”，与此处不一致")
        twin = Scheme.select().where(
            Scheme.code == self.code, Scheme.edition == self.edition, Scheme.id != (self.id or 0)
        )
        if twin.exists():
            yield Fault("edition", f"“{self.name}”已有第 {self.edition} 版")
        if "body" in self._dirty and self._body_moved():
            yield Fault("body", "已保存的版本不能改内容，请另存为新版")

    def _body_moved(self) -> bool:
        kept = Scheme.get_or_none(Scheme.id == self.id)
        return kept is not None and kept.body != self.body

    def rules(self) -> Rules:
        """The scheme as the engine understands it."""
        return read_scheme(self.body or {})

    def title(self) -> str:
        return f"{self.name}（第 {self.edition} 版）"

    def subtitle(self) -> str:
        return str(self.basis)


def latest(code: str) -> Any:
    """The newest living edition of a scheme, None when there is none."""
    return Scheme.living().where(Scheme.code == code).order_by(Scheme.edition.desc()).first()
