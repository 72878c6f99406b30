"""A choice whose items are known only while the program runs, for short forms (which clause, which level)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import Code, CodeList
from db.fields import Choice


class Offer(Choice):
    """Like a Choice, with its items given: (value, words)."""

    def __init__(self, label: str, items: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(label, "", **options)
        codes = tuple(Code(value, words) for value, words in items)
        self._offered = CodeList("", label, codes)

    @property
    def codes(self) -> CodeList:
        """The items offered."""
        return self._offered
