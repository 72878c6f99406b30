"""The faces of official paper by their role, and where they are found.

GB/T 9704-2012 names 仿宋 for text, 小标宋 for titles, 黑体 and 楷体 for headings, 宋体 for page
numbers. A role is a chain of faces: a character that the first face lacks is taken from the
next, so that a rare name is never a box on paper.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from desktop.typeset.type0 import Face, Glyph


class Role(StrEnum):
    """What a face is for."""

    FANG = "fang"
    BIAOSONG = "biaosong"
    HEI = "hei"
    KAI = "kai"
    SONG = "song"


# Names of files for each role, best first, place by place. "#2" is the member of a collection.
_WINDOWS: Mapping[str, tuple[str, ...]] = {
    "fang": ("simfang.ttf", "FZFSK.TTF"),
    "biaosong": ("FZXBSJW.TTF", "FZXBSK.TTF", "方正小标宋简体.ttf", "方正小标宋_GBK.ttf"),
    "hei": ("simhei.ttf", "msyh.ttc#0"),
    "kai": ("simkai.ttf",),
    "song": ("simsun.ttc#0", "simsun.ttf"),
    "rare": ("simsunb.ttf", "simsunextg.ttf"),
}
_OURS: Mapping[str, tuple[str, ...]] = {
    "fang": ("fang.otf", "fang.otf.zst"),  # packed in the product for Windows, which brings its own
    "biaosong": ("biaosong.otf",),
    "hei": ("hei.otf",),
    "kai": ("kai.ttf", "kai.ttf.zst"),
    "song": ("song.otf", "songlight.otf"),  # the product for Windows has the second only
    "light": ("songlight.otf",),
    "rare": ("hana-a.ttf", "hana-a.ttf.zst", "hana-b.ttf.zst"),
}
_NOTO = "opentype/noto/NotoSerifCJK-"
_DEBIAN: Mapping[str, tuple[str, ...]] = {
    "fang": ("opentype/fandol/FandolFang-Regular.otf",),
    "biaosong": (f"{_NOTO}Bold.ttc#2",),
    "hei": ("opentype/noto/NotoSansCJK-Regular.ttc#2",),
    "kai": ("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf",),
    "song": (f"{_NOTO}Regular.ttc#2",),
    "light": (f"{_NOTO}ExtraLight.ttc#2",),
    "rare": ("truetype/hanazono/HanaMinA.ttf", "truetype/hanazono/HanaMinB.ttf"),
}
_TEX = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
_WHEEL: Mapping[Role, str] = {
    role: "NotoSansSC-Regular.otf" if role is Role.HEI else "NotoSerifSC-Regular.otf"
    for role in Role
}

# What helps a role out, in this order. The light Song blends with 仿宋; a regular one looks bold.
# 楷体 comes last everywhere: it has the youngest characters of GB 18030-2022 (鿫 to 鿯).
_HELP: Mapping[Role, tuple[str, ...]] = {
    Role.FANG: ("light", "song", "rare", "kai"),
    Role.BIAOSONG: ("song", "rare", "fang", "kai"),
    Role.HEI: ("song", "rare", "fang", "kai"),
    Role.KAI: ("light", "fang", "song", "rare"),
    Role.SONG: ("rare", "fang", "kai"),
}

# Marks that fonts draw at widths of their own; type is set with these advances (GB/T 15834:
# quotation marks, dash and ellipsis take full cells, the dot in a name half a cell).
ADVANCES: Mapping[str, int] = {
    "·": 500, "“": 1000, "”": 1000, "‘": 1000, "’": 1000, "—": 1000, "…": 1000,
}  # fmt: skip
# Characters that leave no mark on paper.
SILENT = frozenset(
    [*range(0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)]
) | frozenset(range(0xE0100, 0xE01F0))

# Glyphs that are drawn wrong: Fandol Fang has a dollar where the yuan sign belongs.
_WRONG = {("FandolFang-Regular", 0xFFE5)}


class Chain:
    """Faces of one role in the order in which they are asked."""

    def __init__(self, role: Role, faces: Iterable[Face]) -> None:
        self.role = role
        self.faces = tuple(faces)
        self._found: dict[int, tuple[int, Glyph] | None] = {}

    def find(self, code: int) -> tuple[int, Glyph] | None:
        """Number of the face that has the character, and its glyph; None when no face has it."""
        try:
            return self._found[code]
        except KeyError:
            pass
        answer = None
        wanted = ADVANCES.get(chr(code))
        for number, face in enumerate(self.faces):
            glyph = face.glyph(code)
            if glyph is None or (code == 0xFFE5 and (face.name, code) in _WRONG):
                continue
            if answer is None:
                answer = (number, glyph)
            if wanted is None or wanted == 500 or glyph.width == wanted:
                answer = (number, glyph)
                break
        self._found[code] = answer
        return answer

    def lacks(self, text: str) -> str:
        """Characters of the text that no face of the chain has, each once, in order."""
        return "".join(
            char
            for char in dict.fromkeys(text)
            if ord(char) not in SILENT and char != "\u00a0" and self.find(ord(char)) is None
        )


class Library:
    """All roles, found once.

    `chosen` maps a role to a font file the office has set; `folders` are searched before others.
    Any face an office has put into its own folder helps out every role.
    """

    def __init__(
        self, chosen: Mapping[str, str] | None = None, folders: Iterable[Path] = ()
    ) -> None:
        self._chosen = dict(chosen or {})
        self._folders = tuple(folders)
        self._faces: dict[str, Face] = {}
        self._chains: dict[Role, Chain] = {}

    def chain(self, role: Role) -> Chain:
        """The faces of a role; never none: of the wheel where it is, of the product where it is not."""
        if role not in self._chains:
            wanted = (role.value, *_HELP[role])
            files = dict.fromkeys(place for name in wanted for place in self._places(name))
            if (folder := _wheel()) is not None:
                files[f"{folder / _WHEEL[role]}#0"] = None
            self._chains[role] = Chain(role, (self._face(file) for file in files))
        return self._chains[role]

    def covers(self, text: str, role: Role = Role.FANG) -> bool:
        """Whether every character can be printed."""
        return not self.chain(role).lacks(text)

    def _places(self, name: str) -> Iterator[str]:
        """Files for a role, best first, that are there."""
        if name == "rare":
            yield from _own_files()
        if name in self._chosen:
            path, _, index = self._chosen[name].partition("#")
            if Path(path).is_file():
                yield f"{path}#{index or 0}"
        for folder, table in self._shelves():
            for entry in table.get(name, ()):
                path, _, index = entry.partition("#")
                if (folder / path).is_file():
                    yield f"{folder / path}#{index or 0}"
                    if name not in {"rare"}:
                        break

    def _shelves(self) -> Iterator[tuple[Path, Mapping[str, tuple[str, ...]]]]:
        for folder in self._folders:
            yield folder, _OURS
        if sys.platform == "win32":
            yield from _windows_shelves()
        yield Path(sys.prefix) / "share" / "zhengyou" / "fonts", _OURS
        yield Path("/usr/share/fonts"), _DEBIAN
        yield _TEX, {"fang": ("FandolFang-Regular.otf",)}

    def _face(self, place: str) -> Face:
        if place not in self._faces:
            path, _, index = place.rpartition("#")
            self._faces[place] = Face(Path(path), int(index))
        return self._faces[place]


def _windows_shelves() -> Iterator[tuple[Path, Mapping[str, tuple[str, ...]]]]:
    """Font folders of Windows: of the person first, then of the machine."""
    local, system = os.environ.get("LOCALAPPDATA"), os.environ.get("WINDIR", r"C:\Windows")
    if local:
        yield Path(local) / "Microsoft" / "Windows" / "Fonts", _WINDOWS
    yield Path(system) / "Fonts", _WINDOWS


def _wheel() -> Path | None:
    """Folder of the pip faces; None in a product, which carries all its own instead."""
    try:
        import pylopdf_fonts_zh_cn
    except ModuleNotFoundError:
        return None
    return Path(pylopdf_fonts_zh_cn.serif_path()).parent


def own_folder() -> Path:
    """Where an office puts a face that has the characters its names need."""
    from platformdirs import user_data_path

    return user_data_path("zhengyou", appauthor=False) / "fonts"


def _own_files() -> list[str]:
    if not own_folder().is_dir():
        return []
    endings = {".ttf", ".otf", ".ttc"}
    found = sorted(path for path in own_folder().iterdir() if path.suffix.lower() in endings)
    return [f"{path}#0" for path in found]


@lru_cache(maxsize=4)
def _library(chosen: tuple[tuple[str, str], ...]) -> Library:
    return Library(dict(chosen))


def library(chosen: Mapping[str, str] | None = None) -> Library:
    """The library for these settings (role → font file), kept between prints."""
    return _library(tuple(sorted((chosen or {}).items())))


def covers(text: str) -> bool:
    """Whether a text, typically a name just typed in, can be printed whole."""
    return library().covers(text)
