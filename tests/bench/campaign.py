"""The same faults for every program that takes another's changes out of a file.

A sender made two files, `FIRST` and then `SECOND`; a receiver took the first. What happens to it when the
second comes damaged, twice, in the wrong order, to an older copy of itself, or while it is killed?
Standard library only: a peer's own interpreter runs it too.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Protocol

Rows = dict[str, str]

ROWS, CHANGED, NEW = 300, 60, 30
LENGTHS = 200
REPLAYS = 10
SEED = 37
#: What a receiver should hold after each file: a household and its telephone.
FIRST: Rows = {f"第{n}户": f"139{n:08d}" for n in range(ROWS)}
SECOND: Rows = {
    **FIRST,
    **{f"第{n}户": f"138{n:08d}" for n in range(0, CHANGED * 4, 4)},
    **{f"第{n}户": f"137{n:08d}" for n in range(ROWS, ROWS + NEW)},
}


class Side(Protocol):
    """One program's receiver, and the two files its sender made."""

    first: bytes
    second: bytes
    #: Of so many refusals one is looked behind; each acceptance always is.
    look_every: int

    def reset(self, taken: str) -> None:
        """The receiver as it was "empty" or after the "first" file."""

    def restore(self) -> None:
        """The receiver's own older copy, from after the first file, put back as its people would."""

    def take(self, blob: bytes) -> bool:
        """Offer a file; False when the program said no."""

    def rows(self) -> Rows:
        """What the receiver holds; one name twice counts as another name."""

    def start(self, blob: bytes) -> subprocess.Popen[bytes]:
        """The same import as a process leading its own group, returned when it begins with the file."""


@dataclass
class Tally:
    """What came of one kind of fault. Right: accepted, and exactly what was sent is there."""

    tried: int = 0
    refused: int = 0
    right: int = 0
    wrong: int = 0
    half: int = 0
    lost: int = 0
    looked: int = 0


@dataclass
class Report:
    kinds: dict[str, Tally] = field(default_factory=dict)

    def tally(self, kind: str) -> Tally:
        return self.kinds.setdefault(kind, Tally())

    def as_json(self) -> str:
        return json.dumps({kind: asdict(each) for kind, each in self.kinds.items()})


def read(text: str) -> Report:
    return Report({kind: Tally(**each) for kind, each in json.loads(text).items()})


def put(rows: Rows, name: str, value: str) -> None:
    """Two rows of one name stay two."""
    while name in rows:
        name += "（又一）"
    rows[name] = value


def run(side: Side, flips: int, kills: int) -> Report:
    """The whole campaign against one receiver."""
    report = Report()
    dice = random.Random(SEED)
    side.reset("first")
    if side.rows() != FIRST:
        raise SystemExit("the first file did not arrive")
    _damage(side, report.tally("truncated"), _cut(side.second))
    _damage(side, report.tally("bit flipped"), _flipped(side.second, flips, dice))
    _sequence(side, report.tally("replay"), "first", [side.second] * REPLAYS + [side.first])
    _sequence(side, report.tally("reverse order"), "empty", [side.second, side.first] * 2)
    side.reset("first")
    side.take(side.second)
    side.restore()
    _sequence(side, report.tally("older receiver"), "", [side.second, side.first, side.second])
    if kills:
        _kill(side, report.tally("killed"), kills, dice)
    return report


def _cut(blob: bytes) -> Iterator[bytes]:
    for at in range(LENGTHS):
        yield blob[: at * len(blob) // LENGTHS]


def _flipped(blob: bytes, flips: int, dice: random.Random) -> Iterator[bytes]:
    for bit in dice.sample(range(8 * len(blob)), flips):
        bad = bytearray(blob)
        bad[bit // 8] ^= 1 << bit % 8
        yield bytes(bad)


def _missing(held: Rows, due: Rows) -> int:
    """Records that should be there and are not, or not as they should."""
    return sum(held.get(name) != value for name, value in due.items())


def _damage(side: Side, tally: Tally, blobs: Iterator[bytes]) -> None:
    side.reset("first")
    for number, blob in enumerate(blobs):
        tally.tried += 1
        accepted = side.take(blob)
        tally.refused += not accepted
        if not accepted and number % side.look_every:
            continue
        tally.looked += 1
        held = side.rows()
        if accepted:
            tally.right += held == SECOND
            tally.wrong += held != SECOND
            tally.lost += _missing(held, SECOND)
        else:
            tally.half += held != FIRST
            tally.lost += _missing(held, FIRST)
        if held != FIRST:
            side.reset("first")


def _sequence(side: Side, tally: Tally, begin: str, blobs: list[bytes]) -> None:
    """Whole files, only at other times than meant; the end is what counts."""
    if begin:
        side.reset(begin)
    tally.tried += len(blobs)
    for blob in blobs:
        accepted = side.take(blob)
        tally.refused += not accepted
        tally.right += accepted
    held = side.rows()
    tally.looked += 1
    tally.lost += _missing(held, SECOND)
    if held != SECOND:
        tally.right, tally.wrong = 0, tally.right or 1


def _kill(side: Side, tally: Tally, kills: int, dice: random.Random) -> None:
    side.reset("first")
    process = side.start(side.second)
    begun = time.perf_counter()
    process.communicate()
    whole = time.perf_counter() - begun
    for _ in range(kills):
        side.reset("first")
        process = side.start(side.second)
        try:
            process.wait(dice.uniform(0, whole))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        tally.tried += 1
        tally.looked += 1
        try:
            held = side.rows()
        except (OSError, RuntimeError, subprocess.CalledProcessError):
            held = {}
        tally.half += held not in (FIRST, SECOND)
        tally.lost += sum(held.get(n) not in (v, SECOND[n]) for n, v in FIRST.items())
        again = side.take(side.second)
        whole_now = side.rows() == SECOND
        tally.refused += not again
        tally.right += again and whole_now
        tally.wrong += again and not whole_now


def told(arguments: list[str], environ: dict[str, str]) -> Report:
    """Run a peer's script with these arguments and read its report."""
    done = subprocess.run(
        arguments, capture_output=True, text=True, timeout=3000, env={**os.environ, **environ}
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return read(done.stdout.splitlines()[-1])
