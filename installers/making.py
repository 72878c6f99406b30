"""What all products share: where the checkout is, and how to say that a product cannot be made."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Stop(Exception):
    """The product cannot be built here; the message says what is lacking."""
