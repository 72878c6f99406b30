"""A passphrase while it is typed, and how hard it is to guess."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton

from desktop.icons import icon


def strength(passphrase: str) -> tuple[str, bool]:
    """How hard a passphrase is to guess, in words, and whether it will do."""
    from db import vault

    weak = vault.weakness(passphrase)
    if weak:
        return weak.rstrip("。"), False
    weight = sum(1 if each.isascii() else 2.5 for each in passphrase)
    kinds = sum(
        (
            any(each.isdigit() for each in passphrase),
            any(each.isascii() and each.isalpha() for each in passphrase),
            any(not each.isascii() for each in passphrase),
            any(each.isascii() and not each.isalnum() for each in passphrase),
        )
    )
    score = weight + 2 * kinds
    if score >= 20:
        return "很牢靠", True
    if score >= 14:
        return "可以；再长几个字更牢靠", True
    return "够用但偏短，建议用一句好记的话", True


class Secret(QLineEdit):
    """A passphrase: hidden, without an input method's memory, shown while one asks to see it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._eye = self.addAction(icon("show"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setToolTip("显示口令")
        self._eye.triggered.connect(self._toggle)
        for each in self.findChildren(QToolButton):
            each.setAccessibleName("显示口令")

    def _toggle(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        # A Chinese passphrase needs the input method, which Qt turns off for hidden text.
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("hide" if hidden else "show"))
        self._eye.setToolTip("隐藏口令" if hidden else "显示口令")
