"""What a maintainer needs to know about a PC and its ledgers, without anybody's name in it.

Only counts, versions and settings go in. No value of a register, no name of an office, person or
folder; the person reads the whole of it before it is saved.
"""

from __future__ import annotations

import locale
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from db import placement, release
from db.errors import Refusal
from desktop import reporting, settings

_KINDS = {"own": "本机硬盘", "removable": "U盘或移动硬盘", "network": "网络共享"}
Section = tuple[str, Callable[[], Iterable[str]]]


def build(folder: Path, screen: Sequence[str] = (), why_closed: str = "") -> str:
    """The whole diagnosis as text; of the data only when the office is open.

    `screen` are lines about the screen, `why_closed` is the kind of failure when the data did not open. A part that
    cannot be read says so and the others stand all the same.
    """
    from db.connection import database

    parts: list[Section] = [
        ("程序", _program),
        ("屏幕", lambda: screen or ["命令行，没有屏幕"]),
        ("设置", _settings),
        ("字体", _faces),
        ("数据文件夹", lambda: _folder(folder)),
    ]
    if database.obj is None:
        parts.append(("数据", lambda: [f"没有打开（{why_closed or '没有试'}）"]))
    else:
        parts += [
            ("数据", _data),
            ("各表条数", _counts),
            ("数据检查", _findings),
            ("交换", _exchange),
        ]
    parts.append(("最近的出错报告", lambda: _reports(folder)))
    lines = [
        "争优台账 诊断信息",
        f"生成时间 {datetime.now().isoformat(timespec='seconds')}",
        "只有版本、设置和条数，没有姓名、号码、单位名称，也没有台账里的任何内容。",
    ]
    for title, read in parts:
        lines += ["", f"【{title}】", *_lines(read)]
    return "\n".join(lines) + "\n"


def _lines(read: Callable[[], Iterable[str]]) -> list[str]:
    try:
        return list(read()) or ["没有"]
    except Exception as problem:
        # What is to be diagnosed may be just this; the rest is still of use.
        return ["读不出来：", *reporting.report(problem).splitlines()[4:]]


def _program() -> Iterable[str]:
    import apsw

    from db import migrations
    from desktop.updating import layout

    yield f"版本 {release.version()}　数据格式第 {migrations.newest()} 版"
    yield f"系统 {platform.platform()}"
    yield f"Python {platform.python_version()}　SQLite {apsw.sqlitelibversion()}"
    yield f"字符集 {locale.getpreferredencoding()}"
    try:
        program = layout.installed()
        layout.require_writable(program)
        now, before = program.chosen()
        yield f"安装方式 本人安装，现用 {now or '安装时的版本'}，上一版 {before or '安装时的版本'}"
    except Refusal as why:
        yield f"安装方式 {why.message}"


def _settings() -> Iterable[str]:
    for each in settings.DECLARED:
        if each.shown:
            yield f"{each.key} = {settings.current[each.key]}"


def _faces() -> Iterable[str]:
    from desktop.typeset.fonts import Role, library

    for role in Role:
        yield f"{role.value}：{'、'.join(face.name for face in library().chain(role).faces)}"


def _folder(folder: Path) -> Iterable[str]:
    from db import backup

    yield f"在{_KINDS[placement.kind(folder)]}上" + ("，有疑问" if placement.doubts(folder) else "")
    if not folder.is_dir():
        yield "文件夹不存在"
        return
    yield f"剩余空间 {shutil.disk_usage(folder).free >> 20:,} MB"
    for name in sorted(each.name for each in folder.iterdir() if each.is_file()):
        if name.startswith(("zhengyou.", "vault.", "restore.", "mov", "founding.", "lock")):
            yield f"{name} {(folder / name).stat().st_size:,} 字节"
    copies = backup.copies(folder)
    alarms = sum(1 for copy in copies if copy.alarm)
    yield f"备份 {len(copies)} 份，提醒 {alarms} 份" + (f"，最近 {copies[0].at}" if copies else "")


def _data() -> Iterable[str]:
    from db import backup, identity, journal, migrations, office
    from db.connection import database

    us = identity.identity()
    yield f"单位级别 {us.level}　数据第 {migrations.schema()} 版　站点 {us.site}"
    for pragma in ("journal_mode", "page_count", "freelist_count"):
        yield f"{pragma} = {database.execute_sql(f'PRAGMA {pragma}').fetchone()[0]}"
    yield f"操作 {journal.head()[0]:,} 步，核验发现 {len(backup.findings(office.current().folder))} 处"
    kinds = database.execute_sql("SELECT kind, count(*) FROM operation GROUP BY kind ORDER BY kind")
    yield "　".join(f"{kind} {count:,}" for kind, count in kinds.fetchall())


def _counts() -> Iterable[str]:
    from db import registry
    from db.connection import database

    for model in registry.models():
        stem = model.stem()
        living, whole = database.execute_sql(
            f"SELECT coalesce(sum(retired = ''), 0), count(*) FROM \"{stem}\""
        ).fetchone()
        yield f"{stem} {living:,} / {whole:,}"


def _findings() -> Iterable[str]:
    from db.checking import check

    found = Counter((finding.grave, finding.kind) for finding in check())
    for (grave, kind), count in sorted(found.items(), reverse=True):
        yield f"{'严重 ' if grave else ''}{kind} {count:,}"


def _exchange() -> Iterable[str]:
    from db.connection import database

    for table, column in (
        ("exchange_peer", "state"),
        ("exchange_sent", "state"),
        ("exchange_conflict", "state"),
        ("exchange_received", "''"),
        ("exchange_held", "''"),
    ):
        rows = database.execute_sql(
            f"SELECT {column}, count(*) FROM {table} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        yield f"{table} " + (
            "　".join(f"{state} {count:,}".strip() for state, count in rows) or "0"
        )


def _reports(folder: Path) -> Iterable[str]:
    for text in reporting.latest(folder):
        yield text.rstrip()
        yield ""
