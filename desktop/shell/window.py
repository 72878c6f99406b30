"""The window: the unlock page or the first-run wizard, then the frame; and what stands in for them
when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QStackedWidget

from db import changes
from db.errors import Refusal, Trouble
from desktop import settings, whereabouts
from desktop.shell import placing
from desktop.shell.unlock import UnlockPage
from desktop.tasks import Read, Task, Write, worker
from desktop.theme import look
from desktop.widgets.page import Message

if TYPE_CHECKING:
    from db.access import Person
    from db.identity import Identity
    from desktop.shell.frame import Frame
    from desktop.shell.idle import IdleLock
    from desktop.shell.joining import JoinPage
    from desktop.shell.keeping import HourlyCopy
    from desktop.shell.wizard import Wizard

SETTINGS_FILE = settings.FILE
VAULT_FILE = "vault.json"
TRAINING_FILE = "training-passphrase.txt"


class Window(QMainWindow):
    """One window, one data folder."""

    usable = Signal()  # somebody has unlocked and the first page is there
    locked = Signal()

    went = Signal(object)  # the data folder, when it is another one from now on

    def __init__(self, folder: Path, *, remembers: bool = False) -> None:
        """`remembers`: the folder was not named by hand, so one chosen instead is kept for next time."""
        super().__init__()
        self.setWindowTitle("争优台账")
        self._folder = folder
        self._remembers = remembers
        self._adopts = False
        self._told: Callable[[], None] | None = None
        self._frame: Frame | None = None
        self._to_open: Path | None = None
        self._entered: tuple[Person, str, bool] | None = None
        self._idle: IdleLock | None = None
        self._copies: HourlyCopy | None = None
        self.stack = QStackedWidget()
        self.setCentralWidget(self.stack)
        self.unlock_page = UnlockPage()
        self.unlock_page.opened.connect(self._on_opened)
        self.unlock_page.other.connect(self._choose_folder)
        self.unlock_page.loaded.connect(self._build_ahead)
        self.stack.addWidget(self.unlock_page)
        placing.first(self)
        worker().unhandled.connect(self._on_unhandled)
        worker().changed.connect(self._on_changed)
        worker().submitted.connect(self._on_submitted)
        self._measure = look().measure
        look().changed.connect(self._on_look)

    # -- the folder --------------------------------------------------------------------

    def begin(self) -> None:
        """Ask for the passphrase of the folder, or found an office where there is none."""
        settings.current.load(self._folder / SETTINGS_FILE)
        placing.restore(self)
        if (self._folder / VAULT_FILE).is_file():
            if whereabouts.points_at(self._folder):
                self._adopts = False
            training = (self._folder / TRAINING_FILE).is_file()
            words = ""
            if training:
                words = f"这是训练数据，口令写在 {self._folder / TRAINING_FILE} 里。"
            self.unlock_page.show_folder(self._folder, words)
            self.stack.setCurrentWidget(self.unlock_page)
            return
        self._adopts = self._remembers
        if whereabouts.pointer().exists() and whereabouts.points_at(self._folder):
            self.show_missing()
        else:
            self._first_run()

    def show_missing(self, words: str = "") -> None:
        """The data is not where the pointer says, or the pointer says nothing that can be read."""
        from desktop.shell.missing import MissingPage

        self._adopts = self._remembers
        page = MissingPage()
        page.tell(self._folder, words)
        page.again.connect(self._look_again)
        page.other.connect(self._choose_folder)
        page.fresh.connect(self._first_run)
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

    def _look_again(self) -> None:
        try:
            self.open_folder(whereabouts.data_folder())
        except Refusal as unreadable:
            self.show_missing(unreadable.message)

    def open_folder(self, folder: Path) -> None:
        """Go to another data folder."""
        self._close_office()
        self._settle_in(folder)
        self.begin()

    def _on_moved(self, folder: Path) -> None:
        """The data was moved and is closed; whoever moved it opens it there."""
        # Not while the page that moved it is still in its own slot.
        QTimer.singleShot(0, self, lambda: self._open_moved(folder))

    def _open_moved(self, folder: Path) -> None:
        self.open_folder(folder)
        self.unlock_page.words.setText(
            f"数据已搬到 {folder}，原来的还留着没有删。请输入口令，从新的地方打开。"
        )

    def _settle_in(self, folder: Path) -> None:
        self._folder = folder
        self.went.emit(folder)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "选择数据文件夹", str(self._folder))
        if chosen:
            self.open_folder(Path(chosen))

    def _first_run(self) -> None:
        from desktop.shell.wizard import Wizard

        wizard = Wizard(self._folder)
        wizard.founded.connect(partial(self._on_founded, wizard))
        wizard.existing.connect(self._choose_folder)
        wizard.training.connect(self.open_folder)
        wizard.joining.connect(lambda: self._join(wizard.folder))
        self.stack.addWidget(wizard)
        self.stack.setCurrentWidget(wizard)
        wizard.start()

    def _join(self, folder: Path) -> None:
        from desktop.shell.joining import JoinPage

        page, before = JoinPage(folder), self.stack.currentWidget() or self.unlock_page
        page.joined.connect(lambda person: self._on_founded(page, person, ""))
        page.gave_up.connect(lambda: self.stack.setCurrentWidget(before))
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        page.start()

    def _on_founded(self, asked: Wizard | JoinPage, person: Person, stem: str) -> None:
        if asked.folder != self._folder:
            self._settle_in(asked.folder)
        self._on_opened(person, stem)

    def _remember_folder(self) -> None:
        """Where there was no data before, what was opened now is opened the next time, too."""
        adopts, self._adopts = self._adopts, False
        if adopts and not (self._folder / TRAINING_FILE).is_file():
            try:
                whereabouts.point(self._folder)
            except Trouble as problem:
                self.show_problem(problem)

    # -- unlocked ----------------------------------------------------------------------

    def _on_opened(self, person: Person, stem: str = "") -> None:
        settings.current.load(self._folder / SETTINGS_FILE)
        self._remember_folder()
        if self._told is None:
            # The listener runs on the database thread; the signal brings it over here.
            self._told = changes.listen(worker().changed.emit)
        from db import identity

        training = (self._folder / TRAINING_FILE).is_file()
        Read(self, identity.identity).then(
            lambda found: self._enter(person, found.office_name, training, stem)
        ).start()

    def _enter(self, person: Person, name: str, training: bool, stem: str) -> None:
        from desktop.shell.idle import IdleLock
        from desktop.widgets.page import Place

        frame = self._the_frame()
        self._entered = (person, name, training)
        self._entitle(name, training)
        if stem:
            settings.current["last_page"] = stem
        self.stack.setCurrentWidget(frame)
        frame.begin(person, name, training=training)
        if self._idle is None:
            self._idle = IdleLock(self)
            self._idle.idle.connect(self.lock)
        self._idle.begin(int(settings.current["idle_minutes"]))
        if self._copies is None:
            from desktop.shell.keeping import HourlyCopy

            self._copies = HourlyCopy(self)
        self._copies.begin()
        if person.id == 0:
            frame.messages.show_message(
                Message("您是用恢复码打开的，请到“使用人”页为自己设新口令。", "warn")
            )
            frame.go(Place("account"))
        if self._to_open is not None:
            file, self._to_open = self._to_open, None
            self.open_file(file)
        self.usable.emit()

    def _the_frame(self) -> Frame:
        from desktop.shell.frame import Frame

        if self._frame is None:
            self._frame = Frame()
            self._frame.lock_asked.connect(self.lock)
            self._frame.moved.connect(self._on_moved)
            self.stack.addWidget(self._frame)
        return self._frame

    def _build_ahead(self) -> None:
        """While the passphrase is typed: the frame and the page of the last day, still empty."""
        if self.stack.currentWidget() is self.unlock_page:
            frame = self._the_frame()
            frame.build(str(settings.current["last_page"]))
            frame.resize(self.stack.size())
            # Drawn once where nobody sees it: styles, layout and letters are ready then.
            frame.grab()

    def _on_look(self) -> None:
        """Another text size: what was measured in the old one is laid out anew, at once."""
        if look().measure == self._measure:
            return
        self._measure = look().measure
        if self._frame is not None and self.stack.currentWidget() is self._frame:
            # Not while the page that changed it is still in its own slot.
            QTimer.singleShot(0, self, self._build_again)

    def _build_again(self) -> None:
        old, here = self._frame, self._entered
        if old is None or here is None:
            return
        place = old.here.stem
        self._frame = None
        frame = self._the_frame()
        self.stack.setCurrentWidget(frame)
        old.end()
        self.stack.removeWidget(old)
        old.deleteLater()
        settings.current["last_page"] = place or settings.current["last_page"]
        person, name, training = here
        frame.begin(person, name, training=training)

    @property
    def frame(self) -> Frame | None:
        """The frame with the pages; None before the first unlock."""
        return self._frame

    def lock(self) -> None:
        """Close the data, clear the clipboard, and ask for the passphrase again."""
        if self.stack.currentWidget() is self.unlock_page:
            return
        self._close_office()
        self._entered = None
        QApplication.clipboard().clear()
        self.begin()
        self.locked.emit()

    def _close_office(self) -> None:
        from desktop.shell import leaving

        if self._told is not None:
            self._told()
            self._told = None
        if self._idle is not None:
            self._idle.stop()
        if self._frame is not None:
            self._frame.end()
        if self._copies is not None:
            self._copies.stop()
            Write(self, leaving.copy_and_close).start()
        else:
            Write(self, leaving.close).start()

    # -- what goes wrong ---------------------------------------------------------------

    def _on_unhandled(self, task: Task[Any], problem: Exception) -> None:
        self.show_problem(problem)

    def show_problem(self, problem: BaseException) -> None:
        """Refusal and Trouble into the message bar; anything else is our bug."""
        if isinstance(problem, Refusal):
            self._say(Message(problem.message, "warn"))
        elif isinstance(problem, Trouble):
            self._say(Message(problem.message, "bad", advice=problem.advice))
        else:
            self.show_crash(problem)

    def _say(self, message: Message) -> None:
        if self._frame is not None and self.stack.currentWidget() is self._frame:
            self._frame.messages.show_message(message)
        else:
            self.unlock_page.fault.setText(message.words + message.advice)

    def show_crash(self, problem: BaseException) -> None:
        """The crash page, over everything, with the report already on disk."""
        from desktop.reporting import keep
        from desktop.shell.crash import CrashPage

        page = CrashPage(problem, keep(problem, self._folder if self._folder.is_dir() else None))
        before = self.stack.currentWidget()
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)

        def back() -> None:
            self.stack.setCurrentWidget(before or self.unlock_page)
            self.stack.removeWidget(page)
            page.deleteLater()

        page.go_on.connect(back)
        page.leave.connect(self.close)

    def _on_changed(self, told: changes.Changes) -> None:
        if self._frame is not None:
            self._frame.show_changes(told)
        if "identity" in told.stems:
            from db import identity

            Read(self, identity.identity).then(self._on_renamed).start()

    def _on_renamed(self, found: Identity) -> None:
        if self._entered is not None and self._frame is not None:
            person, _, training = self._entered
            self._entered = (person, found.office_name, training)
            self._frame.sidebar.office.setText(found.office_name)
            self._entitle(found.office_name, training)

    def _entitle(self, name: str, training: bool) -> None:
        self.setWindowTitle(f"{name} — 争优台账" + ("（训练）" if training else ""))

    def _on_submitted(self, task: Task[Any]) -> None:
        if self._frame is not None:
            self._frame.show_busy(task)

    # -- leaving -----------------------------------------------------------------------

    def answer(self, file: Path | None) -> None:
        """A second start of the program: come to the front, and open the file it was given."""
        self.come_up()
        if file is not None:
            self.open_file(file)

    def open_file(self, file: Path) -> None:
        """Take a packet to the exchange centre, now or as soon as somebody has unlocked."""
        if self._frame is not None and self.stack.currentWidget() is self._frame:
            from desktop.widgets.page import Place

            self._frame.go(Place("exchange", words=str(file), chip="file"))
            return
        self._to_open = file
        if self.stack.currentWidget() is self.unlock_page:
            before = self.unlock_page.words.text()
            self.unlock_page.words.setText(f"{before}\n输入口令后打开“{file.name}”。")

    def come_up(self) -> None:
        """Come to the front; a second start of the program asks for it."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt override."""
        from desktop.shell import leaving

        waiting = self._frame.unsaved() if self._frame is not None else []
        if waiting and not leaving.leaves_anyway(self, waiting):
            event.ignore()
            return
        if self._folder.is_dir():
            placing.keep(self)
        if self._told is not None:
            self._told()
            self._told = None
        worker().cancel_jobs()
        self._close_office()
        worker().drain()
        event.accept()
