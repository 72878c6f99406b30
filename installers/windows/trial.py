"""Try the setup.exe under Wine, as an office would use it; run by ``installers/check``.

Wine 8 lacks three libraries that every Windows 10 has; they are made here out of windows/wine and laid
into its own system folder, never into the product. Streams of the program are pipes: a file as its
standard output Python refuses under Wine.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
WINE = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver"
STUBS = {"icuuc": [], "mscms": [], "bcryptprimitives": ["-ladvapi32"]}
KEYS = "HKCU\\Software"
TOO_OLD, RUNNING, NEWER_THERE = 3, 4, 5  # what setup.nsi leaves with
PATIENCE = 900  # seconds until a window answers on a busy machine
SETTLED = 3  # seconds until a window that answers is drawn
DATA = "C:\\台账 数据"
NEEDED = ("x86_64-w64-mingw32-gcc", "7z", "Xvfb", "import")


class Failed(Exception):
    """A check did not pass; the message says what was seen."""


def expected(program: Path) -> set[str]:
    """Return the names the setup has to hold: the built folder, its own plug-ins, the remover."""
    names = {
        f"program.new/{path.relative_to(program).as_posix()}"
        for path in program.rglob("*")
        if path.is_file()
    }
    own = ("modern-wizard.bmp", "nsDialogs.dll", "System.dll")
    return names | {f"$PLUGINSDIR/{name}" for name in own} | {"uninstall.exe"}


def listed(setup: Path) -> set[str]:
    """Return the names that lie in a setup, as 7z reads it."""
    done = subprocess.run(
        ["7z", "l", "-slt", "-ba", str(setup)], check=True, capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    return {line.removeprefix("Path = ") for line in lines if line.startswith("Path = ")}


class Desk:
    """A Wine prefix with a virtual screen: the PC of an office."""

    def __init__(self, place: Path, passphrase: str) -> None:
        self.place = place
        self.drive = place / "drive_c"
        self.environ = dict(
            os.environ,
            WINEPREFIX=str(place),
            WINEARCH="win64",
            WINEDEBUG="-all",
            # No link or menu entry of the trial reaches the person who runs it.
            HOME=str(place),
            WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe=;" + ",".join(STUBS) + "=n",
            LC_ALL="C.UTF-8",
            ZHENGYOU_PASSPHRASE=passphrase,
        )

    def wine(self, *words: str, seconds: int = 1800) -> tuple[int, str]:
        """Run a program of Windows; return its exit status and what it wrote."""
        done = subprocess.run(
            [WINE, *words],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def prepare(self) -> None:
        """Make the prefix, with the libraries Wine lacks."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        self.wine("wineboot", "-i")
        for name, more in STUBS.items():
            command = ["x86_64-w64-mingw32-gcc", "-shared", "-s", "-o"]
            command += [str(self.drive / "windows" / "system32" / f"{name}.dll")]
            subprocess.run([*command, str(HERE / "wine" / f"{name}.c"), *more], check=True)

    def close(self) -> None:
        """End everything of Windows that still runs here."""
        subprocess.run([SERVER, "-k"], env=self.environ)

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Stand before a screen of its own, just made, until the trial is over."""
        with screen() as name:
            self.environ["DISPLAY"] = name
            self.prepare()
            try:
                yield
            finally:
                self.close()

    def value(self, key: str) -> str:
        """Return what the registry says under a key itself."""
        _, said = self.wine("reg", "query", key, "/ve")
        if (found := re.search(r"REG_SZ\s+(.*)", said)) is None:
            raise Failed(f"nothing in the registry under {key}\n{said}")
        return found[1].strip()

    @property
    def installed(self) -> Path:
        """Where the setup lays the program of this person."""
        return next(
            (self.drive / "users").glob("*/AppData/Local/Programs/Zhengyou"), self.place / "none"
        )

    def ask(self, *words: str) -> str:
        """Run a command of the installed program; its words when it did what was asked."""
        status, said = self.wine(str(self.installed / "program" / "zhengyou-cli.exe"), *words)
        if status:
            raise Failed(f"{' '.join(words)}: exit {status}\n{said}")
        return said

    def files(self, folder: str = "台账 数据") -> dict[str, str]:
        """Return the hash of each file of the office's data folder."""
        root = self.drive / folder
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }

    @contextmanager
    def window(self, *words: str, start: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
        """Open the program's window for a while."""
        program = str(self.installed / "program" / "zhengyou.exe")
        running = subprocess.Popen(
            [WINE, *(start or (program,)), *words],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            yield running
        finally:
            self.wine("taskkill", "/f", "/im", "zhengyou.exe")
            running.wait(30)

    def until_open(self, running: subprocess.Popen[bytes], *words: str) -> None:
        """Wait until a second start ends at once and well, because the window of the first answers.

        Whichever of the two was the quicker has the window.
        """
        program = str(self.installed / "program" / "zhengyou.exe")
        second = subprocess.Popen(
            [WINE, program, *words],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(PATIENCE):
            ended = [each for each in (running, second) if each.poll() is not None]
            if any(each.returncode for each in ended) or len(ended) == 2:
                told = [each.stdout.read().decode() for each in ended if each.stdout]
                raise Failed(f"the window closed: {told}")
            if ended:
                return
            time.sleep(1)
        raise Failed("the window did not answer a second start")

    def picture(self, name: Path) -> None:
        """Keep what the virtual screen shows."""
        command = ["import", "-window", "root", str(name)]
        subprocess.run(command, env=self.environ, check=True)


@contextmanager
def screen() -> Iterator[str]:
    """Open a virtual screen; yields its name."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    opened = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert opened.stdout is not None
    try:
        yield ":" + opened.stdout.readline().strip()
    finally:
        opened.terminate()
        opened.wait()


def walk(desk: Desk, system: str, steps: dict[str, Callable[[], None]]) -> None:
    """Go through the steps, each with its title, on a desk made ready; the first that fails ends it."""
    with desk.ready():
        for title, step in steps.items():
            step()
            print(f"{system}: {title}: passed", flush=True)


def check(
    setup: Path, program: Path, place: Path, passphrase: str, roster: str, found: str
) -> None:
    """Run all checks on a fresh desk; stops at the first thing that does not pass."""
    if lacking := [tool for tool in NEEDED if shutil.which(tool) is None] or (
        [] if Path(WINE).exists() else [WINE]
    ):
        raise Failed("not here: " + ", ".join(lacking))
    desk = Desk(place / "wine", passphrase)
    kept: dict[str, str] = {}

    def run(*words: str, wanted: int = 0) -> None:
        status, said = desk.wine(*words)
        if status != wanted:
            raise Failed(f"{words[0]} left with {status}, not {wanted}\n{said}")

    def tree() -> None:
        if difference := expected(program) ^ listed(setup):
            raise Failed("7z lists otherwise than was built: " + ", ".join(sorted(difference)[:9]))

    def old_windows() -> None:
        run("winecfg", "-v", "win81")
        run(str(setup), "/S", wanted=TOO_OLD)
        if desk.installed.exists():
            raise Failed("something was laid down on an old Windows")
        run("winecfg", "-v", "win10")

    def install() -> None:
        run(str(setup), "/S")
        laid = {p.relative_to(program) for p in program.rglob("*") if p.is_file()}
        there = desk.installed / "program"
        if {p.relative_to(there) for p in there.rglob("*") if p.is_file()} != laid:
            raise Failed("what was laid down is not what was built")
        if not list((desk.drive / "users").glob("*/AppData/**/争优台账.lnk")):
            raise Failed("no entry in the start menu")

    def work() -> None:
        (desk.drive / "名册.csv").write_text(roster, encoding="utf-8")
        desk.ask("--data", DATA, *found.split())
        desk.ask("--data", DATA, "import", "member", "C:\\名册.csv", "--found-organizations")
        if "members.total = 3" not in desk.ask("--data", DATA, "stats"):
            raise Failed("the roster was not taken in")
        if (desk.drive / "台账 数据" / "zhengyou.db").read_bytes().startswith(b"SQLite"):
            raise Failed("the ledgers are not encrypted")
        desk.ask("--data", DATA, "print", "member_roster", "-o", "C:\\花名册.pdf")
        if not (desk.drive / "花名册.pdf").read_bytes().startswith(b"%PDF"):
            raise Failed("no PDF was printed")
        desk.ask("--data", DATA, "backup")

    def running() -> None:
        with desk.window("--data", DATA) as window:
            desk.until_open(window, "--data", DATA)
            time.sleep(SETTLED)
            desk.picture(place / "windows.png")
            run(str(setup), "/S", wanted=RUNNING)

    def packet() -> None:
        (desk.drive / "数据包 1.zytz").write_bytes(b"ZYTZ" + bytes(60))
        kind = desk.value(f"{KEYS}\\Classes\\.zytz")
        command = desk.value(f"{KEYS}\\Classes\\{kind}\\shell\\open\\command")
        # As Explorer would; Wine's own `start` does not look below the person's classes.
        words = shlex.split(command.replace("\\", "\\\\"))
        opened = [word.replace("%1", "C:\\数据包 1.zytz") for word in words]
        with desk.window(start=tuple(opened)) as window:
            desk.until_open(window)
            time.sleep(SETTLED)
            desk.picture(place / "windows-packet.png")

    def upgrade() -> None:
        kept.update(desk.files())
        stale = desk.installed / "program" / "app" / "of-an-older-version.py"
        stale.write_text("", encoding="utf-8")
        (desk.installed / "mine.txt").write_text("kept", encoding="utf-8")
        run(str(setup), "/S")
        if stale.exists() or not (desk.installed / "mine.txt").exists():
            raise Failed("the upgrade left old files of the program, or took what is not its own")
        if desk.files() != kept:
            raise Failed("the upgrade touched the ledgers")
        if "members.total = 3" not in desk.ask("--data", DATA, "stats"):
            raise Failed("the ledgers do not open")

    def downgrade() -> None:
        key = f"{KEYS}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Zhengyou"
        run("reg", "add", key, "/v", "DisplayVersion", "/d", "99.0.0.0", "/f")
        run(str(setup), "/S", wanted=NEWER_THERE)

    def remove() -> None:
        where = desk.ask("where").strip()
        if not where.startswith("C:\\"):
            raise Failed(f"the program does not say where its data lies: {where}")
        kept.clear()
        kept.update(desk.files())
        (desk.installed / "mine.txt").unlink()
        remover = desk.place / "uninstall.exe"
        shutil.copyfile(desk.installed / "uninstall.exe", remover)
        there = "C:\\" + str(desk.installed.relative_to(desk.drive)).replace("/", "\\")
        run(str(remover), "/S", f"_?={there}")
        left = [str(path) for path in desk.installed.rglob("*") if path.is_file()]
        if left or list((desk.drive / "users").glob("*/AppData/**/争优台账.lnk")):
            raise Failed(f"left behind: {left[:5]}")
        status, _ = desk.wine("reg", "query", f"{KEYS}\\Classes\\.zytz")
        if status == 0:
            raise Failed("packets are still said to open with it")
        if desk.files() != kept:
            raise Failed("removing touched the ledgers")

    steps: dict[str, Callable[[], None]] = {
        "7z lists exactly what was built": tree,
        "an old Windows is refused": old_windows,
        "silent install": install,
        "found, import, encrypted, print, back up": work,
        "window, one only; no setup while it runs": running,
        "a packet opens by its kind": packet,
        "upgrade, ledgers untouched": upgrade,
        "an older setup is refused": downgrade,
        "remove, ledgers untouched": remove,
    }
    walk(desk, "windows", steps)
