"""Set everything up on a fresh machine, then run the program or its tests.

    python3 installers/bootstrap.py run     # the training county in a window; papers if no screen
    python3 installers/bootstrap.py test    # all tests but the slow ones; --all for every one
    python3 installers/bootstrap.py bench   # the measurements of docs/measurements.md

One file, standard library only. Its grammar stays that of Python 3.7, so that an older Python can
still read it far enough to be told, in Chinese, that it is too old.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "installers" / "lock"
ENVIRONMENT = ROOT / ".venv"
STAMP = "zhengyou-stamp.json"
OLDEST = (3, 11)

# What the libraries in the lock want from the system: shared library -> Debian package.
# Found by running on a bare Debian 12; QtGui links GL and EGL even where nothing is drawn by them.
DRAWING = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libcups.so.2": "libcups2",
}
# Renamed when Debian made time 64 bits wide (Debian 13, Ubuntu 24.04).
RENAMED = {"libglib2.0-0": "libglib2.0-0t64", "libcups2": "libcups2t64"}

APT = "apt-get update && apt-get install -y --no-install-recommends "

# What is printed when there is no screen: every sheet of these registers.
PRINTED = ("commendation", "appraisal")


class Stop(Exception):
    """Set-up cannot go on; the message says in Chinese what to do."""


def say(text: str) -> None:
    """Tell the person what is going on, at once."""
    print(text, flush=True)


def too_old(version: tuple[int, ...]) -> str:
    """Return the sentence for a Python that is too old, or nothing."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    return (
        "本程序需要 Python {}.{} 或更高版本，现在用的是 {}.{}。\n"
        "请改用 Debian 12 及以上系统自带的 python3，或在 Windows 上安装新版 Python 后再运行本命令。"
    ).format(*OLDEST, *version[:2])


def has_screen(environ: dict[str, str], platform: str = sys.platform) -> bool:
    """Tell whether a window can be opened here."""
    if platform == "win32":
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def loads(library: str) -> bool:
    """Try whether the system finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def renamed_here(release: dict[str, str]) -> bool:
    """Tell from /etc/os-release whether this system has the packages renamed for 64-bit time."""
    try:
        number = float(release.get("VERSION_ID") or "99")  # Debian testing has no number
    except ValueError:
        return False
    return number >= {"debian": 13, "ubuntu": 24.04}.get(release.get("ID", ""), 10_000)


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Read /etc/os-release; empty where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip().strip("\"'") for name, _, value in pairs}


def packages_for(
    libraries: dict[str, str], missing: list[str], renamed: bool, venv_missing: bool
) -> list[str]:
    """Name the Debian packages that bring the missing shared libraries (and venv), sorted."""
    names = {libraries[library] for library in missing}
    if renamed:
        names = {RENAMED.get(name, name) for name in names}
    if venv_missing:
        names.add("python3-venv")
    return sorted(names)


def prepare_system(window: bool) -> None:
    """Have the system's own libraries in place: install them as root, else say the one line to run."""
    if not sys.platform.startswith("linux"):
        return
    libraries = dict(DRAWING, **WINDOW) if window else DRAWING
    missing = [library for library in libraries if not loads(library)]
    venv_missing = importlib.util.find_spec("ensurepip") is None
    if not missing and not venv_missing:
        return
    wanted = packages_for(libraries, missing, renamed_here(os_release()), venv_missing)
    line = APT + " ".join(wanted)
    if shutil.which("apt-get") is None:
        lacking = missing + (["Python 的 venv 模块"] if venv_missing else [])
        raise Stop(
            "本机缺少下列系统组件，请管理员用系统的软件管理工具装好后重试：\n  "
            + "、".join(lacking)
        )
    if os.geteuid() != 0:
        raise Stop(
            "本机缺少几个系统组件。请运行下面这一行（要输入管理员密码），完成后重试：\n"
            "  sudo sh -c '" + line + "'"
        )
    install(wanted)


def install(wanted: list[str]) -> None:
    """Install Debian packages as root."""
    say("正在安装系统组件：" + " ".join(wanted))
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "install", "-y", "--no-install-recommends", *wanted],
    ):
        done = subprocess.run(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.stdout.write(done.stdout.decode("utf-8", "replace"))
            raise Stop("系统组件没有装成，原因见上。请检查网络和软件源，然后重试本命令。")
    importlib.invalidate_caches()


def has_server() -> bool:
    """Tell whether PostgreSQL's programs are on this machine, on the path or where Debian puts them."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def prepare_server() -> None:
    """Have PostgreSQL for the tests of a county on a server; without it those are skipped, and say so."""
    if not sys.platform.startswith("linux") or has_server():
        return
    if shutil.which("apt-get") is None:
        say("本机没有 PostgreSQL，旗县放在服务器上的那些测试会跳过。")
    elif os.geteuid() != 0:
        say(
            "本机没有 PostgreSQL，旗县放在服务器上的那些测试会跳过。要一并测试，请先运行这一行：\n"
            "  sudo sh -c '" + APT + "postgresql'"
        )
    else:
        install(["postgresql"])


def python_of(environment: Path) -> Path:
    """Return the Python of a virtual environment."""
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp(environment: Path) -> dict[str, str]:
    """Return what was installed into the environment: lock name -> digest, and the Python."""
    try:
        return dict(json.loads((environment / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def write_stamp(environment: Path, stamp: dict[str, str]) -> None:
    """Remember what is in the environment."""
    (environment / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


def usable(environment: Path, version: tuple[int, ...]) -> bool:
    """Tell whether the environment was made to the end, by this Python, and is still there."""
    if not (environment / STAMP).exists():
        return False
    try:
        lines = (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    made = {name.strip(): value.strip() for name, _, value in (x.partition("=") for x in lines)}
    same = made.get("version", "").split(".")[:2] == [str(part) for part in version[:2]]
    return same and python_of(environment).exists()


def stamp_after(lock: str, digests: dict[str, str]) -> dict[str, str]:
    """Return the stamp once a lock is installed; the test lock holds the run lock whole."""
    return dict(digests) if lock == "test.txt" else {lock: digests[lock]}


def prepare_environment(lock: str) -> None:
    """Make the environment and install the lock into it; do nothing if that was done before."""
    if not usable(ENVIRONMENT, sys.version_info[:3]):
        say("正在建立运行环境 .venv ……")
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(ENVIRONMENT)
        write_stamp(ENVIRONMENT, {})  # from here on it is whole, if empty
    digests = {path.name: digest(path) for path in LOCKS.glob("*.txt")}
    if read_stamp(ENVIRONMENT).get(lock) == digests[lock]:
        return
    say("正在安装所需的库（按清单核对指纹，第一次约需几分钟）……")
    done = subprocess.run(
        [
            str(python_of(ENVIRONMENT)),
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",  # the lock is complete; older pips look for an extra beyond it
            "--only-binary=:all:",
            "-r",
            str(LOCKS / lock),
        ]
    )
    if done.returncode:
        raise Stop("库没有装成，原因见上。请检查网络后重试本命令，已下载的部分不会白费。")
    write_stamp(ENVIRONMENT, stamp_after(lock, digests))


def prepare_fonts() -> None:
    """Have the faces of official paper in the environment; without them the pip face is used."""
    subprocess.run([str(python_of(ENVIRONMENT)), str(ROOT / "installers" / "fonts.py")], cwd=ROOT)


def child(*arguments: object, quiet: bool = False, **more: str) -> int:
    """Run the environment's Python from the checkout and return its exit status."""
    environ = dict(os.environ, PYTHONUTF8="1", **more)
    command = [str(python_of(ENVIRONMENT)), *map(str, arguments)]
    heard = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=ROOT, env=environ, stdout=heard).returncode


def training_folder(environ: dict[str, str], platform: str = sys.platform) -> Path:
    """Return where the training county lives: with the person's data, not in the program."""
    if platform == "win32":
        kept = environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        kept = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(kept) / "zhengyou" / "training"


def build_training(folder: Path, scale: str) -> None:
    """Make the training office once; a broken-off attempt is put aside and made again."""
    if (folder / "zhengyou.db").exists() and (folder / "training-passphrase.txt").exists():
        return
    part = folder.with_name(folder.name + ".part")
    if part.exists():
        shutil.rmtree(part)
    part.parent.mkdir(parents=True, exist_ok=True)
    say("正在生成练习数据（姓名、证件号均为编造）……")
    if child("-m", "desktop", "demo", part, "--scale", scale, "--seed", "1", quiet=True):
        raise Stop("练习数据没有生成，原因见上。")
    if folder.exists():
        raise Stop(f"文件夹 {folder} 里已有别的数据，没有动它。请把它移走后重试。")
    part.rename(folder)
    say(f"练习数据已备好：{folder}（口令在其中的 training-passphrase.txt 里）")


def sheets(office: list[object]) -> list[dict[str, str]]:
    """Ask the program which sheets of the printed registers it has."""
    command = [str(python_of(ENVIRONMENT)), *map(str, office), "forms", "--json"]
    environ = dict(os.environ, PYTHONUTF8="1")
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE)
    if done.returncode:
        raise Stop("没有取得表样目录，原因见上。")
    return [form for form in json.loads(done.stdout.decode("utf-8")) if form["register"] in PRINTED]


def print_papers(office: list[object], papers: Path) -> int:
    """Print the commendation and rating papers; one that cannot be printed does not stop the rest."""
    papers.mkdir(parents=True, exist_ok=True)
    say("本机没有屏幕，改为打印练习单位的表彰和星级评定表，放在 " + str(papers))
    failed = []
    for form in sheets(office):
        path = papers / (form["title"] + ".pdf")
        command = (*office, "print", form["id"], "-o", path)
        if child(*command, quiet=True, QT_QPA_PLATFORM="offscreen"):
            failed.append(form["title"])
        else:
            say("  " + path.name)
    if failed:
        raise Stop("没有印出来的（原因见上）：" + "、".join(failed))
    return 0


def run(options: argparse.Namespace) -> int:
    """Open the window; where there is no screen, print the papers of the training township."""
    screen = has_screen(dict(os.environ))
    prepare_system(screen)
    prepare_environment("run.txt")
    prepare_fonts()
    if options.data and screen:
        return child("-m", "desktop", "--data", Path(options.data).resolve())
    folder = training_folder(dict(os.environ))
    build_training(folder, "township")
    passphrase = folder / "training-passphrase.txt"
    office: list[object] = ["-m", "desktop", "--data", folder, "--passphrase-file", passphrase]
    if screen:
        say(f"正在打开练习单位（口令见 {passphrase}）……")
        return child(*office)
    return print_papers(office, ROOT / "build" / "papers")


def test(options: argparse.Namespace) -> int:
    """Run the tests; lint, types and walls are tests too (tests/test_contracts.py)."""
    prepare_system(window=False)
    prepare_server()
    prepare_environment("test.txt")
    prepare_fonts()
    chosen = "not bench" if options.all else "not slow and not bench"
    workers = [] if any(word.startswith("-n") for word in options.rest) else ["-n", "2"]
    engines = os.environ.get("ZHENGYOU_TEST_DATABASE") or ("both" if options.all else "")
    return child(
        "-m",
        "pytest",
        "-m",
        chosen,
        *workers,
        *options.rest,
        QT_QPA_PLATFORM="offscreen",
        ZHENGYOU_TEST_DATABASE=engines,
    )


def bench(options: argparse.Namespace) -> int:
    """Run the measurements one after another and print their ratios."""
    prepare_system(window=False)
    prepare_environment("test.txt")
    prepare_fonts()
    where = [] if options.rest else ["tests/bench"]
    return child(
        "-m",
        "pytest",
        "-m",
        "bench",
        "-s",
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        *where,
        *options.rest,
        QT_QPA_PLATFORM="offscreen",
    )


def main(arguments: list[str] | None = None) -> int:
    """Read the command and do it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    old = too_old(sys.version_info[:3])
    if old:
        say(old)
        return 1
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    opening = commands.add_parser("run", help="set up and open the program")
    opening.add_argument("--data", help="open this data folder instead of the training office")
    opening.set_defaults(do=run)
    testing = commands.add_parser("test", help="set up and run the tests")
    testing.add_argument("--all", action="store_true", help="the slow suites too")
    testing.set_defaults(do=test)
    measuring = commands.add_parser("bench", help="set up and measure")
    measuring.set_defaults(do=bench)
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command == "run":
        parser.error("unknown: " + " ".join(rest))
    options.rest = rest
    try:
        return int(options.do(options))
    except Stop as why:
        say(str(why))
        return 1
    except KeyboardInterrupt:
        say("已中断，下次会接着做。")
        return 130


if __name__ == "__main__":
    sys.exit(main())
