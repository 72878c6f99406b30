"""附件 through any weather: files lost, containers damaged, receipts late, copies restored; a few calm rounds
later every file that rows of two offices name is whole at both."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from db.exchange import attached
from db.exchange.carrier import CONTAINER
from db.registers.visit import VisitFile
from tests.offices.conftest import Offices
from tests.offices.desks import ONE, TWO, Desk
from tests.offices.papers import add_photo, missing_of_shared, papers


class Weather:
    """Three desks and one stick, and what happens to them, drawn from one seed."""

    def __init__(self, offices: Offices, seed: int) -> None:
        self.county, self.one, self.two, self.stick = offices
        self.chance = Random(seed)
        self.count = 0
        self.copies: dict[str, bytes] = {}

    def step(self) -> None:
        """One thing happens."""
        town = self.chance.choice([self.one, self.two])
        what = self.chance.choice(
            [self.add, self.add, self.up, self.up, self.down, self.harm, self.lose, self.replace]
        )
        what(town)

    def add(self, town: Desk) -> None:
        self.count += 1
        desk = self.county if self.chance.random() < 0.2 else town
        desk.do(lambda: add_photo(f"照片{self.count}", size=500))

    def replace(self, town: Desk) -> None:
        """A row names another photo, one that another row names too: kept once, named twice."""

        def what() -> None:
            rows = list(VisitFile.select().where(VisitFile.office == town.code))
            if len(rows) > 1:
                one, other = self.chance.sample(rows, 2)
                one.digest = other.digest
                one.save()

        town.do(what)

    def up(self, town: Desk) -> None:
        town.send(self.stick)
        if self.chance.random() < 0.8:
            self.county.receive(self.stick)

    def down(self, town: Desk) -> None:
        self.county.send(self.stick, town.code)
        if self.chance.random() < 0.8:
            town.receive(self.stick)

    def harm(self, town: Desk) -> None:
        """Something on the stick is lost, cut or overwritten."""
        for file in sorted(self.stick.iterdir()):
            how = self.chance.random()
            if file.suffix != CONTAINER or how > 0.5:
                continue
            if how < 0.2:
                file.unlink()
            elif how < 0.35:
                file.write_bytes(file.read_bytes()[: self.chance.randrange(2000)])
            else:
                blob = bytearray(file.read_bytes())
                blob[self.chance.randrange(len(blob))] ^= 1 + self.chance.randrange(255)
                file.write_bytes(bytes(blob))

    def lose(self, town: Desk) -> None:
        """A file that both have is gone from one of them; or an older copy of the rows comes back."""
        if self.chance.random() < 0.4:
            if town.code in self.copies:
                town.restore(self.copies.pop(town.code))
            else:
                self.copies[town.code] = town.copy()
            return
        both = self.county.do(papers).whole & town.do(papers).whole
        desk = self.chance.choice([town, self.county])
        for digest in sorted(both)[:1]:
            (desk.folder / "files" / digest[:2] / digest).unlink()

    def calm(self) -> None:
        """Everybody meets everybody, on a stick without old faults."""
        shutil.rmtree(self.stick)
        self.stick.mkdir()
        for _ in range(4):
            for town in (self.one, self.two):
                town.send(self.stick)
            self.county.receive(self.stick)
            self.county.send(self.stick)
            for town in (self.one, self.two):
                town.receive(self.stick)


@pytest.mark.embedded
@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(n, marks=pytest.mark.slow) for n in range(6, 60))]
)
def test_after_any_weather_every_shared_file_is_whole(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seed: int
) -> None:
    monkeypatch.setattr(attached, "NAMED", 2)
    world = Weather(offices, seed)
    for _ in range(25):
        world.step()
    world.calm()
    seen = {desk.code: desk.do(papers) for desk in (world.county, world.one, world.two)}
    for code in (ONE, TWO):
        assert missing_of_shared(seen[world.county.code], seen[code]) == set()
    for desk in (world.county, world.one, world.two):
        assert seen[desk.code].named == seen[desk.code].whole
    assert seen[world.county.code].named or not world.count
    # Nothing is owed any more: the next packets carry no file.
    for town in (world.one, world.two):
        (sent,) = town.send(world.stick)
        assert sent.enclosed.count == 0
    assert all(sent.enclosed.count == 0 for sent in world.county.send(world.stick))
