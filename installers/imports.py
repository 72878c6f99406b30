"""What the program's sources ask of Qt: found by walking their imports, so that no list can be out of date."""

from __future__ import annotations

import ast
from pathlib import Path

# Qt's own words for its boxes, which no import names.
TRANSLATIONS = ("qt_zh_CN.qm", "qtbase_zh_CN.qm")


def qt_modules(app: Path) -> set[str]:
    """Return the names of the Qt modules that the program's sources import."""
    found: set[str] = set()
    for path in app.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] == "PySide6":
                    found |= {parts[1]} if parts[1:] else {name.name for name in node.names}
            elif isinstance(node, ast.Import):
                names = [name.name.split(".") for name in node.names]
                found |= {parts[1] for parts in names if parts[0] == "PySide6" and parts[1:]}
    return found
