"""Fuzz what reads packets: ``python -m tests.fuzz [--target body] [--runs 800000]``.

The fuzzer is atheris (Linux); it is no part of the lock and is installed into a folder of its own the
first time. Inputs that reached new code are kept in `tests/fuzz/corpus/<target>.txt`, one a line, in
hex; the tests replay them without the fuzzer.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
RUNS = {
    "packet": 400_000, "body": 600_000, "receipt": 40_000, "container": 100_000, "import": 40_000,
    "whole": 1_500,
}  # fmt: skip
#: Lines and bytes a line that are kept of each corpus.
KEPT, LONGEST = 120, 200


def seeds(target: str) -> list[bytes]:
    """The kept inputs of a target."""
    file = CORPUS / f"{target}.txt"
    return (
        [bytes.fromhex(line) for line in file.read_text("ascii").split()] if file.exists() else []
    )


def main() -> int:
    """One process a target: the fuzzer ends its process when it is done."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--target", choices=RUNS, action="append")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    tools = Path(tempfile.gettempdir()) / "zhengyou-fuzz-tools"
    parser.add_argument("--tools", type=Path, default=tools, help="where atheris is put")
    given = parser.parse_args()
    _install(given.tools)
    ills = 0
    for target in given.target or RUNS:
        with tempfile.TemporaryDirectory() as name:
            found = Path(name)
            for number, seed in enumerate(seeds(target)):
                (found / f"{number:04d}").write_bytes(seed)
            runs = given.runs or RUNS[target]
            print(f"== {target}: {runs} executions, seed {given.seed}", flush=True)
            run = subprocess.run(
                [
                    sys.executable, "-m", "tests.fuzz.run", target, f"-runs={runs}",
                    f"-seed={given.seed}", "-max_len=200", "-print_final_stats=1",
                    f"-artifact_prefix={tempfile.gettempdir()}/{target}-", str(found),
                ],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), str(given.tools)])},
                check=False,
            )  # fmt: skip
            ills += run.returncode != 0
            keep(target, found)
    return ills


def keep(target: str, found: Path) -> None:
    """The shortest of what reached new code, so many lines."""
    inputs = {file.read_bytes() for file in found.iterdir()} | set(seeds(target))
    short = sorted((i for i in inputs if 0 < len(i) <= LONGEST), key=lambda i: (len(i), i))
    step = max(1, len(short) // KEPT)
    CORPUS.mkdir(exist_ok=True)
    lines = [one.hex() for one in short[::step][:KEPT]]
    (CORPUS / f"{target}.txt").write_text("\n".join(lines) + "\n", "ascii")


def _install(tools: Path) -> None:
    if importlib.util.find_spec("atheris") is None and not (tools / "atheris").exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--target", str(tools), "atheris"],
            check=True,
        )


if __name__ == "__main__":
    sys.exit(main())
