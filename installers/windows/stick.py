"""Try an update from the stick on the installed Windows program, under Wine; run by ``installers/check``.

The product is installed, a publisher made for the trial is entered in it, and signed packages of the same
product with another version are put on: looked at, damaged, killed half way, carried out, taken back; then one
whose program writes a newer schema, which the older program refuses to open.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from making import ROOT
from windows.trial import DATA, WINE, Desk, Failed, walk

KILLS = 8
OLD, NEW, NEWEST = "0.1.0", "0.2.0", "0.3.0"
STICK = "C:\\U盘"
# A schema more, and nothing in it: what counts is that the older program does not know it.
MIGRATION = '"""One schema more."""\n\n\ndef up(migrator):\n    """Change nothing."""\n'


def tree(program: Path, place: Path, version: str, publisher: str, more: dict[str, str]) -> Path:
    """Return the product once more, in another version and with a publisher."""
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run(["cp", "-al", str(program), str(place)], check=True)
    stated = (place / "app" / "pyproject.toml").read_text(encoding="utf-8")
    stated = re.sub(r'^version = ".*"$', f'version = "{version}"', stated, flags=re.M)
    changed = {"pyproject.toml": stated, "resources/publisher.toml": publisher, **more}
    for name, text in changed.items():
        path = place / "app" / name
        path.unlink(missing_ok=True)  # a name of the product's own file
        path.write_text(text, encoding="utf-8")
    return place


def python() -> str:
    """Return the Python that has the libraries of the program: it signs."""
    own = ROOT / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def signing(*words: str) -> str:
    """Run ``update.py``; return what it says."""
    command = [python(), str(ROOT / "installers" / "update.py"), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages(program: Path, work: Path) -> tuple[str, Path]:
    """Make a publisher and two signed packages; return the publisher's lines and their folder."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    key, stick = work / "publisher.key", work / "stick"
    publisher = signing("key", str(key)).partition("Add these")[0]
    old = tree(program, work / OLD, OLD, publisher, {})
    schema = {"db/migrations/m0002_trial.py": MIGRATION}
    for version, more in ((NEW, {}), (NEWEST, schema)):
        made = tree(program, work / version, version, publisher, more)
        words = ["--since", str(old), "--words", "为检查而做。", "--into", str(stick)]
        signing("pack", str(made), "--key", str(key), *words)
    return publisher, stick


class Office:
    """The installed program with its data, asked by its command line."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.command = str(desk.installed / "program" / "zhengyou-cli.exe")

    def run(self, *words: str) -> tuple[int, str]:
        return self.desk.wine(self.command, "--data", DATA, *words)

    def ask(self, *words: str) -> str:
        return self.desk.ask("--data", DATA, *words)

    def refused(self, *words: str, says: str) -> None:
        """See that it does not do this and says why in these words."""
        status, told = self.run(*words)
        if status != 1 or says not in told:
            raise Failed(f"{words}: exit {status}, not a refusal with “{says}”\n{told}")

    def version(self) -> str:
        """Return the version that a start takes, having seen that it reads the ledgers."""
        if "members.total = 3" not in (told := self.ask("stats")):
            raise Failed(f"the ledgers do not open after an update\n{told}")
        _, said = self.run("--version")
        return said.split()[-1]

    def expect(self, version: str) -> None:
        if (found := self.version()) != version:
            raise Failed(f"version {found} starts, not {version}")

    def killed(self, package: str, seconds: float) -> None:
        """Begin an update and kill it, and the trial it may have begun, after some seconds."""
        words = [WINE, self.command, "--data", DATA, "update", package]
        quiet = subprocess.DEVNULL
        running = subprocess.Popen(
            words, env=self.desk.environ, stdin=quiet, stdout=quiet, stderr=quiet
        )
        try:
            running.wait(seconds)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        self.desk.wine("taskkill", "/f", "/im", "zhengyou.exe")


def check(
    setup: Path, program: Path, place: Path, passphrase: str, roster: str, found: str
) -> None:
    """Run all steps on a fresh desk; stops at the first that does not pass."""
    desk = Desk(place / "wine-update", passphrase)
    publisher, stick = packages(program, place / "updates")
    new, newest = (
        f"{STICK}\\{next(stick.glob(f'zhengyou-{version}-*')).name}" for version in (NEW, NEWEST)
    )
    there = desk.drive / "U盘"
    took = 0.0

    def install() -> None:
        desk.wine("winecfg", "-v", "win10")
        desk.wine(str(setup), "/S")
        entered = desk.installed / "program" / "app" / "resources" / "publisher.toml"
        entered.write_text(publisher, encoding="utf-8")
        shutil.copytree(stick, there)
        (desk.drive / "名册.csv").write_text(roster, encoding="utf-8")
        office = Office(desk)
        office.ask(*found.split())
        office.ask("import", "member", "C:\\名册.csv", "--found-organizations")
        office.expect(OLD)

    def damaged() -> None:
        office, whole = Office(desk), next(stick.glob(f"zhengyou-{NEW}-*")).read_bytes()
        for name, content in (
            ("半个", whole[: len(whole) // 2]),
            ("改过", whole[:-99] + b"x" * 99),
        ):
            (there / f"{name}.zytu").write_bytes(content)
            office.refused("update", f"{STICK}\\{name}.zytu", says="没有升级")
        office.expect(OLD)

    def look() -> None:
        told = Office(desk).ask("update", new, "--dry-run")
        if "签名有效" not in told or NEW not in told:
            raise Failed(f"the package is not told of\n{told}")
        Office(desk).expect(OLD)

    def update() -> None:
        nonlocal took
        began = time.monotonic()
        Office(desk).ask("update", new)
        took = time.monotonic() - began
        Office(desk).expect(NEW)
        Office(desk).refused("update", new, says="不用升级")

    def back() -> None:
        Office(desk).ask("update", "--back")
        Office(desk).expect(OLD)

    def killed() -> None:
        office, seen = Office(desk), []
        for number in range(KILLS):
            office.killed(new, took * (number + 1) / (KILLS + 1))
            seen.append(office.version())
            if seen[-1] == NEW:
                office.ask("update", "--back")
        if not set(seen) <= {OLD, NEW}:
            raise Failed(f"after a kill started: {seen}")
        office.ask("update", new)
        office.expect(NEW)

    def newer_data() -> None:
        office = Office(desk)
        office.ask("update", newest)
        office.expect(NEWEST)
        office.refused("update", "--back", says="上一版读不了现在的数据")
        office.expect(NEWEST)

    def older_program() -> None:
        office, kept = Office(desk), desk.files()
        current = desk.installed / "program" / "versions" / "current"
        current.rename(current.with_name("hidden"))
        office.refused("stats", says="请先升级本机程序")
        current.with_name("hidden").rename(current)
        kept_now = desk.files()
        if {name: kept[name] for name in ("zhengyou.db", "vault.json")} != {
            name: kept_now[name] for name in ("zhengyou.db", "vault.json")
        }:
            raise Failed("the older program touched the newer ledgers")
        office.expect(NEWEST)

    def back_with_data() -> None:
        office = Office(desk)
        office.ask("update", "--back", "--with-data")
        office.expect(NEW)

    def setup_over_it() -> None:
        desk.wine(str(setup), "/S")
        Office(desk).expect(OLD)
        if (desk.installed / "program" / "versions").exists():
            raise Failed("versions of the older program are left")

    steps: dict[str, Callable[[], None]] = {
        "install, enter a publisher, found an office": install,
        "a damaged and a changed package are refused": damaged,
        "a package is looked at, nothing changed": look,
        "update; the next start is the new version": update,
        "back to the version before": back,
        f"killed {KILLS} times half way, old or new, whole; then updated": killed,
        "a version with a newer schema; no way back without its data": newer_data,
        "the older program refuses the newer ledgers, untouched": older_program,
        "back together with the data": back_with_data,
        "a setup over the updated program": setup_over_it,
    }
    walk(desk, "windows-update", steps)
