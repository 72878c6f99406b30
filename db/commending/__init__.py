"""Commending: from a preset to certificates, as operations over the 表彰 register."""

from __future__ import annotations
