"""Nothing executable: codes, schemes, themes, help pages, word lists."""

from __future__ import annotations
