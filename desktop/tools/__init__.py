"""Pages that are not registers, found by name."""

from __future__ import annotations
