"""Parts of the screen with no register in them."""

from __future__ import annotations
