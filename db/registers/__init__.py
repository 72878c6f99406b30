"""One file per register; its stem is its name everywhere."""

from __future__ import annotations
