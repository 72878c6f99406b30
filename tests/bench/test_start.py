"""From the start of the process to a member page one can use, against a bare window with one table.

Both are fresh processes without a screen. The bare one imports PySide6, loads the same font, and
paints a QTableView over a list of 14 210 rows in memory. Ours goes the whole way: settings, theme,
unlock page, encrypted file, registers, sidebar, tree with counts, member list with its first rows
painted. What counts is what a person waits for: until the passphrase can be typed, and from Enter to
the list. The key derivation is slow on purpose and belongs to the passphrase, not to the program:
the office of this measurement has a quick one. Both sides take turns; the best of each counts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from db import journal, office, vault
from db.bulk import insert_rows
from db.registers.member import Member
from db.registers.organization import Organization

pytestmark = pytest.mark.bench

ROWS = 14_210
COMMITTEES = 22
BRANCHES = 492
TURNS = 7
REACH = 1.6
MEMORY_REACH = 2.0
LONGEST_FRAME = 50.0  # ms
PASSPHRASE = "量一量起动要多久"

CLOCK = """
import time, os, sys, json
born = float(os.environ["ZHENGYOU_BORN"])
def memory():
    # Shared libraries that both sides map are counted on both sides.
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
"""

BARE = (
    CLOCK
    + """
from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtGui import QFontDatabase, QFont
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView
app = QApplication([])
for path in sys.argv[2:]:
    QFontDatabase.addApplicationFont(path)
rows = [tuple(f"{n} {c}" for c in range(10)) for n in range(int(sys.argv[1]))]
class Model(QAbstractTableModel):
    def rowCount(self, parent=None): return len(rows)
    def columnCount(self, parent=None): return 10
    def data(self, index, role=Qt.DisplayRole):
        return rows[index.row()][index.column()] if role == Qt.DisplayRole else None
window = QMainWindow()
table = QTableView()
model = Model()
table.setModel(model)
window.setCentralWidget(table)
window.resize(1280, 820)
window.show()
app.processEvents()
app.processEvents()
print(json.dumps({"usable": time.time() - born, "worked": time.process_time(), "memory": memory()}))
"""
)

OURS = (
    CLOCK
    + """
from pathlib import Path
from desktop import settings
from desktop.settings import Settings
folder = Path(sys.argv[1])
settings.current.load(folder / "screen.json")
from desktop.start import application
from desktop.shell.window import Window
app = application(["zhengyou"])
window = Window(folder)
window.begin()
window.resize(1280, 820)
window.show()
app.processEvents()
app.processEvents()
asked = time.time() - born
worked = time.process_time()
# The person types; meanwhile the program loads what comes next. Nobody waits for that.
from desktop.tasks import worker
typing = time.time()
while time.time() - typing < 1.0 or not worker().idle:
    app.processEvents()
    time.sleep(0.002)
heavy = [n for n in ("reportlab", "uharfbuzz", "python_calamine", "xlsxwriter", "pypinyin",
                     "pypdfium2") if n in sys.modules]
settings.current["last_page"] = "member"
window.unlock_page.secret.setText(sys.argv[2])
before = time.process_time()
typed = time.time()
window.unlock_page.unlock()
def ready():
    frame = window.frame
    if frame is None or frame.here.stem != "member":
        return False
    model = frame.page.model
    return model.rowCount() == int(sys.argv[3]) and bool(model.data(model.index(0, 0)))
from PySide6.QtCore import QEventLoop
while not ready():
    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
app.processEvents()
usable = asked + time.time() - typed
worked += time.process_time() - before
heavy += [n for n in ("reportlab", "uharfbuzz", "python_calamine", "xlsxwriter", "pypinyin",
                      "pypdfium2") if n in sys.modules]
calm = time.time()
while not worker().idle or time.time() - calm < 0.3:
    app.processEvents()
    time.sleep(0.001)
page = window.frame.page
resting = memory()
frames = []
bar = page.table.verticalScrollBar()
steps = 160
for step in range(steps + 1):
    begun = time.perf_counter()
    bar.setValue(bar.maximum() * step // steps)
    app.processEvents()
    frames.append((time.perf_counter() - begun) * 1000)
    waited = time.time()
    while time.time() - waited < 0.012:
        # The frames in which the rows that were asked for arrive count as well.
        begun = time.perf_counter()
        app.processEvents()
        frames.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.001)
scrolled = memory()
last = page.model.data(page.model.index(page.model.rowCount() - 1, 0))
while not last:
    app.processEvents()
    last = page.model.data(page.model.index(page.model.rowCount() - 1, 0))
print(json.dumps({"asked": asked, "usable": usable, "worked": worked, "memory": resting, "scrolled": scrolled,
                  "longest": max(frames), "frames": len(frames), "heavy": heavy, "last": last}))
window.close()
"""
)


def people():
    names = "王张李赵刘陈杨黄周吴徐孙马朱胡郭何林高罗"
    for n in range(ROWS):
        yield (
            names[n % 20] + names[(n // 20) % 20] + names[(n // 400) % 20],
            str(1 + n % 2),
            f"19{40 + n % 60}-{1 + n % 12:02}",
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An office with the county's numbers of organizations and members."""
    place = tmp_path_factory.mktemp("start") / "office"
    before, vault.COST = vault.COST, {"memory": 64, "iterations": 1, "lanes": 1}
    try:
        office.new_office(place, "150823", "某旗委组织部", "county", "量时员", PASSPHRASE)
        with journal.operation("造册"):
            top = insert_rows(Organization, ("name", "kind"), [("某旗委", "committee")])[0]
            towns = insert_rows(
                Organization,
                ("name", "kind", "parent"),
                [(f"第{n}苏木镇党委", "committee", top) for n in range(COMMITTEES)],
            )
            branches = insert_rows(
                Organization,
                ("name", "kind", "parent"),
                [(f"第{n}党支部", "branch", towns[n % COMMITTEES]) for n in range(BRANCHES)],
            )
            insert_rows(
                Member,
                ("name", "sex", "born_on", "category", "organization"),
                [(*who, "full", branches[n % BRANCHES]) for n, who in enumerate(people())],
            )
        office.close_office()
        yield place
    finally:
        vault.COST = before


def run(code: str, *words: str) -> dict:
    """One start, with compiled modules kept as an office's PC keeps them: the first turn makes them."""
    import time

    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "zhengyou-bench-compiled"),
        "QT_QPA_PLATFORM": "offscreen",
        "ZHENGYOU_BORN": repr(time.time()),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def faces() -> list[str]:
    """The files of the screen's face, so that the bare window pays for its letters too."""
    shelf = Path(sys.prefix) / "share" / "zhengyou" / "fonts"
    return [str(path) for name in ("hei", "heibold") for path in shelf.glob(f"{name}.*tf")]


def test_start_scrolling_and_memory(folder, record_property):
    bare, ours = [], []
    run(OURS, str(folder), PASSPHRASE, str(ROWS))
    for _ in range(TURNS):
        bare.append(run(BARE, str(ROWS), *faces()))
        ours.append(run(OURS, str(folder), PASSPHRASE, str(ROWS)))
    best = {
        "bare": min(each["usable"] for each in bare),
        "asked": min(each["asked"] for each in ours),
        "usable": min(each["usable"] for each in ours),
        "bare_worked": min(each["worked"] for each in bare),
        "worked": min(each["worked"] for each in ours),
    }
    waited = best["usable"] / best["bare"]
    worked = best["worked"] / best["bare_worked"]
    memory = statistics.median(each["memory"] for each in ours)
    bare_memory = statistics.median(each["memory"] for each in bare)
    grown = statistics.median(each["scrolled"] - each["memory"] for each in ours)
    longest = min(each["longest"] for each in ours)
    print(
        f"\nbare window {best['bare'] * 1000:.0f} ms, unlock page {best['asked'] * 1000:.0f} ms,"
        f" member page {best['usable'] * 1000:.0f} ms: × {waited:.2f}"
        f"\nprocessor time {best['worked'] * 1000:.0f} ms against"
        f" {best['bare_worked'] * 1000:.0f} ms: × {worked:.2f}"
        f"\nmemory {memory / 1024:.0f} MB against {bare_memory / 1024:.0f} MB:"
        f" × {memory / bare_memory:.2f}; {grown / 1024:+.1f} MB after scrolling to the end"
        f"\nlongest frame {longest:.1f} ms"
    )
    for name, value in best.items():
        record_property(name, value)
    assert all(each["heavy"] == [] for each in ours)
    # On a machine that others use, what was worked says more than what was waited.
    assert min(waited, worked) <= REACH
    assert memory <= MEMORY_REACH * bare_memory
    assert grown < 24 * 1024
    assert longest <= LONGEST_FRAME
