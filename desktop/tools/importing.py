"""Import a roster: choose the file, match its columns, look at the plan, execute exactly that plan."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from db import access, registry
from desktop.tasks import Job, Progress, Read
from desktop.theme import look
from desktop.tools.importing_columns import ColumnsStep
from desktop.tools.importing_done import DoneStep
from desktop.tools.importing_file import FileStep
from desktop.tools.importing_plan import PlanStep
from desktop.widgets.page import Page, Place, label
from desktop.widgets.saving import ask_path, reveal

if TYPE_CHECKING:
    from db.importing.execute import Executed
    from db.importing.plan import Plan
    from desktop.sheets.columns import Matching
    from desktop.sheets.reader import Book

STEPS = ("选择文件", "对应各列", "核对计划", "完成")


class Importing(Page):
    """Four steps, each with a way back; nothing is written before the plan was seen."""

    title = "导入表格"
    section = "数据"
    needs = "import"
    order = 9100
    help_stem = "import"

    def __init__(self) -> None:
        super().__init__()
        self.stem = ""
        self._book: Book | None = None
        self._sheet = 0
        self._plan: Plan | None = None
        self._asked = 0
        self._trail = QHBoxLayout()
        self._trail.setSpacing(look().measure.units(2))
        self._steps = [label(f"{at}　{words}", "muted") for at, words in enumerate(STEPS, 1)]
        for each in self._steps:
            self._trail.addWidget(each)
        self._trail.addStretch(1)
        self.body.addLayout(self._trail)
        self.file_step = FileStep()
        self.columns_step = ColumnsStep()
        self.plan_step = PlanStep()
        self.done_step = DoneStep()
        self.stack = QStackedWidget()
        for step in (self.file_step, self.columns_step, self.plan_step, self.done_step):
            self.stack.addWidget(step)
        self.body.addWidget(self.stack, 1)
        self.file_step.chosen.connect(self.open_file)
        self.file_step.template_wanted.connect(self._template)
        self.columns_step.sheet_chosen.connect(self._read_sheet)
        self.columns_step.done.connect(self.make_plan)
        self.columns_step.back.connect(partial(self._show, 0))
        self.plan_step.back.connect(partial(self._show, 1))
        self.plan_step.decided.connect(self.make_plan)
        self.plan_step.execute.connect(self.execute)
        self.plan_step.refused_wanted.connect(self._save_refused)
        self.done_step.refused_wanted.connect(self._save_refused)
        self.done_step.again.connect(self.start_anew)
        self.done_step.undo_wanted.connect(self._undo)
        self.done_step.listed.connect(self._look)
        self.start_anew()

    # -- coming here -------------------------------------------------------------------

    def opened(self, place: Place) -> None:
        """A register's 导入 button brings its stem along."""
        stems = [
            one.stem
            for one in registry.registers()
            if access.can("import", one.stem)
            and not (one.model._meta.managed or one.model._meta.service_made)
        ]
        self.file_step.offer([(stem, registry.register(stem).label) for stem in stems])
        if place.words in stems and place.words != self.stem:
            self.start_anew()
            self.file_step.set_register(place.words)

    def unsaved(self) -> str:
        """A plan that was made and not executed."""
        return "导入还没有完成" if self.stack.currentIndex() in (1, 2) else ""

    def start_anew(self) -> None:
        """Back to the beginning, with nothing chosen."""
        self._book = self._plan = None
        self._show(0)

    def _show(self, step: int) -> None:
        self.stack.setCurrentIndex(step)
        first = (self.file_step.choose, self.columns_step.go_on, self.plan_step.table, None)[step]
        if first is not None and self.isVisible():
            first.setFocus()
        for at, each in enumerate(self._steps):
            each.setObjectName("heading" if at == step else "muted")
            each.style().unpolish(each)
            each.style().polish(each)
        self.set_sentence(
            (
                "选一个花名册：Excel、WPS、CSV 都可以，原文件不会被改动。",
                "看一看每一列对应哪一项，拿不准的可以留空。",
                "",
                "",
            )[step]
        )

    # -- 1: the file -------------------------------------------------------------------

    def open_file(self, stem: str, path: Path) -> None:
        """Read a file on the worker, find the likeliest sheet, match its columns."""
        self.stem = stem
        self.plan_step.forget()

        def work(progress: Progress) -> tuple[Book, int, Matching]:
            from desktop.sheets.importing import match_sheet, open_roster

            progress(0, 1)
            book = open_roster(stem, path)
            sheet = book.likeliest()
            return book, sheet, match_sheet(stem, book.table(sheet))

        Job(self, work, f"读取 {path.name}").then(self._on_opened).start()

    def _on_opened(self, found: tuple[Book, int, Matching]) -> None:
        self._book, self._sheet, matching = found
        self.columns_step.show_book(self.stem, self._book, self._sheet, matching)
        self._show(1)

    def _read_sheet(self, sheet: int) -> None:
        book, stem = self._book, self.stem
        if book is None:
            return

        def work() -> Matching:
            from desktop.sheets.importing import match_sheet

            return match_sheet(stem, book.table(sheet))

        def show(matching: Matching) -> None:
            self._sheet = sheet
            self.plan_step.forget()
            self.columns_step.show_book(stem, book, sheet, matching)

        Read(self, work, "读取工作表").then(show).start()

    # -- 2 and 3: columns and plan ---------------------------------------------------

    def make_plan(self) -> None:
        """Make the plan anew from what is decided now; an answer that comes late is dropped."""
        book, sheet, stem = self._book, self._sheet, self.stem
        if book is None:
            return
        matching, fill = self.columns_step.matching, self.columns_step.fill()
        decisions = self.plan_step.decisions()
        self._asked += 1
        asked = self._asked

        def work() -> Plan:
            from db.importing.drafting import plan
            from db.importing.plan import Options
            from desktop.sheets.importing import remembered_here

            table = book.table(sheet)
            made = plan(stem, table, matching.mapping, Options(fill=fill, **decisions))
            remembered_here().keep(stem, table.header, matching)
            return made

        def show(plan: Plan) -> None:
            if asked != self._asked:
                return
            self._plan = plan
            self.plan_step.show_plan(plan)
            self._show(2)
            self.set_sentence(f"{book.path.name}　{plan.words()}。")

        self.plan_step.wait()
        Read(self, work, "核对各行").then(show).failed(self._on_no_plan).start()

    def _on_no_plan(self, _problem: Exception) -> bool:
        self.plan_step.resume()
        return False  # the window says why

    # -- 4: doing it -------------------------------------------------------------------

    def execute(self) -> None:
        """Write the plan that is on the screen, and nothing else."""
        plan = self._plan
        if plan is None:
            return

        def work(progress: Progress) -> Executed:
            from db.importing.execute import execute

            return execute(plan, progress)

        self.plan_step.wait()
        Job(self, work, f"导入{plan.label}").then(self._on_done).failed(self._on_no_plan).start()

    def _on_done(self, done: Executed) -> None:
        self.plan_step.resume()
        self.done_step.show_result(done)
        self._show(3)
        self.set_sentence(f"{done.plan.words()}。")
        if done.operation is not None:
            self.say(f"已导入{done.plan.label}。", undo=done.operation)

    def _undo(self, operation: int) -> None:
        def work() -> int:
            from db.undo import undo

            return undo(operation)

        def told(_operation: int) -> None:
            self.done_step.show_undone()
            self.say("整次导入已撤销，台账与导入前一样。")

        Read(self, work, "撤销整次导入").then(told).start()

    def _look(self, ids: tuple[int, ...]) -> None:
        self.go(self.stem, ids=ids, words="本次导入的记录")

    # -- sheets out --------------------------------------------------------------------

    def _save_refused(self) -> None:
        plan = self._plan
        if plan is None or not plan.refused:
            return
        path = ask_path(self, f"{plan.label}退回的行.xlsx", "表格 (*.xlsx)")
        if path is None:
            return

        def work(progress: Progress) -> int:
            from desktop.sheets.writer import write_refused

            progress(0, 1)
            return write_refused(path, plan)

        Job(self, work, "保存退回表").then(
            lambda rows: self.say(
                f"{rows:,} 行已存到“{path.name}”，改好后可直接再导入。",
                action=("打开文件夹", partial(reveal, path)),
            )
        ).start()

    def _template(self, stem: str) -> None:
        name = registry.register(stem).label
        path = ask_path(self, f"{name}导入模板.xlsx", "表格 (*.xlsx)")
        if path is None:
            return

        def work(progress: Progress) -> Any:
            from desktop.sheets.exporting import export_template

            progress(0, 1)
            return export_template(stem, path)

        Job(self, work, "空白模板").then(
            lambda _columns: self.say(
                f"模板已保存为“{path.name}”。", action=("打开文件夹", partial(reveal, path))
            )
        ).start()
