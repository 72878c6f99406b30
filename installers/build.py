"""Build a product that an office without a network can install: ``python3 installers/build.py linux``.

Each product is a folder beside this file with a ``product.py``: its docstring is the help, ``arguments``
adds its options, ``build`` makes the files and returns them. A new product needs no edit here.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from making import ROOT, Stop

HERE = Path(__file__).resolve().parent


def products() -> list[str]:
    """Return the names of the products, found by walking."""
    return sorted(path.parent.name for path in HERE.glob("*/product.py"))


def describe(path: Path) -> str:
    """Return one line about a finished file: hash, size, name."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"{digest}  {path.stat().st_size / 1e6:6.1f} MB  {path.name}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the product that was named and say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, default=ROOT / "dist", help="where products go")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="where they are made")
    commands = parser.add_subparsers(dest="product", required=True)
    for name in products():
        product = importlib.import_module(f"{name}.product")
        command = commands.add_parser(name, help=(product.__doc__ or "").split("\n")[0])
        product.arguments(command)
        command.set_defaults(build=product.build)
    options = parser.parse_args(arguments)
    options.into, options.work = options.into.resolve(), options.work.resolve() / options.product
    try:
        made = options.build(options)
    except Stop as why:
        print(why, file=sys.stderr)
        return 1
    for path in made:
        print(describe(path))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
