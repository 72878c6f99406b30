"""Reports of our bugs and the diagnosis: enough to mend the program, nothing about anybody."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import apsw
import pytest

from db import office as offices
from db import registry
from db.connection import database
from db.fields import Choice
from desktop import cli, diagnosis, reporting
from desktop.widgets.page import Place
from tests.conftest import PASSPHRASE
from tests.db import training


def raised(problem: Exception) -> Exception:
    try:
        name = "乌云其其格"  # a local variable is not told either
        raise problem
    except Exception as caught:
        assert name
        return caught


@pytest.mark.parametrize(
    "problem",
    [
        ValueError("150425196001010016 不对"),
        KeyError("乌云其其格"),
        TypeError("cannot add 乌云其其格 to '13904791234' at 13904791234"),
        apsw.ConstraintError("UNIQUE constraint failed: member.id_number = 150425196001010016"),
        RuntimeError("/srv/wuyun/台账/zhengyou.db is gone"),
        RuntimeError("C:\\Users\\wuyun\\a.db is gone"),
    ],
)
def test_a_report_tells_the_way_and_no_value(problem: Exception) -> None:
    said = reporting.report(raised(problem))
    for secret in ("乌云", "150425", "13904", "wuyun"):
        assert secret not in said
    assert re.search(r"tests/desktop/test_reporting\.py:\d+ raised", said)
    assert type(problem).__name__ in said


def test_words_about_code_and_the_engine_stay_readable() -> None:
    said = reporting.report(raised(TypeError("f() takes 2 positional arguments but 3 were given")))
    assert "TypeError: f() takes # positional arguments" in said
    said = reporting.report(raised(apsw.ConstraintError("UNIQUE constraint failed: member.code")))
    assert "UNIQUE constraint failed: member.code" in said


def test_the_cause_and_a_group_are_told_too() -> None:
    try:
        try:
            int("13904791234x")
        except ValueError as first:
            raise ExceptionGroup("乌云", [KeyError("乌云"), TypeError("b")]) from first
    except ExceptionGroup as group:
        said = reporting.report(group)
    assert "随后" in said
    assert all(
        name in said for name in ("ValueError", "KeyError", "TypeError: b", "ExceptionGroup")
    )
    assert "乌云" not in said


def test_reports_are_kept_and_the_oldest_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "出错报告-20200101-000000.txt").write_text("旧格式 乌云其其格", encoding="utf-8")
    kept = reporting.keep(raised(KeyError("乌云其其格")), tmp_path)
    assert kept is not None
    assert [each.startswith(reporting.MARK) for each in reporting.latest(tmp_path)] == [True]
    for number in range(40):
        (tmp_path / f"出错报告-2021{number:04d}-000000.txt").touch()
    reporting.keep(raised(KeyError("x")), tmp_path)
    assert len(list(tmp_path.glob(reporting.PATTERN))) == 20
    assert reporting.keep(raised(KeyError("x")), tmp_path / "absent") is None
    assert reporting.keep(raised(KeyError("x")), None) is None


def private_values() -> set[str]:
    """Every text of the open office that a diagnosis could give away: names, numbers, places, remarks."""
    found: set[str] = set()
    for model in registry.models():
        for field in model._meta.sorted_fields:
            if isinstance(field, Choice) or field.column_name in {"retired", "office"}:
                continue
            for (value,) in database.execute_sql(
                f'SELECT DISTINCT "{field.column_name}" FROM "{model.stem()}"'
                f" WHERE typeof(\"{field.column_name}\") = 'text'"
            ).fetchall():
                found.add(value)
    return found


def dull(value: str) -> bool:
    """Codes, dates, short words: what the program itself says all the time."""
    return bool(re.fullmatch(r"[\x00-\x7f]{0,10}|[\d\s:.T-]*", value)) and not re.fullmatch(
        r"1\d{10}|\d{17}[\dX]", value
    )


def test_a_diagnosis_of_a_whole_office_names_nobody(
    office: offices.Office, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    # What an empty office's diagnosis says, the program says by itself.
    frame = diagnosis.build(office.folder)
    offices.close_office()
    folder = tmp_path / "data"
    shutil.copytree(training.built(tmp_path_factory.getbasetemp(), "township"), folder)
    training.opened(folder)
    try:
        who = next(iter(registry.model_of("member").select()))
        reporting.keep(raised(ValueError(f"{who.name} {who.id_number}")), folder)
        reporting.keep(raised(TypeError(f"{who.name} {who.phone}")), folder)
        text = diagnosis.build(folder)
        known = [value for value in private_values() if not dull(value)]
        assert who.name in known
        assert len(known) > 3_000
        assert [value for value in known if value in text and value not in frame] == []
        assert str(tmp_path) not in text
        assert re.search(r"^member [\d,]+ / [\d,]+$", text, re.M)
        assert "读不出来" not in text
        assert text.count(reporting.MARK) == 2
    finally:
        offices.close_office()


def test_a_diagnosis_is_made_of_data_that_does_not_open(
    office: offices.Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    folder = office.folder
    offices.close_office()
    (folder / "zhengyou.db").write_bytes(b"\0" * 5000)
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, PASSPHRASE)
    out = tmp_path / "u" / "诊断.txt"
    out.parent.mkdir()
    assert cli.main(["--data", str(folder), "diagnose", "-o", str(out)]) == 0
    assert "没有打开" in capsys.readouterr().out
    text = out.read_text("utf-8")
    assert "没有打开（Trouble）" in text
    assert "zhengyou.db 5,000 字节" in text
    assert str(folder) not in text


def test_the_page_saves_exactly_what_it_shows(office, frame, settle, tmp_path, monkeypatch) -> None:
    from desktop.tools import diagnosis as page_module

    frame.go(Place("diagnosis"))
    settle()
    page = frame.page
    shown = page.text.toPlainText()
    assert "【屏幕】" in shown
    assert "Qt 6" in shown
    assert "白音胡舒" not in shown
    path = tmp_path / "诊断.txt"
    monkeypatch.setattr(page_module, "ask_path", lambda *_: path)
    page.save()
    settle()
    assert path.read_text("utf-8") == shown


def test_the_settings_lead_to_it(office, frame, settle) -> None:
    frame.go(Place("settings"))
    settle()
    card = frame.page.program
    assert "源代码" in card._why.text()
    assert card.update_button.isHidden()
    card.tell_button.click()
    settle()
    assert frame.here.stem == "diagnosis"
