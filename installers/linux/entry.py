"""What a desktop is told about the program: menu entry, icon, kind of file."""

from __future__ import annotations

from pathlib import Path

ENTRIES = Path(__file__).resolve().parent / "entries"
APPID = "cn.zhengyou.ledger"
HOME = Path("opt") / "apps" / APPID  # below the root, as the UOS store asks
PROGRAM = f"/{HOME}/files/bin/zhengyou"
PLACES = {
    "desktop": Path("applications"),
    "svg": Path("icons") / "hicolor" / "scalable" / "apps",
    "xml": Path("mime") / "packages",
}


def text(name: str) -> str:
    """Return a file of entries/ with the names of this product in it."""
    source = (ENTRIES / name).read_text(encoding="utf-8")
    return source.replace("@APPID@", APPID).replace("@PROGRAM@", PROGRAM)


def write(path: Path, content: str, *, runs: bool = False) -> None:
    """Write one small file of a product, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o755 if runs else 0o644)


def publish(share: Path) -> None:
    """Lay menu entry, icon and kind of file below a share folder."""
    for ending, place in PLACES.items():
        write(share / place / f"{APPID}.{ending}", text(f"zhengyou.{ending}"))
