"""The commands about the program itself: where its data lies, updates, what it says of itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

Answer = tuple[Any, str]
Run = Callable[[argparse.Namespace], Answer]
Add = Callable[[str, Run, str], argparse.ArgumentParser]
Opened = Callable[[argparse.Namespace], AbstractContextManager[Path]]
Where = Callable[[argparse.Namespace], Path]


def add_commands(add: Add, opened: Opened, where: Where) -> None:
    """Put these commands beside the others; `where` is the data folder that was asked for."""

    def with_data(run: Callable[[argparse.Namespace], Answer]) -> Run:
        def command(given: argparse.Namespace) -> Answer:
            from db import office

            # A program without an office yet is updated all the same.
            with opened(given) if office.exists(where(given)) else nullcontext():
                return run(given)

        return command

    def move_data(given: argparse.Namespace) -> Answer:
        with opened(given) as folder:
            return _move_data(given, folder)

    told_where = add("where", lambda given: _where(given, where(given)), "说出数据放在哪里")
    told_where.add_argument(
        "--note", type=Path, metavar="FILE", help="写进这个文件（UTF-16），给卸载程序读"
    )
    move = add("move-data", move_data, "把数据搬到另一个文件夹")
    move.add_argument("folder", type=Path, metavar="DIR", help="空的或新的文件夹，在本机硬盘上")
    update = add("update", with_data(_update), "用升级包升级程序，或退回上一版")
    which = update.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", metavar="FILE.zytu", help="升级包")
    which.add_argument("--back", action="store_true", help="退回上一版")
    update.add_argument("--dry-run", action="store_true", help="只验证升级包，不升级")
    update.add_argument(
        "--with-data", action="store_true", help="上一版读不了现在的数据时，连数据退到升级前的备份"
    )

    def diagnose(given: argparse.Namespace) -> Answer:
        return _diagnose(given, opened, where(given))

    told = add("diagnose", diagnose, "收集诊断信息（没有个人信息），不开数据也能用")
    told.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.txt")
    look = add("self-check", _self_check, "程序自检（升级时由旧版本叫起）")
    look.add_argument("--report", type=Path, required=True, metavar="FILE")


def _where(given: argparse.Namespace, folder: Path) -> Answer:
    folder = folder.absolute()
    if given.note is not None:
        given.note.write_text(str(folder), encoding="utf-16")
    return {"data": str(folder), "founded": folder.is_dir()}, str(folder)


def _move_data(given: argparse.Namespace, folder: Path) -> Answer:
    from db import office
    from desktop import whereabouts

    kept = whereabouts.points_at(folder)
    office.relocate(given.folder, whereabouts.point if kept else lambda _folder: None)
    target = given.folder.absolute()
    answer = {"from": str(folder.absolute()), "to": str(target), "pointed": kept}
    words = f"数据已搬到“{target}”，原来的“{folder}”留着没有删。"
    return answer, words if kept else f"{words}以后请用 --data 指明新的文件夹。"


def _update(given: argparse.Namespace) -> Answer:
    from db import release
    from desktop.updating import steps

    if given.back:
        version = steps.step_back(with_data=given.with_data)
        return {"version": version}, f"已退回 {version} 版，下次打开就是它。"
    made = steps.look(given.file)
    one = made.package
    answer = {
        "version": one.version, "platform": one.platform, "schema": one.schema,
        "signer": one.signer, "now": release.version(), "done": not given.dry_run,
    }  # fmt: skip
    if given.dry_run:
        return answer, "\n".join(made.sentences)
    steps.update(made)
    return answer, f"已升级到 {one.version} 版，下次打开就是它。"


def _self_check(given: argparse.Namespace) -> Answer:
    from desktop import selfcheck

    said = selfcheck.run(given.report, sys.stdin.read())
    return said, f"自检通过：{said['version']} 版，{said['modules']} 个模块。"


def _diagnose(given: argparse.Namespace, opened: Opened, folder: Path) -> Answer:
    from db import durable
    from db.errors import Refusal, Trouble
    from desktop import diagnosis, settings

    settings.current.load(folder / settings.FILE)
    closed = ""
    try:
        with opened(given):
            text = diagnosis.build(folder)
    except (Refusal, Trouble) as problem:
        # Data that does not open is a good reason to ask for a diagnosis.
        closed = str(problem)
        text = diagnosis.build(folder, why_closed=type(problem).__name__)
    durable.write_text(given.output, text)
    words = f"诊断信息已写入“{given.output}”，请先看一遍再交出。"
    if closed:
        words += f"数据没有打开（{closed}），其中没有条数。"
    return {"file": str(given.output), "opened": not closed}, words
