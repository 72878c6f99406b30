"""Open the main pages on training data and save them as pictures.

`python installers/screenshots.py DATA FOLDER [--theme dark] [--size 10.5] [--page STEM …]`
works without a screen. The pictures of the README and the documents come from here.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

PATIENCE = 20_000  # ms until a page has settled


def settle(quiet: int = 250) -> None:
    """Let the event loop turn until the database worker has had nothing to do for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    from desktop.tasks import worker

    loop = QEventLoop()
    still = QTimer()
    still.setInterval(quiet)
    give_up = QTimer()
    give_up.setSingleShot(True)
    give_up.timeout.connect(loop.quit)
    seen = {"idle": 0}

    def look() -> None:
        seen["idle"] = seen["idle"] + 1 if worker().idle else 0
        if seen["idle"] >= 2:
            loop.quit()

    still.timeout.connect(look)
    still.start()
    give_up.start(PATIENCE)
    loop.exec()


def main(arguments: list[str]) -> int:
    """Take the pictures; returns the exit status."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("data", type=Path)
    words.add_argument("folder", type=Path)
    words.add_argument("--theme", default="light")
    words.add_argument("--size", type=float, default=10.5)
    words.add_argument("--page", action="append", default=[])
    words.add_argument("--width", type=int, default=1440)
    words.add_argument("--height", type=int, default=900)
    given = words.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)

    from desktop import settings
    from desktop.shell.window import Window
    from desktop.start import application
    from desktop.theme import look
    from desktop.widgets.page import Place

    app = application(["zhengyou"])
    window = Window(given.data)
    window.begin()
    from desktop.shell.typefaces import screen_families

    settings.current.load(None)
    look().apply(app, given.theme, given.size, screen_families())
    window.show()
    window.showNormal()
    window.resize(given.width, given.height)
    settle()
    suffix = "" if given.theme == "light" else f"-{given.theme}"
    if not given.page:
        window.grab().save(str(given.folder / f"unlock{suffix}.png"))
    secret = (given.data / "training-passphrase.txt").read_text(encoding="utf-8").strip()
    window.unlock_page.secret.setText(secret)
    window.unlock_page.unlock()
    settle()
    frame = window.frame
    if frame is None:
        print(window.unlock_page.fault.text(), file=sys.stderr)
        return 1
    settings.current.load(None)
    for stem in given.page or frame.sidebar.stems():
        frame.go(Place(stem))
        settle()
        page = frame.page
        table = getattr(page, "table", None)
        if table is not None and table.model().rowCount():
            table.setCurrentIndex(table.model().index(0, 0))
            settle()
        frame.messages.hide()
        window.grab().save(str(given.folder / f"{stem}{suffix}.png"))
    window.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
