"""A clerk adds photos to a trip and a scan to a hardship, looks at them and takes one out."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from db import access
from db import office as offices
from db.access import Person, Role
from db.errors import Refusal
from db.registers.hardship import Evidence
from db.registers.visit import Visit, VisitFile
from desktop.widgets import attaching
from desktop.widgets.attaching import LONG_SIDE, picture, prepare
from desktop.widgets.page import Place
from tests.factories import make

# A JPEG's Exif block that says the photo lies on its side (orientation 6) and where it was taken.
_TIFF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS-40.66N-SECRET"
EXIF = b"\xff\xe1" + (len(_TIFF) + 2).to_bytes(2) + _TIFF


def photo(path: Path, width: int = 60, height: int = 40, form: str = "JPG") -> Path:
    grain = Random(1).randbytes(width * height * 3)
    image = QImage(grain, width, height, width * 3, QImage.Format.Format_RGB888)
    assert image.save(str(path), form)  # type: ignore[call-overload]
    return path


def test_a_photo_is_made_smaller_turned_upright_and_stripped(screen: Any, tmp_path: Path) -> None:
    large = photo(tmp_path / "IMG_2031.JPG", 3000, 1500)
    plain = large.read_bytes()
    large.write_bytes(plain[:2] + EXIF + plain[2:])
    kept = prepare(large)
    image = picture(kept.content)
    assert kept.name == "IMG_2031.jpg"
    assert (image.width(), image.height()) == (LONG_SIDE // 2, LONG_SIDE)
    assert b"GPS-40" not in kept.content
    assert b"Exif" not in kept.content
    assert len(kept.content) < len(plain)


def test_a_drawing_stays_sharp_and_loses_its_transparency(screen: Any, tmp_path: Path) -> None:
    image = QImage(200, 100, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    image.setText("Author", "张三")
    image.save(str(tmp_path / "图.png"))
    kept = prepare(tmp_path / "图.png")
    assert kept.name == "图.png"
    assert picture(kept.content).pixelColor(5, 5) == QColor("white")
    assert "Author" not in picture(kept.content).textKeys()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.jpg", b"", "空的"),
        ("坏.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 200, "不是完好的图片"),
        ("坏.pdf", b"%PDF-1.4 nothing", "打不开"),
        ("程序.exe", b"MZ\x90\0" * 20, "只能添加"),
    ],
)
def test_bad_files_are_refused_in_words(
    screen: Any, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal, match=words):
        prepare(tmp_path / name)


def test_a_file_that_is_gone_or_huge_is_refused(screen: Any, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="读不出来"):
        prepare(tmp_path / "没有.jpg")
    with (tmp_path / "录像.jpg").open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(Refusal, match=r"100\.0 MB"):
        prepare(tmp_path / "录像.jpg")


def tab_of(frame: Any, settle: Any, record: Any, detail: type) -> Any:
    frame.go(Place(record.stem(), row=record.id))
    settle()
    panel = frame.page.panel
    tab = next(each for each in panel.details if each.detail is detail)
    panel.tabs.setCurrentWidget(tab)
    settle()
    return tab


def test_several_photos_of_a_trip_are_added_at_once(
    frame: Any, settle: Any, failures: list[Exception], tmp_path: Path
) -> None:
    visit = make(Visit)
    tab = tab_of(frame, settle, visit, VisitFile)
    (tmp_path / "坏.jpg").write_bytes(b"no picture at all")
    tab.add_files(
        [photo(tmp_path / "一.jpg"), tmp_path / "坏.jpg", photo(tmp_path / "二.png", 50, 50, "PNG")]
    )
    settle()
    rows = list(VisitFile.living().where(VisitFile.visit == visit.id))
    assert sorted(row.file_name for row in rows)[0] == "一.jpg"
    assert len(rows) == 2
    assert "已添加 2 个" in tab._told.text()
    assert "坏.jpg" in tab._told.text()
    tab.table.selectRow(0)
    tab.look_at_file()
    settle()
    assert not tab._viewer.photo.image.isNull()
    tab._viewer.save_to(tmp_path / "取出.jpg")
    settle()
    assert (tmp_path / "取出.jpg").read_bytes() == offices.files().get(rows[0].digest)
    tab._viewer.leave()
    assert tab._stack.currentWidget() is tab._list
    assert failures == []


def test_a_scan_of_a_hardship_is_chosen_in_its_form(
    frame: Any, settle: Any, failures: list[Exception], tmp_path: Path
) -> None:
    paper = make(Evidence, digest="", file_name="", size=None)
    tab = tab_of(frame, settle, paper.hardship, Evidence)
    tab.table.selectRow(0)
    tab.look_at_file()
    settle()
    assert "没有附上文件" in tab._told.text()
    tab.edit()
    settle()
    form = tab._form
    form.editor.fields["digest"].take(photo(tmp_path / "诊断证明.jpg"))
    settle()
    form.save()
    settle()
    kept = Evidence.get_by_id(paper.id)
    assert kept.file_name == "诊断证明.jpg"
    assert len(offices.files().get(kept.digest)) == kept.size
    assert failures == []


def test_an_unfit_file_leaves_the_form_as_it_was(frame: Any, settle: Any, tmp_path: Path) -> None:
    paper = make(Evidence, digest="", file_name="旧名.pdf")
    tab = tab_of(frame, settle, paper.hardship, Evidence)
    tab.table.selectRow(0)
    tab.edit()
    settle()
    field = tab._form.editor.fields["digest"]
    (tmp_path / "程序.exe").write_bytes(b"MZ")
    field.take(tmp_path / "程序.exe")
    settle()
    assert "只能添加" in field._words.text()
    assert field.value() == ""
    assert tab._form.editor.value_of("file_name") == "旧名.pdf"


def test_a_scan_of_a_hardship_is_not_for_every_eye(
    frame: Any, settle: Any, tmp_path: Path, dressed: Any
) -> None:
    paper = make(Evidence, digest=attaching.keep(photo(tmp_path / "证.jpg")).digest)
    tab = tab_of(frame, settle, paper.hardship, Evidence)
    tab.table.selectRow(0)
    with access.acting_as(Person(9, "查阅人", Role.READER)):
        tab.look_at_file()
    settle()
    assert "没有查看个人信息的权限" in tab._told.text()
