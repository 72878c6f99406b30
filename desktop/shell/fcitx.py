"""fcitx 4, the input method of UOS 20 and Kylin V10, as the session's bus shows it.

Qt speaks IBus only, and fcitx 5 answers as IBus. fcitx 4 does not: it has an interface of its own,
`org.fcitx.Fcitx.InputMethod`, whose service bears the number of the display. Keys go there one by one,
in the numbers of X11 (keysym, keycode, state), and it says whether it keeps the key.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    Q_ARG,
    Q_RETURN_ARG,
    SLOT,
    QCoreApplication,
    QEvent,
    QMetaObject,
    QObject,
    QRect,
    Signal,
    Slot,
)

if sys.platform == "linux":
    from PySide6.QtDBus import (
        QDBus,
        QDBusConnection,
        QDBusInterface,
        QDBusMessage,
        QDBusServiceWatcher,
    )

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

FCITX_5: Final = "org.fcitx.Fcitx5"
METHOD: Final = "org.fcitx.Fcitx.InputMethod"
CONTEXT: Final = "org.fcitx.Fcitx.InputContext"
#: What we can do: show what is being composed in the field, and keep it when the field is left.
PREEDIT, KEEPS_ON_LEAVING = 1 << 1, 1 << 5
#: Milliseconds. An input method that does not answer in this time is left alone until the window is
#: come back to, or a new one starts.
PATIENCE: Final = 1000
#: What it says by itself, and where that is heard.
HEARD: Final = {
    "CommitString": "_on_commit(QString)",
    "UpdatePreedit": "_on_preedit(QString,int)",
    "ForwardKey": "_on_forward(QDBusMessage)",
}
#: Its overloads name each argument by itself.
INVOKE: Final[Callable[..., Any]] = QMetaObject.invokeMethod


def service(display: str) -> str:
    """The name fcitx 4 has on the bus for an X11 display, such as `:0` or `localhost:10.0`."""
    number = display.rpartition(":")[2].partition(".")[0]
    return f"org.fcitx.Fcitx-{number or 0}"


class Fcitx(QObject):
    """One input context at fcitx 4, there as long as `present`; comes and goes with the daemon."""

    committed = Signal(str)  # text that was chosen
    composing = Signal(str, int)  # what is being typed, and where the cursor stands in it
    forwarded = Signal(int, int, bool)  # a key it gives back: keysym, state, pressed
    came = Signal()
    went = Signal()

    def __init__(self, display: str, parent: QObject | None = None) -> None:
        """Look for the daemon of this display now and whenever one starts."""
        super().__init__(parent)
        self._bus = QDBusConnection.sessionBus()
        self._service = service(display)
        self._context: QDBusInterface | None = None
        self._watcher = QDBusServiceWatcher(
            self._service, self._bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self
        )
        self._watcher.serviceOwnerChanged.connect(self._on_owner)
        self.find()

    def find(self) -> None:
        """Look for it once more, where it did not answer in time before."""
        if self._context is None and self._there(self._service):
            self._open()

    @property
    def present(self) -> bool:
        """Whether keys can be given to it."""
        return self._context is not None

    def key(self, event: QKeyEvent) -> bool:
        """Give it a key; true when it keeps it. What it chose for that key has been told by then."""
        pressed = event.type() == QEvent.Type.KeyPress
        numbers = (event.nativeVirtualKey(), event.nativeScanCode(), event.nativeModifiers())
        words = [Q_ARG("uint", number) for number in numbers]
        words += [Q_ARG("int", 0 if pressed else 1), Q_ARG("uint", event.timestamp() & 0xFFFFFFFF)]
        kept = bool(self._call("ProcessKeyEvent", *words, returns=True))
        # The next key may be waiting: the text of this one comes before it.
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        return kept

    def enter(self) -> None:
        """The cursor stands in a field where Chinese may be typed."""
        self._call("FocusIn")

    def leave(self) -> None:
        """It does no longer."""
        self._call("FocusOut")

    def reset(self) -> None:
        """Forget what is being typed."""
        self._call("Reset")

    def place(self, cursor: QRect) -> None:
        """Where the cursor is, in pixels of the screen: the list of candidates opens below it."""
        numbers = (cursor.x(), cursor.y(), cursor.width(), cursor.height())
        self._call("SetCursorRect", *(Q_ARG("int", number) for number in numbers))

    # -- the bus ---------------------------------------------------------------------

    def _call(self, name: str, *words: object, returns: bool = False) -> int:
        context = self._context
        if context is None:
            return 0
        answer = INVOKE(context, name, *([Q_RETURN_ARG("int")] if returns else []), *words)
        if context.lastError().isValid():
            self._drop()
            return 0
        return int(answer)

    def _there(self, name: str) -> bool:
        registry = self._bus.interface()
        return bool(registry.isServiceRegistered(name).value())

    def _open(self) -> None:
        # fcitx 5 can answer under the old name, too; it is reached through the portal.
        if self._there(FCITX_5):
            return
        asked = QDBusMessage.createMethodCall(self._service, "/inputmethod", METHOD, "CreateICv3")
        asked.setArguments(["zhengyou", os.getpid()])
        answer = self._bus.call(asked, QDBus.CallMode.Block, PATIENCE)
        if answer.type() != QDBusMessage.MessageType.ReplyMessage:
            return
        path = f"/inputcontext_{answer.arguments()[0]}"
        # The interface knows from the daemon's own description which numbers are unsigned.
        context = QDBusInterface(self._service, path, CONTEXT, self._bus, self)
        if not context.isValid():
            return
        context.setTimeout(PATIENCE)
        self._context = context
        self._listen(self._bus.connect)
        self._call("SetCapacity", Q_ARG("uint", PREEDIT | KEEPS_ON_LEAVING))
        if self._context is not None:
            self.came.emit()

    def _listen(self, how: Callable[..., bool]) -> None:
        assert self._context is not None
        for name, slot in HEARD.items():
            how(self._service, self._context.path(), CONTEXT, name, self, SLOT(slot))

    def _drop(self) -> None:
        if self._context is not None:
            # What it still says of keys that the field has by now would stand there twice.
            self._listen(self._bus.disconnect)
            self._context.asyncCall("DestroyIC")
            self._context.deleteLater()
            self._context = None
            self.went.emit()

    @Slot(str, str, str)
    def _on_owner(self, name: str, before: str, now: str) -> None:
        self._drop()
        if now:
            self._open()

    @Slot(str)
    def _on_commit(self, text: str) -> None:
        self.committed.emit(text)

    @Slot(str, int)
    def _on_preedit(self, text: str, cursor: int) -> None:
        # The cursor is counted in bytes of UTF-8 on the bus.
        self.composing.emit(text, len(text.encode()[: max(cursor, 0)].decode(errors="ignore")))

    @Slot("QDBusMessage")
    def _on_forward(self, message: QDBusMessage) -> None:
        keysym, state, released = message.arguments()
        self.forwarded.emit(keysym, state, not released)
