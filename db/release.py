"""Which version of the program this is; stated once, in pyproject.toml, which every product carries."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import resources

_NUMBERS = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}")


@cache
def version() -> str:
    """The version of this program, "1.2.3"; "" when the program is not whole."""
    return stated(Path(resources.__file__).parent.parent)


def stated(folder: Path) -> str:
    """The version that a copy of the program states; `folder` holds its desktop, db and resources."""
    try:
        found = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    except (OSError, ValueError, KeyError):
        return ""
    return found if is_version(found) else ""


def is_version(text: object) -> bool:
    """Whether this is one to four numbers with points between them."""
    return isinstance(text, str) and _NUMBERS.fullmatch(text) is not None


def order(text: str) -> tuple[int, ...]:
    """A version as it is compared: 1.10 comes after 1.9, 1.2 is 1.2.0."""
    parts = [int(part) for part in text.split(".")]
    return tuple(parts + [0] * (4 - len(parts)))
