"""Small installed programs, in the shape of the real ones, to update and to maltreat."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.updating import layout, package

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = ROOT / "installers" / "linux" / "launcher.sh"
SIGNING = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SIGNING).public_key().public_bytes_raw()
PUBLISHER = "某发布单位"


def tree(folder: Path, version: str, **more: str) -> Path:
    """A program whose loader prints its version, below the real launcher."""
    launcher = LAUNCHER.read_text("utf-8").replace("@LOADER@", "lib/rt/ld")
    for name, text in {
        "bin/zhengyou": launcher,
        "lib/rt/ld": '#!/bin/sh\ncat "${0%/lib/rt/ld}/app/version"\n',
        "lib/python3.11/os.py": "# 许多年不变的一个文件\n" * 400,
        "app/pyproject.toml": f'[project]\nname = "zhengyou"\nversion = "{version}"\n',
        "app/version": version,
        "app/db/migrations/__init__.py": "",
        **more,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755 if name in {"bin/zhengyou", "lib/rt/ld"} else 0o644)
    return folder


def starts(root: Path) -> str:
    """What a start of the installed program takes."""
    done = subprocess.run([root / "bin" / "zhengyou"], capture_output=True, text=True, check=True)
    return done.stdout


def pack(made: Path, file: Path, version: str, **more: Any) -> Path:
    """A signed package of a tree."""
    since = more.pop("since", ())
    about = {
        "version": version,
        "platform": layout.this_platform(),
        "schema": 1,
        "made": "2026-11-28T09:00:00",
        "words": "",
        **more,
    }
    package.write(made, file, about, SIGNING, since)
    return file


def install(
    root: Path, replace: Callable[[Any, str, Any], None], version: str, running: Path | None = None
) -> layout.Program:
    """Make this process believe that it is the program installed there."""
    from db import release
    from desktop.updating import publisher

    program = layout.Program(root, running or root)
    replace(layout, "installed", lambda: program)
    replace(publisher, "keys", lambda: {PUBLIC: PUBLISHER})
    replace(release, "version", lambda: version)
    return program
