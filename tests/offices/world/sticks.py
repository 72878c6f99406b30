"""A real folder that is pulled out, torn or forgetful at the call it was told."""

from __future__ import annotations

import os
from pathlib import Path

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

    def write(self, name: str, content: bytes) -> None:
        if not self._due():
            super().write(name, content)
            return
        if self.how == "before":
            raise Trouble("U盘被拔出。", "请重插。")
        super().write(name, content)
        if self.how == "torn":
            os.truncate(self.place / name, len(content) // 2)
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "after":
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "forgetful":
            (self.place / name).write_bytes(b"\0" * len(content))
