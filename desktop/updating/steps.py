"""Updating as an office does it: look at the package, back the data up, try, switch; and one step back."""

from __future__ import annotations

import shutil
from pathlib import Path

from db import access, backup, migrations, office
from db.backup import Copy
from db.connection import database, open_file
from db.errors import Refusal
from desktop.updating import laying, layout, trial
from desktop.updating.laying import Plan
from desktop.updating.package import Progress

TRIAL_COPIES = "zhengyou-trial-*"


def _silent(_done: int, _total: int, _words: str) -> None:
    """Nobody watches."""


def look(file: Path, progress: Progress = _silent) -> Plan:
    """Verify a package against the program and the open office's data, if any; nothing is changed."""
    schema = 0
    if database.obj is not None:
        access.require("manage")
        schema = migrations.schema()
    return laying.plan(file, schema, progress)


def update(made: Plan, progress: Progress = _silent) -> None:
    """Back the data up, lay the new version beside, try it on a copy, switch; for administrators.

    The running program stays as it is; the next start takes the new one. Raises Refusal or Trouble;
    then program and data are as before.
    """
    copy: Copy | None = None
    key = b""
    if database.obj is not None:
        access.require("manage")
        opened = office.current()
        folder, key = opened.folder, opened.key
        for leftover in (folder / backup.FOLDER).glob(TRIAL_COPIES):
            shutil.rmtree(leftover, ignore_errors=True)
        progress(0, 10, "备份数据")
        copy = backup.snapshot(folder, key, "before-upgrade")
    laying.carry_out(made, lambda tree, version: trial.run(tree, version, copy, key), progress)


def step_back(*, with_data: bool = False) -> str:
    """Take the version before from the next start on; returns its version. For administrators.

    When that version cannot read the present data, `with_data` puts the copy from before the upgrade
    in their place, as any restore does, and closes the office. Without it this is refused, in words.
    """
    program = layout.installed()
    tree = program.before()
    if database.obj is None:
        return laying.take_back(program, 0)
    access.require("manage")
    schema = migrations.schema()
    if tree is None or layout.schema_of(tree) >= schema:
        return laying.take_back(program, schema)
    layout.require_writable(program)
    readable = layout.schema_of(tree)
    copy = last_readable(readable)
    if not with_data:
        raise OnlyWithData(copy)
    opened = office.current()
    # Data first: killed in between, the present program simply brings the copy up to its tables again.
    backup.restore(opened.folder, opened.key, copy, reopen=False)
    office.close_office()
    return laying.take_back(program, readable)


class OnlyWithData(Refusal):
    """The version before reads only the copy from before the upgrade."""

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        when = copy.at.replace("T", " ")[:16]
        super().__init__(
            f"上一版读不了现在的数据，要退回只能连数据一起退到 {when} 的备份，其后录入的内容不在其中"
            "（退回前会先备份现在的数据）。"
        )


def last_readable(schema: int) -> Copy:
    """The newest copy that a program of this schema opens; refuses when there is none."""
    opened = office.current()
    for copy in backup.copies(opened.folder):
        file = open_file(copy.file, opened.key, mode="readonly")
        try:
            if migrations.schema(file) <= schema:
                return copy
        finally:
            file.close()
    raise Refusal("上一版读不了现在的数据，也没有升级前的备份，不能退回。")
