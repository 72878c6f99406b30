"""Every step and how often it happens, of a thousand."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from tests.offices.world import attaching, carrying, going_back, killing, mishaps, rows, transfers
from tests.offices.world.county import World

_OFTEN: dict[Callable[[World], Any], int] = {
    rows.make_branch: 90,
    rows.make_member: 90,
    rows.grant: 30,
    rows.rule: 10,
    rows.edit: 230,
    rows.move: 25,
    rows.retire: 25,
    transfers.record: 60,
    transfers.ask: 40,
    transfers.answer: 30,
    transfers.take_in: 30,
    transfers.leave: 4,
    transfers.arrive: 5,
    transfers.answered: 4,
    attaching.photograph: 25,
    attaching.prove: 15,
    attaching.replace: 10,
    carrying.send: 120,
    carrying.send_to_one: 30,
    carrying.send_to_ill_stick: 30,
    carrying.receive: 110,
    carrying.receive_all: 50,
    carrying.receive_from_ill_stick: 30,
    mishaps.damage: 30,
    mishaps.damage_container: 12,
    mishaps.lose: 20,
    mishaps.lose_container: 8,
    mishaps.rot: 10,
    mishaps.look_through: 6,
    mishaps.find_again: 25,
    rows.decide: 20,
    going_back.back_up: 10,
    going_back.restore: 6,
    going_back.clone: 3,
    going_back.copy_back: 2,
    mishaps.clock: 10,
    killing.kill: 25,
    going_back.program_upgrade: 5,
}
if not hasattr(os, "fork"):
    # On Windows no process is a copy of this one that could be killed.
    del _OFTEN[killing.kill]
STEPS = {step.__name__: step for step in _OFTEN}
WEIGHTS = {step.__name__: often for step, often in _OFTEN.items()}
