"""No garbage collection while a hundred thousand new objects are made and all of them stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """No garbage collection inside: it would walk all rows of a roster again and again."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # Frozen and thawed, they count as old at once instead of being walked as new.
        gc.freeze()
        gc.enable()
        gc.unfreeze()
