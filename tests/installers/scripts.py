"""Where the scripts of installers/ lie, and how one that is run by its name is loaded."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLERS = ROOT / "installers"
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Linux product")


def load(name: str) -> ModuleType:
    """A script of installers/ as a module."""
    loader = SourceFileLoader(f"installers_{name}", str(INSTALLERS / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
