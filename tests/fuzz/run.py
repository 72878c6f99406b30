"""One fuzzing process: ``python -m tests.fuzz.run TARGET [options of libFuzzer] CORPUS``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["db.exchange"]):
    from tests.fuzz import targets


def main() -> None:
    """Never returns: the fuzzer ends the process."""
    name = sys.argv.pop(1)
    targets.scene()
    atheris.Setup(sys.argv, targets.TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
