"""Import of rosters: plan first, then exactly that plan; no spreadsheet library in here."""

from __future__ import annotations
