"""Say under which licence each library of the lock comes: the tables of LICENSES.md.

The texts are read from what is installed. A library whose own record names none, or none that is
clear, stands in SAID, read from the licence file it brings.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "installers" / "lock"
PAGE = ROOT / "LICENSES.md"
BEGIN, END = "<!-- tables: installers/licences.py -->", "<!-- end of tables -->"

SAID = {
    "apsw-sqlite3mc": "Zlib; MIT (SQLite3 Multiple Ciphers); public domain (SQLite)",
    "colorama": "BSD-3-Clause",
    "peewee": "MIT",
    "psycopg-binary": "LGPL-3.0-only; PostgreSQL (libpq); Apache-2.0 (OpenSSL); MIT (Kerberos); OLDAP-2.8 (OpenLDAP)",
    "pypdfium2": "BSD-3-Clause OR Apache-2.0; BSD-3-Clause and others (PDFium)",
    "pylopdf-fonts-zh-cn": "OFL-1.1",
    "reportlab": "BSD-3-Clause",
    "rl-accel": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "sqlcipher3": "Zlib; BSD-3-Clause (SQLCipher)",
    "lucide": "MIT; ISC (the icons)",
    "tzdata": "Apache-2.0",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
}
SAME = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def locked(lock: str) -> list[str]:
    """Return the names of the libraries a lock holds, each once, in order."""
    text = (LOCKS / lock).read_text(encoding="utf-8")
    return list(dict.fromkeys(re.findall(r"^([A-Za-z0-9][\w.-]*)==", text, re.M)))


def licence_of(name: str) -> str:
    """Return the licence of an installed library as its own record states it; '' if it states none."""
    return SAID[name] if name in SAID else stated(name, metadata.metadata(name))


def stated(name: str, record: metadata.PackageMetadata) -> str:
    """Return the licence that the record of a library states, or what SAID says instead of it."""
    if said := SAID.get(name.lower()):
        return said
    marks = [
        line.rsplit("::", 1)[-1].strip()
        for line in record.get_all("Classifier", [])
        if line.startswith("License ::")
    ]
    stated = [*record.get_all("License-Expression", []), *record.get_all("License", [])]
    words = next((text.strip() for text in stated if text.strip()), " / ".join(marks))
    first = words.partition("\n")[0].strip()
    return SAME.get(first, first)


def tables() -> Iterator[str]:
    """Yield the lines of both tables: what the program runs on, and what only its tests need."""
    running = locked("run.txt")
    testing = [name for name in locked("test.txt") if name not in running]
    for title, names in (
        ("运行所需 · what the program runs on", running),
        ("只有测试才用 · what only the tests need", testing),
    ):
        yield from (f"### {title}", "", "| library | licence |", "|---|---|")
        yield from (f"| {name} | {licence_of(name)} |" for name in names)
        yield ""


def page(old: str) -> str:
    """Return the page with its tables made anew and all else as it was."""
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n" + "\n".join(tables()) + f"\n{END}{tail}"


if __name__ == "__main__":
    made = page(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(made, encoding="utf-8")
    sys.exit(0)
