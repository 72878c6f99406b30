"""A county, its townships and the sticks between them, on real databases, moved by one source of chance.

Everything that differs from run to run (ids, moments, incarnations) is drawn from the seed, so the
same seed does the same and leaves the same trace. A step is a method `do_<name>`, found by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from db import access, connection, identity, journal
from db.access import Person, Role
from db.codes import code_list
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import conflict, keys, receiving, sending, shapes
from db.exchange.carrier import Folder
from db.record import Record
from db.registers.fund import Fund, FundBudget
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.visit_rule import VisitRule
from db.rules import id_number
from tests.offices import oracles
from tests.offices.desks import COUNTY, Desk, enrol

#: Fields that are said of, each value once in the world.
SAID: dict[type[Record], tuple[str, ...]] = {
    Organization: ("unit_name", "address", "notes"),
    Member: ("school", "address", "notes"),
    VisitRule: ("document", "notes"),
}
_DIGITS = "甲乙丙丁戊己庚辛壬癸"
#: So many files lie in the drawer; the oldest one is lost first.
DRAWER = 40
_FILE_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir"})


def words(number: int) -> str:
    """A number as a text that any field takes."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


class Clock:
    """The world's time: a second a look, and jumps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8)

    def time(self) -> float:
        self.now += timedelta(seconds=1)
        return max(0.0, (self.now - datetime(1970, 1, 1)).total_seconds())


@contextmanager
def drawn_from(chance: Random, clock: Clock) -> Iterator[None]:
    """All that the program itself draws (moments, incarnations, site numbers) comes from here."""

    class Told(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Told:
            clock.time()
            return cls.fromisoformat(clock.now.isoformat())

    class Drawn:
        @staticmethod
        def uuid4() -> uuid.UUID:
            return uuid.UUID(int=chance.getrandbits(128), version=4)

        @staticmethod
        def randbelow(limit: int) -> int:
            return chance.randrange(limit)

    changed: list[tuple[Any, str, Any]] = []

    def put(module: Any, name: str, value: Any) -> None:
        changed.append((module, name, getattr(module, name)))
        setattr(module, name, value)

    put(journal, "time", clock)
    put(identity, "uuid", Drawn)
    put(identity, "secrets", Drawn)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("db.") and getattr(module, "datetime", None) is datetime:
            put(module, "datetime", Told)
    try:
        yield
    finally:
        for module, name, value in reversed(changed):
            setattr(module, name, value)


class Seat(Desk):
    """A desk whose file stays open between steps: opening it is most of a step's cost."""

    kept: connection.EncryptedDatabase | None = None
    copied = 0

    @contextmanager
    def open(self) -> Iterator[Seat]:
        if self.kept is None:
            self.kept = connection.open_file(self.file, self.key)
        connection.attach(self.kept)
        access.act_as(Person(0, "王管理", Role.ADMIN))
        try:
            yield self
        finally:
            access.act_as(None)
            database.initialize(None)

    def close(self) -> None:
        if self.kept is not None:
            self.kept.close_everywhere()
            self.kept = None

    def copy(self) -> bytes:
        with self.open():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.read_bytes()

    def restore(self, copy: bytes) -> None:
        with self.open():
            beyond = identity.counter()
        self.overwrite(copy)
        with self.open(), database.atomic():
            identity.mint_incarnation(database, beyond)

    def overwrite(self, copy: bytes) -> None:
        """Somebody copies a file over the data by hand; the next one to open it notices the place."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)
        self.file.write_bytes(copy)
        self.copied += 1
        with self.open(), database.atomic():
            identity.sit_down(f"{self.file.parent.name} {self.copied}")


class Stick(Folder):
    """A real folder that is pulled out, torn or forgetful at the call it was told."""

    def __init__(self, place: Path, fails_at: int = 0, how: str = "") -> None:
        super().__init__(place)
        self.left, self.how = fails_at, how

    def _due(self) -> bool:
        self.left -= 1
        return self.left == 0

    def names(self) -> list[str]:
        if self._due():
            raise Trouble("U盘被拔出。", "请重插。")
        return super().names()

    def read(self, name: str) -> bytes:
        if self._due():
            raise Refusal("文件读到一半出错。")
        return super().read(name)

    def write(self, name: str, content: bytes) -> None:
        if not self._due():
            super().write(name, content)
            return
        if self.how == "before":
            raise Trouble("U盘被拔出。", "请重插。")
        super().write(name, content)
        if self.how == "torn":
            os.truncate(self.place / name, len(content) // 2)
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "after":
            raise Trouble("U盘被拔出。", "请重插。")
        if self.how == "forgetful":
            (self.place / name).write_bytes(b"\0" * len(content))


HOW = ("before", "after", "torn", "forgetful")


class World:
    """The offices, their sticks, and what everybody ever said."""

    def __init__(self, root: Path, seed: int, townships: int = 6) -> None:
        self.root = root
        self.chance = Random(seed)
        self.clock = Clock()
        self.trace = hashlib.sha256(f"{seed} {townships}".encode())
        self.serial = 0
        self.steps = 0
        self.did: dict[str, int] = {}
        self.sayings = oracles.Sayings()
        self.copies: list[tuple[str, bytes]] = []
        self.archive: list[tuple[str, bytes]] = []
        self.went_back: set[str] = set()
        self.doubled: set[str] = set()
        self.drawer = root / "drawer"
        self.drawer.mkdir(parents=True)
        with self.ruled():
            self.county = Seat(root / "county", COUNTY, 1, "county")
            self.seats: dict[str, Seat] = {"county": self.county}
            for number in range(1, townships + 1):
                name = f"town{number}"
                self.seats[name] = Seat(root / name, f"{COUNTY}{100 + number}", 10 + number)
                self.seats[name].do(lambda name=name: identity.sit_down(name))
                enrol(self.county, self.seats[name], root)

    @contextmanager
    def ruled(self) -> Iterator[None]:
        """What the program draws by itself is drawn from this world's chance."""
        with drawn_from(self.chance, self.clock):
            yield

    def close(self) -> None:
        for seat in self.seats.values():
            seat.close()

    # -- steps --------------------------------------------------------------------------

    def step(self, name: str) -> Any:
        """Do one thing; its outcome goes into the trace."""
        with self.ruled():
            done = getattr(self, f"do_{name}")()
        self.steps += 1
        self.did[name] = self.did.get(name, 0) + 1
        self.note(name, done)
        return done

    def note(self, *what: Any) -> None:
        line = json.dumps(what, ensure_ascii=False, sort_keys=True, default=str)
        self.trace.update(line.encode() + b"\n")

    def any_seat(self) -> str:
        return self.chance.choice(list(self.seats))

    def any_town(self) -> str:
        return self.chance.choice([name for name in self.seats if name != "county"])

    def next_word(self) -> str:
        self.serial += 1
        return words(self.serial)

    def do_make_branch(self) -> Any:
        name = self.any_town()

        def what() -> Any:
            above = self.living(Organization, self.seats[name].code)
            parent = self.chance.choice(above) if above and self.chance.random() < 0.5 else None
            with suppress(Refusal):
                row = Organization(name=f"{self.next_word()}支部", kind="branch", parent=parent)
                row.save()
                return row.id
            return None

        return name, self.seats[name].do(what)

    def do_make_member(self) -> Any:
        name = self.any_town()

        def what() -> Any:
            branches = self.living(Organization, self.seats[name].code)
            if not branches:
                return None
            # Few numbers, so that the same person is entered at two places.
            serial = self.chance.randrange(60) if self.chance.random() < 0.3 else None
            number = "" if serial is None else id_of(serial)
            row = Member(
                name=f"王{self.next_word()[-3:]}",
                organization=self.chance.choice(branches),
                category="full",
                id_number=number,
            )
            with suppress(Refusal):
                row.save()
                return row.id
            return None

        return name, self.seats[name].do(what)

    def do_grant(self) -> Any:
        name = self.any_town()
        amount = self.chance.randrange(1, 10**9)

        def what() -> Any:
            branches = self.living(Organization, self.seats[name].code)
            if not branches:
                return None
            fund = Fund(name=f"资金{self.next_word()}", kind=code_list("fund_kind").codes[0])
            fund.save()
            budget = FundBudget(
                fund=fund, organization=self.chance.choice(branches), year=2026, amount=amount
            )
            with suppress(Refusal):
                budget.save()
                return budget.id
            return None

        return name, self.seats[name].do(what)

    def do_rule(self) -> Any:
        """The county makes a rule that goes to every township."""

        def what() -> Any:
            self.serial += 1
            year = 1800 + self.serial % 1000
            rule = VisitRule(
                name=f"规定{self.next_word()}", period="month", least_visits=1,
                from_on=f"{year}-01-01", until_on=f"{year}-12-31",
            )  # fmt: skip
            with suppress(Refusal):
                rule.save()
                return rule.id
            return None

        return self.county.do(what)

    def do_edit(self) -> Any:
        name = self.any_seat()
        model = self.chance.choice([Organization, Organization, Member])
        if name == "county" and self.chance.random() < 0.1:
            model = VisitRule
        column = self.chance.choice(SAID[model])
        value = self.next_word()

        def what() -> Any:
            rows = [row.id for row in model.select(model.id).order_by(model.id)]
            if not rows:
                return None
            kept = model.get_by_id(self.chance.choice(rows))
            before = getattr(kept, column)
            setattr(kept, column, value)
            place = (model.stem(), kept.id, column)
            with suppress(Refusal):
                self.sayings.say(place, value, [before])
                kept.save()
                return place, value
            return None

        return name, self.seats[name].do(what)

    def do_move(self) -> Any:
        """A branch is put under another one, at either side: rings come from two right moves."""
        name = self.any_seat()

        def what() -> Any:
            rows = [row.id for row in Organization.living().order_by(Organization.id)]
            if len(rows) < 2:
                return None
            one = Organization.get_by_id(self.chance.choice(rows))
            same = [
                r.id for r in Organization.living() if r.office == one.office and r.id != one.id
            ]
            if not same:
                return None
            one.parent = self.chance.choice(sorted(same))
            with suppress(Refusal):
                one.save()
                return one.id, one.parent_id
            return None

        return name, self.seats[name].do(what)

    def do_retire(self) -> Any:
        name = self.any_seat()
        model = self.chance.choice([Organization, Member])

        def what() -> Any:
            rows = sorted(row.id for row in model.select(model.id))
            if not rows:
                return None
            row = model.get_by_id(self.chance.choice(rows))
            with suppress(Refusal):
                if row.retired:
                    row.restore()
                else:
                    row.retire("撤销")
                return row.id, row.retired
            return None

        return name, self.seats[name].do(what)

    def do_send(self) -> Any:
        name = self.any_seat()
        return name, self.send(name, Stick(self.drawer))

    def do_send_to_one(self) -> Any:
        to = self.any_town()
        return to, self.send("county", Stick(self.drawer), self.seats[to].code)

    def do_send_to_ill_stick(self) -> Any:
        name = self.any_seat()
        stick = Stick(self.drawer, self.chance.randint(1, 4), self.chance.choice(HOW))
        return name, stick.how, self.send(name, stick)

    def send(self, name: str, stick: Stick, to: str = "") -> Any:
        try:
            sent = self.seats[name].do(lambda: sending.send(stick, to))
        except Trouble as trouble:
            return trouble.message
        finally:
            self.collect_new()
        return [(one.office, one.number, one.totals) for one in sent]

    def collect_new(self) -> None:
        """Remember what lies in the drawer, in the order it came; the oldest is lost."""
        known = {name for name, _ in self.archive}
        fresh = [p for p in self.drawer.iterdir() if p.name not in known]
        # Names hold a digest that differs from run to run; the rest of the name does not.
        fresh.sort(key=lambda p: p.name.rsplit("_", 1)[0] + p.suffix)
        self.archive += [(p.name, p.read_bytes()) for p in fresh if p.suffix != ".part"]
        for each in self.lying()[:-DRAWER]:
            (self.drawer / each).unlink()

    def lying(self) -> list[str]:
        return [name for name, _ in self.archive if (self.drawer / name).exists()]

    def do_receive(self) -> Any:
        name = self.any_seat()
        lying = self.lying()
        self.chance.shuffle(lying)
        return name, self.receive(name, Stick(self.drawer), lying[: self.chance.randint(1, 6)])

    def do_receive_all(self) -> Any:
        name = self.any_seat()
        done = self.receive(name, Stick(self.drawer), self.lying())
        seat = self.seats[name]
        before = seat.digest()
        again = seat.do(
            lambda: receiving.receive([(Stick(self.drawer), n) for n in self.lying()], approve=True)
        )
        self.collect_new()
        oracles.repeated(before, seat.digest(), [one.as_json() for one in again])
        return name, done

    def do_receive_from_ill_stick(self) -> Any:
        name = self.any_seat()
        stick = Stick(self.drawer, self.chance.randint(1, 6), self.chance.choice(HOW))
        return name, stick.how, self.receive(name, stick, self.lying())

    def receive(self, name: str, stick: Stick, files: list[str]) -> Any:
        seat = self.seats[name]
        before = seat.do(self.said)
        try:
            done = seat.do(lambda: receiving.receive(_receipts_first(stick, files), approve=True))
        except Trouble as trouble:
            done = None
            words_of = trouble.message
        finally:
            self.collect_new()
        after = seat.do(self.said)
        for place, value in before.items():
            if after[place] != value:
                self.sayings.check_step(place, value, after[place])
        seat.do(oracles.listed)
        if done is None:
            return words_of
        return [[one.office, one.number, one.outcome, one.reason, one.counts] for one in done]

    def do_damage(self) -> Any:
        """A file on the stick is cut, flipped, emptied or doubled."""
        lying = self.lying()
        if not lying:
            return None
        number = self.chance.randrange(len(lying))
        file = self.drawer / lying[number]
        how = self.chance.choice(["cut", "flip", "empty", "copy", "swap"])
        content = bytearray(file.read_bytes())
        if how == "cut":
            file.write_bytes(content[: self.chance.randrange(len(content) + 1)])
        elif how == "flip" and content:
            # Where exactly is not told to the trace: the bytes differ from run to run.
            content[self.chance.randrange(1 << 30) % len(content)] ^= 1 << self.chance.randrange(8)
            file.write_bytes(content)
        elif how == "empty":
            file.write_bytes(b"")
        elif how == "copy":
            self.serial += 1
            twin = self.drawer / f"副本{self.serial:06d}_{file.suffix}"
            twin.write_bytes(content)
            self.collect_new()
        elif how == "swap":
            other = self.drawer / self.chance.choice(lying)
            here, there = file.read_bytes(), other.read_bytes()
            file.write_bytes(there)
            other.write_bytes(here)
        return how, number

    def do_lose(self) -> Any:
        lying = self.lying()
        if not lying:
            return None
        number = self.chance.randrange(len(lying))
        (self.drawer / lying[number]).unlink()
        return number

    def do_find_again(self) -> Any:
        """An old packet or receipt turns up, also from last year."""
        if not self.archive:
            return None
        number = self.chance.randrange(len(self.archive))
        name, content = self.archive[number]
        (self.drawer / name).write_bytes(content)
        return number

    def do_decide(self) -> Any:
        name = self.any_seat()
        return name, self.seats[name].do(lambda: self.decide_some(0.5))

    def decide_some(self, share: float) -> int:
        """Settle open matters in the open office, each with what a person might say."""
        count = 0
        for one in conflict.pending():
            if self.chance.random() > share:
                continue
            take = self.chance.choice(["ours", "theirs"] + ["both"] * (one.kind == "pair"))
            place = (_stem(one), one.row, one.field)
            self.sayings_of_decision(place, one, take)
            with suppress(Refusal):
                conflict.decide(one.id, take)
                count += 1
        return count

    def sayings_of_decision(self, place: oracles.Place, one: conflict.Pending, take: str) -> None:
        if one.kind != "pair":
            stays, goes = (one.ours, one.theirs) if take == "ours" else (one.theirs, one.ours)
            self.sayings.say(place, stays, [goes])

    def do_back_up(self) -> Any:
        name = self.any_seat()
        self.copies.append((name, self.seats[name].copy()))
        return name

    def do_restore(self) -> Any:
        mine = [(name, copy) for name, copy in self.copies if name in self.seats]
        if not mine:
            return None
        name, copy = self.chance.choice(mine)
        self.seats[name].restore(copy)
        self.went_back.add(name)
        return name

    def do_copy_back(self) -> Any:
        """Somebody puts an old copy of the file in place by hand: nothing says that it is a restore."""
        mine = [(name, copy) for name, copy in self.copies if name in self.seats]
        if not mine:
            return None
        name, copy = self.chance.choice(mine)
        self.seats[name].overwrite(copy)
        self.went_back.add(name)
        return name

    def do_clone(self) -> Any:
        """The data folder is copied to a second PC, and both go on being used."""
        name = self.any_town()
        if "second" in name or f"{name} second" in self.seats or len(self.doubled) > 1:
            return None
        first = self.seats[name]
        content = first.copy()
        twin = object.__new__(Seat)
        twin.folder, twin.code, twin.key = self.root / f"{name} second", first.code, first.key
        twin.folder.mkdir(exist_ok=True)
        twin.file = twin.folder / first.file.name
        twin.overwrite(content)
        self.seats[f"{name} second"] = twin
        self.doubled.add(name)
        return name

    def do_clock(self) -> Any:
        """The clock jumps, by years and back."""
        hours = self.chance.randint(-200_000, 200_000)
        self.clock.now = datetime(2026, 3, 1) + timedelta(hours=hours)
        return hours

    def do_kill(self) -> Any:
        """The power goes while somebody saves, sends or receives."""
        name = self.any_seat()
        count = self.chance.randint(1, 60)
        what = self.chance.choice(["send", "receive", "edit"])
        seat = self.seats[name]
        files = self.lying()
        self.chance.shuffle(files)
        value, model = self.next_word(), Organization
        place_of: list[Any] = []

        def edit() -> None:
            row = model.get_by_id(place_of[0][1])
            row.notes = value
            row.save()

        def prepare() -> None:
            rows = sorted(row.id for row in model.select(model.id))
            if rows:
                row = model.get_by_id(self.chance.choice(rows))
                place_of.append((model.stem(), row.id, "notes"))
                self.sayings.say(place_of[0], value, [row.notes])

        seat.do(prepare)
        if what == "edit" and not place_of:
            return None
        works: dict[str, Callable[[], Any]] = {
            "send": lambda: sending.send(Stick(self.drawer)),
            "receive": lambda: receiving.receive(
                _receipts_first(Stick(self.drawer), files[:5]), approve=True
            ),
            "edit": edit,
        }
        before = seat.do(self.said)
        seat.close()
        status = in_child(lambda: seat.do(lambda: dying(count, works[what])))
        assert status in {0, -signal.SIGKILL}, f"the child ended with {status}"
        for part in self.drawer.glob(".*.part"):
            part.unlink()
        self.collect_new()
        seat.do(oracles.chained)
        for place, was in seat.do(self.said).items():
            if place in before and before[place] != was:
                self.sayings.check_step(place, before[place], was)
        return name, what, count, status

    def do_program_upgrade(self) -> Any:
        """Closing and opening again changes nothing."""
        name = self.any_seat()
        before = self.seats[name].digest()
        self.seats[name].close()
        assert self.seats[name].digest() == before
        return name

    # -- what is there ------------------------------------------------------------------

    def living(self, model: Any, office: str) -> list[Any]:
        return list(model.living().where(model.office == office).order_by(model.id))

    def said(self) -> dict[oracles.Place, Any]:
        """Every field that people say things of, in the open office."""
        found: dict[oracles.Place, Any] = {}
        for model, names in SAID.items():
            columns = ", ".join(f'"{n}"' for n in names)
            for row, *values in database.execute_sql(
                f'SELECT id, {columns} FROM "{model.stem()}" ORDER BY id'
            ).fetchall():
                found |= {(model.stem(), row, n): v for n, v in zip(names, values, strict=True)}
        return found

    def known_anywhere(self) -> dict[oracles.Place, set[Any]]:
        """Values that stand at any desk, or in an open conflict of any desk."""
        found: dict[oracles.Place, set[Any]] = {}
        for seat in self.seats.values():
            for place, value in seat.do(self.said).items():
                found.setdefault(place, set()).add(value)
            for one in seat.do(conflict.pending):
                if one.kind == "field" and one.field in _SAID_OF.get(one.register, ()):
                    found.setdefault((_stem(one), one.row, one.field), set()).update(
                        {one.ours, one.theirs}
                    )
        return found

    # -- rest ---------------------------------------------------------------------------

    def rest(self) -> None:
        """Everybody exchanges until nothing moves any more; then every oracle holds."""
        with self.ruled():
            known = self.known_anywhere()
            self.fold_second_pcs()
            towns = [name for name in self.seats if name != "county"]
            for turn in range(8):
                self.exchange_once(turn, towns)
                if turn and self.quiet(towns):
                    break
            self.check_rest(towns, known)
        self.went_back.clear()
        self.note("rest", self.steps, self.county.digest())

    def exchange_once(self, turn: int, towns: list[str], *, decide: bool = True) -> None:
        shelf = self.root / "shelf"
        shelf.mkdir(exist_ok=True)
        for name in towns:
            self.seats[name].do(lambda: sending.send(Folder(shelf)))
        self.receive_shelf("county", shelf)
        if decide:
            self.county.do(lambda: self.decide_some(1.0))
        self.county.do(lambda: sending.send(Folder(shelf)))
        for name in towns:
            self.receive_shelf(name, shelf)
            self.seats[name].do(lambda: self.decide_some(1.0))
        # What the townships answer travels back with the next round.
        for file in shelf.iterdir():
            if not file.name.startswith(f"{COUNTY}_") or file.suffix != ".zytr":
                file.unlink()

    def receive_shelf(self, name: str, shelf: Path) -> None:
        seat = self.seats[name]
        before = seat.do(self.said)
        seat.do(lambda: receiving.receive(receiving.in_folder(Folder(shelf)), approve=True))
        after = seat.do(self.said)
        for place, value in before.items():
            if after[place] != value:
                self.sayings.check_step(place, value, after[place])

    def fold_second_pcs(self) -> None:
        """A second PC tells all it has and is put away; the first one then gets it from the county."""
        for name in sorted(self.doubled):
            for turn in range(6):
                self.exchange_once(turn, [f"{name} second"])
            for turn in range(3):
                self.exchange_once(turn, [name])
            self.seats.pop(f"{name} second").close()
        self.doubled.clear()

    def quiet(self, towns: list[str]) -> bool:
        return all(
            self.county.digest(self.seats[n].code) == self.seats[n].digest(self.seats[n].code)
            and all(
                self.county.digest(COUNTY)[s] == self.seats[n].digest(COUNTY)[s] for s in _SHARED
            )
            for n in towns
        ) and not self.county.do(conflict.pending)

    def check_rest(self, towns: list[str], known: dict[oracles.Place, set[Any]]) -> None:
        county_money = self.county.do(oracles.money)
        at_county = self.county.do(self.said)
        assert self.county.do(conflict.listed) == [], "something still waits"
        for name in towns:
            seat = self.seats[name]
            ours, theirs = (
                each.do(lambda code=seat.code: oracles.every_row(code))
                for each in (self.county, seat)
            )
            assert ours == theirs, f"I4: {name}: {oracles.differing(ours, theirs)}"
            oracles.agree(self.county.digest(seat.code), seat.digest(seat.code))
            ours, theirs = (
                {
                    k: v
                    for k, v in each.do(lambda: oracles.every_row(COUNTY)).items()
                    if k[0] in _SHARED
                }
                for each in (self.county, seat)
            )
            assert ours == theirs, f"I4: {name}: {oracles.differing(ours, theirs)}"
            peer = self.county.do(lambda code=seat.code: keys.known(code))
            seat.do(lambda peer=peer: oracles.chained(peer))
            here = {k: v for k, v in seat.do(oracles.money).items() if k[0] == seat.code}
            assert here == {k: v for k, v in county_money.items() if k[0] == seat.code}, "I9"
            self.check_status(seat, peer)
        self.county.do(oracles.chained)
        for place, values in known.items():
            assert place in at_county, f"I1: row {place} is gone"
            self.sayings.check_rest(place, at_county[place], values)

    def check_status(self, seat: Seat, peer: keys.Peer) -> None:
        """I8, of the packets of the present incarnation."""
        if "county" in self.went_back:
            return
        ours = seat.do(identity.identity).incarnation
        sent = seat.do(
            lambda: database.execute_sql(
                "SELECT number, name FROM exchange_sent WHERE state = 'received' AND incarnation = ?",
                (ours,),
            ).fetchall()
        )
        received = self.county.do(
            lambda: dict(
                database.execute_sql(
                    "SELECT number, hash FROM exchange_received WHERE office = ? AND incarnation = ?",
                    (seat.code, ours),
                ).fetchall()
            )
        )
        oracles.truthful(sent, received, peer.their_number)


_SAID_OF = {model.stem(): names for model, names in SAID.items()}
_SHARED = frozenset({"visit_rule"})


def _stem(one: conflict.Pending) -> str:
    return one.register


def _receipts_first(stick: Stick, files: list[str]) -> list[Any]:
    return [(stick, n) for n in sorted(files, key=lambda n: not n.endswith(".zytr"))]


def id_of(serial: int) -> str:
    """A sound ID number."""
    front = f"15042519600101{serial:03d}"
    return front + id_number.check_digit(front)


def dying(count: int, work: Callable[[], Any]) -> None:
    """Do it, and die at the so-manieth statement or file operation."""
    left = count

    def less() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, _arguments: Any) -> None:
        if event in _FILE_EVENTS:
            less()

    def trace(_cursor: Any, _sql: str, _bindings: Any) -> bool:
        less()
        return True

    database.connection().exec_trace = trace
    sys.addaudithook(watch)
    work()


def in_child(work: Callable[[], Any]) -> int:
    """The exit status of a forked process that does this."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            with suppress(Trouble, Refusal):
                work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


#: How often each thing happens, of a thousand.
WEIGHTS = {
    "make_branch": 90, "make_member": 90, "grant": 30, "rule": 10, "edit": 230, "move": 25,
    "retire": 25, "send": 120, "send_to_one": 30, "send_to_ill_stick": 30, "receive": 110,
    "receive_all": 50, "receive_from_ill_stick": 30, "damage": 30, "lose": 20, "find_again": 25,
    "decide": 20, "back_up": 10, "restore": 6, "clone": 3, "copy_back": 2, "clock": 10, "kill": 25,
    "program_upgrade": 5,
}  # fmt: skip

__all__ = ["WEIGHTS", "World", "shapes"]
