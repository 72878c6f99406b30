"""The whole start of the window, in order:

1. paths: the data folder this person chose, or the one named on the command line
2. one instance: a window that is already open for the folder comes up instead
3. settings of this machine, screen font, theme, Qt's own words in Chinese
4. the window with the unlock page (or the first-run wizard), painted
5. only then the passphrase: key, file, migrations, registers, on the database worker
6. the frame with the page of the last day

Nothing that prints, reads sheets or knows pinyin is loaded on this way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from db.errors import Refusal
from desktop import settings, whereabouts
from desktop.shell import input_method
from desktop.shell.typefaces import screen_families
from desktop.shell.window import SETTINGS_FILE, Window
from desktop.theme import look

#: Words of Qt's own boxes that its Chinese catalogue has lost since they got access keys.
GAPS = {
    "&Look in:": "查找范围(&L)：",
    "Files of &type:": "文件类型(&T)：",
    "Folder": "文件夹",
    "Drive": "磁盘",
    "Page &Set:": "页面组(&S)：",
}


class Gaps(QTranslator):
    """What Qt's own catalogue leaves in English."""

    def isEmpty(self) -> bool:
        """Qt override."""
        return False

    def translate(
        self, context: str, text: str, about: str | None = None, count: int = -1
    ) -> str | None:  # type: ignore[override,unused-ignore]
        """Qt override; None leaves the word to the next catalogue."""
        return GAPS.get(text) if context.startswith(("QFile", "QAbstractFile", "QPrint")) else None


def application(arguments: Sequence[str]) -> QApplication:
    """The Qt application, in Chinese, in the theme and size of this machine."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        input_method.choose(os.environ)
        app = QApplication(list(arguments))
        input_method.give_back(os.environ)
    app.setApplicationName("zhengyou")
    app.setApplicationDisplayName("争优台账")
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    # Asked last: Qt asks the newest translator first.
    app.installTranslator(Gaps(app))
    words = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if words.load("qtbase_zh_CN", folder):
        app.installTranslator(words)
    dress(app)
    return app


def dress(app: QApplication) -> None:
    """Put the theme and the text size of the settings on."""
    theme, points = settings.current["theme"], float(settings.current["text_size"])
    look().apply(app, str(theme), points, screen_families())


def run(folder: Path | None = None, file: Path | None = None) -> int:
    """Start the window, with a packet to be opened if one is named; returns the exit status."""
    chosen, unreadable = _data_folder(folder)
    settings.current.load(chosen / SETTINGS_FILE)
    app = application(sys.argv)
    from desktop.shell.instance import Doorbell, knock, threshold

    with threshold(chosen):
        if knock(chosen, file):
            return 0
        window = Window(chosen, remembers=folder is None)
        sys.excepthook = lambda kind, problem, trace: _on_bug(window, kind, problem, trace)
        bell = Doorbell(chosen, window.answer, window)
    window.went.connect(bell.listen)
    window.begin()
    if unreadable:
        window.show_missing(unreadable)
    if file is not None:
        window.open_file(file)
    window.show()
    # The bus is asked once the window stands there.
    QTimer.singleShot(0, window, lambda: input_method.bridge(app))
    status = app.exec()
    bell.close()
    return status


def _data_folder(named: Path | None) -> tuple[Path, str]:
    """The folder to open, and why it may not be the office's own: the pointer cannot be read."""
    try:
        return (named or whereabouts.data_folder()).absolute(), ""
    except Refusal as unreadable:
        return settings.default_folder(), unreadable.message


def _on_bug(
    window: Window,
    kind: type[BaseException],
    problem: BaseException,
    trace: TracebackType | None,
) -> None:
    """An exception that no task carried: in a slot, in a paint event."""
    sys.__excepthook__(kind, problem, trace)
    if isinstance(problem, Exception):
        window.show_problem(problem)
