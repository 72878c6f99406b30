"""表彰: the rounds, and one round opened with its steps, places, nominations and decision."""

from __future__ import annotations

from desktop.pages.commendation.page import CommendationPage

PAGE = CommendationPage
