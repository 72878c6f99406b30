"""The screen, the paper and the sheets."""

from __future__ import annotations
