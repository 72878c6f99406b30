"""One file per figure: a query and what the office calls it."""

from __future__ import annotations
