"""What the sheets of visits share: a day in words, the people of a trip, rows read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, Final

from db import identity
from db.errors import Refusal
from db.rules import dates
from desktop.typeset.form import Form, Option
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4_LANDSCAPE

ON: Final = Option("on", "截至日期", "", help="空着就是今天；欠几次按这一天算")
_CHUNK: Final = 500


def day_of(given: str) -> date:
    """The day a sheet is reckoned for; Refusal when it is not a whole day."""
    kept = dates.parse(given) if given else dates.today()
    if len(kept) < 10:
        raise Refusal("截至日期要写到日。")
    return date.fromisoformat(kept)


class Ledger(Form):
    """One ledger of all rows chosen, as they stand on a day; it is of no single record."""

    paper = A4_LANDSCAPE
    gathers = True
    signed = True
    choices: ClassVar[tuple[Option, ...]] = (ON,)

    def mark(self, subject: Any) -> Mark | None:
        """The same for every ledger of its kind."""
        return Mark(self.id, 0, "0")

    def heads(self, on: str) -> tuple[str, str]:
        """Whose ledger, and of which day."""
        return (
            f"单位（盖章）：{identity.identity().office_name}",
            f"截至{dates.show(on, 'chinese')}",
        )


def span(first: str, last: str) -> str:
    """From one day to another, short: 2026.03.10 or 2026.03.10—03.12."""
    begin = dates.show(first)
    if not last or last == first:
        return begin
    end = dates.show(last)
    return f"{begin}—{end[5:] if end[:5] == begin[:5] else end}"


def hanging(model: Any, field: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    """The living details of these rows, by the row they hang from, in the order they were entered."""
    found: dict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(ids), _CHUNK):
        part = list(ids[start : start + _CHUNK])
        for one in model.living().where(field.in_(part)).order_by(model.id):
            found[getattr(one, field.object_id_name)].append(one)
    return found


def by_id(model: Any, ids: Iterable[int | None]) -> dict[int | None, Any]:
    """Rows by id, read at once."""
    wanted = sorted({one for one in ids if one is not None})
    found: dict[int | None, Any] = {}
    for start in range(0, len(wanted), _CHUNK):
        for one in model.select().where(model.id.in_(wanted[start : start + _CHUNK])):
            found[one.id] = one
    return found


def lines(*pairs: tuple[str, str]) -> str:
    """Labelled texts under each other, without the empty ones."""
    return "\n".join(f"{label}{words}" for label, words in pairs if words)
