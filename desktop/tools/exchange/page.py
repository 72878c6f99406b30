"""交换中心: the page around its parts; finds the stick, runs what takes long, goes back to the overview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QTabWidget

from db import access, backup, office, office_settings
from db.exchange import (
    eject,
    keys,
    overview,
    quarantine,
    receiving,
    sending,
    sides,
    sitting,
    sticks,
)
from db.exchange.carrier import PACKET, RECEIPT
from db.exchange.overview import Station
from db.exchange.received import Received
from db.exchange.sitting import Pile
from db.exchange.sticks import Stick
from db.identity import identity
from desktop.tasks import Job, Progress, Read
from desktop.tools.exchange import township
from desktop.tools.exchange.aside import QuarantineView
from desktop.tools.exchange.county import CountyView
from desktop.tools.exchange.decide import DecideView
from desktop.tools.exchange.enrol import EnrolView
from desktop.tools.exchange.receive import ReceiveView
from desktop.tools.exchange.sent import SentView, Written, slips_of
from desktop.tools.exchange.stick_choice import StickChoice
from desktop.tools.exchange.township import TownshipView
from desktop.tools.exchange.used_sticks import UsedSticks
from desktop.tools.exchange.words import OUTCOMES, counts_words
from desktop.widgets.page import Page, Place

#: Names of the tabs, as a place asks for them by its chip.
OVERVIEW, DECIDE, ASIDE, ENROL, STICKS = "overview", "decide", "aside", "enrol", "sticks"


@dataclass(frozen=True)
class Standing:
    """Everything the page shows at once."""

    county: bool
    stations: list[Station]
    township: township.Seen | None
    numbers: dict[str, int]
    waiting: list[sides.Waiting]
    aside: list[quarantine.Kept]
    used: list[sticks.Kept]


def read() -> Standing:
    """How the exchange stands; runs on the database worker."""
    county = identity().level == "county"
    return Standing(
        county,
        overview.with_files(overview.stations()),
        None if county else township.read(),
        office_settings.numbers(),
        sides.waiting(),
        quarantine.listed(),
        sticks.register(),
    )


class ExchangePage(Page):
    """One page for both levels: what it shows of the others depends on which we are."""

    title = "交换中心"
    section = "数据"
    order = 9150
    help_stem = "exchange"

    def __init__(self) -> None:
        super().__init__()
        self._receive_button = self.add_action("接收", self.receive, meaning="import")
        self._send_button = self.add_action("上报", self.send, meaning="export", primary=True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("交换中心的各项")
        self.township = TownshipView()
        self.county = CountyView()
        self.decide = DecideView()
        self.aside = QuarantineView()
        self.enrol = EnrolView()
        self.used = UsedSticks()
        self._level = QStackedWidget()
        self._level.addWidget(self.township)
        self._level.addWidget(self.county)
        self._tab_names = (OVERVIEW, DECIDE, ASIDE, ENROL, STICKS)
        for widget, words in zip(
            (self._level, self.decide, self.aside, self.enrol, self.used),
            ("概况", "待决定", "隔离", "互认", "U盘"),
            strict=True,
        ):
            self.tabs.addTab(widget, words)
        self.choice = StickChoice()
        self.receive_view = ReceiveView()
        self.sent_view = SentView()
        self.stack = QStackedWidget()
        for part in (self.tabs, self.choice, self.receive_view, self.sent_view):
            self.stack.addWidget(part)
        self.body.addWidget(self.stack, 1)
        self.stack.currentChanged.connect(lambda _at: self._arm())
        self._county = self._known = False
        self._piles: list[Pile] = []
        self._sticks: list[Stick] = []
        self._after: Callable[[list[Stick]], None] = self._look_at
        self._connect()

    def _connect(self) -> None:
        self.choice.asked.connect(lambda: self.stack.setCurrentWidget(self.choice))
        self.choice.chosen.connect(self._on_stick)
        self.choice.gave_up.connect(self.home)
        self.receive_view.execute.connect(self.execute)
        self.receive_view.eject_asked.connect(self.eject)
        self.receive_view.finished.connect(self.home)
        self.sent_view.eject_asked.connect(self.eject)
        self.sent_view.finished.connect(self.home)
        for part in (self.receive_view, self.sent_view, self.township, self.county):
            part.slip_asked.connect(self.print_slip)
        self.township.join_asked.connect(lambda: self._enrol(self.enrol.ask_join))
        self.county.invite_asked.connect(lambda: self._enrol(self.enrol.ask_invite))
        self.county.send_asked.connect(self.send)
        for level in (self.county, self.township):
            level.limit_set.connect(self.refresh)
        self.decide.decided.connect(self.refresh)
        self.aside.changed.connect(self.refresh)
        self.aside.retry_asked.connect(self.retry)
        self.enrol.changed.connect(self.refresh)
        self.enrol.told.connect(lambda words, kind: self.say(words, kind))

    def _enrol(self, step: Callable[[], object]) -> None:
        self.tabs.setCurrentWidget(self.enrol)
        step()

    # -- coming here -------------------------------------------------------------------

    def opened(self, place: Place) -> None:
        """Show how things stand; a place may name a tab or a file to be taken in."""
        if place.chip in self._tab_names:
            self.stack.setCurrentWidget(self.tabs)
            self.tabs.setCurrentIndex(self._tab_names.index(place.chip))
        self.refresh()
        if place.chip == "file":
            self.open_file(Path(place.words))

    def refresh(self, changes: Any = None) -> None:
        """Read again."""
        Read(self, read).then(self._show).start()
        self.enrol.refresh()

    def home(self) -> None:
        """Back to the overview."""
        self._piles, self._sticks = [], []
        self.stack.setCurrentWidget(self.tabs)
        self.refresh()

    def _show(self, seen: Standing) -> None:
        self._county = seen.county
        known = [each for each in seen.stations if each.state == "known"]
        self._send_button.setText(" 全部下发" if seen.county else " 上报")
        self._send_button.setAccessibleName("全部下发" if seen.county else "上报")
        self._known = bool(known)
        self._arm()
        self._level.setCurrentWidget(self.county if seen.county else self.township)
        if seen.county:
            self.county.show_stations(seen.stations, seen.numbers["silent_days"])
        else:
            self.township.show_seen(seen.township)
        asked = sum(each.conflicts for each in seen.stations)
        self.decide.show_waiting(seen.waiting, asked)
        names = {each.office: each.name for each in seen.stations}
        self.aside.show_kept(seen.aside, names, seen.numbers)
        self.used.show_kept(seen.used)
        self.tabs.setTabText(1, f"待决定 {asked}" if asked else "待决定")
        self.tabs.setTabText(2, f"隔离 {len(seen.aside)}" if seen.aside else "隔离")
        self.set_sentence(_sentence(seen, known, asked))

    def _arm(self) -> None:
        """The page's own verbs stand there only while none of them is under way."""
        at_home = self._known and self.stack.currentWidget() is self.tabs
        self._send_button.setVisible(at_home and access.can("export"))
        self._receive_button.setVisible(at_home and access.can("import"))

    # -- the stick ---------------------------------------------------------------------

    def _ask_stick(
        self, heading: str, then: Callable[[list[Stick]], None], *, several: bool = False
    ) -> None:
        self._after = then
        self.choice.ask(heading, several=several, sure=True)

    def _on_stick(self, found: list[Stick]) -> None:
        self.stack.setCurrentWidget(self.tabs)
        self._after(found)

    def eject(self) -> None:
        """Ask the system to let the stick go."""
        found = list(self._sticks)

        def work(progress: Progress) -> list[eject.Ejected]:
            done = []
            for at, stick in enumerate(found):
                progress(at, len(found), "正在退出U盘")
                done.append(eject.eject(stick.volume))
            return done

        def told(done: list[eject.Ejected]) -> None:
            worst = min(done, key=lambda each: each.done)
            self.say(worst.words, "good" if worst.done else "warn")

        if found:
            Job(self, work, "退出U盘").then(told).start()

    def print_slip(self, packet: str) -> None:
        """The control totals of a packet on paper."""
        self.go("preview", words="exchange_slip", chip=f"packet={packet}")

    # -- 上报, 下发 --------------------------------------------------------------------

    def send(self, to: str = "") -> None:
        """Find the stick, write, read back, show the totals."""
        verb = "下发" if self._county else "上报"
        self._ask_stick(f"{verb}：写到哪个U盘", lambda found: self._send_to(found[0], to, verb))

    def _send_to(self, chosen: Stick, to: str, verb: str) -> None:
        may_receive = access.can("import")

        def work(progress: Progress) -> tuple[Stick, list[Written], int]:
            progress(0, 1, "正在看U盘")
            (pile,) = sitting.piles([chosen])
            if may_receive:
                sitting.take_receipts(pile)
            stick, folder = sticks.carry(chosen, verb)
            offices = [to] if to else [peer.office for peer in keys.peers()]
            sent = []
            for at, each in enumerate(offices):
                progress(at, len(offices), f"正在{verb}并回读")
                sent += sending.send(folder, each, _telling(progress, at, len(offices)))
            return stick, slips_of(sent), _not_taken(pile)

        def show(found: tuple[Stick, list[Written], int]) -> None:
            stick, written, left = found
            self._sticks = [stick]
            self.sent_view.show_sent(stick, written)
            self.stack.setCurrentWidget(self.sent_view)
            self.refresh()
            if left:
                self.say(f"U盘上还有 {left} 个给本单位的包没有接收，请接着“接收”。", "note")

        def failed(_problem: Exception) -> bool:
            self.refresh()
            return False

        Job(self, work, verb).then(show).failed(failed).start()

    # -- 接收 --------------------------------------------------------------------------

    def receive(self) -> None:
        """Find the sticks, say what their packets would do."""
        self._ask_stick("接收：从哪个U盘", self._look_at, several=self._county)

    def _look_at(self, found: list[Stick]) -> None:
        self._preview(lambda: sitting.piles(found))

    def open_file(self, path: Path) -> None:
        """A packet, a receipt, an invitation or an answer that was opened by a double click."""
        if path.suffix.lower() not in {PACKET, RECEIPT}:
            self.tabs.setCurrentWidget(self.enrol)
            self.stack.setCurrentWidget(self.tabs)
            self.enrol.take_file(path)
        else:
            self._preview(lambda: [sitting.of_file(path)])

    def _preview(self, find: Callable[[], list[Pile]]) -> None:
        def work(progress: Progress) -> list[Pile]:
            progress(0, 1, "正在看U盘")
            piles = find()
            for pile in piles:
                sitting.take_receipts(pile)
            sitting.preview(piles, progress)
            return piles

        def show(piles: list[Pile]) -> None:
            self._piles, self._sticks = piles, [pile.stick for pile in piles]
            self.receive_view.show_piles(piles, done=False)
            self.stack.setCurrentWidget(self.receive_view)

        Job(self, work, "预览数据包").then(show).start()

    def execute(self, approved: frozenset[str]) -> None:
        """Take in what was previewed; receipts and our packets go back on the same stick."""
        piles, answer = self._piles, self._county

        def work(progress: Progress) -> list[Pile]:
            def watch(done: int, total: int, words: str) -> None:
                # A stop is obeyed between two packets, so that what is done is also told.
                if not progress.cancelled:
                    progress(done, total, words)

            sitting.take_in(
                piles,
                before=_copy_first,
                approve=approved,
                answer=answer,
                watch=watch,
                stop=lambda: progress.cancelled,
            )
            return piles

        def show(done: list[Pile]) -> None:
            self._sticks = [pile.stick for pile in done]
            self.receive_view.show_piles(done, done=True)
            self.refresh()

        Job(self, work, "接收数据包").then(show).start()

    def retry(self, kept: quarantine.Kept, approve: bool) -> None:
        """Try a packet from the quarantine again."""

        def work(progress: Progress) -> Received:
            progress(0, 1, "再接收一次")
            (one,) = receiving.receive(
                [(quarantine.Shelf(kept), kept.packet)],
                before=_copy_first,
                approve={kept.hash} if approve else (),
            )
            return one

        def told(one: Received) -> None:
            if one.outcome == "applied":
                words = f"已接收：{counts_words(one.counts)}。回执在下次写U盘时带给对方。"
            else:
                words = f"{OUTCOMES[one.outcome]}：{one.reason}"
            self.say(words, "good" if one.outcome in {"applied", "same"} else "warn")
            self.refresh()

        Job(self, work, "再接收").then(told).start()

    def unsaved(self) -> str:
        """A preview that was not executed."""
        looking = self.stack.currentWidget() is self.receive_view
        return "数据包还没有接收" if looking and not self.receive_view.is_done else ""


def _copy_first() -> None:
    opened = office.current()
    backup.snapshot(opened.folder, opened.key, "before-receive")


def _telling(progress: Progress, at: int, of: int) -> Callable[[int, int], None]:
    """Say how many attachments are written; the stop is obeyed between two offices."""

    def tell(done: int, total: int) -> None:
        if not progress.cancelled:
            progress(at, of, f"正在写附件 {done:,}/{total:,}")

    return tell


def _not_taken(pile: Pile) -> int:
    """How many packets on a stick are for us and were not taken in; only looked at."""
    if not pile.packets or not access.can("import"):
        return 0
    found = [pair for pair in pile.places if pair[1].lower().endswith(PACKET)]
    us = identity().office_code
    found = [pair for pair in found if not pair[1].startswith(f"{us}_")]
    if not found:
        return 0
    done = receiving.receive(found, dry_run=True)
    return sum(one.outcome in {"applied", "waiting"} and not one.is_old_news for one in done)


def _sentence(seen: Standing, known: list[Station], asked: int) -> str:
    tail = f"，{asked} 件待决定" if asked else ""
    tail += f"，{len(seen.aside)} 个包在隔离" if seen.aside else ""
    if seen.county:
        late = sum(each.overdue for each in known)
        words = f"互认 {len(known)} 个单位"
        words += f"，{late} 个超过 {seen.numbers['silent_days']} 天没有送来" if late else ""
        return words + tail + "。"
    if seen.township is None or seen.township.unsent is None:
        return "与旗县互认以后，在这里上报和接收。"
    total = sum(seen.township.unsent.since_receipt.values())
    words = f"{total:,} 条还没有得到县里的回执" if total else "县里都已接收"
    return words + tail + "。"
