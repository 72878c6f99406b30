"""One file per register that needs more than the plain page."""

from __future__ import annotations
