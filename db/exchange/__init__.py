"""Offices exchange packets through a folder that is carried: enrol, send, receive, decide."""

from __future__ import annotations
