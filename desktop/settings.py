"""Settings of this machine: each declared once, with its label and help; kept beside the data.

What belongs to the office (name, seal, schemes) is a record in the database and travels with
it; here stands only what belongs to this screen: theme, text size, window, columns.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Where they are kept, in the data folder.
FILE = "screen.json"


@dataclass(frozen=True)
class Setting:
    """One choice a person may make on this machine."""

    key: str
    default: Any
    label: str = ""
    help: str = ""
    choices: tuple[tuple[Any, str], ...] = ()

    @property
    def shown(self) -> bool:
        """True when the settings page offers it; the rest is remembered silently."""
        return bool(self.label)


DECLARED = (
    Setting(
        "theme", "light", "外观", "浅色适合白天；高对比给视力弱的同志。",
        (("light", "浅色"), ("dark", "深色"), ("contrast", "高对比")),
    ),
    Setting(
        "text_size", 10.5, "文字大小", "整个程序的文字与间距一起变化。",
        ((9.0, "小（9 磅）"), (10.5, "标准（10.5 磅，五号）"), (12.0, "大（12 磅，小四）"),
         (14.0, "很大（14 磅，四号）"), (16.0, "特大（16 磅，三号）")),
    ),
    Setting(
        "idle_minutes", 10, "无人操作时锁定", "超过这段时间没有按键和鼠标动作，程序自动锁定。",
        ((5, "5 分钟"), (10, "10 分钟"), (20, "20 分钟"), (30, "30 分钟"), (60, "1 小时"), (0, "不锁定")),
    ),
    Setting("enter_moves", True, "回车跳到下一栏", "录入时按回车到下一栏，最后一栏按回车保存。"),
    Setting("sticky", False, "新增时带入上一条的内容", "连续录入同一支部的党员时省去重复选择。"),
    Setting("window", ""),
    Setting("splitters", {}),
    Setting("columns", {}),
    Setting("folded", {}),
    Setting("last_page", "home"),
    Setting("last_person", ""),
    Setting("recent", []),
    Setting("snoozed", {}),
    Setting("printing", {}),
)  # fmt: skip


class Settings:
    """What was chosen on this machine; written at once and whole, so a crash loses nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._declared = {each.key: each for each in DECLARED}
        self._values: dict[str, Any] = {}
        self.load(path)

    def load(self, path: Path | None) -> None:
        """Read the file of a data folder; an unreadable one is set aside and named ``.bad``."""
        self._path = path
        self._values = {}
        if path is None or not path.exists():
            return
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                path.replace(path.with_suffix(".bad"))
            return
        if isinstance(values, dict):
            self._values = {key: values[key] for key in values if key in self._declared}

    def __getitem__(self, key: str) -> Any:
        setting = self._declared[key]
        value = self._values.get(key, setting.default)
        if not isinstance(value, type(setting.default)) and not (
            isinstance(setting.default, float) and isinstance(value, int)
        ):
            return setting.default
        if setting.choices and value not in dict(setting.choices):
            return setting.default
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        assert key in self._declared, key
        if self._values.get(key) == value:
            return
        self._values[key] = value
        self._write()

    def remember(self, key: str, name: str, value: Any) -> None:
        """Set one entry of a setting that is a table (column widths of one register)."""
        table = dict(self[key])
        table[name] = value
        self[key] = table

    def forget(self, key: str, name: str) -> None:
        """Drop one entry of a setting that is a table."""
        table = dict(self[key])
        if table.pop(name, None) is not None:
            self[key] = table

    def __iter__(self) -> Iterator[Setting]:
        return iter(DECLARED)

    def _write(self) -> None:
        if self._path is None:
            return
        text = json.dumps(self._values, ensure_ascii=False, indent=1)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".screen-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self._path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


current = Settings(None)


def default_folder() -> Path:
    """The data folder of this person on this machine, when none was named."""
    from platformdirs import user_data_path

    return user_data_path("zhengyou", appauthor=False)
