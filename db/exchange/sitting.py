"""One sitting at the desk with one stick or a pile of them: take in what lies there, answer on the same stick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.errors import Refusal, Trouble
from db.exchange import receiving, sending, sticks
from db.exchange.carrier import PACKET, RECEIPT, Carrier, Folder
from db.exchange.received import Received
from db.exchange.sending import Sent
from db.exchange.sticks import Stick

Watch = Callable[[int, int, str], object]


@dataclass(slots=True)
class Pile:
    """What lies on one stick (or in one folder), and what became of it.

    `sent` are the packets that went back on it; `trouble` says why that could not be. `answer`: there
    is a stick that goes back to them, not just a file that somebody opened.
    """

    stick: Stick
    places: list[tuple[Carrier, str]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    trouble: str = ""
    answer: bool = True

    @property
    def packets(self) -> int:
        """How many packets lie there, taken in before or not."""
        return sum(name.lower().endswith(PACKET) for _, name in self.places)


def piles(found: Sequence[Stick]) -> list[Pile]:
    """What lies on these sticks; one that cannot be read says so in its `trouble`."""
    made = []
    for stick in found:
        pile = Pile(stick)
        try:
            pile.places = _places(stick)
        except Trouble as trouble:
            pile.trouble = trouble.message
        made.append(pile)
    return made


def of_file(file: Path) -> Pile:
    """The pile of one packet that was opened by itself."""
    stick = sticks.by_hand(file.parent)
    places = [(Folder(file.parent), file.name), *receiving.containers_beside(file)]
    return Pile(stick, places, answer=stick.ours)


def take_receipts(pile: Pile) -> None:
    """Only the receipts: they change no record, so nobody has to be asked."""
    receiving.receive([pair for pair in pile.places if pair[1].lower().endswith(RECEIPT)])


def preview(pile: Sequence[Pile], watch: Watch) -> None:
    """Say of every packet what it would do; nothing is written anywhere."""
    for one in pile:
        one.received = receiving.receive(one.places, dry_run=True, watch=watch)


def take_in(
    pile: Sequence[Pile],
    *,
    before: Callable[[], object],
    approve: Collection[str] = (),
    answer: bool,
    watch: Watch,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Take in every stick's packets, one transaction each; with `answer` what we have for their senders
    goes back on the same stick.

    A packet or a stick that fails never stops the others.
    """
    backed_up: list[bool] = []

    def once() -> None:
        if not backed_up:
            before()
            backed_up.append(True)

    for one in pile:
        try:
            _find_again(one)
        except Trouble as trouble:
            one.trouble = trouble.message
            for packet in one.received:
                packet.outcome, packet.reason = "left", trouble.message
            continue
        one.received = receiving.receive(
            one.places, before=once, approve=approve, watch=watch, stop=stop
        )
        offices = sorted({r.office for r in one.received if r.outcome in {"applied", "same"}})
        if any(r.outcome == "applied" for r in one.received):
            sticks.note(one.stick, "接收")
        if answer and one.answer and offices and not stop():
            _answer(one, offices, watch)


def _find_again(one: Pile) -> None:
    """The stick may have been pulled and plugged in elsewhere since it was looked at."""
    if not one.stick.id:
        return
    now = sticks.again(one.stick)
    if now.volume.place != one.stick.volume.place:
        one.stick, one.places = now, _places(now)


def _places(stick: Stick) -> list[tuple[Carrier, str]]:
    return [place for f in sticks.folders(stick) for place in receiving.in_folder(f)]


def _answer(one: Pile, offices: Sequence[str], watch: Watch) -> None:
    try:
        one.stick, folder = sticks.carry(one.stick, "接收并下发")
        for at, office in enumerate(offices):
            watch(at, len(offices), "写回给对方的包")
            # Where there is nothing to tell, the receipt is the whole answer.
            if sending.has_something(office):
                one.sent += sending.send(folder, office)
    except (Refusal, Trouble) as problem:
        one.trouble = problem.message
