"""The little SQL that truly differs between SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Dialect(Protocol):
    """What each engine promises the layers above."""

    name: str

    def journal_tables(self) -> Sequence[str]:
        """Statements that make the operation, journal and context tables where they are missing."""
        ...

    def journal_triggers(self, table: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Trigger name → statement: logs each insert (key), update (changes), delete (old row)."""
        ...

    def integrity_findings(self) -> str:
        """A query whose rows are findings, or the single row "ok"."""
        ...
