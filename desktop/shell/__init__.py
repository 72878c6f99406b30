"""The frame: window, sidebar, unlock, message bar; it knows pages only through the walker."""

from __future__ import annotations
