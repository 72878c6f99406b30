"""The part of 设置 about the program: its version, updating it from a stick, going one version back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMessageBox, QWidget

from db import access, migrations, release
from db.errors import Refusal
from desktop.tasks import Job, Progress, Read, Write
from desktop.widgets.card import Card
from desktop.widgets.page import Page, button, label
from desktop.widgets.saving import papers_folder

if TYPE_CHECKING:
    from desktop.updating.laying import Plan


def _state() -> tuple[str, str, str]:
    """The schema of the data, why this program is not updated in place, the version before."""
    from desktop.updating import layout

    try:
        program = layout.installed()
        layout.require_writable(program)
        tree = program.before()
    except Refusal as why:
        return str(migrations.schema()), why.message, ""
    return str(migrations.schema()), "", release.stated(tree / "app") if tree else ""


class ProgramCard(Card):
    """Which program this is, and another one in its place."""

    def __init__(self, page: Page) -> None:
        super().__init__("程序")
        self._page = page
        self._version = label("")
        self.row("版本", self._version)
        self._why = label("", "muted", wrap=True)
        self.row("", self._why)
        keys = QWidget()
        line = QHBoxLayout(keys)
        line.setContentsMargins(0, 0, 0, 0)
        self.update_button = button("从U盘升级…", self.choose, meaning="import")
        self.back_button = button("退回上一版…", self.step_back, meaning="restore")
        self.tell_button = button("诊断信息…", lambda: page.go("diagnosis"), meaning="checking")
        for each in (self.update_button, self.back_button, self.tell_button):
            line.addWidget(each)
        line.addStretch(1)
        self.row("", keys)

    def show_now(self) -> None:
        """Show the version and what can be done about it."""
        self._version.setText(release.version())
        for each in (self.update_button, self.back_button):
            each.setVisible(False)
        self._why.setText("")
        Read(self._page, _state).then(lambda found: self._show(*found)).start()

    def _show(self, schema: str, why: str, before: str) -> None:
        self._version.setText(f"争优台账 {release.version()}　数据第 {schema} 版")
        self._why.setText(
            why
            or "升级包（.zytu）由发布单位签名，放在U盘上带来。升级前自动备份，新版本先试运行，"
            "不行就不换；换了以后还能退回。"
        )
        manages = access.can("manage")
        self.update_button.setVisible(manages and not why)
        self.back_button.setVisible(manages and not why and bool(before))
        self.back_button.setText(f" 退回 {before} 版…")
        self.back_button.setAccessibleName(f"退回 {before} 版")

    # -- a newer one -------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for the package."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, "选择升级包", str(papers_folder()), "升级包 (*.zytu)"
        )
        if chosen:
            self.look(Path(chosen))

    def look(self, file: Path) -> None:
        """Verify a package, then ask."""

        def work(progress: Progress) -> Plan:
            from desktop.updating import steps

            return steps.look(file, progress)

        Job(self._page, work, "验证升级包").then(self._ask).start()

    def _ask(self, made: Plan) -> None:
        if self._agreed("升级程序", "\n\n".join(made.sentences), "升级"):
            self.update_to(made)

    def update_to(self, made: Plan) -> None:
        """Carry the update out."""

        def work(progress: Progress) -> None:
            from desktop.updating import steps

            steps.update(made, progress)

        Job(self._page, work, "正在升级").then(
            lambda _done: self._told(f"已升级到 {made.package.version} 版。")
        ).start()

    def _told(self, words: str) -> None:
        self._page.say(
            f"{words}退出程序再打开，用的就是它。", action=("现在退出", self._page.window().close)
        )
        self.show_now()

    # -- one step back -----------------------------------------------------------------

    def step_back(self) -> None:
        """Go to the version before, after a question; with the data when it must be."""
        if self._agreed(
            "退回上一版", f"{self.back_button.text().strip(' …')}？现在的版本会留着。", "退回"
        ):
            self._go_back(with_data=False)

    def _go_back(self, *, with_data: bool) -> None:
        def work() -> str:
            from desktop.updating import steps

            return steps.step_back(with_data=with_data)

        done = self._closed if with_data else self._went_back
        Write(self._page, work).then(done).failed(self._refused).start()

    def _went_back(self, version: Any) -> None:
        self._told(f"已退回 {version} 版。")

    def _closed(self, version: Any) -> None:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("已退回")
        box.setText(f"程序和数据都已退回（{version} 版）。程序现在关闭，请重新打开。")
        box.exec()
        self._page.window().close()

    def _refused(self, problem: Exception) -> bool:
        from desktop.updating.steps import OnlyWithData

        if not isinstance(problem, OnlyWithData):
            return False
        if self._agreed("退回上一版", problem.message, "连数据一起退回"):
            self._go_back(with_data=True)
        return True

    def _agreed(self, title: str, words: str, verb: str) -> bool:
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(title)
        box.setText(words)
        yes = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton("不了", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(no)
        box.exec()
        return box.clickedButton() is yes
