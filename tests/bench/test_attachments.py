"""附件 on their way to the county: what sealing, signing, proving and keeping cost beside plain copying, and
whether memory stays where it is however many there are.

Ours: read and open each file, seal it into containers on the stick with fsync, read them back; then open,
prove, seal again and keep each at the county with fsync. The floor copies the same bytes: to the stick with
fsync, read back, then file by file with fsync into the county's folder; nothing is encrypted or proved.
Each way runs in a process of its own; both take turns, the best of each counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

TURNS, FILES, SIZE = 3, 150, 400_000
WAY_REACH = 5.0
MEMORY_REACH = 1.15

WAY = """
import json, os, resource, sys, time
from pathlib import Path
from db import attachments
from tests.offices.desks import COUNTY, ONE, Desk, enrol
from tests.offices.papers import visit
from db.registers.visit import VisitFile
root, files, size, how = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
stick = root / "stick"
stick.mkdir(parents=True)
county, one = Desk(root / "county", COUNTY, 1, "county"), Desk(root / "one", ONE, 11)
enrol(county, one, root)
def put(target, content):
    with target.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
def fill():
    at = visit()
    for number in range(files):
        digest = attachments.kept().put(b"\\xff\\xd8\\xff" + os.urandom(size))
        VisitFile(visit=at, digest=digest, size=size + 3).save()
def ours():
    (sent,) = one.send(stick)
    (done,) = county.receive(stick)
    assert done["attachments"]["kept"] == files == sent.enclosed.count
def floor():
    taken = root / "taken"
    taken.mkdir()
    for file in sorted((root / "one" / "files").glob("??/*")):
        put(stick / file.name, file.read_bytes())
    for file in sorted(stick.iterdir()):
        assert len(file.read_bytes()) > size
    for file in sorted(stick.iterdir()):
        put(taken / file.name, file.read_bytes())
one.do(fill)
begun, computed = time.perf_counter(), time.process_time()
(ours if how == "ours" else floor)()
print(json.dumps({
    "passed": time.perf_counter() - begun, "computed": time.process_time() - computed,
    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))
"""


def way(root: Path, files: int, how: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", WAY, str(root), str(files), str(SIZE), how],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_way_of_photos_against_plain_copying(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found: dict[str, list[dict[str, float]]] = {"ours": [], "floor": []}
    for turn in range(TURNS):
        for how, measured in found.items():
            measured.append(way(tmp_path / f"{how}{turn}", FILES, how))
    passed = {how: min(each["passed"] for each in each_way) for how, each_way in found.items()}
    ratio = passed["ours"] / passed["floor"]
    megabytes = FILES * SIZE / 1e6
    with capsys.disabled():
        print(
            f"\nattachments: {ratio:.2f} x of plain copying ({megabytes / passed['ours']:.0f} MB/s,"
            f" floor {megabytes / passed['floor']:.0f} MB/s)"
        )
    assert ratio <= WAY_REACH


def test_memory_does_not_grow_with_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = way(tmp_path / "few", FILES, "ours")["peak"]
    many = way(tmp_path / "many", 4 * FILES, "ours")["peak"]
    with capsys.disabled():
        print(f"\npeak memory of 4 times as many files: {many / few:.2f} x ({many / 1024:.0f} MB)")
    assert many / few <= MEMORY_REACH
