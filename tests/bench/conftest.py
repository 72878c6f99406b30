"""The screen of the tests, for measurements that open a page."""

from __future__ import annotations

from tests.desktop.conftest import dressed, failures, frame, qapp_cls, screen, settle

__all__ = ["dressed", "failures", "frame", "qapp_cls", "screen", "settle"]
