"""本单位设置: what this office decided for itself where the usual does not suit (days of reminders …).

What may be decided is data (`resources/rules/office_settings.toml`); a row stands here only for what
was changed. `db.office_settings` reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from db.errors import Fault
from db.fields import Text
from db.record import Record
from db.rules.office_settings import LONGEST, declared


class OfficeSetting(Record):
    """One decision of this office."""

    key = Text("设置项", required=True, max_length=40, width=16)
    value = Text("内容", max_length=LONGEST)

    class Meta:
        label = "本单位设置"
        section = "系统"
        order = 9390
        managed = True
        travels = ""

    def faults(self) -> Iterator[Fault]:
        """One row for each key, within its bounds."""
        known = declared().get(self.key)
        others = OfficeSetting.living().where(
            OfficeSetting.key == self.key, OfficeSetting.id != (self.id or 0)
        )
        if not self.retired and others.exists():
            yield Fault("key", "这一项已有设置")
        if known is not None and (words := known.refusal(self.value)):
            yield Fault("value", words)

    def title(self) -> str:
        known = declared().get(self.key)
        return known.label if known is not None else str(self.key)

    def subtitle(self) -> str:
        return str(self.value)
