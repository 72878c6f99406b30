"""A text fitted into a box: the largest size of type whose lines fit, or the news that none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.typeset.breaking import Line, Measured
from desktop.typeset.fonts import Role
from desktop.typeset.press import Lettering, Press

SMALLEST: Final = 7.5
"""Below this (六号) an official form is not read any more."""
NAME_LINE: Final = 7.0
NAME_LEAST: Final = 5.5
"""Names are small rather than torn: the smallest type in one line, and in several."""
LITTLE: Final = 0.87
"""How much smaller a line may be before several lines are tried."""
A_WORD: Final = 5
"""A text of so few characters is made smaller rather than broken."""
CENTRE: Final = 0.37
"""Height of the middle of a Chinese character above the base line, in sizes of type."""


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line ready to print: lengths in points."""

    text: str
    width: float
    gap: float = 0.0
    indent: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one lettering with their distance; `cut` is what did not fit."""

    lettering: Lettering
    lines: tuple[SetLine, ...]
    leading: float
    cut: str = ""

    @property
    def height(self) -> float:
        return self.leading * len(self.lines)

    @property
    def width(self) -> float:
        return max((line.width + line.indent for line in self.lines), default=0.0)


def measured(press: Press, role: Role, text: str) -> Measured:
    """The text with its lengths in this face."""
    lettering = press.lettering(role, 10.0)
    return Measured(text, lettering.widths(text))


def short(press: Press, role: Role, text: str, width: float, height: float, size: float) -> Block:
    """A few words for a cell: in one line, a little smaller if need be, else in several lines.

    One line is made smaller than seven eighths only when lines could not be larger or when the
    text is one word or number, which is never torn.
    """
    text = text.replace("\r", "").strip("\n")
    if "\n" in text:
        return _several(press, role, text, width, height, size)
    natural = press.lettering(role, size).width(text) / size
    one_word = natural * size > width and measured(press, role, text).is_one_unit
    small = one_word or len(text) <= A_WORD
    floor = SMALLEST - 1.0 if small else max(SMALLEST, size * 0.7)
    little = 0.0 if small else LITTLE
    several: Block | None = None
    for step in _steps(size, floor):
        if step < size * little and several is None:
            several = _several(press, role, text, width, height, size)
        if several is not None and not several.cut and several.lettering.size >= step:
            return several
        if natural * step <= width:
            return Block(press.lettering(role, step), (SetLine(text, natural * step),), step * 1.2)
    return several or _several(press, role, text, width, height, size)


def person(press: Press, role: Role, text: str, width: float, height: float, size: float) -> Block:
    """A person's name: never torn; one too long for its cell goes on a new line after a dot."""
    lettering = press.lettering(role, size)
    natural = lettering.width(text) / size
    for step in _steps(size, NAME_LINE):
        if natural * step <= width:
            return Block(press.lettering(role, step), (SetLine(text, natural * step),), step * 1.2)
    parts = re.findall("[^·]+·?", text)
    lengths = [lettering.width(part) / size for part in parts]
    for step in _steps(min(size, width / max(lengths)), NAME_LEAST):
        lines: list[SetLine] = []
        for part, length in zip(parts, lengths, strict=True):
            if lines and lines[-1].width + length * step <= width:
                lines[-1] = SetLine(lines[-1].text + part, lines[-1].width + length * step)
            else:
                lines.append(SetLine(part, length * step))
        if len(lines) * step * 1.12 <= height and all(line.width <= width for line in lines):
            return Block(press.lettering(role, step), tuple(lines), step * 1.12)
    return short(press, role, text, width, height, size)


def _several(
    press: Press, role: Role, text: str, width: float, height: float, size: float
) -> Block:
    return block(press, role, text, width, height, size, indent=0, justify=False, leading=1.18)


def block(
    press: Press,
    role: Role,
    text: str,
    width: float,
    height: float,
    size: float,
    *,
    indent: float = 2.0,
    justify: bool = True,
    leading: float = 1.45,
    smallest: float = SMALLEST,
) -> Block:
    """Paragraphs (one a line of the text) with an indent in characters, as large as fits."""
    paragraphs = [measured(press, role, part.strip()) for part in text.splitlines() or [""]]
    steps = list(_steps(size, smallest))
    tight = min(leading, 1.22)

    tried: dict[float, list[tuple[Measured, Line, bool]]] = {}

    def fits(step: float) -> bool:
        tried[step] = list(_broken(paragraphs, width, step, indent))
        return len(tried[step]) * step * tight <= height

    low, high = 0, 0 if fits(steps[0]) else len(steps) - 1
    while low < high:  # the largest size that fits; more room never makes fewer lines fit
        middle = (low + high) // 2
        if fits(steps[middle]):
            high = middle
        else:
            low = middle + 1
    step = steps[low]
    lettering = press.lettering(role, step)
    if step not in tried:
        fits(step)
    lines = [
        _set(lettering, part.text[line.start : line.end], line, indent if first else 0, justify)
        for part, line, first in tried[step]
    ]
    room = max(1, int((height + 0.01) / (step * tight)))
    if len(lines) <= room:
        spread = min(leading, height / (step * len(lines)))
        return Block(lettering, tuple(lines), step * max(tight, spread))
    kept = lines[:room]
    cut = "".join(line.text for line in lines[room:])
    last = kept[-1]
    while last.text and lettering.width(last.text + "……") + last.indent > width:
        cut = last.text[-1] + cut
        last = SetLine(last.text[:-1], 0, 0, last.indent)
    shown = last.text + "……"
    kept[-1] = SetLine(shown, lettering.width(shown), 0, last.indent)
    return Block(lettering, tuple(kept), step * tight, cut)


def _set(lettering: Lettering, text: str, line: Line, indent: float, justify: bool) -> SetLine:
    size = lettering.size
    gap = line.gap * size / 1000
    if line.last or not justify:
        gap = min(gap, 0.0)
    width = line.width * size / 1000 + gap * max(0, len(text) - 1)
    return SetLine(text, width, gap, indent * size)


def _broken(
    paragraphs: list[Measured], width: float, step: float, indent: float
) -> Iterator[tuple[Measured, Line, bool]]:
    measure = width * 1000 / step
    for part in paragraphs:
        for place, line in enumerate(part.lines(measure, measure - indent * 1000)):
            yield part, line, place == 0


def _steps(largest: float, smallest: float) -> Iterator[float]:
    size = largest
    while size > smallest:
        yield size
        size -= 0.5
    yield min(largest, smallest)
