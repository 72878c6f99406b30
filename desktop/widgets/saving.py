"""Where a person's files go on this machine: the folder offered, the path asked, the folder shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget


def papers_folder() -> Path:
    """Where a person keeps papers on this machine: 文档, 桌面, or the home folder."""
    places = QStandardPaths.StandardLocation
    for each in (places.DocumentsLocation, places.DesktopLocation):
        folder = QStandardPaths.writableLocation(each)
        if folder and Path(folder).is_dir():
            return Path(folder)
    return Path.home()


def ask_path(parent: QWidget, name: str, kinds: str) -> Path | None:
    """Where to save a file; None when the person thinks better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "保存到", str(papers_folder() / name), kinds)
    return Path(chosen) if chosen else None


def reveal(path: Path) -> None:
    """Show a file's folder in the system's file manager."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
