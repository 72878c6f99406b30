"""How many generated histories a property is tried on: few always, ten thousand in the long run."""

from __future__ import annotations

import os


def histories(usual: int) -> int:
    """The usual number, or what ZHENGYOU_HISTORIES says."""
    return int(os.environ.get("ZHENGYOU_HISTORIES", usual))
