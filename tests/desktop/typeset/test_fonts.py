from __future__ import annotations

from pathlib import Path

import pytest
import zstandard

from desktop.typeset.fonts import Library, Role, library
from desktop.typeset.press import Missing, Press
from tests.desktop.typeset.reading import WheelOnly, texts, wheel_only

NAMES = "㛃䶮𬭚堃喆赟犇淼翀昇槑镕瑨彧囍𠅤𬀪𫖮𡐓𬣢"
HERE = Path(library().chain(Role.FANG).faces[0].path).name
built = pytest.mark.skipif(HERE != "fang.otf", reason="the app's own faces are not built here")


def page(faces: Library, role: Role, text: str) -> tuple[bytes, Press]:
    press = Press(faces, "字", invariant=True)
    lettering = press.lettering(role, 16)
    press.page([f"BT {lettering.select} 20 400 Td {lettering.show(text)} ET"], 595, 842)
    return press.close(), press


@built
@pytest.mark.parametrize("role", Role)
def test_rare_names_are_printed_and_can_be_copied(role):
    pdf, press = page(library(), role, NAMES)
    assert not press.missing
    assert texts(pdf)[0].strip() == NAMES


@built
def test_each_role_begins_with_its_own_style():
    first = {role: library().chain(role).faces[0].path.name for role in Role}
    assert first == {
        Role.FANG: "fang.otf",
        Role.BIAOSONG: "biaosong.otf",
        Role.HEI: "hei.otf",
        Role.KAI: "kai.ttf",
        Role.SONG: "song.otf",
    }


def standard() -> set[int]:
    """通用规范汉字表 and GB 18030-2022, level 2 and level 3."""
    lines = (Path(__file__).parents[3] / "installers" / "characters.txt").read_text("utf-8")
    table = {ord(sign) for line in lines.splitlines() if line[0] != "#" for sign in line}
    assert len(table) == 8105
    level_2 = [(0x3400, 0x4DB5), (0x4E00, 0x9FEF)]
    level_3 = [(0x2F00, 0x2FD5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D)]
    level_3 += [(0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0)]
    both = {code for low, high in level_2 + level_3 for code in range(low, high + 1)}
    gbk = {ord(bytes((a, b)).decode("gbk", "ignore") or " ") for a in M for b in M if b > 0x3F}
    return table | both | {code for code in gbk if not 0xE000 <= code <= 0xF8FF}


M = range(0x81, 0xFF)


@built
@pytest.mark.parametrize("role", Role)
def test_no_character_of_the_national_standard_is_a_box(role, monkeypatch):
    from desktop.typeset import fonts

    # As in a product: only our own faces, neither the system's nor those of the pip package.
    ours = library().chain(Role.FANG).faces[0].path.parent
    monkeypatch.setattr(fonts, "_wheel", lambda: None)
    monkeypatch.setattr(fonts, "_own_files", list)
    monkeypatch.setattr(Library, "_shelves", lambda self: iter([(ours, fonts._OURS)]))
    chain = Library().chain(role)
    lacking = [code for code in sorted(standard()) if chain.find(code) is None]
    assert not lacking, " ".join(f"U+{code:04X}" for code in lacking[:50])


@built
def test_a_rare_name_in_text_is_helped_out_by_the_light_face():
    chain = library().chain(Role.FANG)
    place, _ = chain.find(ord("𬭚"))
    assert chain.faces[place].path.name == "songlight.otf"


def test_a_machine_without_any_face_still_prints_chinese():
    pdf, press = page(wheel_only(), Role.FANG, "中共党员花名册（2026年）王𬭚")
    assert not press.missing
    assert "中共党员花名册（2026年）王𬭚" in texts(pdf)[0]


def test_a_character_nobody_has_is_named_and_never_a_box():
    pdf, press = page(wheel_only(), Role.FANG, "王\U0002a6d6小明")
    assert list(press.missing) == [Missing("王\U0002a6d6小明", "\U0002a6d6")]
    assert "U+2A6D6" in str(next(iter(press.missing)))
    assert texts(pdf)[0].strip().replace(" ", "") == "王小明"


def test_every_text_with_a_missing_character_is_named():
    press = Press(wheel_only(), "字")
    lettering = press.lettering(Role.FANG, 12)
    for name in ("王\U0002a6d6", "李\U0002a6d6", "张三"):
        lettering.show(name)
    assert [one.where for one in press.missing] == ["王\U0002a6d6", "李\U0002a6d6"]


def test_coverage_is_told_at_data_entry():
    assert library().covers("王𬭚")
    assert not wheel_only().covers("\U0002a6d6")


def test_the_file_of_the_settings_comes_first(tmp_path):
    other = library().chain(Role.HEI).faces[0].path
    chain = Library({"fang": str(other)}).chain(Role.FANG)
    assert chain.faces[0].path == other
    assert Library({"fang": str(tmp_path / "gone.ttf")}).chain(Role.FANG).faces


def test_the_dot_of_a_name_is_half_a_character_and_quotes_a_whole_one():
    for role in Role:
        lettering = Press(library(), "x").lettering(role, 10)
        assert lettering.width("·") == 5
        assert lettering.width("“”——……") == 60


def test_invisible_characters_take_no_room_and_leave_no_mark():
    pdf, press = page(library(), Role.FANG, "王\u200b伟\ufe00\u0007")
    assert not press.missing
    assert texts(pdf)[0].strip() == "王伟"
    assert press.lettering(Role.FANG, 10).width("王\u200b伟") == 20


def test_on_windows_its_own_faces_come_first(tmp_path, monkeypatch):
    from desktop.typeset import fonts

    there = tmp_path / "Fonts"
    there.mkdir()
    for name in ("simfang.ttf", "simsun.ttc", "FZXBSJW.TTF", "simsunb.ttf"):
        (there / name).write_bytes(b"")
    monkeypatch.setattr(fonts.sys, "platform", "win32")
    monkeypatch.setenv("WINDIR", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "nobody"))
    first = {role: Library().chain(role).faces[0].path.name for role in Role}
    assert first[Role.FANG] == "simfang.ttf"
    assert first[Role.BIAOSONG] == "FZXBSJW.TTF"
    assert first[Role.SONG] == "simsun.ttc"
    assert "simsunb.ttf" in {face.path.name for face in Library().chain(Role.FANG).faces}


@built
def test_the_yuan_sign_is_no_dollar():
    chain = library().chain(Role.FANG)
    place, _ = chain.find(ord("￥"))
    assert chain.faces[place].path.name != "fang.otf"


def test_a_face_put_into_the_offices_own_folder_helps_out(tmp_path, monkeypatch):
    from desktop.typeset import fonts

    monkeypatch.setattr(fonts, "own_folder", lambda: tmp_path / "fonts")
    assert not WheelOnly().covers("𬣢")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "说明.txt").write_text("不是字体", "utf-8")
    for face in library().chain(Role.FANG).faces:
        if face.path.name == "hana-b.ttf.zst":
            content = zstandard.decompress(face.path.read_bytes())
            (tmp_path / "fonts" / "b.ttf").write_bytes(content)
            assert WheelOnly().covers("𬣢")
