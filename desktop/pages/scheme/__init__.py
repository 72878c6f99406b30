"""评定办法: schemes in words, and the editor that makes a new edition of one."""

from __future__ import annotations

from desktop.pages.scheme.page import SchemePage

PAGE = SchemePage
