"""The score grid is driven by keys and clipboard, as a person does who knows WPS."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db.errors import Refusal
from desktop.widgets.score_grid import ScoreGrid
from desktop.widgets.score_model import GridColumn, GridRow, ScoreModel


def read(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        number = int(text)
    except ValueError:
        raise Refusal(f"“{text}”不是数。") from None
    if not 0 <= number <= 10:
        raise Refusal(f"应在 0 至 10 之间，现为“{text}”。")
    return number


def show(value: int | None) -> str:
    return "" if value is None else str(value)


@pytest.fixture
def grid(screen: Any, qtbot: Any) -> ScoreGrid:
    made = ScoreGrid()
    qtbot.addWidget(made)
    columns = [GridColumn(name, "", read, show) for name in "甲乙丙"]
    rows = [GridRow(key, f"人{key}", (None, None, None)) for key in range(10, 14)]
    model = ScoreModel(columns, rows, ("合计", lambda cells: str(sum(c or 0 for c in cells))))
    model.setParent(made)
    made.show_model(model)
    made.resize(600, 300)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def at(grid: ScoreGrid) -> tuple[int, int]:
    return grid.currentIndex().row(), grid.currentIndex().column()


def key(grid: ScoreGrid, *keys: Any) -> None:
    for one in keys:
        if isinstance(one, str):
            for letter in one:
                QTest.keyClicks(QApplication.focusWidget() or grid, letter)
        else:
            target = QApplication.focusWidget() or grid
            QTest.keyClick(target, *(one if isinstance(one, tuple) else (one,)))


def test_the_model_is_sound(grid: ScoreGrid, qtmodeltester: Any) -> None:
    qtmodeltester.check(grid.boxes())


def test_typing_replaces_and_enter_goes_down(grid: ScoreGrid) -> None:
    key(grid, "8", Qt.Key.Key_Return)
    assert grid.boxes().text(0, 0) == "8"
    assert at(grid) == (1, 0)
    key(grid, "7", Qt.Key.Key_Return, Qt.Key.Key_Up, "9", Qt.Key.Key_Return)
    assert [grid.boxes().text(row, 0) for row in range(3)] == ["8", "9", ""]


def test_tab_goes_right_and_an_arrow_ends_typing(grid: ScoreGrid) -> None:
    key(grid, "1", Qt.Key.Key_Tab)
    assert at(grid) == (0, 1)
    key(grid, "2", Qt.Key.Key_Down)
    assert at(grid) == (1, 1)
    assert grid.boxes().text(0, 1) == "2"


def test_f2_edits_what_is_there_and_escape_gives_up(grid: ScoreGrid) -> None:
    key(grid, "1", Qt.Key.Key_Return, Qt.Key.Key_Up)
    key(grid, Qt.Key.Key_F2, Qt.Key.Key_End, "0", Qt.Key.Key_Return)
    assert grid.boxes().text(0, 0) == "10"
    key(grid, Qt.Key.Key_Up, "5", Qt.Key.Key_Escape)
    assert grid.boxes().text(0, 0) == "10"


def test_a_block_from_wps_goes_in_and_the_bad_box_stays_and_says_why(
    grid: ScoreGrid, qtbot: Any
) -> None:
    QApplication.clipboard().setText("1\t2\t3\r\n4\t50\t六\r\n")
    saved: list[dict[int, Any]] = []
    grid.boxes().edited.connect(saved.append)
    with qtbot.waitSignal(grid.boxes().refused) as told:
        key(grid, (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier))
    assert told.args == [2, "应在 0 至 10 之间，现为“50”。"]
    assert saved == [{10: (1, 2, 3), 11: (4, None, None)}]
    assert grid.boxes().text(1, 1) == "50"
    assert grid.boxes().faulty == 2
    reasons: list[str] = []
    grid.explained.connect(reasons.append)
    grid.setCurrentIndex(grid.boxes().index(1, 2))
    assert reasons[-1] == "“六”不是数。"


def test_a_faulty_box_is_mended_in_place(grid: ScoreGrid) -> None:
    key(grid, "99", Qt.Key.Key_Return)
    assert grid.boxes().faulty == 1
    key(grid, Qt.Key.Key_Up, "9", Qt.Key.Key_Return)
    assert (grid.boxes().faulty, grid.boxes().text(0, 0)) == (0, "9")


def test_undo_takes_a_whole_paste_back_and_saves_that_too(grid: ScoreGrid) -> None:
    QApplication.clipboard().setText("1\t2\n3\t4")
    key(grid, (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier))
    saved: list[dict[int, Any]] = []
    grid.boxes().edited.connect(saved.append)
    key(grid, (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier))
    assert saved == [{10: (None, None, None), 11: (None, None, None)}]
    key(grid, (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier))
    assert grid.boxes().text(1, 1) == "4"


def test_one_value_fills_a_selection_and_delete_empties_it(grid: ScoreGrid) -> None:
    grid.selectAll()
    QApplication.clipboard().setText("7")
    key(grid, (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier))
    assert grid.boxes().filled == 4
    assert grid.boxes().text(3, 3) == "21"
    key(grid, Qt.Key.Key_Delete)
    assert grid.boxes().filled == 0


def test_a_block_is_copied_as_tabs_and_lines(grid: ScoreGrid) -> None:
    QApplication.clipboard().setText("1\t2\n3\t4")
    key(grid, (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier))
    grid.selectAll()
    key(grid, (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier))
    lines = QApplication.clipboard().text().split("\n")
    assert lines[:2] == ["1\t2\t\t3", "3\t4\t\t7"]


def test_fill_down_takes_the_first_row(grid: ScoreGrid) -> None:
    key(grid, "6", Qt.Key.Key_Return)
    grid.selectColumn(0)
    key(grid, (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier))
    assert [grid.boxes().text(row, 0) for row in range(4)] == ["6"] * 4


def test_a_sealed_sheet_takes_nothing(screen: Any, qtbot: Any) -> None:
    columns = [GridColumn("甲", "", read, show)]
    model = ScoreModel(columns, [GridRow(1, "人", (5,))], editable=False)
    grid = ScoreGrid()
    qtbot.addWidget(grid)
    model.setParent(grid)
    grid.show_model(model)
    grid.show()
    qtbot.waitExposed(grid)
    grid.setFocus()
    key(grid, "9", Qt.Key.Key_Return)
    model.write({(0, 0): "9"}, "")
    assert model.text(0, 0) == "5"


def test_every_box_has_its_words_for_a_screen_reader(grid: ScoreGrid) -> None:
    words = grid.boxes().index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == "人10 乙 未评"
