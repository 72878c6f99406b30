"""Leaving an office: what is not saved is asked about, then the last copy of the day, then the key is forgotten."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QMessageBox, QWidget


def leaves_anyway(asked_over: QWidget, waiting: list[str]) -> bool:
    """Whether the person goes although this is not saved yet."""
    box = QMessageBox(asked_over)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle("还有没保存的内容")
    box.setText("；".join(waiting) + "。\n现在退出，会留作草稿，下次打开这张表时可以取回。")
    stay = box.addButton("回去保存", QMessageBox.ButtonRole.RejectRole)
    box.addButton("退出", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is not stay


def close() -> None:
    """Close an office that nobody has worked in, if one was opened at all."""
    # Nothing was opened when the module was never needed.
    if "db.office" in sys.modules:
        from db import office

        office.close_office()


def copy_and_close() -> None:
    """End the work: the last copy of the day, then the key is forgotten, whatever happens."""
    from db import office
    from db.connection import database
    from desktop.shell.keeping import back_up_if_changed

    try:
        # After a move the data is closed already.
        if database.obj is not None:
            back_up_if_changed()
    finally:
        office.close_office()
