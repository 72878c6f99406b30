"""The processors the program is built for, and the names each goes by."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from making import Stop


@dataclass(frozen=True)
class Processor:
    """One kind of processor as the kernel, Debian, the loader and the wheels call it."""

    name: str
    debian: str
    loader: str
    wheels: tuple[str, ...]
    """Tags of wheels that run on the C library we carry, newest first."""


def _tags(name: str) -> tuple[str, ...]:
    """Return the manylinux tags up to the C library of Debian 13."""
    new = [f"manylinux_2_{minor}_{name}" for minor in range(41, 16, -1)]
    return (*new, f"manylinux2014_{name}")


KNOWN = {
    one.name: one
    for one in (
        Processor("x86_64", "amd64", "x86-64", _tags("x86_64")),
        Processor("aarch64", "arm64", "AArch64", _tags("aarch64")),
    )
}


def here() -> Processor:
    """Return the processor this runs on (or that a qemu shows)."""
    try:
        return KNOWN[platform.machine()]
    except KeyError:
        raise Stop(f"No product is built for {platform.machine()}.") from None
