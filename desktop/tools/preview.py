"""Preview of an official sheet: its choices at the left, the very pages at the right."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.errors import Refusal
from desktop import settings
from desktop.tasks import Job, Progress
from desktop.theme import look
from desktop.typeset.form import Option
from desktop.widgets.choices import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.flow import Flow
from desktop.widgets.page import Page, Place, button, label, named
from desktop.widgets.preview import PaperView
from desktop.widgets.saving import ask_path, reveal

PRINT_DPI = 300


class PreviewPage(Page):
    """One sheet for some records, ready to be printed or saved."""

    title = "打印预览"
    hidden = True
    help_stem = "preview"

    def __init__(self) -> None:
        super().__init__()
        self._form: Any = None
        self._ids: tuple[int, ...] = ()
        self._place: Place | None = None
        self._given: dict[str, str] = {}
        self._controls: dict[str, Any] = {}
        self._pdf: bytes | None = None
        self._asking = 0
        unit = look().measure.units
        self.add_action("返回", self.went_back.emit, meaning="back", shortcut="Escape")
        self.save_button = self.add_action("保存 PDF…", self.save, meaning="export")
        self.print_button = self.add_action(
            "打印…", self.print_out, meaning="print", primary=True, shortcut="Ctrl+P"
        )
        self._choices = QWidget()
        self._choices.setFixedWidth(look().measure.characters(15))
        self._choice_box = QVBoxLayout(self._choices)
        self._choice_box.setContentsMargins(0, 0, 0, 0)
        self._choice_box.setSpacing(unit(1))
        self.view = PaperView()
        self._stack = QStackedWidget()
        self._waiting = Empty("正在排版…", meaning="print")
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self.view)
        right = QVBoxLayout()
        right.setSpacing(unit(1))
        right.addWidget(self._stack, 1)
        keys = Flow(right=True)
        self._count = label("", "muted")
        for words, meaning, slot in (
            ("缩小", "zoom_out", lambda: self.view.zoom_by(-1)),
            ("放大", "zoom_in", lambda: self.view.zoom_by(1)),
            ("适合宽度", "fit", lambda: self.view.set_zoom(0)),
        ):
            keys.addWidget(button(words, slot, meaning=meaning, quiet=True))
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addLayout(keys, 1)
        right.addLayout(foot)
        line = QHBoxLayout()
        line.setSpacing(unit(3))
        line.addWidget(self._choices)
        line.addLayout(right, 1)
        self.body.addLayout(line, 1)
        self.view.page_shown.connect(
            lambda page, of: self._count.setText(f"第 {page} 页，共 {of} 页")
        )

    def opened(self, place: Place) -> None:
        """Show the sheet named in the place for its rows."""
        if place == self._place and self._pdf is not None:
            return
        from desktop.typeset.form import form

        self._place = place
        self._form, self._ids = form(place.words), place.ids or ()
        # "name=value": a choice that the page which sends us has made already.
        name, _, value = place.chip.partition("=")
        self._given = {name: value}
        self.set_title(self._form.title)
        self._fill_choices()
        self.compose()

    def concerns(self, changes: Any) -> bool:
        """What lies on paper does not change under the eye."""
        return False

    # -- choices -----------------------------------------------------------------------

    def _fill_choices(self) -> None:
        self._controls.clear()
        while (item := self._choice_box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for option in self._form.offered():
            if isinstance(option.default, bool):
                check = QCheckBox(option.label)
                check.setChecked(option.default)
                check.toggled.connect(lambda _on: self.compose())
                control: QWidget = check
            else:
                self._choice_box.addWidget(label(option.label, "muted"))
                if option.values:
                    box = Choices()
                    box.addItems(list(option.values))
                    box.setCurrentText(str(option.default))
                    box.activated.connect(lambda _at: self.compose())
                    control = box
                else:
                    edit = QLineEdit(self._given.get(option.name, self._usual(option)))
                    edit.editingFinished.connect(self.compose)
                    if option.kept:
                        edit.editingFinished.connect(partial(self._keep, option, edit))
                    control = edit
            named(control, option.label, option.help)
            self._controls[option.name] = control
            self._choice_box.addWidget(control)
        if not self._form.offered():
            self._choice_box.addWidget(label("这张表没有可选的内容。", "muted", wrap=True))
        if self._form.posted:
            self._choice_box.addWidget(
                label("公示用：身份证号、电话、住址等已在生成时去掉。", "muted", wrap=True)
            )
        self._choice_box.addStretch(1)

    def _usual(self, option: Option) -> str:
        """What stands in a line of text at first: for this printer, what stood there the last time."""
        kept = settings.current["printing"] if option.kept else {}
        return str(kept.get(f"{self._form.id}.{option.name}", option.default))

    def _keep(self, option: Option, edit: QLineEdit) -> None:
        settings.current.remember("printing", f"{self._form.id}.{option.name}", edit.text())

    def options(self) -> dict[str, object]:
        """What is chosen."""
        found: dict[str, object] = {}
        for name, control in self._controls.items():
            if isinstance(control, QCheckBox):
                found[name] = control.isChecked()
            elif isinstance(control, Choices):
                found[name] = control.currentText()
            else:
                found[name] = control.text()
        return found

    # -- composing ---------------------------------------------------------------------

    def compose(self, gaps: bool = False) -> None:
        """Set the sheet anew with the choices."""
        form, ids, options = self._form, self._ids, self.options()
        self._asking += 1
        asking = self._asking
        self._pdf = None
        self._ready(False)
        self._waiting.set_words("正在排版…")
        self._stack.setCurrentWidget(self._waiting)

        def work(progress: Progress) -> Any:
            from db import access
            from desktop.typeset.printing import chosen_records, render

            access.require("print", form.register)
            records = chosen_records(form, ids)
            return render(form, records, options, progress=progress, gaps=gaps)

        Job(self, work, f"排版“{form.title}”").then(
            lambda done: self._show(done) if asking == self._asking else None
        ).failed(self._on_failed).start()

    def _show(self, done: Any) -> None:
        self._pdf = done.pdf
        self.view.show_pdf(done.pdf)
        self._stack.setCurrentWidget(self.view)
        self.view.setFocus()
        self._ready(True)
        words = (
            f"{len(self._ids):,} 条记录，{done.pages:,} 页。"
            if self._ids
            else f"{done.pages:,} 页。"
        )
        if done.overflow:
            words += f"有 {len(done.overflow)} 处内容放不下：{done.overflow[0]}"
        if done.missing:
            words += f"有 {len(done.missing)} 个字字库里没有，已留空待手写。"
        self.set_sentence(words)

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self._waiting.set_words("没有排版", problem.message)
        if getattr(problem, "missing", None):
            self.say(problem.message, "warn", action=("留空打印", partial(self.compose, True)))
        return True

    def _ready(self, on: bool) -> None:
        self.save_button.setEnabled(on)
        self.print_button.setEnabled(on)

    # -- out ---------------------------------------------------------------------------

    def save(self) -> None:
        """Save the pages as they are shown."""
        if self._pdf is None:
            return
        path = ask_path(self, f"{self._form.title}.pdf", "PDF (*.pdf)")
        if path is None:
            return
        pdf = self._pdf

        def work(progress: Progress) -> Path:
            from desktop.typeset.printing import write

            progress(0, 1, "正在写入")
            write(path, pdf)
            return path

        Job(self, work, "保存 PDF").then(
            lambda kept: self.say(
                f"已保存为“{kept.name}”。", action=("打开文件夹", partial(reveal, kept))
            )
        ).start()

    def print_out(self) -> None:
        """Ask for a printer and send the pages to it."""
        paper = self.view.paper
        if paper is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._form.title)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, len(paper))
        dialog.setWindowTitle("打印")
        if dialog.exec() == QPrintDialog.DialogCode.Accepted:
            first = printer.fromPage() or 1
            last = printer.toPage() or len(paper)
            self.send(printer, range(first - 1, last))

    def send(self, printer: QPrinter, pages: range) -> int:
        """Draw pages on a printer at their true size; returns how many."""
        paper = self.view.paper
        assert paper is not None
        from PySide6.QtCore import QMarginsF, QRectF, QSizeF
        from PySide6.QtGui import QPageLayout, QPageSize

        painter = QPainter()
        for number, page in enumerate(pages):
            width, height = paper.sizes[page]
            size = QPageSize(QSizeF(width, height), QPageSize.Unit.Point)
            layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
            printer.setPageLayout(layout)
            printer.setFullPage(True)
            if number == 0:
                painter.begin(printer)
            else:
                printer.newPage()
            dpi = printer.resolution()
            drawn = paper.draw(page, min(dpi, PRINT_DPI))
            target = QRectF(0, 0, width / 72 * dpi, height / 72 * dpi)
            painter.drawImage(target, drawn)
        painter.end()
        self.say(f"已送往打印机，共 {len(pages)} 页。")
        return len(pages)

    def unsaved(self) -> str:
        """Paper can always be set again."""
        return ""
