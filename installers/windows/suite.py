"""Run the tests on the Python and the libraries of the Windows product, under Wine; run by ``installers/check``.

Python is the whole embeddable one of which the product carries a part; the libraries are the product's own,
pruned as they are, and beside them what only tests ask for. So what was pruned too far shows here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import wheels
from making import LOCK, ROOT
from windows.stage import PLATFORM
from windows.trial import WINE, Desk, Failed

TESTS = LOCK.with_name("test.txt")
# Looked for in this order: Python, the product, what only tests ask for, the checkout.
PLACES = "python311.zip\n.\n..\\lib\n..\\more\n..\\src\n"
# Of Qt's wheel, for the plug-in that presses keys.
FOR_TESTS = ("QtTest.pyd", "Qt6Test.dll")
SUITES = ("tests/db", "tests/offices", "tests/desktop")
NOT_HERE = "not slow and not bench"


def only_for_tests() -> str:
    """Return the entries of the tests' lock that the product has not."""
    lock = TESTS.read_text(encoding="utf-8").strip()
    carried = set(re.findall(r"^([\w.-]+)==", LOCK.read_text(encoding="utf-8"), re.M))
    carried -= {"pylopdf-fonts-zh-cn"}  # of the lock, not of a product
    carried |= {"numpy"}  # calls a function of Windows that Wine 8 lacks, and ends the whole run
    entries = re.split(r"\n(?=\S)", lock)
    wanted = [each for each in entries if "==" in each and each.partition("==")[0] not in carried]
    # pip asks the machine it runs on.
    return "\n".join(wanted).replace(" ; sys_platform == 'win32'", "") + "\n"


def lay(desk: Desk, program: Path) -> Path:
    """Lay Python, libraries and the checkout as committed into the desk; return where."""
    place = desk.drive / "zhengyou"
    place.mkdir()
    shutil.copytree(program.parent / "python", place / "python")
    shutil.copytree(program / "runtime" / "share", place / "python" / "share")
    shutil.copytree(program / "lib", place / "lib")
    (place / "python" / "python311._pth").write_text(PLACES, encoding="ascii")
    lock = desk.place / "tests.txt"
    lock.write_text(only_for_tests(), encoding="utf-8")
    wheels.install(place / "more", lock, PLATFORM)
    lock.write_text(wheels.part_of_lock({"pyside6-essentials"}), encoding="utf-8")
    wheels.install(desk.place / "qt", lock, PLATFORM)
    for name in FOR_TESTS:
        shutil.copyfile(desk.place / "qt" / "PySide6" / name, place / "lib" / "PySide6" / name)
    shutil.rmtree(desk.place / "qt")
    (place / "src").mkdir()
    command = ["git", "archive", "--format=tar", "HEAD"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(place / "src")], stdin=archive.stdout, check=True)
    return place


def told(report: Path) -> tuple[dict[str, int], list[str]]:
    """Return the counts of a JUnit report, and the tests that did not pass."""
    suites = ET.parse(report).getroot().iter("testsuite")
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    bad = []
    for suite in suites:
        for name in counts:
            counts[name] += int(suite.get(name, 0))
        bad += [
            f"{case.get('classname')}::{case.get('name')}"
            for case in suite.iter("testcase")
            if case.find("failure") is not None or case.find("error") is not None
        ]
    return counts, bad


def check(program: Path, place: Path, suites: Sequence[str] = SUITES) -> None:
    """Run the suites; every test has to pass or to say why it cannot be run on Windows or under Wine."""
    desk = Desk(place / "wine-tests", "")
    with desk.ready():
        desk.wine("winecfg", "-v", "win10")
        where = lay(desk, program)
        failed: list[str] = []
        for suite in suites:
            report = desk.place / "report.xml"
            words = ["-X", "utf8", "-B", "-m", "pytest", suite, "-q", "-n0", "--tb=short"]
            words += ["-p", "no:cacheprovider", "-p", "no:randomly", "-m", NOT_HERE]
            # No deadlines: how long something takes under Wine says nothing.
            words += ["--hypothesis-profile=ci", "--junitxml", f"Z:{report}"]
            # Streams are pipes: a file as its standard output Python refuses under Wine.
            running = subprocess.Popen(
                [WINE, str(where / "python" / "python.exe"), *words],
                cwd=where / "src",
                env=desk.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            said, _ = running.communicate()
            if not report.exists():
                raise Failed(f"{suite} did not run\n{said.decode('utf-8', 'replace')[-3000:]}")
            counts, bad = told(report)
            report.unlink()
            numbers = ", ".join(f"{number} {what}" for what, number in counts.items())
            print(f"windows-tests: {suite}: {numbers}", flush=True)
            if bad:
                print(said.decode("utf-8", "replace"), flush=True)
            failed += bad
    if failed:
        raise Failed("these tests do not pass on Windows:\n" + "\n".join(failed))
