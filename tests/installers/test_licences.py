"""LICENSES.md is true: every library of the lock stands in it with the licence it states."""

from __future__ import annotations

import licences
import pytest

from tests.installers.scripts import ROOT


def test_the_page_is_what_the_installed_libraries_state():
    text = licences.PAGE.read_text(encoding="utf-8")
    assert licences.page(text) == text, "run: .venv/bin/python installers/licences.py"


@pytest.mark.parametrize("name", licences.locked("test.txt"))
def test_every_library_states_a_licence(name):
    assert licences.licence_of(name)


def test_nothing_the_program_runs_on_binds_it_to_the_gpl():
    for name in licences.locked("run.txt"):
        stated = licences.licence_of(name)
        assert "GPL" not in stated or "LGPL" in stated, (name, stated)


def test_each_face_of_the_manifest_is_named_with_its_package():
    import tomllib

    text = licences.PAGE.read_text(encoding="utf-8")
    manifest = tomllib.loads((ROOT / "installers" / "fonts.toml").read_text(encoding="utf-8"))
    for face in manifest["face"]:
        assert face["package"] in text
        assert face["licence"] in text
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").strip().startswith("Apache License")
