"""A real folder that is pulled out, torn or forgetful at the call it was told."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from db.errors import Refusal, Trouble
from db.exchange.carrier import Folder

HOW = ("before", "after", "torn", "forgetful")


class Stick(Folder):
    """A stick; with `fails_at` an ill one."""

    def __init__(self, place: Path, fails_at: int = 0, how: str = "") -> None:
        super().__init__(place)
        self.left, self.how = fails_at, how

    def _due(self) -> bool:
        self.left -= 1
        return self.left == 0

    def names(self) -> list[str]:
        if self._due():
            raise Trouble("U盘被拔出。", "请重插。")
        return super().names()

    def read(self, name: str) -> bytes:
        if self._due():
            raise Refusal("文件读到一半出错。")
        return super().read(name)

    def opened(self, name: str) -> AbstractContextManager[tuple[BinaryIO, int]]:
        if self._due():
            raise Refusal("文件读到一半出错。")
        return super().opened(name)

    def write(self, name: str, content: bytes) -> None:
        if not self._due():
            super().write(name, content)
            return
        self._pulled_before()
        super().write(name, content)
        self._befall(name, len(content))

    def write_pieces(self, name: str, length: int, pieces: Iterable[bytes]) -> None:
        if not self._due():
            super().write_pieces(name, length, pieces)
            return
        self._pulled_before()
        super().write_pieces(name, length, pieces)
        self._befall(name, length)

    def _pulled_before(self) -> None:
        if self.how == "before":
            raise Trouble("U盘被拔出。", "请重插。")

    def _befall(self, name: str, length: int) -> None:
        if self.how == "torn":
            os.truncate(self.place / name, length // 2)
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "after":
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "forgetful":
            (self.place / name).write_bytes(b"\0" * length)
