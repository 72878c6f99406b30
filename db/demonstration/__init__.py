"""A whole synthetic county: people, organizations and ten years of work that never happened.

The same scale, seed and day give the same rows. `county` makes the county office with every row in
it and the figures of docs/systems.md; `township` makes one of its towns, small enough to wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from db.demonstration.calendar import TODAY
from db.errors import Refusal

#: The training office has no secrets; its passphrase lies beside it in this file.
PASSPHRASE_FILE = "training-passphrase.txt"
PASSPHRASE = "训练用口令2026"
PERSON = "训练员"
SCALES = {"township": "苏木乡镇", "county": "旗县"}
#: Every training database draws its ids from the same site, so that equal seeds give equal rows.
SITE = 1
TOWN = "西召镇"

Progress = Callable[[int, int, str], None]


def build(
    folder: Path,
    scale: str = "township",
    seed: int = 1,
    progress: Progress | None = None,
    *,
    passphrase: str = "",
    today: date = TODAY,
    server: str = "",
) -> dict[str, Any]:
    """Make a training office in an empty folder and close it again; returns what is in it.

    `progress` is told (done, of, what); with no passphrase given the training one is used, and
    either way it is written beside the data. `server` is the address of an empty database for the rows.
    Refusal: the folder or the database holds data already.
    """
    from db import office
    from db.demonstration.building import fill

    if scale not in SCALES:
        raise Refusal("演练数据的规模应为 township（苏木乡镇）或 county（旗县）。")
    secret = passphrase or PASSPHRASE
    code, name = _office(scale)
    office.new_office(folder, code, name, scale, PERSON, secret, site=SITE, server=server)
    try:
        counts = fill(scale, seed, today, progress)
        (folder / PASSPHRASE_FILE).write_text(secret + "\n", encoding="utf-8")
    except BaseException:
        office.close_office()
        _clear(folder)
        raise
    office.close_office()
    return {"data": str(folder), "scale": scale, "seed": seed, "rows": counts}


def _office(scale: str) -> tuple[str, str]:
    from db.demonstration.words import words

    places = words("places")
    if scale == "county":
        return places["county"]["code"], f"中共{places['county']['name']}委员会组织部"
    return next((t["code"], f"中共{TOWN}委员会") for t in places["towns"] if t["name"] == TOWN)


def _clear(folder: Path) -> None:
    """Nothing half-made stays behind."""
    from db import address, vault
    from db.backup import DATABASE
    from db.office import LOCK

    for name in (
        DATABASE,
        DATABASE + "-wal",
        DATABASE + "-shm",
        vault.FILE,
        address.FILE,
        LOCK,
        PASSPHRASE_FILE,
    ):
        (folder / name).unlink(missing_ok=True)
