"""A county and its nine townships in folders beside each other, with a year of packets behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from db import access, attachments, connection, moment
from db.demonstration import PASSPHRASE, PASSPHRASE_FILE, PERSON, Progress, building
from db.demonstration.calendar import TODAY, text
from db.demonstration.keeping import Event
from db.demonstration.pictures import homestead
from db.demonstration.words import stream, words
from db.demonstration.world import world
from db.errors import Refusal
from db.exchange import conflict, enrolment, receiving, sending, transferring
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.visit import Visit, VisitFile

MONTHS = 12
#: So many of the latest visits are photographed before a township comes.
PHOTOGRAPHED = 2
#: Ids of the county begin at one site, those of the townships at the next ones.
FIRST_SITE = 1


class Pocket:
    """A stick that is never plugged in: what was carried last, by name."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def names(self) -> list[str]:
        """What it holds."""
        return sorted(self.files)

    def read(self, name: str) -> bytes:
        """One of its files."""
        return self.files[name]

    def write(self, name: str, content: bytes) -> None:
        """Put a file on it."""
        self.files[name] = content

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[BinaryIO, int]]:
        """A container of attachments; Refusal when there is none."""
        if name not in self.files:
            raise Refusal("文件不在了。")
        yield BytesIO(self.files[name]), len(self.files[name])

    def write_pieces(self, name: str, length: int, pieces: Iterable[bytes]) -> None:
        """Put a container on it."""
        self.files[name] = b"".join(pieces)
        assert len(self.files[name]) == length


@dataclass(slots=True)
class Desk:
    """One office: its folder, and what will still happen in it."""

    folder: Path
    code: str
    name: str
    site: int
    level: str = "township"
    key: bytes = b""
    person: access.Person = access.PROGRAM
    events: Iterator[Event] = field(default_factory=lambda: iter(()))
    next: Event | None = None

    def found(self, secret: str) -> None:
        """An empty office of its own."""
        from db import office

        office.new_office(
            self.folder, self.code, self.name, self.level, PERSON, secret, site=self.site
        )
        self.key, self.person = office.current().key, access.acting()
        office.close_office()
        (self.folder / PASSPHRASE_FILE).write_text(secret + "\n", encoding="utf-8")

    @contextmanager
    def open(self, day: date) -> Iterator[Desk]:
        """Sit down at it on that day."""
        from db.backup import DATABASE

        connection.attach(connection.open_file(self.folder / DATABASE, self.key))
        try:
            with access.acting_as(self.person), moment.told(f"{text(day)}T15:00:00"):
                yield self
        finally:
            connection.detach()

    def live_until(self, day: date) -> None:
        """Everything that happens in the open office up to that day."""
        self.next = self.next or next(self.events, None)
        while self.next is not None and self.next.at[:10] <= text(day):
            building.happen(self.next)
            self.next = next(self.events, None)


def build(
    folder: Path,
    seed: int = 1,
    progress: Progress | None = None,
    *,
    passphrase: str = "",
    today: date = TODAY,
) -> dict[str, Any]:
    """Make the county (`folder`/county) and its townships (`folder`/<code>); returns what is in them.

    `progress` is told (done, of, what). The same seed and day give the same rows in all of them; keys
    and packets are drawn anew. Refusal: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"“{folder}”里已经有东西，请另选一个空文件夹。")
    told: Progress = progress or (lambda _done, _of, _what: None)
    steps = 20 + MONTHS
    desks = _desks(folder, seed, today)
    county, towns = desks[0], desks[1:]
    secret = passphrase or PASSPHRASE
    months = _months(today)
    for at, desk in enumerate(desks):
        told(at, steps, f"{desk.name}：过去的年份")
        desk.found(secret)
        with desk.open(months[0]):
            desk.live_until(months[0])
    told(10, steps, "互认")
    _enrol(county, towns, folder, months[0])
    script = _Script(county, towns, seed)
    receipts: dict[str, bytes] = {}
    for at, day in enumerate(months):
        told(11 + at, steps, f"{day.year}年{day.month}月的上报")
        coming = [t for t in towns if script.comes(t, at)]
        receipts = _month(county, coming, day, at, script, receipts)
    script.leave_open(today)
    told(steps, steps, "完成")
    return {"data": str(folder), "seed": seed, "offices": _summary(desks, today)}


def _desks(folder: Path, seed: int, today: date) -> list[Desk]:
    places, whole = words("places"), world(seed, today)
    county = Desk(
        folder / "county", places["county"]["code"], f"中共{places['county']['name']}委员会组织部",
        FIRST_SITE, "county", events=building.happenings_without_towns(whole),
    )  # fmt: skip
    towns = [
        Desk(
            folder / town["code"], town["code"], f"中共{town['name']}委员会", FIRST_SITE + at,
            events=building.happenings(whole, town["name"]),
        )
        for at, town in enumerate(places["towns"], 1)
    ]  # fmt: skip
    return [county, *towns]


def _months(today: date) -> list[date]:
    """The days on which the townships came: the 20th of every month of the last year."""
    last = today.replace(day=20)
    found = []
    for back in range(MONTHS, -1, -1):
        years, month = divmod(last.month - 1 - back, 12)
        found.append(last.replace(year=last.year + years, month=month + 1))
    return [day for day in found if day <= today]


def _enrol(county: Desk, towns: list[Desk], folder: Path, day: date) -> None:
    letter, answer = folder / "邀请.json", folder / "回答.json"
    for town in towns:
        with county.open(day):
            enrolment.invite(town.code, town.name, letter)
        with town.open(day):
            enrolment.join(letter, answer)
        with county.open(day):
            enrolment.admit(answer)
    letter.unlink()
    answer.unlink()


def _month(
    county: Desk,
    towns: list[Desk],
    day: date,
    at: int,
    script: _Script,
    receipts: dict[str, bytes],
) -> dict[str, bytes]:
    """Everybody sends, the county takes in, decides and sends, everybody takes in.

    `receipts` are those of the month before; the new ones are given back, to come with the next.
    """
    pocket = Pocket()
    pocket.files |= receipts
    for town in towns:
        with town.open(day):
            town.live_until(day)
            script.in_town(town, at, day)
            sending.send(pocket)
    with county.open(day):
        county.live_until(day)
        script.before_packets(at, day)
        receiving.receive(receiving.in_folder(pocket), approve=True)
        script.after_packets(at, day)
        back = Pocket()
        back.files = {n: b for n, b in pocket.files.items() if n.endswith(".zytr")}
        for town in towns:
            sending.send(back, town.code)
    for town in towns:
        with town.open(day):
            receiving.receive(receiving.in_folder(back), approve=True)
            script.taken_in(town, at, day)
    return {name: blob for name, blob in back.files.items() if name.endswith(".zytr")}


class _Script:
    """What happens between the offices in that year, so that every page has something to show."""

    def __init__(self, county: Desk, towns: list[Desk], seed: int) -> None:
        self.county, self.towns, self.seed = county, towns, seed
        #: This one has not come for two months.
        self.absent = towns[-1]
        self.giver, self.taker = towns[0], towns[1]

    def comes(self, town: Desk, at: int) -> bool:
        """Whether a township comes in that month."""
        return town is not self.absent or at < MONTHS - 1

    def in_town(self, town: Desk, at: int, day: date) -> None:
        """Photos of visits; a telephone that changed, in two townships one that the county changes as well."""
        photograph(self.seed, town.code, at)
        if at:
            self._say(town.code, f"0478-32{at:02d}{int(town.code[-2:]):03d}")
        if town is self.giver and at == 5:
            transferring.ask(self._mover(town, 0), self.taker.code, text(day), reason="居住地变动")
        if town is self.giver and at == MONTHS:
            transferring.ask(self._mover(town, 1), self.taker.code, text(day), reason="工作调动")

    def before_packets(self, at: int, day: date) -> None:
        """The county corrects what a township is changing at the same time."""
        del day
        if at in (4, 8):
            self._say(self.towns[2 + at // 4].code, f"0478-5{at:02d}6000")
        if at == MONTHS:
            self._say(self.towns[2].code, "0478-5126000")

    def after_packets(self, at: int, day: date) -> None:
        """Conflicts are decided, all but the last one; the county approves one transfer."""
        if at < MONTHS:
            for at_conflict, one in enumerate(conflict.pending()):
                if one.kind == "pair":
                    conflict.decide(one.id, "both")
                else:
                    conflict.decide(one.id, "theirs" if at_conflict % 2 == 0 else "ours")
            for asked in transferring.asked():
                transferring.approve(asked, text(day))

    def taken_in(self, town: Desk, at: int, day: date) -> None:
        """The township puts who came into a branch."""
        del at
        if town is self.taker:
            branches = Organization.living().where(
                Organization.office == town.code,
                Organization.kind == "branch",
                Organization.status == "active",
            )
            for one in transferring.waiting():
                branch = branches.order_by(Organization.id).first()
                transferring.accept(one, branch, text(day), PERSON)

    def leave_open(self, today: date) -> None:
        """What is under way today: work in the townships that has not been sent yet."""
        for desk in (self.county, *self.towns):
            with desk.open(today):
                desk.live_until(today)

    def _say(self, office: str, phone: str) -> None:
        one = (
            Organization.living()
            .where(Organization.office == office, Organization.township == 1)
            .order_by(Organization.id)
            .first()
        )
        if one is not None and one.phone != phone:
            one.phone = phone
            one.save()

    def _mover(self, town: Desk, which: int) -> Member:
        found = (
            Member.living()
            .where(
                Member.office == town.code, Member.standing == "normal",
                Member.category == "full", Member.id_number != "", Member.confirmed_on != "",
            )
            .order_by(Member.id)
        )  # fmt: skip
        moved: Member = found[40 + which]
        return moved


def photograph(seed: int, town: str, at: int) -> None:
    """The latest visits of the open township that have no photo yet get one each."""
    rng = stream(seed, f"photos {town} {at}")
    bare = (
        Visit.living()
        .where(
            Visit.office == town,
            Visit.id.not_in(VisitFile.select(VisitFile.visit)),
        )
        .order_by(Visit.from_on.desc(), Visit.id.desc())
        .limit(PHOTOGRAPHED)
    )
    for number, visit in enumerate(list(bare), 1):
        picture = homestead(rng)
        VisitFile(
            visit=visit, digest=attachments.kept().put(picture), size=len(picture),
            file_name=f"走访{visit.from_on}-{number}.png", words=f"{visit.place}走访",
        ).save()  # fmt: skip


def _summary(desks: list[Desk], today: date) -> list[dict[str, Any]]:
    found = []
    for desk in desks:
        with desk.open(today):
            rows = building.counts()
        found.append(
            {"office": desk.code, "name": desk.name, "data": str(desk.folder), "rows": rows}
        )
    return found
