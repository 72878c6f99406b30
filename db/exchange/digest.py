"""One line per register by which two offices see that they hold the same rows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from db import registry
from db.connection import database
from db.exchange import shapes


def digest(office: str = "") -> dict[str, dict[str, Any]]:
    """{register: {"digest", "count"}} of all rows that travel, or of one office's own.

    How often a row was saved does not count, nor does where it came from.
    """
    found: dict[str, dict[str, Any]] = {}
    for register in registry.registers():
        if not shapes.travels(register.model):
            continue
        whole, count = hashlib.sha256(), 0
        for model in sorted(register.models, key=lambda each: each.stem()):
            names = ["id", "office", *sorted(shapes.columns(model))]
            select = ", ".join(f'"{name}"' for name in names)
            where = " WHERE office = ?" if office else ""
            rows = database.execute_sql(
                f'SELECT {select} FROM "{model.stem()}"{where} ORDER BY id',
                (office,) if office else (),
            )
            for row in rows.fetchall():
                line = [model.stem(), *row]
                whole.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                count += 1
        found[register.stem] = {"digest": whole.hexdigest(), "count": count}
    return found
