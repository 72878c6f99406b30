"""What stands in the place of a page that is broken, so that the rest of the program opens."""

from __future__ import annotations

import traceback

from PySide6.QtWidgets import QPlainTextEdit

from desktop.widgets.page import Page, label


class ErrorPage(Page):
    """Names the page and keeps the report at hand."""

    def __init__(self, stem: str, problem: BaseException) -> None:
        super().__init__()
        self.stem, self.problem = stem, problem
        self.set_title("这一页打不开")
        self.set_sentence("其他页面照常可用，数据没有受影响。请把下面的报告交给维护人员。")
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setAccessibleName("出错报告")
        text = "".join(traceback.format_exception(problem))
        self.report.setPlainText(f"{stem}\n{text}")
        self.body.addWidget(label(f"页面：{stem}", "muted"))
        self.body.addWidget(self.report, 1)
