"""The import page: a person sees the plan, decides, imports it, and can take it all back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.registers.member import Member
from db.registers.organization import Organization
from desktop.tasks import worker
from desktop.tools import importing as page_module
from desktop.tools.importing import Importing
from desktop.widgets.page import Message, Place
from tests.desktop.sheets import rosters

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def page(qtbot: Any) -> Iterator[Importing]:
    made = Importing()
    qtbot.addWidget(made)
    made.opened(Place("importing", words="member"))
    yield made
    worker().stop()


@pytest.fixture
def wait(qtbot: Any) -> Callable[[], None]:
    def until_idle() -> None:
        qtbot.waitUntil(lambda: worker().idle, timeout=20_000)

    return until_idle


@pytest.fixture
def said(page: Importing) -> list[Message]:
    heard: list[Message] = []
    page.said.connect(heard.append)
    return heard


def roster(tmp_path: Path, people: list[list[Any]]) -> Path:
    return rosters.xlsx(tmp_path / "名册", [["党员花名册"], rosters.HEADER, *people])


def to_plan(page: Importing, path: Path, wait: Callable[[], None]) -> None:
    page.file_step.take(path)
    wait()
    page.columns_step.go_on.click()
    wait()


def test_from_file_to_ledger_and_back(
    page: Importing, tmp_path: Path, wait: Callable[[], None], said: list[Message]
) -> None:
    people = rosters.people(6)
    people[2][3] = 150823195608170036.0
    to_plan(page, roster(tmp_path, people), wait)
    assert page.stack.currentIndex() == 2
    assert Member.select().count() == 0
    assert not page.plan_step.go_on.isEnabled(), "the branch is not decided yet"

    page.plan_step._tick_all(True)
    wait()
    assert page.plan_step.go_on.text() == "导入 5 行"
    assert "退回 1" in page.sentence

    page.plan_step.go_on.click()
    wait()
    assert page.stack.currentIndex() == 3
    assert Member.living().count() == 5
    assert said[-1].undo is not None

    page.done_step._undo.click()
    wait()
    assert Member.living().count() == 0
    assert Organization.living().count() == 0
    assert said[-1].words.startswith("整次导入已撤销")


def test_the_refused_rows_are_saved_where_the_person_says(
    page: Importing,
    tmp_path: Path,
    wait: Callable[[], None],
    said: list[Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = rosters.people(3)
    people[1][1] = ""
    to_plan(page, roster(tmp_path, people), wait)
    page.plan_step._tick_all(True)
    wait()
    target = tmp_path / "退回.xlsx"
    monkeypatch.setattr(page_module, "ask_path", lambda *_: target)
    page.plan_step.save_refused.click()
    wait()
    assert target.exists()
    assert "1 行" in said[-1].words


def test_a_decision_about_a_column_is_kept_for_the_next_time(
    page: Importing, tmp_path: Path, wait: Callable[[], None]
) -> None:
    header = [*rosters.HEADER[:-1], "属哪里"]
    path = rosters.xlsx(tmp_path / "a", [header, *rosters.people(3)])
    page.file_step.take(path)
    wait()
    assert page.columns_step._missing.text()
    box = page.columns_step._boxes[6]
    box.setCurrentIndex(box.findData("organization"))
    page.columns_step._on_choice(6, 0)
    page.columns_step.go_on.click()
    wait()
    page.start_anew()
    page.file_step.take(path)
    wait()
    assert page.columns_step.matching.mapping[6] == "organization"


def test_one_value_may_stand_for_a_missing_column(
    page: Importing, tmp_path: Path, wait: Callable[[], None]
) -> None:
    rows = [[*person[:5], person[6]] for person in rosters.people(2)]
    header = [*rosters.HEADER[:5], rosters.HEADER[6]]
    page.file_step.take(rosters.xlsx(tmp_path / "a", [header, *rows]))
    wait()
    box = page.columns_step._fill["category"]
    box.setCurrentIndex(1)  # type: ignore[union-attr]
    page.columns_step.go_on.click()
    wait()
    page.plan_step._tick_all(True)
    wait()
    page.plan_step.go_on.click()
    wait()
    assert {member.category for member in Member.living()} == {"full"}


def test_a_plan_overtaken_by_a_change_is_not_executed(
    page: Importing, tmp_path: Path, wait: Callable[[], None]
) -> None:
    from tests.factories import make

    refusals: list[object] = []
    worker().unhandled.connect(lambda _task, problem: refusals.append(problem))
    to_plan(page, roster(tmp_path, rosters.people(2)), wait)
    page.plan_step._tick_all(True)
    wait()
    make(Organization, name="红旗村党支部", kind="branch")
    page.plan_step.go_on.click()
    wait()
    assert "重新预览" in str(refusals[-1])
    assert Member.select().count() == 0
    assert page.plan_step.go_on.isEnabled()


def test_chips_show_only_rows_of_their_kind(
    page: Importing, tmp_path: Path, wait: Callable[[], None]
) -> None:
    people = rosters.people(5)
    people[0][3] = ""
    people[1][4] = "1989.13"
    to_plan(page, roster(tmp_path, people), wait)
    page.plan_step._tick_all(True)
    wait()
    for key, count in (("all", 5), ("new", 4), ("refused", 1), ("flagged", 1)):
        page.plan_step._on_chip(key)
        assert page.plan_step.model.rowCount() == count
