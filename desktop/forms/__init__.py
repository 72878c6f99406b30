"""One file per official sheet: says what stands where, never measures."""

from __future__ import annotations
