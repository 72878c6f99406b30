"""诊断信息: everything a maintainer may see of this PC, read by the person before it is saved."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit

from db import durable, office
from desktop.tasks import Job, Progress
from desktop.theme import look
from desktop.widgets.page import Page, Place
from desktop.widgets.saving import ask_path


def screen_lines() -> list[str]:
    """The screens and what draws on them."""
    app = QGuiApplication.instance()
    platform = QGuiApplication.platformName() if app is not None else ""
    found = [f"Qt {qVersion()}　{platform}　字体 {QGuiApplication.font().family()}"]
    for each in QGuiApplication.screens():
        size = each.geometry()
        found.append(
            f"{size.width()} × {size.height()}　缩放 {each.devicePixelRatio():g}　"
            f"{each.logicalDotsPerInch():.0f} dpi　行高 {look().measure.row}"
        )
    return found


class Diagnosis(Page):
    """The text, and the button that saves just that."""

    title = "诊断信息"
    section = "系统"
    order = 9450
    hidden = True
    help_stem = "diagnosis"

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("诊断信息")
        self.body.addWidget(self.text, 1)
        self.add_action("回到设置", lambda: self.go("settings"), meaning="back")
        self.save_button = self.add_action("存到U盘…", self.save, meaning="export", primary=True)

    def opened(self, place: Place) -> None:
        """Gather it afresh."""
        self.text.clear()
        self.save_button.setEnabled(False)
        self.set_sentence("正在收集…")
        folder, lines = office.current().folder, screen_lines()

        def work(progress: Progress) -> str:
            from desktop import diagnosis

            progress(0, 1, "收集诊断信息")
            return diagnosis.build(folder, lines)

        Job(self, work, "收集诊断信息").then(self._show).start()

    def concerns(self, changes: object) -> bool:
        """It is gathered when the page is opened."""
        return False

    def _show(self, text: str) -> None:
        self.text.setPlainText(text)
        self.save_button.setEnabled(True)
        self.set_sentence(
            "程序不听使唤时，把它交给维护人员。下面就是全部内容，请先看一遍："
            "只有版本、设置和条数，没有姓名、号码和台账内容。"
        )

    def save(self) -> None:
        """Save exactly what is shown."""
        path = ask_path(self, f"争优台账诊断信息-{date.today():%Y%m%d}.txt", "文本 (*.txt)")
        if path is None:
            return
        text = self.text.toPlainText()

        def work(progress: Progress) -> None:
            progress(0, 1, "保存")
            durable.write_text(path, text)

        Job(self, work, "保存诊断信息").then(
            lambda _done: self.say(f"诊断信息已保存为“{path.name}”，和屏幕上的一字不差。")
        ).start()
