"""`python -m desktop`: with a sub-command the command line, without one the window.

Decided by looking at the words alone, so that neither half pays for the other's imports.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

WITH_VALUE = frozenset({"--data", "--passphrase-file"})
#: Files that offices hand each other: packet, receipt, invitation or answer.
KINDS = frozenset({".zytz", ".zytr", ".zyti"})


def wants_window(arguments: Sequence[str]) -> bool:
    """True when there is no sub-command and nobody asks for help; a file to open is none."""
    words = iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif word.partition("=")[0] not in WITH_VALUE and not _is_file(word):
            return False
    return True


def file_of(arguments: Sequence[str]) -> Path | None:
    """The packet that was double-clicked."""
    words = iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif _is_file(word):
            return Path(word).absolute()
    return None


def _is_file(word: str) -> bool:
    return not word.startswith("-") and Path(word).suffix.lower() in KINDS


def folder_of(arguments: Sequence[str]) -> Path | None:
    """The folder named by ``--data``."""
    words = iter(arguments)
    for word in words:
        name, _, value = word.partition("=")
        if name == "--data":
            named = value or next(words, "")
            return Path(named) if named else None
    return None


def main() -> int:
    """Run what was asked for; returns the exit status."""
    arguments = sys.argv[1:]
    if wants_window(arguments):
        from desktop.start import run

        return run(folder_of(arguments), file_of(arguments))
    from desktop.cli import main as command

    return command(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
