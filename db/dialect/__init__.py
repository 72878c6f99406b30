"""The little SQL that truly differs between SQLite and PostgreSQL."""

from __future__ import annotations
