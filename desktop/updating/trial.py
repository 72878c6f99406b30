"""Starts a new version without a screen, on a copy of the office's data, before it is switched to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from db.backup import DATABASE, Copy
from db.errors import Trouble
from desktop.updating.layout import WAY_IN

PATIENCE = 600  # seconds; an old PC with 14 000 members migrates in less
COMMAND = "self-check"
#: Under this key the new version says what of it is broken.
FAILED = "failed"


def run(tree: Path, version: str, copy: Copy | None, key: bytes) -> dict[str, Any]:
    """Let the new version look at itself and open a copy of the data; Trouble when it does not pass.

    The data itself is not touched. Returns what the new version said.
    """
    where = (
        copy.file.resolve().parent if copy else None
    )  # the new version starts in a folder of its own
    place = Path(tempfile.mkdtemp(prefix="zhengyou-trial-", dir=where))
    try:
        asked: dict[str, Any] = {}
        if copy is not None:
            shutil.copyfile(copy.file, place / DATABASE)
            asked = {"file": str(place / DATABASE), "key": key.hex()}
        said = _ask(tree, place / "report.json", asked)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise _failed(str(error)) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if said.get("version") != version:
        raise _failed(f"{said.get('version')} ≠ {version}")
    if copy is not None:
        lost = [t for t, rows in copy.counts.items() if said.get("counts", {}).get(t) != rows]
        if lost:
            raise _failed(f"“{'、'.join(lost)}”的条数和升级前不一样")
    return said


def _ask(tree: Path, report: Path, asked: dict[str, Any]) -> dict[str, Any]:
    # No screen, and nothing of this process's own surroundings that a launcher might take for its own.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # Its words go to a file: a pipe is held open by whatever the new version may have called to life.
    words = report.with_name("said.txt")
    with words.open("wb") as told:
        done = subprocess.run(
            [str(tree / WAY_IN), COMMAND, "--report", str(report)],
            input=json.dumps(asked).encode(),
            env=environ | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=tree,
            stdout=told,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    if not report.is_file():
        raise ValueError(words.read_text("utf-8", "replace").strip()[-400:] or "没有回答")
    found = json.loads(report.read_text("utf-8"))
    if done.returncode or not isinstance(found, dict):
        raise ValueError(" ".join(found.get(FAILED, ())) if isinstance(found, dict) else "答非所问")
    return found


def _failed(why: str) -> Trouble:
    return Trouble(
        "新版本在这台电脑上试运行没有通过，没有升级，程序和数据都没有变化。",
        f"请把这句话告诉发布单位：{why[:400]}",
    )
