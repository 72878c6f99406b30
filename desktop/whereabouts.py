"""Where this person's data lies on this machine: a pointer in the configuration, else the usual place."""

from __future__ import annotations

import json
from pathlib import Path

from db import durable
from db.errors import Refusal, Trouble
from desktop.settings import default_folder

FILE = "data-folder.json"
#: Made inside the folder a person chooses, unless that one is empty.
NAME = "争优台账"


def pointer() -> Path:
    """The file that names the data folder; it never lies in the data folder itself."""
    from platformdirs import user_config_path

    place = user_config_path("zhengyou", appauthor=False)
    # Windows keeps configuration and data in one folder.
    return (place.with_name("zhengyou-config") if place == default_folder() else place) / FILE


def chosen() -> Path | None:
    """The folder somebody chose; None when nobody did. Raises Refusal when the pointer is unreadable."""
    file = pointer()
    try:
        found = json.loads(file.read_text("utf-8"))["folder"]
        if not (isinstance(found, str) and Path(found).is_absolute()):
            raise ValueError(found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal(
            f"记着数据放在哪里的文件“{file}”读不出来。数据没有变化，请重新选一次数据文件夹。"
        ) from None
    return Path(found)


def data_folder() -> Path:
    """The data folder of this person on this machine."""
    return chosen() or default_folder()


def points_at(folder: Path) -> bool:
    """Whether a plain start opens this folder."""
    try:
        return data_folder() == folder.absolute()
    except Refusal:
        return False


def point(folder: Path) -> None:
    """From now on a plain start opens this folder; the switch is one rename. Raises Trouble."""
    if not pointer().exists() and folder.absolute() == default_folder():
        return
    try:
        pointer().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"“{pointer().parent}”不能写入，没有记下数据文件夹。", "请检查读写权限。"
        ) from error
    text = json.dumps({"folder": str(folder.absolute())}, ensure_ascii=False)
    durable.write_text(pointer(), text + "\n")


def inside(folder: Path) -> Path:
    """Where data goes when somebody chooses this folder: itself while it is empty, else one within."""
    try:
        empty = not any(folder.iterdir())
    except OSError:
        empty = False
    return folder if empty else folder / NAME
