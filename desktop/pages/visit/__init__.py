"""走访: the trips as a list, and a fast entry of one trip with all its households."""

from __future__ import annotations

from desktop.pages.visit.page import VisitPage

PAGE = VisitPage
