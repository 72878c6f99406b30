"""Compile the launcher: once for the window, once for a console, with icon, version and manifest."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from making import Stop, version
from windows import icon

HERE = Path(__file__).resolve().parent
COMPILER, RESOURCES = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-windres"
# No time of building in the file, no paths: the same source gives the same bytes.
PLAIN = ["-Os", "-s", "-Wall", "-Wextra", "-Werror", "-Wl,--no-insert-timestamp", "-static-libgcc"]
FORMS = {"zhengyou.exe": ["-mwindows"], "zhengyou-cli.exe": ["-mconsole", "-DCONSOLE"]}


def build(folder: Path, work: Path) -> None:
    """Lay both programs into the folder."""
    if shutil.which(COMPILER) is None:
        raise Stop("The launcher is compiled by MinGW: apt-get install gcc-mingw-w64-x86-64")
    work.mkdir(parents=True, exist_ok=True)
    icon.make(work / "zhengyou.ico", work / "side.bmp")
    for name in ("launcher.rc", "launcher.manifest", "launcher.c"):
        shutil.copyfile(HERE / name, work / name)
    stated = version()
    command = [RESOURCES, "-c", "65001", f"-DVERSION_NUMBERS={stated.replace('.', ',')}"]
    command += [f'-DVERSION_TEXT=\\"{stated}\\"', "launcher.rc", "-O", "coff", "-o", "resources.o"]
    subprocess.run(command, cwd=work, check=True)
    for name, form in FORMS.items():
        command = [COMPILER, *PLAIN, *form, "launcher.c", "resources.o", "-o", name, "-lshell32"]
        subprocess.run(command, cwd=work, check=True)
        shutil.copyfile(work / name, folder / name)
