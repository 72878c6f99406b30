"""联系走访: trips and what they count for, matters until they are settled, and who is behind."""

from __future__ import annotations
