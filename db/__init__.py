"""The whole program without a screen: records, rules, journal, statistics, backup."""

from __future__ import annotations
