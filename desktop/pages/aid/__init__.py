"""发放批次: the list of batches, and one opened with who is in, who is out and why."""

from __future__ import annotations

from desktop.pages.aid.page import AidPage

PAGE = AidPage
