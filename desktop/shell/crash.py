"""Our own bug: say what it means for the person, keep a report on disk, offer to go on or restart."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from desktop.reporting import report
from desktop.widgets.page import Page, button, label


class CrashPage(Page):
    """Takes the place of everything until the person decides."""

    go_on = Signal()
    leave = Signal()

    def __init__(self, problem: BaseException, file: Path | None) -> None:
        super().__init__()
        self.set_title("程序出错了")
        where = f"报告已保存为“{file.name}”，在数据文件夹里。" if file else "报告没能写到磁盘上。"
        self.set_sentence(
            "刚才这一步没有做成，已保存的数据没有受影响。" + where + "请交给维护人员。"
        )
        self.text = QPlainTextEdit(report(problem))
        self.text.setReadOnly(True)
        self.text.setAccessibleName("出错报告")
        self.body.addWidget(
            label(
                "下面就是报告的全部内容，只有程序走过的步骤，没有台账内容；交出前可先看一遍。",
                "muted",
            )
        )
        self.body.addWidget(self.text, 1)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(button("退出程序", self.leave.emit))
        self.back = button("回到刚才的页面", self.go_on.emit, primary=True)
        line.addWidget(self.back)
        self.body.addLayout(line)
