"""The faces of official paper: only checked files are used, and what is missing is said."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import fonts
import pytest

needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")


def test_the_manifest_names_every_face_the_engine_looks_for():
    wanted = ["fang", "biaosong", "song", "songlight", "hei"]
    files = [face.file for face in fonts.read_manifest()]
    assert {f"{name}.otf" for name in wanted} | {"kai.ttf", "hana-a.ttf", "hana-b.ttf.zst"} <= set(
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


def pip_face() -> bytes:
    """The pip face, which every machine has."""
    import pylopdf_fonts_zh_cn

    return Path(pylopdf_fonts_zh_cn.serif_path()).read_bytes()


def code_points(content: bytes) -> set[int]:
    import uharfbuzz as hb

    return set(hb.Face(hb.Blob(content)).unicodes)


@pytest.mark.parametrize("han", fonts.KEPT)
def test_the_cut_keeps_what_chinese_paper_needs_and_drops_the_rest(han):
    content = pip_face()
    after = code_points(fonts.cut(content, 0, han))
    kept = set("斯琴高娃·〇①㈠，。《》—…×￥ā１䶮𬭚")
    assert {ord(sign) for sign in kept} & code_points(content) <= after
    assert not any(0xAC00 <= code <= 0xD7A3 for code in after)
    assert (ord("峯") in after) == (
        han in {"all", "level 2"}
    )  # in GBK, in neither of the common tables


def test_what_another_face_of_every_chain_has_goes_but_its_marks_stay():
    after = code_points(fonts.cut(pip_face(), 0, "level 2", frozenset(map(ord, "中，"))))
    assert ord("中") not in after
    assert {ord("，"), ord("国")} <= after


def test_what_is_left_is_set_and_drawn_as_before():
    """Advances, line heights and outlines: a cut face must not move a line on paper."""
    import uharfbuzz as hb

    class Pen:
        def __init__(self, font: object, code: int) -> None:
            self.strokes: list[object] = []
            make = hb.DrawFuncs()
            for name in ("move_to", "line_to", "quadratic_to", "cubic_to"):
                setter = getattr(make, f"set_{name}_func")
                setter(lambda *at, name=name: self.strokes.append((name, at[:-1])))
            make.set_close_path_func(lambda *at: self.strokes.append("close"))
            font.draw_glyph(font.get_nominal_glyph(code), make, None)

    whole, cut = (
        hb.Font(hb.Face(hb.Blob(content)))
        for content in (pip_face(), fonts.cut(pip_face(), 0, "common"))
    )
    for told in ("ascender", "descender", "line_gap"):
        for way in ("ltr", "ttb"):
            old, new = (getattr(font.get_font_extents(way), told) for font in (whole, cut))
            assert old == new
    for code in map(ord, "斯琴高娃，。（）·—“”…A1国𬭚"):
        one, other = whole.get_nominal_glyph(code), cut.get_nominal_glyph(code)
        assert whole.get_glyph_h_advance(one) == cut.get_glyph_h_advance(other)
        assert whole.get_glyph_v_advance(one) == cut.get_glyph_v_advance(other)
        assert Pen(whole, code).strokes == Pen(cut, code).strokes
        assert Pen(cut, code).strokes


def test_the_table_of_standard_characters_is_whole():
    assert len(fonts.table()) == 8105
    assert sum(code > 0xFFFF for code in fonts.table()) == 196
    assert len(fonts.gb2312()) == 6763


def test_a_packed_face_comes_out_as_it_was(tmp_path):
    (tmp_path / "rare.ttf.zst").write_bytes(fonts.packed(pip_face(), 3))
    assert fonts.unpacked(tmp_path / "rare.ttf.zst") == pip_face()
    assert fonts.characters(tmp_path / "rare.ttf.zst") == code_points(pip_face())
    assert fonts.characters(tmp_path / "none.ttf") == frozenset()


def test_a_face_is_cut_after_those_it_stands_beside():
    files = [face.file for face in fonts.read_manifest()]
    for face in fonts.read_manifest():
        assert all(files.index(other) < files.index(face.file) for other in face.beside)


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
