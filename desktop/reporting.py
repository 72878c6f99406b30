"""Reports of our own bugs, fit to be handed on: how the program went, never what it held.

An exception's words may quote a name or a number, so they stand there only for the kinds that speak of
code, with everything quoted, every digit and every Chinese character taken out. Paths lose the folders
of the machine they come from.
"""

from __future__ import annotations

import platform
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath

from db import durable, release
from db.errors import Trouble

#: First line of every report written by these rules; only such ones go into a diagnosis.
MARK = "争优台账 出错报告（不含个人信息）"
NAME = "出错报告-{:%Y%m%d-%H%M%S-%f}.txt"
PATTERN = "出错报告-*.txt"
_KEPT = 20
_DEEPEST = 8
#: Their words come from the language and the libraries, not from the ledgers.
_OF_CODE = ("TypeError", "AttributeError", "ImportError", "ModuleNotFoundError", "NameError",
            "UnboundLocalError", "RecursionError", "RuntimeError")  # fmt: skip
_OF_ENGINE = ("apsw", "peewee")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|`[^`]*`")


def scrub(words: str) -> str:
    """An exception's words without anything that could name a person."""
    words = _QUOTED.sub("‘…’", words)
    words = re.sub(r"(?:[A-Za-z]:)?[\\/][^\s,;:)]+", "…", words)
    words = re.sub(r"[^\x00-\x7f‘’…]+", "□", words)
    return re.sub(r"\d+", "#", words)[:300]


def _short(file: str) -> str:
    """A source file without the folders of this machine: desktop/shell/window.py."""
    parts = PurePath(file).parts
    for root in ("site-packages", "dist-packages", "app"):
        if root in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(root) :])
    return "/".join(parts[-3:])


def _said(problem: BaseException) -> str:
    kind = type(problem)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if name in _OF_CODE or kind.__module__.partition(".")[0] in _OF_ENGINE:
        return f"{name}: {scrub(str(problem))}"
    return name


def _way(problem: BaseException, deep: int = 0) -> Iterator[str]:
    """The way the program went, oldest step first, and what came before by cause."""
    before = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if before is not None and deep < _DEEPEST:
        yield from _way(before, deep + 1)
        yield "—— 随后 ——"
    for step in traceback.extract_tb(problem.__traceback__):
        yield f"  {_short(step.filename)}:{step.lineno} {step.name}"
    yield _said(problem)
    if isinstance(problem, BaseExceptionGroup) and deep < _DEEPEST:
        for each in problem.exceptions:
            yield from _way(each, deep + 1)


def report(problem: BaseException) -> str:
    """The report in full: versions and the way the program went, without the values it held."""
    head = [
        MARK,
        f"时间 {datetime.now().isoformat(timespec='seconds')}",
        f"版本 {release.version()}　系统 {platform.platform()}　Python {platform.python_version()}",
        "",
    ]
    return "\n".join([*head, *_way(problem)]) + "\n"


def keep(problem: BaseException, folder: Path | None) -> Path | None:
    """Write the report beside the data, so that it can be carried away on a stick; older ones go."""
    if folder is None:
        return None
    path = folder / NAME.format(datetime.now())
    try:
        durable.write_text(path, report(problem))
        for old in sorted(folder.glob(PATTERN))[:-_KEPT]:
            old.unlink()
    except (OSError, Trouble):
        # The disk may be the trouble itself; the page still shows the whole report.
        traceback.print_exception(problem, file=sys.stderr)
        return None
    return path


def latest(folder: Path, count: int = 3) -> list[str]:
    """The newest reports of a folder, newest first; those of earlier versions may hold anything."""
    found = []
    for path in sorted(folder.glob(PATTERN), reverse=True):
        text = path.read_text("utf-8", "replace")
        if text.startswith(MARK):
            found.append(text)
    return found[:count]
