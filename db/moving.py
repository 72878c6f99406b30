"""An office's data moves to another folder: copied, proved, then one switch; the old folder stays.

A note in the new folder says how far it is. "copying": what lies there is no office yet. "proved":
the copy is whole and the old folder is told so by whoever opens the new one first. "done": it is.
The old folder then holds a note of its own, so that nobody goes on writing there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from db import address, durable, placement
from db.address import DATABASE
from db.attachments import FOLDER as FILES
from db.copying import FOLDER, MARGIN, VAULT, prove
from db.errors import Refusal, Trouble

NOTE = "moving.note"
LEFT = "moved.note"
#: For the person who opens the old folder in the file manager.
TOLD = "数据已搬走.txt"
_STAYS = frozenset({"lock", NOTE, LEFT, TOLD})
_OURS = (f"{VAULT}*", f"{DATABASE}*", "lock", "screen.json", "*.note", "zhengyou.restoring*")
_OUR_FOLDERS = (FOLDER, FILES, "replaced")
_CHUNK = 1 << 20
#: Told (done, total, words) between two files; may raise to stop, then the old folder goes on.
Progress = Callable[[int, int, str], object]


class Left(Refusal):
    """The data of this folder is kept elsewhere now."""


def require_possible(folder: Path, target: Path) -> None:
    """Refuse, in words, a target that is not a fit place for this folder's data."""
    if (folder / address.FILE).exists():
        raise Refusal(
            "数据在服务器上，不用搬：在别的电脑上，第一次打开程序时选“加入旗县已有的台账”即可。"
        )
    here, there = folder.resolve(), target.resolve()
    if here == there:
        raise Refusal("数据已经在这个文件夹里。")
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise Refusal("新文件夹不能在原来的文件夹里面，也不能把它包在里面。请另选。")
    for words in placement.objections(target):
        raise Refusal(words)
    if target.exists() and not target.is_dir():
        raise Refusal(f"“{target.name}”不是文件夹，请另选。")
    if target.is_dir():
        _sweep(folder, target)
        if any(target.iterdir()):
            raise Refusal("这个文件夹不是空的。请另选一个空的或新的文件夹。")
    _require_room(folder, target)


def _require_room(folder: Path, target: Path) -> None:
    size = sum(file.stat().st_size for file in _files(folder))
    above = next(each for each in (target, *target.parents) if each.exists())
    if shutil.disk_usage(above).free < size + MARGIN:
        raise Refusal(f"那个磁盘空间不足：需要 {size >> 20} MB 以上。数据没有变化。")


def _files(folder: Path) -> Iterator[Path]:
    """Everything that moves, deepest names last; shared memory and locks belong to the old place."""
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() or not file.is_file() or file.name.endswith(("-shm", ".part")):
            continue
        if file.parent != folder or file.name not in _STAYS:
            yield file


def copy(folder: Path, target: Path, key: bytes, progress: Progress) -> None:
    """Copy a closed data folder, read every file back, open the copy; Trouble when it is not sound.

    After it the target is whole, the old folder is untouched. What a failure leaves in the target is
    no office and is swept away by the next attempt.
    """
    try:
        _copy(folder, target, key, progress)
    except OSError as error:
        raise Trouble(
            "没有搬成，原来的数据没有变化。", "请检查磁盘空间和文件夹的读写权限后重试。"
        ) from error


def _copy(folder: Path, target: Path, key: bytes, progress: Progress) -> None:
    log = folder / f"{DATABASE}-wal"
    if log.is_file() and log.stat().st_size:
        raise Trouble("数据文件还没有收拢，没有搬。", "请稍等片刻再试一次。")
    target.mkdir(parents=True, exist_ok=True)
    _write(target, {"state": "copying", "from": str(folder)})
    digest, files = "", list(_files(folder))
    for number, file in enumerate(files):
        progress(number, len(files) + 1, "抄写并读回")
        beside = target / file.relative_to(folder)
        beside.parent.mkdir(parents=True, exist_ok=True)
        read = _copy_file(file, beside)
        if _digest(beside) != read:
            raise Trouble("抄过去的文件读回来不一样，没有搬。", "那块硬盘可能有毛病，请换一块。")
        if file == folder / DATABASE:
            digest = read
    progress(len(files), len(files) + 1, "打开检验")
    if prove(target / DATABASE, key) != prove(folder / DATABASE, key):
        raise Trouble("抄过去的数据和原来的不一样，没有搬。", "请再试一次。")
    for place in (target, *(each for each in target.rglob("*") if each.is_dir())):
        durable.sync_folder(place)
    _write(target, {"state": "proved", "from": str(folder), "digest": digest})


def _copy_file(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as given, target.open("wb") as taken:
        while part := given.read(_CHUNK):
            digest.update(part)
            taken.write(part)
        taken.flush()
        os.fsync(taken.fileno())
    shutil.copystat(source, target)
    return digest.hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(folder: Path, note: dict[str, Any]) -> None:
    durable.write_text(folder / NOTE, json.dumps(note, ensure_ascii=False) + "\n")


def _note(folder: Path, name: str = NOTE) -> dict[str, Any]:
    """What a note says; {} when there is none. A torn one cannot be: it is written whole."""
    try:
        found = json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_unfinished(folder: Path) -> bool:
    """Whether this folder holds a copy that was broken off."""
    return _note(folder).get("state") == "copying"


def settle(folder: Path) -> None:
    """Mark the old folder as left, once; whoever opens the new folder calls it, holding its lock.

    Raises Refusal when somebody went on working in the old folder after the copy was made.
    """
    note = _note(folder)
    if note.get("state") != "proved":
        return
    old = Path(note["from"])
    file = old / DATABASE
    if file.is_file() and not _note(old, LEFT):
        if _digest(file) != note["digest"]:
            raise Refusal(
                f"搬到这里的数据不是最新的：后来在“{old}”里又有改动。请打开那个文件夹继续用；"
                f"一定要用这一份时，先删除这里的“{NOTE}”。"
            )
        # A folder that cannot be written any more cannot be gone on with either.
        with suppress(Trouble):
            durable.write_text(old / LEFT, json.dumps({"to": str(folder)}, ensure_ascii=False))
            durable.write_text(
                old / TOLD, f"这份数据已搬到：\n{folder}\n这里是搬家前的一份，程序不再使用。\n"
            )
    _write(folder, {"state": "done", "from": str(old)})


def refuse_what_was_left(folder: Path) -> None:
    """Refuse to open a folder whose data is kept elsewhere now."""
    to = _note(folder, LEFT).get("to")
    if to:
        raise Left(
            f"这份数据已搬到“{to}”，这里是搬家前的一份。请打开那个文件夹；"
            f"那里的数据真的没有了，要改用这一份时，先删除这里的“{LEFT}”。"
        )


def left_behind(folder: Path) -> tuple[Path, int] | None:
    """The old folder this data came from, as long as its copy lies there, and its size in bytes."""
    old = Path(str(_note(folder).get("from", "")))
    if _note(folder).get("state") != "done" or _note(old, LEFT).get("to") != str(folder):
        return None
    return old, sum(file.stat().st_size for file in _own_files(old))


def remove_old(folder: Path, key: bytes) -> int:
    """Delete the copy in the old folder, after proving the data here; returns how many other files stay.

    Files of the person's own are left where they are.
    """
    found = left_behind(folder)
    if found is None:
        raise Refusal("原来的文件夹里已经没有旧数据了。")
    prove(folder / DATABASE, key)
    old = found[0]
    # The note goes last: killed half way, what is left is still marked.
    for file in sorted(_own_files(old), key=lambda each: each.name == LEFT):
        file.unlink(missing_ok=True)
    for place in _OUR_FOLDERS:
        shutil.rmtree(old / place, ignore_errors=True)
    rest = sum(1 for each in old.rglob("*") if each.is_file())
    with suppress(OSError):
        old.rmdir()
    return rest


def _own_files(folder: Path) -> list[Path]:
    """What the program itself keeps in a data folder."""
    found = [file for pattern in (*_OURS, TOLD) for file in folder.glob(pattern)]
    for place in _OUR_FOLDERS:
        found += [file for file in (folder / place).rglob("*") if file.is_file()]
    return [file for file in dict.fromkeys(found) if file.is_file()]


def _sweep(folder: Path, target: Path) -> None:
    """Take away what a move from the same folder left behind when it was broken off."""
    (target / f"{NOTE}.part").unlink(missing_ok=True)
    note = _note(target)
    if note.get("state") not in {"copying", "proved"} or note["from"] != str(folder):
        return
    for file in _files(folder):
        beside = target / file.relative_to(folder)
        beside.unlink(missing_ok=True)
    for name in (NOTE, "lock"):
        (target / name).unlink(missing_ok=True)
    for place in sorted((each for each in target.rglob("*") if each.is_dir()), reverse=True):
        with suppress(OSError):
            place.rmdir()
