"""Numbered scripts that change tables of an older data folder, with frozen models."""

from __future__ import annotations
