"""The typographic engine, without Qt: one for all forms."""

from __future__ import annotations
