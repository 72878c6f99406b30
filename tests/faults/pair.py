"""A county and a township as data folders, enrolled, and a stick with a row of packets between them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import journal
from db import office as offices
from db.bulk import insert_rows, update_rows
from db.exchange import digest, enrolment, receiving, sending
from db.exchange.carrier import Folder
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.offices import papers

COUNTY, TOWN = "150823", "150823101"
#: Packets on the stick, and members each of them adds.
PACKETS, ROWS = 6, 60


def opened(folder: Path) -> None:
    """Sit down at one of the two."""
    offices.close_office()
    offices.open_office(folder, PASSPHRASE)


def work(number: int) -> None:
    """A morning's work of the open township: new members, changed ones, a visit with its photo."""
    branch = Organization.living().first()
    with journal.operation("上午录入"):
        ids = insert_rows(
            Member,
            ("name", "organization", "category", "code"),
            [("巴图", branch.id, "full", f"{number}-{n}") for n in range(ROWS)],
        )
        update_rows(Member, ["phone"], [(i, (f"139{number:08d}",)) for i in ids])
        papers.add_photo(f"走访{number}", size=50_000)


def rows() -> str:
    """Everything the open office holds of the township, as one line."""
    return json.dumps(digest.digest(TOWN), sort_keys=True)


@dataclass(frozen=True)
class Pair:
    """`states`: what the county holds after so many packets of the stick, in their order."""

    root: Path
    names: tuple[str, ...]
    states: tuple[str, ...]

    @property
    def county(self) -> Path:
        return self.root / "county"

    @property
    def town(self) -> Path:
        return self.root / "town"

    @property
    def stick(self) -> Path:
        return self.root / "stick"

    def again(self, place: Path) -> Pair:
        """The same as it was at first, somewhere else."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.root, place)
        return Pair(place, self.names, self.states)


def make(root: Path) -> Pair:
    """Found both, enrol them, and write the stick."""
    county, town, stick = root / "county", root / "town", root / "stick"
    stick.mkdir(parents=True)
    letter, answer = root / "letter", root / "answer"
    offices.new_office(county, COUNTY, "某旗委组织部", "county", "管理员", PASSPHRASE, site=1)
    enrolment.invite(TOWN, "某苏木党委", letter)
    offices.close_office()
    offices.new_office(town, TOWN, "某苏木党委", "township", "管理员", PASSPHRASE, site=11)
    enrolment.join(letter, answer)
    Organization(name="甲支部", kind="branch").save()
    offices.close_office()
    opened(county)
    enrolment.admit(answer)
    states, names = [rows()], []
    opened(town)
    for number in range(PACKETS):
        work(number)
        (sent,) = sending.send(Folder(stick))
        names.append(sent.packet)
        states.append(rows())
    offices.close_office()
    return Pair(root, tuple(names), tuple(states))


def take_all(stick: Path) -> list[dict[str, Any]]:
    """The open office takes in whatever lies there, whatever its name."""
    done = receiving.receive(receiving.in_folder(Folder(stick)))
    return [one.as_json() for one in done]
