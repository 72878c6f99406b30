"""备份: what copies there are, making one, proving one, and going back to one with eyes open."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from db import access, backup, office, registry
from db.backup import Copy, Preview
from desktop.tasks import Job, Progress, Read
from desktop.theme import look
from desktop.widgets.flow import Flow
from desktop.widgets.page import Page, Place, button, label
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.saving import reveal

REASONS = {
    "manual": "手动",
    "auto": "自动",
    "before-restore": "恢复之前",
    "before-upgrade": "升级之前",
    "before-import": "导入之前",
    "before-receive": "接收之前",
}


def table_label(table: str) -> str:
    """What people call the rows of a table."""
    try:
        return str(registry.model_of(table)._meta.label)
    except KeyError:
        return {"journal": "变更记录", "operation": "操作"}.get(table, table)


class Backup(Page):
    """The copies of the office's data."""

    title = "备份与恢复"
    section = "系统"
    order = 9300
    help_stem = "backup"

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        self.add_action("另存到U盘…", self.copy_out, meaning="export")
        self.add_action("现在备份", self.make, meaning="backup", primary=True)
        self.model = PlainModel(("时间", "原因", "记录数", "大小", "提醒"), (2, 3), self)
        self.table = PlainView("备份", self.model, (10, 6, 6, 6, 10), 4)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        self.words = label("选一份备份，看它和现在有什么不同。", "muted", wrap=True)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("恢复会改变什么")
        box.addWidget(self.words)
        box.addWidget(self.detail, 1)
        keys = Flow(right=True)
        self.prove_button = button("检验这份备份", self.prove, meaning="verify")
        self.look_button = button("看恢复会改变什么", self.look_first, meaning="history")
        self.restore_button = button("恢复到这份备份", self.restore, meaning="restore")
        keys.addWidget(self.prove_button)
        keys.addWidget(self.look_button)
        keys.addWidget(self.restore_button)
        box.addLayout(keys)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(right)
        split.setSizes([look().measure.characters(38), look().measure.characters(40)])
        self.body.addWidget(split, 1)
        self._previewed: Copy | None = None

    def opened(self, place: Place) -> None:
        """List the copies."""
        self.refresh()

    def concerns(self, changes: Any) -> bool:
        """A copy does not change with the data."""
        return False

    def refresh(self, changes: Any = None) -> None:
        """List the copies again."""
        Read(self, lambda: backup.copies(office.current().folder)).then(self._show).start()

    def _show(self, found: list[Copy]) -> None:
        self.model.show_rows(
            [
                (
                    (
                        each.at.replace("T", " ")[:16],
                        REASONS.get(each.reason, each.reason),
                        f"{each.rows:,}",
                        _size(each.size),
                        each.alarm,
                    ),
                    each,
                )
                for each in found
            ]
        )
        if found:
            latest = found[0].at.replace("T", " ")[:16]
            self.set_sentence(
                f"共 {len(found)} 份备份，最近一份 {latest}；每份做好后都打开检验过。"
            )
            self.table.selectRow(0)
        else:
            self.set_sentence("还没有备份。使用中每小时自动备份一次，也可以现在备份。")
        self._on_current()

    # -- verbs -------------------------------------------------------------------------

    def make(self) -> None:
        """Make a copy now."""

        def work(progress: Progress) -> Copy:
            progress(0, 1, "正在备份并检验")
            opened = office.current()
            return backup.snapshot(opened.folder, opened.key)

        Job(self, work, "备份").then(self._made).start()

    def _made(self, copy: Copy) -> None:
        if copy.alarm:
            self.say(f"已备份，但请注意：{copy.alarm}", "warn")
        else:
            self.say(f"已备份并打开检验，{copy.rows:,} 条记录。")
        self.refresh()

    def copy_out(self) -> None:
        """Make a copy and lay it on a stick or another disk."""
        chosen = QFileDialog.getExistingDirectory(self, "保存到U盘或另一块磁盘")
        if chosen:
            self.copy_to(Path(chosen))

    def copy_to(self, folder: Path) -> None:
        """Make a copy and lay it into a folder, read back and compared."""

        def work(progress: Progress) -> Path:
            progress(0, 2, "正在备份并检验")
            opened = office.current()
            copy = backup.snapshot(opened.folder, opened.key)
            progress(1, 2, "正在写入")
            written = backup.lay_out(copy, folder, opened.key)
            progress(2, 2)
            return written

        Job(self, work, "另存备份").then(
            lambda path: self.say(
                f"已写入“{path}”并重新打开检验，可以拔出U盘。",
                action=("打开文件夹", partial(reveal, path)),
            )
        ).start()

    def prove(self) -> None:
        """Open the chosen copy and read every page of it."""
        copy = self._chosen()
        if copy is None:
            return

        def work(progress: Progress) -> dict[str, int]:
            progress(0, 1, "正在打开检验")
            return backup.prove(copy.file, office.current().key)

        Job(self, work, "检验备份").then(
            lambda counts: self.say(f"这份备份完好，{sum(counts.values()):,} 条记录。")
        ).start()

    def look_first(self) -> None:
        """Compare the chosen copy with what is open."""
        copy = self._chosen()
        if copy is None:
            return

        def work(progress: Progress) -> Preview:
            progress(0, 1, "正在对照")
            return backup.preview(copy, office.current().key)

        Job(self, work, "对照备份").then(self._previewed_now).start()

    def restore(self) -> None:
        """Put the chosen copy in the place of the data; only after its preview was seen."""
        copy = self._chosen()
        if copy is None or copy != self._previewed:
            self.look_first()
            return

        def work(progress: Progress) -> Copy:
            access.require("manage")
            progress(0, 1, "正在恢复")
            opened = office.current()
            backup.restore(opened.folder, opened.key, copy)
            return copy

        Job(self, work, "恢复").then(self._restored).start()

    # -- handlers ----------------------------------------------------------------------

    def _chosen(self) -> Copy | None:
        found = self.table.current_thing()
        return found if isinstance(found, Copy) else None

    def _on_current(self) -> None:
        copy = self._chosen()
        if copy != self._previewed:
            self._previewed = None
            self.detail.clear()
            self.words.setText("先看恢复会改变什么，再决定。恢复前的数据也会先备份一份。")
        for each in (self.prove_button, self.look_button):
            each.setEnabled(copy is not None)
        self.restore_button.setVisible(access.can("manage"))
        self.restore_button.setEnabled(copy is not None and copy == self._previewed)

    def _previewed_now(self, preview: Preview) -> None:
        self._previewed = preview.copy
        lines = [
            f"{table_label(each.table)}：现在 {each.now:,} 条，恢复后 {each.then:,} 条"
            for each in preview.tables
            if each.now != each.then
        ]
        lost = preview.lost_operations
        when = preview.copy.at.replace("T", " ")[:16]
        if lost:
            self.words.setText(f"恢复到 {when}，其后的 {len(lost)} 步操作不在其中：")
        else:
            self.words.setText(f"{when} 之后没有新的操作。")
        lines += [f"{at.replace('T', ' ')[:16]}　{who}　{words}" for at, who, words in lost]
        self.detail.setPlainText("\n".join(lines) or "各台账的条数相同。")
        self._on_current()

    def _restored(self, copy: Copy) -> None:
        when = copy.at.replace("T", " ")[:16]
        self.say(f"已恢复到 {when}。原来的数据另存了一份，没有删除。")
        self._previewed = None
        self.refresh()


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MB"
