"""Leave of ICU's data what a Chinese and an English desktop need: 4 MB of 32.

Qt asks ICU for the order of texts, for time zones and for old encodings; words, numbers and dates of
all countries it knows by itself. ICU's own tool takes the items out and refuses to leave one behind
that another leans on.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from making import Stop

SYMBOL = re.compile(r"^ *\d+: ([0-9a-f]+) +(\w+) OBJECT +GLOBAL .* (icudt\d+_dat)$", re.M)
LANGUAGE = re.compile(r"(?:\w+/)?([a-z]{2,3})(?:_\w*)?\.res")
LANGUAGES = {"zh", "en"}
ENCODING = re.compile(r"(gb18030|windows-936|ibm-1386).*\.cnv")
# Kinds of items that Qt has of its own: breaking lines, names of things, money, units, writing.
OF_QT = ("brkitr/", "curr/", "lang/", "rbnf/", "region/", "translit/", "unit/")
SOURCE = """\
.section .rodata
.balign 16
.globl {name}
.type {name}, %object
.size {name}, {size}
{name}: .incbin "{data}"
.section .note.GNU-stack, "", %progbits
"""


def wanted(item: str) -> bool:
    """Tell whether an item of the data stays."""
    if item.endswith(".cnv"):
        return bool(ENCODING.fullmatch(item))
    language = LANGUAGE.fullmatch(item)
    return not item.startswith(OF_QT) and (not language or language[1] in LANGUAGES)


def trim(site: Path) -> None:
    """Make Qt's library of ICU data anew with what stays."""
    if shutil.which("icupkg") is None:
        raise Stop("The data of ICU are cut by icupkg: apt-get install icu-devtools")
    library = next((site / "PySide6" / "Qt" / "lib").glob("libicudata.so.*"))
    command = ["readelf", "--dyn-syms", "--wide", str(library)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = SYMBOL.search(printed)
    if found is None:
        raise Stop(f"{library.name} does not name its data.")
    # In this library a place in memory is a place in the file: it holds nothing but the data.
    start, size, name = int(found[1], 16), int(found[2], 0), found[3]
    work = site / "icu.part"
    work.mkdir()
    whole, cut = work / f"{name.removesuffix('_dat')}l.dat", work / "cut.dat"
    whole.write_bytes(library.read_bytes()[start : start + size])
    command = ["icupkg", "-l", str(whole)]
    items = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    (work / "drop.txt").write_text("".join(f"{item}\n" for item in items if not wanted(item)))
    subprocess.run(["icupkg", "-r", work / "drop.txt", whole, cut], check=True)
    text = SOURCE.format(name=name, size=cut.stat().st_size, data=cut.name)
    (work / "data.s").write_text(text)
    subprocess.run(["as", "data.s", "-o", "data.o"], check=True, cwd=work)
    linking = ["ld", "-shared", "--build-id=none", "-z", "noexecstack", "-soname", library.name]
    subprocess.run([*linking, "data.o", "-o", "made.so"], check=True, cwd=work)
    shutil.move(work / "made.so", library)
    shutil.rmtree(work)
