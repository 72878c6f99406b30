"""The update package: every byte is signed, nothing of it is believed before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import Refusal
from desktop.updating import package, publisher
from tests import programs


def silent(_done: int, _total: int, _words: str) -> None:
    pass


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "keys", lambda: {programs.PUBLIC: programs.PUBLISHER})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("package")
    return programs.pack(programs.tree(place / "new", "1.1"), place / "a.zytu", "1.1")


def opened(file: Path) -> package.Package:
    return package.open_package(file, silent)


def test_what_was_packed_comes_out(made: Path, keys: None) -> None:
    one = opened(made)
    assert (one.version, one.signer) == ("1.1", programs.PUBLISHER)
    found = {part.path: b"".join(pieces) for part, pieces in package.carried(one)}
    assert set(found) == {
        each.relative_to(made.parent / "new").as_posix()
        for each in (made.parent / "new").rglob("*")
        if each.is_file()
    }
    assert all(found[path] == (made.parent / "new" / path).read_bytes() for path in found)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_gets_past_the_signature(
    made: Path, tmp_path: Path, keys: None, where: float, bit: int
) -> None:
    content = bytearray(made.read_bytes())
    content[int(where * len(content))] ^= 1 << bit
    file = tmp_path / "b.zytu"
    file.write_bytes(content)
    with pytest.raises(Refusal):
        opened(file)


@pytest.mark.parametrize("cut", [0, 3, 8, 100, -64, -1])
def test_a_package_cut_anywhere_is_refused(
    made: Path, tmp_path: Path, keys: None, cut: int
) -> None:
    file = tmp_path / "b.zytu"
    file.write_bytes(made.read_bytes()[:cut])
    with pytest.raises(Refusal, match="升级包"):
        opened(file)
    file.write_bytes(made.read_bytes() + b"x")
    with pytest.raises(Refusal, match="升级包"):
        opened(file)


def test_the_signature_of_somebody_else_is_no_signature(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "keys", lambda: {b"\1" * 32: "别人", bytes(32): "零"})
    with pytest.raises(Refusal, match="签名不对"):
        opened(made)


def test_a_program_without_a_publisher_takes_none(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "keys", dict)
    with pytest.raises(Refusal, match="没有登记发布单位"):
        opened(made)


def test_the_keys_of_the_source_can_be_read() -> None:
    assert all(len(key) == 32 and name for key, name in publisher.keys().items())


@pytest.mark.parametrize("path", ["../a", "/etc/a", "a/../../b", "c:/a", "a\\b", ""])
def test_even_the_publisher_writes_nothing_outside(path: str) -> None:
    with pytest.raises(ValueError):
        package._require_inside(path)


def test_a_small_package_leaves_out_what_older_programs_have(tmp_path: Path, keys: None) -> None:
    old = programs.tree(tmp_path / "old", "1.0")
    new = programs.tree(tmp_path / "new", "1.1")
    one = opened(programs.pack(new, tmp_path / "s.zytu", "1.1", since=[old]))
    assert {part.path for part in one.parts if part.carried} == {
        "app/pyproject.toml", "app/version",
    }  # fmt: skip
    assert len(one.parts) == 6


def test_a_stick_changed_after_the_proof_gives_no_program(
    tmp_path: Path, made: Path, keys: None
) -> None:
    file = tmp_path / "b.zytu"
    file.write_bytes(made.read_bytes())
    one = opened(file)
    content = bytearray(file.read_bytes())
    content[one.start + 60] ^= 255
    file.write_bytes(content)
    with pytest.raises(Refusal, match="不是完好"):
        for _, pieces in package.carried(one):
            for _ in pieces:
                pass
