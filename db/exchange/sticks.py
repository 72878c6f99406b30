"""Which of the sticks are ours: known by an id file and the volume's serial, never by letter or path.

A stick of ours has a folder of its own; nothing outside it is written. What lies beside it is warned
of when it could run by itself, and never touched.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db import moment
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import carrier, keys, volumes
from db.exchange.carrier import Folder
from db.exchange.volumes import Volume
from db.identity import identity

_MARK = "zhengyou stick 1"


@dataclass(frozen=True, slots=True)
class Stick:
    """A volume and what its id file says: which stick it is, and of which office.

    `id` is "" for a stick that never carried packets, and for one whose folder was copied from
    another stick. `ours`: this office or one we exchange with made it.
    """

    volume: Volume
    id: str = ""
    office: str = ""
    name: str = ""
    ours: bool = False
    strange: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How people tell it from another, and whose it is."""
        whose = self.name or ("没用过的U盘" if not self.id else self.office)
        return f"{self.volume.words}　{whose}"

    @property
    def folder(self) -> Path:
        """Where its packets lie, whether or not it is there yet."""
        return carrier.own_folder(self.volume.place)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stick in our register."""

    id: str
    serial: str
    label: str
    office: str
    first_at: str
    last_at: str
    last_use: str
    uses: int


def plugged(found: Sequence[Volume] | None = None) -> list[Stick]:
    """Every removable volume, those of ours first."""
    us = identity()
    friends = {us.office_code, *(peer.office for peer in keys.peers())}
    read = [_read(volume, friends) for volume in (volumes.volumes() if found is None else found)]
    return sorted(read, key=lambda each: (not each.ours, not each.id, str(each.volume.place)))


def only(sticks: Sequence[Stick]) -> Stick | None:
    """The one stick to take without asking: the only one of ours; else a person chooses."""
    ours = [each for each in sticks if each.ours]
    return ours[0] if len(ours) == 1 else None


def again(stick: Stick) -> Stick:
    """The same stick wherever it is plugged in now; Trouble when it is not, or is another one."""
    if stick.id:
        for each in plugged():
            if each.id == stick.id:
                return each
    elif stick.volume.place.is_dir():
        (now,) = plugged([volumes.at(stick.volume.place)])
        if not now.id:
            return stick
    raise Trouble(f"刚才的U盘“{stick.volume.words}”不在了。", "请插回同一个U盘再试；数据没有变化。")


def carry(stick: Stick, use: str) -> tuple[Stick, Folder]:
    """Open a stick for writing: its own folder and id file are made when it has none.

    Refusal for another office's stick and for one that is locked against writing, Trouble when it
    is pulled.
    """
    now = again(stick)
    if now.id and not now.ours:
        raise Refusal(f"这是“{now.name or now.office}”的U盘，没有往上写。请换本单位的U盘。")
    if not now.volume.writable:
        raise Refusal(f"“{now.volume.words}”写保护了，请拨开U盘侧面的开关，或换一个U盘。")
    folder = Folder(carrier.make_own_folder(now.volume.place))
    if not now.id:
        us = identity()
        now = Stick(
            now.volume, secrets.token_hex(16), us.office_code, us.office_name, True, now.strange
        )
        said = {
            "mark": _MARK,
            "id": now.id,
            "office": now.office,
            "name": now.name,
            "serial": now.volume.serial,
        }
        folder.write(
            carrier.STICK_ID, json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
        )
    note(now, use)
    return now, folder


def folders(stick: Stick) -> list[Folder]:
    """Where to look for packets on a stick: its own folder, and the top where people copy to."""
    own = carrier.own_folder(stick.volume.place)
    found = [Folder(stick.volume.place)]
    if carrier.is_real_folder(own):
        found.insert(0, Folder(own))
    return found


def by_hand(place: Path) -> Stick:
    """A folder that a person chose, treated like a stick; if it lies on a stick, that stick."""
    for volume in volumes.volumes():
        if place == volume.place or volume.place in place.parents:
            return plugged([volume])[0]
    inside = place.name.upper() == carrier.OWN
    return plugged([volumes.at(place.parent if inside else place)])[0]


def note(stick: Stick, use: str) -> None:
    """Write into the register of sticks that this one was used, for what."""
    if not stick.id:
        return
    now = moment.now()
    with database.atomic():
        database.execute_sql(
            "INSERT INTO exchange_stick (id, serial, label, office, first_at, last_at, last_use, uses)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET serial = excluded.serial,"
            " label = excluded.label, last_at = excluded.last_at, last_use = excluded.last_use,"
            " uses = exchange_stick.uses + 1",
            (stick.id, stick.volume.serial, stick.volume.label, stick.name or stick.office, now,
             now, use),
        )  # fmt: skip


def register() -> list[Kept]:
    """The sticks that were used here, the latest first."""
    return [
        Kept(*row)
        for row in database.execute_sql(
            "SELECT id, serial, label, office, first_at, last_at, last_use, uses"
            " FROM exchange_stick ORDER BY last_at DESC"
        ).fetchall()
    ]


def _read(volume: Volume, friends: set[str]) -> Stick:
    own = carrier.own_folder(volume.place)
    strange = tuple(carrier.strange(volume.place, own))
    try:
        said = json.loads(carrier.read(own / carrier.STICK_ID).decode("utf-8"))
        id_, office, name = (str(said[key]) for key in ("id", "office", "name"))
        serial = str(said["serial"])
    except (Refusal, ValueError, KeyError, TypeError, RecursionError):
        return Stick(volume, strange=strange)
    if serial and volume.serial and serial != volume.serial:
        # The folder of another stick, copied onto this one: it is not that stick.
        return Stick(volume, strange=strange)
    return Stick(volume, id_[:64], office[:12], name[:80], office in friends, strange)
