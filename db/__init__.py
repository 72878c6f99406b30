"""The whole program without a screen: records, rules, journal, statistics, backup."""

from __future__ import annotations

import sys

if "peewee" not in sys.modules and "psycopg" not in sys.modules:
    # peewee takes along every driver that it finds when it is imported. That of PostgreSQL costs a
    # third of the start and serves a county on a server only: `db.server` loads it where it is needed.
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    import peewee as peewee

    del sys.modules["psycopg"]
