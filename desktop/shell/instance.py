"""One window for one data folder: a second start brings the first window to the front."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

KNOCK, OPEN = b"up\n", b"open "
#: The longest path of a file that is handed over, in bytes.
_LONGEST = 8192
HEARD = b"heard\n"
PATIENCE = 300  # ms
#: As long as a window that is busy may take to hear, in ms; it comes up later all the same.
HEARING = 15_000
#: As long as an old PC takes from the double click until the window listens, in ms.
STARTING = 15_000


def address(folder: Path) -> str:
    """The local address at which the window of a folder listens."""
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8")).hexdigest()
    return f"zhengyou-{digest[:16]}"


@contextmanager
def threshold(folder: Path) -> Iterator[None]:
    """Only one start at a time for a folder: held until its window listens, or is found to be one too many.

    Whoever double-clicks again because nothing is to be seen yet would get a second window otherwise. Where
    the start before takes too long, this one goes on: the lock of the data keeps the two apart.
    """
    lock = QLockFile(str(Path(QDir.tempPath()) / f"{address(folder)}.lock"))
    lock.tryLock(STARTING)
    try:
        yield
    finally:
        lock.unlock()


def knock(folder: Path, file: Path | None = None) -> bool:
    """Ask a running window of this folder to come up, with a file to open; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(address(folder))
    if not socket.waitForConnected(PATIENCE):
        return False
    socket.write(KNOCK if file is None else OPEN + os.fsencode(file) + b"\n")
    socket.flush()
    socket.waitForBytesWritten(PATIENCE)
    # Closed sooner, Windows may drop what the window has not read yet, and with it the file's name.
    socket.waitForReadyRead(HEARING)
    socket.disconnectFromServer()
    return True


class Doorbell(QObject):
    """Listens for a second start; a socket left by a crash is cleared away."""

    def __init__(
        self, folder: Path, answer: Callable[[Path | None], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._answer = answer
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_ring)
        self.listen(folder)

    def listen(self, folder: Path) -> None:
        """Answer for this folder from now on."""
        self._server.close()
        name = address(folder)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_ring(self) -> None:
        connection = self._server.nextPendingConnection()
        said = bytearray()

        def hear() -> None:
            said.extend(bytes(connection.readAll().data())[: _LONGEST + 1 - len(said)])
            if b"\n" in said or len(said) > _LONGEST:
                connection.readyRead.disconnect(hear)
                connection.write(HEARD)
                connection.flush()
                connection.disconnectFromServer()
                self._understand(bytes(said))

        connection.disconnected.connect(connection.deleteLater)
        connection.readyRead.connect(hear)
        hear()

    def _understand(self, said: bytes) -> None:
        line = said.partition(b"\n")[0]
        named = line.startswith(OPEN) and len(said) <= _LONGEST
        self._answer(Path(os.fsdecode(line[len(OPEN) :])) if named else None)
