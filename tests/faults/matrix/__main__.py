"""Print the matrix: row, what goes wrong, where it is tried."""

from __future__ import annotations

from tests.faults.matrix import ROWS, SMOKE, by_hand, tried

found, hand = tried(), by_hand()
for number, words in ROWS.items():
    print(f"{number:2}  {words}")
    for where in found.get(number, []):
        print(f"      {where}")
    if number in hand:
        print(f"      {SMOKE.name}, by hand")
