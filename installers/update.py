"""Make a signed update package that an office carries on a stick: ``update.py pack TREE …``.

    update.py key FILE                     a new pair of keys: the private one into FILE, the public one shown
    update.py pack TREE --key FILE         TREE is a built product's folder (build/linux/files)
        [--since OLD_TREE …]               leave out what these earlier products have: small, and only for them
        [--words TEXT] [--into FOLDER]

Run by the program's own Python (.venv), since it signs as the program verifies.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def make_key(file: Path) -> str:
    """Write a new private key that nobody else may read; return the lines for resources/publisher.toml."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(key.private_bytes_raw().hex() + "\n")
    public = key.public_key().public_bytes_raw().hex()
    return f'[[key]]\nname = "发布单位的名称"\npublic = "{public}"\n'


def platform_of(tree: Path) -> str:
    """Return for which system a product's folder was made, from what lies in it."""
    if (tree / "zhengyou.exe").is_file():
        return "windows-x86_64"
    loaders = [path.name for path in (tree / "lib" / "rt").glob("ld-linux*")]
    return "linux-aarch64" if any("aarch64" in name for name in loaders) else "linux-x86_64"


def pack(
    tree: Path, key: Path, into: Path, *, since: list[Path], words: str, platform: str = ""
) -> Path:
    """Pack and sign one product's folder; return the package."""
    from db import release
    from desktop.updating import layout, package

    version = release.stated(tree / "app")
    if not version:
        raise SystemExit(f"{tree} states no version in app/pyproject.toml.")
    signing = bytes.fromhex(key.read_text(encoding="ascii").strip())
    about = {
        "version": version,
        "platform": platform or platform_of(tree),
        "schema": layout.schema_of(tree),
        "made": datetime.now().isoformat(timespec="seconds"),
        "words": words,
    }
    into.mkdir(parents=True, exist_ok=True)
    kind = "-small" if since else ""
    file = into / f"zhengyou-{version}-{about['platform']}{kind}{package.ENDING}"
    package.write(tree, file, about, signing, since)
    return file


def main(arguments: list[str] | None = None) -> int:
    """Make a key or a package and say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key")
    key.add_argument("file", type=Path)
    packing = commands.add_parser("pack")
    packing.add_argument("tree", type=Path)
    packing.add_argument("--key", type=Path, required=True)
    packing.add_argument("--since", type=Path, action="append", default=[])
    packing.add_argument("--words", default="", help="one sentence about what is new, in Chinese")
    packing.add_argument("--into", type=Path, default=ROOT / "dist")
    given = parser.parse_args(arguments)
    if given.command == "key":
        print(make_key(given.file))
        print("Add these lines to resources/publisher.toml; keep the private key off the source.")
        return 0
    file = pack(given.tree, given.key, given.into, since=given.since, words=given.words)
    print(f"{file.stat().st_size / 1e6:6.1f} MB  {file.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
