"""Fetch the faces Chinese official paper is set in, check them, cut them, lay them into the environment.

Nothing binary is kept in git. The manifest ``fonts.toml`` names, for each role of the paper, one
font file inside one Debian package and the SHA-256 that file has in Debian 12 and 13. A file is
taken from the installed packages, from the cache of packages, or by ``apt-get download``; it is
used only when its hash stands in the manifest.

The cut keeps the marks of Chinese paper and the Han characters the face is there for, and drops what
no Chinese office prints (Hangul, other countries' shapes). A character need not be in every face: a
role is a chain of faces, and together they hold GB 18030-2022 whole, level 3 too.

Run by the environment's Python: ``.venv/bin/python installers/fonts.py``. The exit status is 0 also
when faces are missing: the program then sets its paper in the pip face, and this script says so.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # an isolated Python does not look here

from renaming import rename

MANIFEST = Path(__file__).with_name("fonts.toml")
TABLE = Path(__file__).with_name("characters.txt")
RETRY_AFTER = 24 * 3600  # seconds before a failed fetch is tried again by itself

Ranges = tuple[tuple[int, int], ...]

# What stands between the Han characters on a sheet of a Chinese office.
MARKS: Ranges = (
    (0x0020, 0x024F),  # Latin, pinyin letters with tones
    (0x02B0, 0x036F),
    (0x0370, 0x04FF),  # Greek, Cyrillic
    (0x1E00, 0x1EFF),
    (0x2000, 0x2BFF),  # punctuation, arrows, mathematics, circled numbers, rules, shapes
    (0x2E80, 0x33FF),  # radicals, CJK punctuation, kana, bopomofo, squared forms
    (0xFE10, 0xFE6F),  # upright and small forms
    (0xFF00, 0xFFEF),  # full width
    (0x1F100, 0x1F2FF),
)
HAN: Ranges = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
# GB 18030-2022 in runs: level 2 has 通用规范汉字表 besides, level 3 the extensions B to F and radicals.
COMPATIBLE: Ranges = ((0xF900, 0xFAFF),)
LEVEL_2: Ranges = ((0x3400, 0x4DB5), (0x4E00, 0x9FEF), *COMPATIBLE)
ADDED: Ranges = ((0x9FA6, 0x9FEF),)  # of level 1, younger than most faces
LEVEL_3: Ranges = (
    (0x2F00, 0x2FD5),
    (0x20000, 0x2A6D6),
    (0x2A700, 0x2B734),
    (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1),
    (0x2CEB0, 0x2EBE0),
)
LATER = tuple(each for each in LEVEL_3 if each[0] > 0x2A6D6)  # beyond extension B
SHAPING = (b"ccmp", b"kern", b"liga", b"lnum", b"mark", b"mkmk", b"tnum", b"vert", b"vrt2")


class Missing(Exception):
    """A face cannot be had here; the message says why, in the office's language."""


@dataclass(frozen=True)
class Face:
    """One line of the manifest: which file of which package plays which part on paper."""

    file: str
    role: str
    package: str
    member: str
    index: int
    cut: bool
    han: str
    beside: tuple[str, ...]
    hinted: bool
    packed: int
    renamed: Mapping[str, str]
    licence: str
    licence_member: str
    sha256: Mapping[str, str]


def read_manifest(path: Path = MANIFEST, product: str = "") -> tuple[Face, ...]:
    """Return the faces of the manifest in their order; of a product only those it carries, as it does."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["face"]
    rows = [row | (row.get(product) or {}) for row in rows if row.get(product) is not False]
    return tuple(
        Face(
            file=row["file"],
            role=row["role"],
            package=row["package"],
            member=row["member"],
            index=row.get("index", 0),
            cut=row.get("cut", True),
            han=row.get("han", "all"),
            beside=tuple(row.get("beside", ())),
            hinted=row.get("hinted", False),
            packed=row.get("packed", 0),
            renamed=row.get("renamed", {}) if product else {},
            licence=row["licence"],
            licence_member=row["licence_member"],
            sha256=row["sha256"],
        )
        for row in rows
    )


def font_folder(prefix: str | os.PathLike[str] = sys.prefix) -> Path:
    """Return where the program looks for its own faces inside an environment."""
    return Path(prefix) / "share" / "zhengyou" / "fonts"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder shared by all checkouts of this person that keeps fetched packages."""
    kept = environ.get("XDG_CACHE_HOME")
    return (Path(kept) if kept else Path.home() / ".cache") / "zhengyou" / "debs"


def release_of(face: Face, content: bytes) -> str | None:
    """Return the Debian release this file of the face belongs to; None if it is not known."""
    digest = hashlib.sha256(content).hexdigest()
    return next((name for name, known in face.sha256.items() if known == digest), None)


def members(package: Path, wanted: Iterable[str]) -> dict[str, bytes]:
    """Take single files out of a .deb, reading it as a stream and no further than needed."""
    left, found = set(wanted), {}
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as stream:
        try:
            with tarfile.open(fileobj=stream.stdout, mode="r|") as archive:
                for entry in archive:
                    name = entry.name.removeprefix("./")
                    if name in left and (content := archive.extractfile(entry)) is not None:
                        found[name] = content.read()
                        left.discard(name)
                        if not left:
                            break
        except tarfile.TarError as why:
            raise Missing(f"软件包 {package.name} 已损坏，请删除后重试（{why}）") from why
        finally:
            stream.kill()
    return found


def inside(code: int, ranges: Ranges) -> bool:
    """Tell whether a code point lies in one of the runs."""
    return any(low <= code <= high for low, high in ranges)


@cache
def table() -> frozenset[int]:
    """Return the 8105 code points of 通用规范汉字表."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return frozenset(ord(sign) for line in lines if line[0] != "#" for sign in line)


@cache
def gb2312() -> frozenset[int]:
    """Return the 6763 Han characters of GB 2312, which every older file of an office is typed in."""
    pairs = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return frozenset(ord(sign) for pair in pairs for sign in pair.decode("gb2312", "ignore"))


# What a line of the manifest may say after `han`: which Han characters the face keeps.
KEPT: Mapping[str, Callable[[int], bool]] = {
    "all": lambda _: True,
    "level 2": lambda code: inside(code, LEVEL_2) or code in table(),
    "later": lambda code: inside(code, LATER) or inside(code, COMPATIBLE) or code in table(),
    "common": lambda code: code in table() or code in gb2312() or inside(code, ADDED),
}


def cut(
    content: bytes,
    index: int,
    han: str,
    beside: frozenset[int] = frozenset(),
    *,
    hinted: bool = False,
) -> bytes:
    """Return one face with the marks of Chinese paper and those Han characters left in it.

    `beside` are code points another face of every chain has: Han characters among them go.
    `hinted` keeps what sharpens it on the screen.
    """
    import uharfbuzz as hb

    face = hb.Face(hb.Blob(content), index)
    keeps = KEPT[han]
    plan = hb.SubsetInput()
    if not hinted:
        plan.flags |= hb.SubsetFlags.NO_HINTING
    plan.unicode_set.update(
        code
        for code in face.unicodes
        if (keeps(code) and code not in beside if inside(code, HAN) else inside(code, MARKS))
    )
    for every in (plan.name_id_set, plan.name_lang_id_set):
        every.clear()
        every.invert()  # all names and the licence stay in the file
    plan.layout_feature_tag_set.clear()  # `locl` and its like would draw in other countries' shapes
    plan.layout_feature_tag_set.update(int.from_bytes(tag) for tag in SHAPING)
    kept = hb.subset(face, plan)
    return bytes(kept.blob.data)


def characters(path: Path) -> frozenset[int]:
    """Return the code points of a face that is laid in already; none if it is not there."""
    import uharfbuzz as hb

    if not path.is_file():
        return frozenset()
    return frozenset(hb.Face(hb.Blob(unpacked(path))).unicodes)


def unpacked(path: Path) -> bytes:
    """Return the font file, also where it lies packed."""
    content = path.read_bytes()
    if path.suffix != ".zst":
        return content
    import zstandard

    return zstandard.decompress(content)


def packed(content: bytes, level: int) -> bytes:
    """Pack a large face that few sheets ask for: opened only when a character is in no other."""
    import zstandard

    return zstandard.compress(content, level)


def install_face(face: Face, content: bytes, folder: Path) -> dict[str, object]:
    """Check one font file, cut it and lay it into the folder; return its line of fonts.json."""
    release = release_of(face, content)
    if release is None:
        raise Missing(f"{face.package} 中的 {Path(face.member).name} 与清单不符，未使用")
    made = content
    if face.cut:
        others = frozenset().union(*(characters(folder / name) for name in face.beside))
        made = cut(content, face.index, face.han, others, hinted=face.hinted)
    if face.renamed:
        made = rename(made, face.renamed)
    if face.packed:
        made = packed(made, face.packed)
    write(folder / face.file, made)
    return {
        "role": face.role,
        "file": face.file,
        "index": 0,
        "licence": face.licence,
        "licence_file": f"LICENCE-{face.package}.txt",
        "from": f"{face.package} ({release}): {Path(face.member).name}#{face.index}",
        "sha256": hashlib.sha256(made).hexdigest(),
    }


def write(path: Path, content: bytes) -> None:
    """Write a whole file or none of it, so that an interrupted set-up leaves no half face."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def fetch(packages: Sequence[str], cache: Path) -> str:
    """Download packages into the cache with the system's own apt; return why it failed, or ''."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return "本机没有 apt，无法取得字体软件包"
    cache.mkdir(parents=True, exist_ok=True)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    quiet = ["-o", "Acquire::http::Timeout=30", "-o", "Acquire::Retries=2"]
    if root:
        quiet += ["-o", "APT::Sandbox::User=root"]
    command = ["apt-get", "-q", *quiet, "download", *packages]
    done = subprocess.run(command, cwd=cache, capture_output=True, text=True)
    if done.returncode and root:
        subprocess.run(["apt-get", "-q", *quiet, "update"], capture_output=True)
        done = subprocess.run(command, cwd=cache, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["apt-get download"])[-1]
        hint = "" if root else "；可先请管理员执行 sudo apt-get update"
        return f"字体软件包没有下载成功（{last}）{hint}"
    return ""


def newest(cache: Path, package: str) -> Path | None:
    """Return the copy of a package that came last into the cache."""
    found = sorted(cache.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def gather(faces: Sequence[Face], cache: Path, root: Path = Path("/")) -> dict[str, bytes]:
    """Collect font and licence files by member path: installed ones first, then cached packages."""
    found: dict[str, bytes] = {}
    for package in dict.fromkeys(face.package for face in faces):
        mine = [face for face in faces if face.package == package]
        wanted = {face.member for face in mine} | {face.licence_member for face in mine}
        installed = {name: (root / name).read_bytes() for name in wanted if (root / name).is_file()}
        if wanted <= installed.keys() and all(
            release_of(face, installed[face.member]) for face in mine
        ):
            found |= installed
        elif (kept := newest(cache, package)) is not None:
            found |= members(kept, wanted)
    return found


def complete(folder: Path, manifest: bytes) -> bool:
    """Tell whether the folder already holds what this manifest asks for (or lately failed to)."""
    try:
        kept = json.loads((folder / "fonts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if kept.get("manifest") != hashlib.sha256(manifest).hexdigest():
        return False
    if kept.get("missing"):
        return time.time() - float(kept.get("tried", 0)) < RETRY_AFTER
    return all((folder / face["file"]).is_file() for face in kept["faces"])


def build(folder: Path, cache: Path, manifest: Path = MANIFEST, product: str = "") -> list[str]:
    """Fill the folder with the faces of the manifest; return what could not be had, in Chinese."""
    faces = read_manifest(manifest, product)
    folder.mkdir(parents=True, exist_ok=True)
    found = gather(faces, cache)
    absent = dict.fromkeys(face.package for face in faces if face.member not in found)
    why = fetch(list(absent), cache) if absent else ""
    if absent and not why:
        found |= gather([face for face in faces if face.package in absent], cache)
    lines, missing = [], [why] if why else []
    for face in faces:
        if face.member not in found:
            missing += [] if why else [f"{face.package} 中没有 {Path(face.member).name}"]
            continue
        try:
            lines.append(install_face(face, found[face.member], folder))
        except Missing as refused:
            missing.append(str(refused))
            continue
        licence = found.get(face.licence_member, b"")
        if face.licence_member.endswith(".gz"):
            licence = gzip.decompress(licence)
        write(folder / f"LICENCE-{face.package}.txt", licence)
    record = {
        "manifest": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "tried": int(time.time()),
        "missing": missing,
        "faces": lines,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1)
    write(folder / "fonts.json", text.encode("utf-8"))
    return missing


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is missing and say in one or two lines what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=font_folder())
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--product", default="", help="for handing on: linux, windows")
    parser.add_argument("--again", action="store_true", help="build even if all is there")
    options = parser.parse_args(arguments)
    if sys.platform == "win32":  # the engine takes Windows' own 仿宋, 楷体, 黑体 and 宋体 first
        return 0
    if not options.again and complete(options.folder, MANIFEST.read_bytes()):
        return 0
    print("字体：正在准备公文所用的仿宋、小标宋、宋体、黑体、楷体（约需下载 310 MB，只做一次）……")
    sys.stdout.flush()
    missing = build(options.folder, options.cache, product=options.product)
    if missing:
        for reason in dict.fromkeys(missing):
            print(f"字体：{reason}。")
        print("字体：缺的字体改用随程序安装的思源宋体、思源黑体，公文照样能印，字形略有不同。")
    else:
        print("字体：已备齐。")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
