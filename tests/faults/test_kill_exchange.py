"""Writing to a stick and taking a stick in, killed at any moment: rows 3, 4 and 5 of the fault matrix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import office as offices
from db.connection import database
from db.exchange import container, sending
from db.exchange.carrier import CONTAINER, Folder
from tests.faults import pair
from tests.faults.conftest import LONG_ROUNDS, ROUNDS, Victim, sound
from tests.offices import papers

#: So often a folder is killed before all that it wrote is brought to the other side.
LIVES = 10
LONG = pytest.param(LONG_ROUNDS, marks=pytest.mark.slow)


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> pair.Pair:
    return pair.make(tmp_path_factory.mktemp("pair") / "first")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    offices.close_office()


def come_together(both: pair.Pair) -> None:
    """One calm sitting later both hold the same rows and the township knows it."""
    pair.opened(both.town)
    sending.send(Folder(both.stick))
    pair.opened(both.county)
    done = pair.take_all(both.stick)
    assert {each["outcome"] for each in done} <= {"applied", "same"}, done
    at_county, files = pair.rows(), papers.papers()
    assert files.named == files.whole, "every photo of a visit is whole at the county"
    sound()
    pair.opened(both.town)
    pair.take_all(both.stick)
    assert pair.rows() == at_county, "I4"
    assert {each.state for each in sending.outbox()} == {"received"}, "I8"
    sound()


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_row_03_a_killed_receipt_of_packets_is_whole_packets_or_none(
    first: pair.Pair, tmp_path: Path, victim: Victim, rounds: int
) -> None:
    seen = set()
    for number in range(rounds):
        both = first.again(tmp_path / "round")
        victim.kill_within(0.6, "receive", both.county, str(both.stick))
        told = victim.told(both.county)[1:]
        pair.opened(both.county)
        sound()
        taken = both.states.index(pair.rows())
        assert taken >= len(told), "I1: what was called taken in is not there"
        for receipt in both.stick.glob("*.zytr"):
            assert list(both.names).index(f"{receipt.stem}.zytz") < taken, "I8"
        seen.add(taken)
        if number % LIVES == 0:
            come_together(both)
    assert seen - {0, pair.PACKETS}, "killed only before or after everything"


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_row_05_killed_while_writing_a_stick_nothing_there_is_half(
    first: pair.Pair, tmp_path: Path, victim: Victim, rounds: int
) -> None:
    both = first
    for number in range(rounds):
        if number % LIVES == 0:
            both = first.again(tmp_path / "round")
        offices.close_office()
        victim.kill_within(0.3, "send", both.town, str(both.stick))
        told = victim.told(both.town)[1:]
        pair.opened(both.town)
        sound()
        for name, digest, state in database.execute_sql(
            "SELECT name, hash, state FROM exchange_sent"
        ).fetchall():
            if state == "written" or name in told:
                there = (both.stick / name).read_bytes()
                assert hashlib.sha256(there).hexdigest() == digest, "I8"
        for file in both.stick.glob(f"*{CONTAINER}"):
            with file.open("rb") as stream:
                assert container.is_whole(stream, file.stat().st_size), "a name is whole or absent"
        if number % LIVES == LIVES - 1 or number == rounds - 1:
            come_together(both)


def test_row_04_killed_between_commit_and_receipt_the_packet_is_known_the_next_time(
    first: pair.Pair, tmp_path: Path, victim: Victim
) -> None:
    both = first.again(tmp_path / "round")
    assert victim.run("receive_and_die", both.county, str(both.stick)) == 9
    pair.opened(both.county)
    assert pair.rows() == both.states[1]
    assert not list(both.stick.glob("*.zytr"))
    outcomes = [each["outcome"] for each in pair.take_all(both.stick)]
    assert outcomes == ["same"] + ["applied"] * (pair.PACKETS - 1)
    assert pair.rows() == both.states[-1]
    come_together(both)
