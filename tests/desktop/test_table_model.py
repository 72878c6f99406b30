"""The table model against Qt's own rules, and against its promise to stay small."""

from __future__ import annotations

import pytest

from db import journal
from db.bulk import insert_rows
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.widgets.listing import Listing, by_sound, shown_columns
from desktop.widgets.table_model import PAGE, PAGES_KEPT, TableModel
from tests.factories import make

COUNT = 5000


@pytest.fixture
def many(office):
    branch = make(Organization, name="大支部", kind="branch")
    with journal.operation("造名册"):
        insert_rows(
            Member,
            ("name", "organization", "category", "born_on"),
            ((f"党员{n:05}", branch.id, "full", f"19{50 + n % 50}-01") for n in range(COUNT)),
        )
    return branch


def test_the_model_keeps_qts_rules(many, settle, qtmodeltester):
    model = TableModel(Listing(Member, shown_columns(Member)[:6]))
    model.ask()
    settle()
    qtmodeltester.check(model)


def test_only_pages_in_view_are_kept(many, settle):
    model = TableModel(Listing(Member, (Member.name, Member.born_on)))
    model.ask()
    settle()
    assert model.rowCount() == COUNT
    for row in range(0, COUNT, PAGE):
        model.data(model.index(row, 0))
    settle()
    assert len(model._pages) <= PAGES_KEPT
    model.data(model.index(COUNT - 1, 0))
    settle()
    assert model.data(model.index(COUNT - 1, 0)) == f"党员{COUNT - 1:05}"


def test_sorting_asks_the_database_and_puts_the_empty_last(office, settle):
    branch = make(Organization, name="支部", kind="branch")
    for name, born in (("赵", "1960"), ("阿", ""), ("李", "1955-06"), ("王", "1955")):
        make(
            Member,
            name=name + "某",
            born_on=born,
            joined_on="",
            confirmed_on="",
            organization=branch,
        )
    model = TableModel(Listing(Member, (Member.name, Member.born_on)))
    names = lambda: [model.data(model.index(row, 0)) for row in range(model.rowCount())]  # noqa: E731
    for column, descending, expected in (
        (1, False, ["王某", "李某", "赵某", "阿某"]),
        (1, True, ["赵某", "李某", "王某", "阿某"]),
        (0, False, ["阿某", "李某", "王某", "赵某"]),
    ):
        from PySide6.QtCore import Qt

        model.sort(
            column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        )
        settle()
        names()
        settle()
        assert names() == expected


def test_everyday_characters_sort_by_sound():
    assert sorted("张王李赵阿白", key=by_sound) == list("阿白李王张赵")


def test_old_words_are_shown_until_the_new_ones_come(office, settle):
    branch = make(Organization, name="支部", kind="branch")
    person = make(Member, name="旧名", organization=branch)
    model = TableModel(Listing(Member, (Member.name,)))
    model.ask()
    settle()
    model.data(model.index(0, 0))
    settle()
    person.name = "新名"
    person.save()
    model.touch(frozenset({person.id}))
    assert model.data(model.index(0, 0)) == "旧名"
    settle()
    model.data(model.index(0, 0))
    settle()
    assert model.data(model.index(0, 0)) == "新名"


def test_texts_asked_for_before_a_new_row_came_do_not_wipe_it(office, settle):
    make(Organization, name="甲支部", kind="branch")
    model = TableModel(Listing(Organization, (Organization.name,)))
    model.ask()
    settle()
    make(Organization, name="乙支部", kind="branch")
    model.touch(frozenset())
    model.data(model.index(0, 0))  # the view paints between the question and its answer
    settle()
    assert [model.data(model.index(row, 0)) for row in range(2)] == ["甲支部", "乙支部"]
