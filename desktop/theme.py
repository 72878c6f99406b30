"""How the program looks: colours by name, sizes from the font, one style sheet.

A theme is a TOML file in ``resources/themes``: a colour is ``#RRGGBB``, the name of another
colour, or a mixture such as ``"ink 62 paper"`` (62 % ink, the rest paper). Everything that
has a size derives from the height of a line of text, so that 9–16 pt and 100–200 % hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

MIXTURE = re.compile(r"^(?P<one>\w+) (?P<percent>\d{1,3}) (?P<other>\w+)$")


def mix(one: QColor, percent: float, other: QColor) -> QColor:
    """Colour made of ``percent`` parts in a hundred of one and the rest of the other."""
    part = percent / 100
    return QColor(
        *(
            round(a * part + b * (1 - part))
            for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
        )
    )


def _luminance(colour: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * linear(colour.redF())
        + 0.7152 * linear(colour.greenF())
        + 0.0722 * linear(colour.blueF())
    )


def contrast(one: QColor, other: QColor) -> float:
    """WCAG contrast of two colours, 1 to 21; text needs 4.5."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Theme:
    """One look: its file stem, its name for people, and its colours by meaning."""

    stem: str
    label: str
    dark: bool
    colours: Mapping[str, QColor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> QColor:
        return self.colours[name]

    def hex(self, name: str) -> str:
        """Colour as ``#rrggbb`` for style sheets and SVG."""
        return self.colours[name].name()


def theme_stems() -> tuple[str, ...]:
    """Stems of all themes that ship, the everyday one first."""
    folder = files("resources") / "themes"
    stems = sorted(path.name[:-5] for path in folder.iterdir() if path.name.endswith(".toml"))
    return tuple(sorted(stems, key=lambda stem: (stem != "light", stem)))


@cache
def load_theme(stem: str) -> Theme:
    """Read one theme; a misspelt colour name is an error of ours and raises KeyError."""
    source = (files("resources") / "themes" / f"{stem}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    raw: dict[str, str] = data["colour"]
    done: dict[str, QColor] = {}

    def resolve(name: str) -> QColor:
        if name not in done:
            text = raw[name]
            if text.startswith("#"):
                done[name] = QColor(text)
            elif mixture := MIXTURE.match(text):
                done[name] = mix(
                    resolve(mixture["one"]), int(mixture["percent"]), resolve(mixture["other"])
                )
            else:
                done[name] = resolve(text)
        return done[name]

    for name in raw:
        resolve(name)
    return Theme(stem, data["label"], bool(data["dark"]), done)


@dataclass(frozen=True)
class Measure:
    """Sizes in pixels, all derived from the height of one line of text."""

    line: float

    @classmethod
    def of(cls, font: QFont) -> Measure:
        """Measure of a font; the CJK line box varies by family, so the point size decides."""
        metrics = QFontMetricsF(font)
        return cls(max(14.0, metrics.horizontalAdvance("国") * 1.4))

    def units(self, count: float) -> int:
        """So many steps of the 8-pixel rhythm (8 px at 100 % and 10.5 pt)."""
        return max(1, round(self.line * 0.41 * count))

    @property
    def row(self) -> int:
        """Height of a table row."""
        return self.units(4)

    @property
    def icon(self) -> int:
        """Edge of an icon beside text."""
        return self.units(2.2)

    def characters(self, count: float) -> int:
        """Width of so many Chinese characters."""
        return round(self.line / 1.4 * count)


def palette(theme: Theme) -> QPalette:
    """Qt palette of a theme, for everything the style sheet leaves alone."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "ground",
        role.WindowText: "ink",
        role.Base: "paper",
        role.AlternateBase: "ground",
        role.Text: "ink",
        role.PlaceholderText: "faint",
        role.Button: "side",
        role.ButtonText: "ink",
        role.BrightText: "accent",
        role.Highlight: "chosen",
        role.HighlightedText: "ink",
        role.Link: "accent",
        role.LinkVisited: "accent",
        role.ToolTipBase: "paper",
        role.ToolTipText: "ink",
        role.Light: "paper",
        role.Midlight: "hover",
        role.Mid: "line",
        role.Dark: "edge",
        role.Shadow: "edge",
        role.Accent: "accent",
    }
    for each, name in pairs.items():
        made.setColor(each, theme[name])
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, theme["faint"])
    return made


def style_sheet(theme: Theme, measure: Measure, points: float) -> str:
    """The one style sheet, with the theme's colours and the font's sizes filled in."""
    source = (files("resources") / "style.qss").read_text(encoding="utf-8")
    values: dict[str, str] = {name: theme.hex(name) for name in theme.colours}
    for name, count in {
        "u_half": 0.5, "u1": 1, "u1_half": 1.5, "u2": 2, "u2_half": 2.4, "u3": 3, "u4": 4,
    }.items():  # fmt: skip
        values[name] = f"{measure.units(count)}px"
    values["radius"] = f"{max(3, measure.units(0.6))}px"
    values["body"] = f"{points:g}pt"
    values["title"] = f"{points * 1.55:.1f}pt"
    values["field"] = f"{measure.row - 2}px"
    pen = max(1, round(measure.line / 18))
    values["pen"], values["pen2"] = f"{pen}px", f"{pen * 2}px"
    return Template(source).substitute(values)


class Look(QObject):
    """The look in force: widgets that paint themselves read it and listen to ``changed``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = load_theme("light")
        self.measure = Measure(19.6)
        self.points = 10.5

    def apply(self, app: QApplication, stem: str, points: float, families: list[str]) -> None:
        """Put a theme and a text size on the whole program, at once and while it runs."""
        self.theme = load_theme(stem if stem in theme_stems() else "light")
        self.points = points
        font = QFont(families)
        font.setPointSizeF(points)
        font.setStyleHint(QFont.StyleHint.SansSerif)
        font.setFeature(QFont.Tag("tnum"), 1)
        app.setFont(font)
        self.measure = Measure.of(font)
        if app.style().objectName().lower() != "fusion":
            app.setStyle(QStyleFactory.create("Fusion"))
        app.setPalette(palette(self.theme))
        app.setStyleSheet(style_sheet(self.theme, self.measure, points))
        self.changed.emit()


@cache
def look() -> Look:
    """The one look of this process."""
    return Look()
