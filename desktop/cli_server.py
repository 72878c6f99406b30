"""The command line's part for a county on a server: join from a further PC, move there and back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from db.errors import Refusal

Answer = tuple[Any, str]


def add_commands(
    add: Callable[[str, Callable[[argparse.Namespace], Answer], str], argparse.ArgumentParser],
    opened: Callable[[argparse.Namespace], AbstractContextManager[Path]],
) -> None:
    """Put these commands beside the others; `opened` opens the data folder asked for."""

    def move(given: argparse.Namespace) -> Answer:
        from db import address, office, resettling

        where = url_of(given.target)
        with opened(given) as folder:
            key = office.current().key
            if address.is_server(where):
                moved = resettling.to_server(folder, key, where)
            elif where == "file" or Path(where).resolve() == folder.resolve():
                moved = resettling.to_file(folder, key)
            else:
                raise Refusal(
                    f"“{where}”既不是 postgresql:// 地址，也不是 file（搬回数据文件夹）。"
                )
        answer = {
            "to": moved.to,
            "rows": moved.rows,
            "attachments": moved.files,
            "tables": {name: {"count": n, "digest": d} for name, (n, d) in moved.tables.items()},
        }
        return answer, moved.words

    one = add("move-database", move, "把数据搬到数据库服务器，或搬回数据文件夹")
    one.add_argument(
        "target",
        metavar="URL|file",
        help="postgresql://… 或 @存有地址的文件；file 为搬回数据文件夹",
    )


def add_options(new: argparse.ArgumentParser) -> None:
    """What `new` needs for an office on a server."""
    new.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="数据放在 PostgreSQL 服务器的这个空数据库里：postgresql://用户:口令@主机/库名，或 @存有地址的文件",
    )
    new.add_argument("--join", action="store_true", help="加入那个数据库里已有的台账，不新建")


def url_of(given: str) -> str:
    """The address itself, or what stands in the file it names: a password is not for the shell's history."""
    if not given.startswith("@"):
        return given
    return Path(given[1:]).read_text(encoding="utf-8-sig").strip()


def join(folder: Path, url: str, secret: str) -> Answer:
    """Open an office on a server from this PC for the first time."""
    from db import identity, office

    if not url:
        raise Refusal("--join 要和 --database 地址一起用。")
    person = office.join_office(folder, url, secret)
    try:
        name = identity.identity().office_name
    finally:
        office.close_office()
    return (
        {"data": str(folder), "person": person.name, "office": name},
        f"已加入“{name}”：以后在这台电脑上打开“{folder}”即可。",
    )
