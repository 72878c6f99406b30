"""Packets and receipts say which program made them, and who runs an older one is told."""

from __future__ import annotations

import pytest

from db import migrations, release
from db.exchange import versions
from tests.offices.desks import ONE, TWO, branch


@pytest.fixture
def running(monkeypatch):
    def run(version: str) -> None:
        monkeypatch.setattr(release, "version", lambda: version)

    return run


def test_a_township_hears_from_the_receipt_that_the_county_is_ahead(offices, running) -> None:
    county, one, stick = offices.county, offices.one, offices.stick
    running("1.2")
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    running("1.3")
    county.receive(stick)
    assert county.do(versions.sentence) == ""
    assert [(seen.office, seen.version) for seen in county.do(versions.older)] == [(ONE, "1.2")]
    running("1.2")
    assert one.do(versions.sentence) == ""
    one.receive(stick)
    assert one.do(versions.sentence) == "旗县用的是 1.3 版，本机是 1.2 版，请升级。"
    running("1.3.0")
    assert one.do(versions.sentence) == ""


def test_the_county_hears_how_many_are_ahead(offices, running, tmp_path) -> None:
    county, one, two, stick = offices.county, offices.one, offices.two, offices.stick
    running("1.10")
    one.send(stick)
    running("1.2")
    county.receive(stick)
    assert county.do(versions.sentence).startswith("白音胡舒苏木党委用的是 1.10 版，本机是 1.2 版")
    running("1.9")
    two.send(stick)
    running("1.2")
    county.receive(stick)
    assert county.do(versions.sentence).startswith("2 个苏木乡镇用的是 1.10 版")
    assert {seen.office for seen in county.do(versions.known)} == {ONE, TWO}


def test_also_a_packet_too_new_to_take_tells_its_version(offices, running, monkeypatch) -> None:
    county, one, stick = offices.county, offices.one, offices.stick
    running("2.0")
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "schema", lambda _file=None: 99)
        one.send(stick)
    running("1.2")
    (done,) = county.receive(stick)
    assert done["outcome"] == "refused"
    assert "升级本机程序" in done["reason"]
    assert "2.0" in county.do(versions.sentence)


def test_a_dry_run_and_an_older_program_say_nothing(offices, running) -> None:
    county, one, stick = offices.county, offices.one, offices.stick
    running("")
    one.send(stick)
    running("1.2")
    county.receive(stick)
    assert county.do(versions.known) == []
    running("1.3")
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    running("1.2")
    county.receive(stick, dry_run=True)
    assert county.do(versions.known) == []


@pytest.mark.parametrize("said", [None, 1, "", "1.3-beta", "一.三", "1.2.3.4.5", ["1"], "1\n2"])
def test_a_version_that_is_none_is_passed_over(offices, said) -> None:
    county = offices.county

    def noted() -> list[versions.Seen]:
        versions.note(ONE, said)
        return versions.known()

    assert county.do(noted) == []
