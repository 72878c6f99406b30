"""星级评比: the list of rounds, opening one, and the round itself with its people, marks and steps."""

from __future__ import annotations

from desktop.pages.appraisal.page import AppraisalPage

PAGE = AppraisalPage
