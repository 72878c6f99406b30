"""Finds the pages: one file a register that needs more than the plain page, one file a tool.

Absent is not broken: a register without a page gets the plain one, a page that fails to load
gets an error page in its place, and the rest of the program opens.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import desktop.tools
from db import registry
from desktop.shell.error_page import ErrorPage
from desktop.widgets.page import Page


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar."""

    stem: str
    label: str
    section: str
    order: int
    hidden: bool = False
    managed: bool = False
    needs: str = ""  # the verb without which there is nothing to do here


@cache
def tools() -> dict[str, Any]:
    """Tool pages by stem: a Page class, or the exception that keeps it from loading."""
    found: dict[str, Any] = {}
    for info in pkgutil.iter_modules(desktop.tools.__path__):
        if info.name.startswith("_"):
            continue
        try:
            module = importlib.import_module(f"desktop.tools.{info.name}")
            kind = page_class(module)
        except Exception as problem:
            found[info.name] = problem
            continue
        if kind is not None:
            found[info.name] = kind
    return found


def page_class(module: ModuleType) -> type[Page] | None:
    """The one Page that a module is about: its ``PAGE``, else the last one it defines."""
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Page)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    ]
    return getattr(module, "PAGE", None) or (own[-1] if own else None)


def entries() -> list[Entry]:
    """Everything the sidebar may list, in its order."""
    found = [
        Entry(one.stem, one.label, one.section, one.order, False, bool(one.model._meta.managed))
        for one in registry.registers()
    ]
    for stem, kind in tools().items():
        if isinstance(kind, Exception):
            found.append(Entry(stem, stem, "系统", 9990))
            continue
        found.append(
            Entry(
                stem,
                kind.title,
                getattr(kind, "section", "系统"),
                getattr(kind, "order", 9500),
                getattr(kind, "hidden", False),
                getattr(kind, "managed", False),
                getattr(kind, "needs", ""),
            )
        )
    return sorted(found, key=lambda entry: (entry.order, entry.stem))


def load(stem: str) -> None:
    """Import the page of a register ahead of time; what is broken is told when it is opened."""
    name = f"desktop.pages.{stem}"
    if stem not in tools() and find_spec(name) is not None:
        try:
            importlib.import_module(name)
        except Exception as problem:
            ahead[stem] = problem


#: Pages that did not load ahead of time, by stem; opening them raises the same again.
ahead: dict[str, Exception] = {}


def make_page(stem: str) -> Page:
    """The page of a register or tool; an ErrorPage says what is broken about it."""
    try:
        return _make(stem)
    except Exception as problem:
        return ErrorPage(stem, problem)


def _make(stem: str) -> Page:
    kind = tools().get(stem)
    if isinstance(kind, Exception):
        raise kind
    if kind is not None:
        return _built(kind)
    found = registry.register(stem)
    name = f"desktop.pages.{stem}"
    if find_spec(name) is None:
        from desktop.widgets.register_page import RegisterPage

        return RegisterPage(found.model)
    own = page_class(importlib.import_module(name))
    if own is None:
        raise ImportError(f"{name} holds no page")
    return _built(own)


def _built(kind: type[Page]) -> Page:
    return kind()
