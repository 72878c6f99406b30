"""The faces of official paper: only checked files are used, and what is missing is said."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("fonts", ROOT / "installers" / "fonts.py")
assert spec is not None
assert spec.loader is not None
fonts = importlib.util.module_from_spec(spec)
sys.modules["fonts"] = fonts
spec.loader.exec_module(fonts)

needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")


def test_the_manifest_names_every_face_the_engine_looks_for():
    wanted = ["fang", "biaosong", "song", "songlight", "hei"]
    files = [face.file for face in fonts.read_manifest()]
    assert {f"{name}.otf" for name in wanted} | {"kai.ttf", "hana-a.ttf", "hana-b.ttf"} <= set(
        files
    )
    assert len(files) == len(set(files))


@pytest.mark.parametrize("face", fonts.read_manifest(), ids=lambda face: face.file)
def test_each_face_is_known_by_its_hash_on_both_debians(face):
    assert set(face.sha256) == {"Debian 12", "Debian 13"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in face.sha256.values())
    assert not face.member.startswith(("/", "."))
    assert face.licence
    assert face.licence_member


def test_an_unknown_file_is_not_used(tmp_path):
    face = fonts.read_manifest()[0]
    with pytest.raises(fonts.Missing, match="与清单不符"):
        fonts.install_face(face, b"not the font", tmp_path)
    assert not list(tmp_path.iterdir())


def build_package(folder: Path, name: str, content: dict[str, bytes]) -> Path:
    """Make a tiny .deb that holds the given members."""
    tree = folder / name
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\n"
        "Description: x\n",
        encoding="utf-8",
    )
    for member, data in content.items():
        (tree / member).parent.mkdir(parents=True, exist_ok=True)
        (tree / member).write_bytes(data)
    made = folder / f"{name}_1_all.deb"
    subprocess.run(["dpkg-deb", "-b", str(tree), str(made)], check=True, capture_output=True)
    shutil.rmtree(tree)
    return made


def manifest_for(folder: Path, content: bytes) -> Path:
    path = folder / "fonts.toml"
    path.write_text(
        '[[face]]\nfile = "a.ttf"\nrole = "仿宋"\npackage = "fonts-tiny"\nmember = "usr/a.ttf"\n'
        'cut = false\nlicence = "OFL-1.1"\nlicence_member = "usr/licence.gz"\n'
        f'[face.sha256]\n"Debian 12" = "{hashlib.sha256(content).hexdigest()}"\n',
        encoding="utf-8",
    )
    return path


@needs_dpkg
def test_a_face_goes_from_the_cached_package_to_its_place_with_its_licence(tmp_path):
    font = b"the very font"
    cache = tmp_path / "cache"
    cache.mkdir()
    build_package(
        cache, "fonts-tiny", {"usr/a.ttf": font, "usr/licence.gz": gzip.compress(b"free")}
    )
    manifest = manifest_for(tmp_path, font)
    folder = tmp_path / "fonts"
    assert fonts.build(folder, cache, manifest) == []
    assert (folder / "a.ttf").read_bytes() == font
    assert (folder / "LICENCE-fonts-tiny.txt").read_bytes() == b"free"
    (line,) = json.loads((folder / "fonts.json").read_text(encoding="utf-8"))["faces"]
    assert (line["role"], line["file"], line["licence"]) == ("仿宋", "a.ttf", "OFL-1.1")
    assert line["sha256"] == hashlib.sha256(font).hexdigest()
    assert fonts.complete(folder, manifest.read_bytes())
    (folder / "a.ttf").unlink()
    assert not fonts.complete(folder, manifest.read_bytes())


@needs_dpkg
def test_a_changed_package_is_refused_and_said(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    build_package(
        cache, "fonts-tiny", {"usr/a.ttf": b"other", "usr/licence.gz": gzip.compress(b"")}
    )
    missing = fonts.build(tmp_path / "fonts", cache, manifest_for(tmp_path, b"the very font"))
    assert len(missing) == 1
    assert "与清单不符" in missing[0]


def test_without_apt_the_reason_is_said_and_not_asked_again_today(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    manifest = manifest_for(tmp_path, b"the very font")
    folder = tmp_path / "fonts"
    assert fonts.build(folder, tmp_path / "cache", manifest) == ["本机没有 apt，无法取得字体软件包"]
    assert fonts.complete(folder, manifest.read_bytes())
    later = fonts.time.time() + fonts.RETRY_AFTER + 1
    monkeypatch.setattr(fonts.time, "time", lambda: later)
    assert not fonts.complete(folder, manifest.read_bytes())


def test_a_new_manifest_builds_again(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    manifest = manifest_for(tmp_path, b"the very font")
    fonts.build(tmp_path / "fonts", tmp_path / "cache", manifest)
    changed = manifest_for(tmp_path, b"a newer font")
    assert not fonts.complete(tmp_path / "fonts", changed.read_bytes())


def test_the_cut_keeps_what_chinese_paper_needs_and_drops_the_rest():
    """Cut the pip face, which every machine has: Han and marks stay, Hangul goes."""
    import pylopdf_fonts_zh_cn
    import uharfbuzz as hb

    source = next(
        path
        for path in Path(pylopdf_fonts_zh_cn.__file__).parent.rglob("*")
        if path.suffix == ".otf"
    )
    content = source.read_bytes()
    before = hb.Face(hb.Blob(content)).unicodes
    after = hb.Face(hb.Blob(fonts.cut(content, 0))).unicodes
    kept = set("斯琴高娃·〇①㈠，。《》—…×￥ā１䶮𬭚")
    assert {ord(sign) for sign in kept if ord(sign) in before} <= set(after)
    assert not any(0xAC00 <= code <= 0xD7A3 for code in after)


def test_no_environment_without_its_own_font_folder(tmp_path):
    assert fonts.font_folder(tmp_path) == tmp_path / "share" / "zhengyou" / "fonts"


@needs_dpkg
def test_single_members_come_out_of_a_stream(tmp_path):
    made = build_package(
        tmp_path, "fonts-tiny", {"usr/a": b"1" * 70_000, "usr/b": b"2", "usr/c": b"3"}
    )
    assert fonts.members(made, ["usr/b", "usr/none"]) == {"usr/b": b"2"}
    broken = tmp_path / "broken_1_all.deb"
    broken.write_bytes(io.BytesIO(made.read_bytes()[:200]).read())
    with pytest.raises(fonts.Missing, match="已损坏"):
        fonts.members(broken, ["usr/b"])


def test_the_newest_copy_of_a_package_is_taken(tmp_path):
    import os

    for age, name in enumerate(["fonts-tiny_2_all.deb", "fonts-tiny_1_all.deb"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / "fonts-tiny-extra_9_all.deb").touch()
    assert fonts.newest(tmp_path, "fonts-tiny") == tmp_path / "fonts-tiny_2_all.deb"
    assert fonts.newest(tmp_path, "other") is None


def test_a_face_knows_its_release():
    face = replace(fonts.read_manifest()[0], sha256={"Debian 13": hashlib.sha256(b"x").hexdigest()})
    assert fonts.release_of(face, b"x") == "Debian 13"
    assert fonts.release_of(face, b"y") is None
