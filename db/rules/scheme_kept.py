"""The scheme of a round's frozen text; the same text is read only once."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from db.rules.scheme import Scheme
from db.rules.scheme_reading import read_scheme


def rules_of(body: Any) -> Scheme:
    """The scheme of a kept body; Refusal when it does not fit together."""
    return _read(json.dumps(body, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=32)
def _read(text: str) -> Scheme:
    return read_scheme(json.loads(text))
