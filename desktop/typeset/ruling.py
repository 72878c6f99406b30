"""Head cells and rules of one page of a list, drawn once for every page that has the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from desktop.typeset.fonts import Role
from desktop.typeset.names import EM
from desktop.typeset.paper import MM
from desktop.typeset.press import number

if TYPE_CHECKING:
    from desktop.typeset.page import Page

HEAD_ROW: Final = 9.0
"""Height of the row of headings, mm."""

Rule = tuple[float, bool]
"""The y of the rule under a row, and whether the row above it is divided into cells."""


def plate(
    page: Page,
    edges: Sequence[float],
    headings: Sequence[str],
    size: float,
    top: float,
    rules: Sequence[Rule],
) -> str:
    """The operator that prints headings from `top` and rules at these places."""
    with page.aside() as drawn:
        for left, right, heading in zip(edges, edges[1:], headings, strict=False):
            shown = EM.join(heading) if len(heading) == 2 and right - left > 14 else heading
            page.cell(left, top, right - left, HEAD_ROW, shown, Role.HEI, size, pad=0.6)
        bottom = rules[-1][0] if rules else top + HEAD_ROW
        page.draw("0.5 w", *_across(page, edges, top, rules), *_down(page, edges, top, rules), "S")
        page.frame(edges[0], top, edges[-1] - edges[0], bottom - top, 1.0)
    return page.press.plate(drawn, page.paper.width * MM, page.paper.height * MM)


def _across(page: Page, edges: Sequence[float], top: float, rules: Sequence[Rule]) -> list[str]:
    """Rules between rows."""
    left, right = number(edges[0] * MM), number(edges[-1] * MM)
    places = [top + HEAD_ROW, *(y for y, _ in rules[:-1])]
    return [f"{left} {(y := number(page.down(at)))} m {right} {y} l" for at in places]


def _down(page: Page, edges: Sequence[float], top: float, rules: Sequence[Rule]) -> list[str]:
    """Rules between cells, left out where a row goes across."""
    spans = [(top, top + HEAD_ROW)]
    above = top + HEAD_ROW
    for y, divided in rules:
        if divided and spans[-1][1] == above:
            spans[-1] = (spans[-1][0], y)
        elif divided:
            spans.append((above, y))
        above = y
    return [
        f"{x} {number(page.down(begin))} m {x} {number(page.down(end))} l"
        for begin, end in spans
        for x in (number(edge * MM) for edge in edges[1:-1])
    ]
