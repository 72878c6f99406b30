"""docs/add-a-register.md, done: the file from the page is dropped in and must be a whole register."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import db.registers
from db import journal, registry, search
from db import office as offices
from db.errors import Refusal
from db.undo import undo
from tests.conftest import PASSPHRASE

PAGE = Path(__file__).parents[1] / "docs" / "add-a-register.md"
STEM = "seal_use"


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[registry.Register]:
    code = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert code
    folder = tmp_path / "registers"
    folder.mkdir()
    (folder / f"{STEM}.py").write_text(code[1], "utf-8")
    monkeypatch.setattr(db.registers, "__path__", [*db.registers.__path__, str(folder)])
    registry.forget()
    offices.new_office(
        tmp_path / "office", "150823101", "某苏木党委", "township", "管理员", PASSPHRASE, site=7
    )
    yield registry.register(STEM)
    offices.close_office()
    registry.forget()
    sys.modules.pop(f"db.registers.{STEM}", None)


def row_of(register: registry.Register) -> object:
    return register.model(
        used_on="2026.3.1", paper="关于换届的请示", copies=2, user="张三", approver="李四"
    )


def test_it_is_kept_journaled_found_and_undone(dropped: registry.Register) -> None:
    row = row_of(dropped)
    row.save()  # type: ignore[attr-defined]
    kept = dropped.model.get()
    assert kept.title() == "2026-03-01 关于换届的请示"
    assert journal.history(STEM, kept.id)[0].person == "管理员"
    assert [(h.stem, h.id) for h in search.query("zhangsan")] == [(STEM, kept.id)]
    undo(journal.operations()[0].id)
    assert dropped.model.living().count() == 0


def test_its_own_check_speaks_at_the_field(dropped: registry.Register) -> None:
    row = row_of(dropped)
    row.approver = "张三"  # type: ignore[attr-defined]
    with pytest.raises(Refusal) as caught:
        row.save()  # type: ignore[attr-defined]
    assert [fault.field for fault in caught.value.faults] == ["approver"]


def test_it_goes_out_as_a_sheet_and_comes_in_again(
    dropped: registry.Register, tmp_path: Path
) -> None:
    from desktop.sheets.exporting import export_register
    from desktop.sheets.importing import run_import

    row_of(dropped).save()  # type: ignore[attr-defined]
    sheet = tmp_path / "印章.xlsx"
    assert export_register(STEM, sheet) == 1
    again = run_import(STEM, sheet)
    assert {key: again[key] for key in ("new", "changed", "same", "refused")} == {
        "new": 0,
        "changed": 0,
        "same": 1,
        "refused": 0,
    }


def test_a_roster_of_it_is_imported_row_by_row(dropped: registry.Register, tmp_path: Path) -> None:
    from desktop.sheets.importing import run_import

    roster = tmp_path / "印章.csv"
    roster.write_text(
        "用印日期,文件名称,份数,用印人,批准人\n"
        "2026.3.1,请示,2,张三,李四\n"
        "2026.3.2,报告,两,张三,李四\n",
        "utf-8",
    )
    answer = run_import(STEM, roster)
    assert (answer["new"], answer["refused"]) == (1, 1)
    assert [(r["row"], r["column"]) for r in answer["rows"] if r["outcome"] == "refused"] == [
        (3, "份数")
    ]


def test_it_has_its_line_in_the_sidebar_and_a_page(
    dropped: registry.Register, qtbot: QtBot
) -> None:
    from desktop.shell import walk
    from desktop.widgets.register_page import RegisterPage

    assert (STEM, "印章使用登记", "日常工作") in [
        (entry.stem, entry.label, entry.section) for entry in walk.entries()
    ]
    page = walk.make_page(STEM)
    qtbot.addWidget(page)
    assert isinstance(page, RegisterPage)
    assert page.title == "印章使用登记"
