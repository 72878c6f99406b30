"""Rows a second of Tryton's CSV import of people; run by an interpreter that has trytond_party.

Its `import_data` is what its client calls with the lines of a CSV file. A person there is a party
with an address, a telephone and an identifier, which is what a roster's line holds. The database is
a plain SQLite file.

    python tryton_import.py FOLDER ROWS
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path


def main(folder: Path, rows: int) -> float:
    """Make a database with the party module, import, and return rows a second."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "trytond.conf"
    settings.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n", encoding="utf-8")
    (folder / "password").write_text("a-long-password-1", encoding="utf-8")
    (folder / "bench.sqlite").touch()
    admin = Path(sys.executable).with_name("trytond-admin")
    command = [str(admin), "-c", str(settings), "-d", "bench", "--email", "a@b.invalid", "-p", "-u"]
    for modules in (("ir", "res", "country", "party"), ("party", "--activate-dependencies")):
        subprocess.run(
            [*command, *modules],
            env={**os.environ, "TRYTONPASSFILE": str(folder / "password")},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    from trytond.config import config  # type: ignore[import-not-found]

    config.update_etc(str(settings))
    from trytond.pool import Pool  # type: ignore[import-not-found]
    from trytond.transaction import Transaction  # type: ignore[import-not-found]

    Pool.start()
    pool = Pool("bench")
    pool.init()
    columns = ["name", "code", "addresses/street", "contact_mechanisms/type"]
    columns += ["contact_mechanisms/value", "identifiers/code"]
    lines = [
        [f"王{n}", f"R{n}", f"{n % 9}组{n}号", "mobile", f"+8613{n:09}", f"15082319560817{n:04}"]
        for n in range(rows)
    ]
    with Transaction().start("bench", 0) as transaction:
        parties = pool.get("party.party")
        start = time.perf_counter()
        parties.import_data(columns, lines)
        transaction.commit()
        return rows / (time.perf_counter() - start)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))
