"""联系点: the points as a list, and who is behind as a table."""

from __future__ import annotations

from desktop.pages.contact_point.page import ContactPointPage

PAGE = ContactPointPage
