"""Every row of the fault matrix is tested, or its steps on a real machine are written down."""

from __future__ import annotations

from tests.faults.matrix import ROWS, by_hand, tried


def test_every_row_is_tried_somewhere() -> None:
    assert len(ROWS) == 66
    assert set(ROWS) - set(tried()) - by_hand() == set()


def test_no_test_bears_a_number_that_is_no_row() -> None:
    assert set(tried()) | by_hand() <= set(ROWS)
