"""The fault matrix: 66 things that go wrong, each with its test or with steps for a real machine.

A test bears the number of its row (`test_row_13_…`, `test_rows_27_28_…`), wherever it stands; the rows
that only a real Windows or a real stick shows stand in `docs/smoke-list.md` under the same number.
``python -m tests.faults.matrix`` prints which is where.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SMOKE = ROOT / "docs" / "smoke-list.md"

ROWS = dict(
    enumerate(
        """power cut during a local save
power cut that loses what was not synchronised
kill while a packet is taken in
kill between commit and receipt
kill while a stick is written
stick pulled while written: input/output error
stick pulled: the device is gone
synchronisation fails once, then succeeds
close reports an error
rename fails
a virus scanner holds the file
stick full before it begins
stick full while written
system disk full while taking in
disk full at a backup
write-protected stick
packet too large for FAT32
odd, Chinese and long names
names that differ in case only
drive letter changes
wrong stick
empty or reformatted stick
two sticks
the same packet again and again
a copy under another name
packets in any order
a hole in the numbers
a hole that nobody fills
an old packet after newer edits
an old receipt again
township restored from an old backup
county restored from a backup
data folder copied to a second PC
a restore beside a foreign log
the backup itself is damaged
interrupted restore
packet cut short
one bit flipped
packets spliced
no packet at all, a folder, a pipe
bombs
names that lead elsewhere
links on the stick
autorun, shortcuts, hidden folders
unknown, revoked or another office's key
rows of another office
newer schema
older schema
unknown code
clocks
the same field edited on both sides
edit against retirement
parent missing, rings in the tree
the same person entered on both sides
the same document number
the same payment twice
mass retirement in one packet
the record edited behind the program
wrong passphrases
two programs on one folder, folder on a stick or read-only
upgrade killed, downgrade
every kind of character
every kind of spreadsheet
many offices, everything at once
the same seed gives the same trace
a year's end: forty packets in one sitting""".splitlines(),
        1,
    )
)

_TEST = re.compile(r"def (test_rows?_((?:\d\d_)+)\w+)\(")


def tried() -> dict[int, list[str]]:
    """Row → the tests that bear its number."""
    found: dict[int, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, numbers in _TEST.findall(file.read_text("utf-8")):
            for number in numbers.rstrip("_").split("_"):
                where = f"{file.relative_to(ROOT).as_posix()}::{name}"
                found.setdefault(int(number), []).append(where)
    return found


def by_hand() -> set[int]:
    """Rows with steps in the smoke list's table: `| 7 | …` or `| 7, 13 | …`."""
    heads = re.findall(r"^\| ((?:\d+(?:, )?)+) \|", SMOKE.read_text("utf-8"), re.MULTILINE)
    return {int(number) for head in heads for number in head.split(",")}
