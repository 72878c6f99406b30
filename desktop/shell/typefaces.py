"""The face the screen is set in: the office's own fonts first, the carried one last."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtGui import QFontDatabase

#: Faces of domestic and common systems that cover everyday Chinese well, best first.
SYSTEM = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "HarmonyOS Sans SC",
    "PingFang SC",
    "WenQuanYi Micro Hei",
)


def _load(path: Path) -> list[str]:
    if path.suffix == ".zst":
        import zstandard

        content = zstandard.decompress(path.read_bytes())
        number = QFontDatabase.addApplicationFontFromData(content)
    else:
        number = QFontDatabase.addApplicationFont(str(path))
    return [] if number < 0 else list(QFontDatabase.applicationFontFamilies(number))


def _built(names: Sequence[str] = ("hei", "heibold", "song")) -> list[str]:
    """Faces that the set-up has built beside this Python.

    The bold one holds the common characters; what it lacks comes from the Song, a family of its
    own: Qt never looks for a bold character in the regular face of the same family.
    """
    folder = Path(sys.prefix) / "share" / "zhengyou" / "fonts"
    found: list[str] = []
    for name in names:
        for path in sorted(folder.glob(f"{name}.[ot]t[fc]*")):
            found += _load(path)
    return found


def _carried() -> list[str]:
    """The face that comes as a package, so that no machine shows boxes."""
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or not spec.submodule_search_locations:
        return []
    return _load(Path(spec.submodule_search_locations[0]) / "NotoSansSC-Regular.otf")


def screen_families() -> list[str]:
    """Font families for the screen, in order of preference; never empty in a sound set-up."""
    found = _built() if sys.platform != "win32" else []
    if not found:
        present = set(QFontDatabase.families())
        found = [name for name in SYSTEM if name in present][:2]
    if not found:
        # A Windows without its own faces: those of the paper, which together have every character.
        found = _carried() or _built(("fang", "songlight"))
    return list(dict.fromkeys(found))
