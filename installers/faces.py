"""Lay the faces of official paper into the product, under names their licences allow to hand on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from making import ROOT, Stop


def lay(prefix: Path, python: Sequence[str], moment: int, product: str = "linux") -> None:
    """Build the faces with a Python that has the lock; a product without one of them is not built.

    `prefix` is the folder that the product's own Python calls its prefix.
    """
    place = prefix / "share" / "zhengyou" / "fonts"
    script = ROOT / "installers" / "fonts.py"
    command = [*python, str(script), "--folder", str(place), "--product", product]
    subprocess.run(command, check=True)
    listing = place / "fonts.json"
    record = json.loads(listing.read_text(encoding="utf-8"))
    if record["missing"]:
        raise Stop("Faces of official paper are missing: " + "; ".join(record["missing"]))
    record["tried"] = moment
    listing.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
