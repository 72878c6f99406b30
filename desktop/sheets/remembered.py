"""Column decisions a person made once, found again when the same headings come back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from db.importing.headings import plain_heading
from desktop.sheets.columns import Matching, fingerprint


class Remembered(Protocol):
    """Where decisions on columns are kept."""

    def recall(self, stem: str, header: Sequence[str]) -> dict[str, str] | None:
        """Plain heading → field name ("" = left out) for this register and these headings."""

    def keep(self, stem: str, header: Sequence[str], matching: Matching) -> None:
        """Remember what was decided for these headings."""


class RememberedFile:
    """Decisions in one JSON file of the data folder; it holds headings only, no people."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def recall(self, stem: str, header: Sequence[str]) -> dict[str, str] | None:
        kept = self._all().get(f"{stem}:{fingerprint(header)}")
        return dict(kept) if isinstance(kept, dict) else None

    def keep(self, stem: str, header: Sequence[str], matching: Matching) -> None:
        kept = self._all()
        decided = {plain_heading(match.header): match.field for match in matching.matches}
        kept[f"{stem}:{fingerprint(header)}"] = decided
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self.path)

    def _all(self) -> dict[str, dict[str, str]]:
        """Everything kept; a file that cannot be read is an empty memory, not an obstacle."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}
