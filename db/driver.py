"""Loads PostgreSQL's driver, also in a product whose Python has no TLS of its own."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType


def load() -> None:
    """Import psycopg. Its wheel brings its own OpenSSL for the way to the server.

    Its C part imports Python's `ssl` only so that a Python sharing that OpenSSL has set it up; the
    products leave Python's out, and an empty module in its place for that moment serves as well.
    """
    import asyncio  # noqa: F401  (looks for `ssl` too, and must find it absent, not empty)

    if "psycopg" in sys.modules or find_spec("_ssl") is not None:
        return
    sys.modules["ssl"] = ModuleType("ssl")
    try:
        import psycopg  # noqa: F401
    finally:
        del sys.modules["ssl"]
