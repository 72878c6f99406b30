"""A chart as plain shapes: described once, drawn on the screen by one painter and on paper by another.

Bars lie, because Chinese labels are long; the longest value sets the scale, every bar carries its
number, so that nothing has to be read off an axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the chart: its place, the part of the full length, and its words."""

    index: int
    label: str
    value: str
    label_box: tuple[float, float, float, float]
    track: tuple[float, float, float, float]
    length: float
    value_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: a title, labels with values, and how a value is said."""

    title: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    unit: str = ""

    @property
    def words(self) -> str:
        """The whole chart in one sentence, for those who hear it."""
        parts = (f"{a} {b:,}" for a, b in zip(self.labels, self.values, strict=True))
        return f"{self.title}：" + "，".join(parts)


def lay(
    chart: Chart,
    width: float,
    line: float,
    measure: Callable[[str], float],
    gap: float,
) -> Sequence[Bar]:
    """The bars of a chart in a box so wide, each ``line`` high; ``measure`` gives a text's width."""
    if not chart.values:
        return []
    said = [f"{value:,}" for value in chart.values]
    left = min(max(measure(label) for label in chart.labels), width * 0.42)
    right = max(measure(text) for text in said)
    room = max(1.0, width - left - right - 2 * gap)
    top = max(*chart.values, 1)
    bars = []
    for place, (label, value, text) in enumerate(
        zip(chart.labels, chart.values, said, strict=True)
    ):
        y = place * line
        length = room * value / top
        thick = line * 0.46
        track = (left + gap, y + (line - thick) / 2, room, thick)
        at = (left + gap + length + gap * 0.6, y + line / 2)
        bars.append(Bar(place, label, text, (0, y, left, line), track, length, at))
    return bars
