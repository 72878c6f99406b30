"""Excel and WPS files in and out, without Qt."""

from __future__ import annotations
