"""Regulations and office arithmetic as pure functions on plain values; no peewee here."""

from __future__ import annotations
