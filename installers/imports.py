"""What the program's sources ask of Qt: found by walking their imports, so that no list can be out of date."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# Qt's own words for its boxes, which no import names.
TRANSLATIONS = ("qt_zh_CN.qm", "qtbase_zh_CN.qm")
PLATFORM = re.compile(r"sys\.platform == '(\w+)'")


def qt_modules(app: Path, platform: str) -> set[str]:
    """Return the names of the Qt modules that the program's sources import on a platform of `sys.platform`."""
    found: set[str] = set()
    for path in app.rglob("*.py"):
        for node in met(ast.parse(path.read_text(encoding="utf-8")), platform):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] == "PySide6":
                    found |= {parts[1]} if parts[1:] else {name.name for name in node.names}
            elif isinstance(node, ast.Import):
                names = [name.name.split(".") for name in node.names]
                found |= {parts[1] for parts in names if parts[0] == "PySide6" and parts[1:]}
    return found


def met(tree: ast.AST, platform: str) -> Iterator[ast.AST]:
    """Walk a source, leaving out what stands below `if sys.platform == "another"`."""
    yield tree
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and (named := PLATFORM.fullmatch(ast.unparse(node.test))):
            for part in node.body if named[1] == platform else node.orelse:
                yield from met(part, platform)
        else:
            yield from met(node, platform)
