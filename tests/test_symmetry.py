"""Every register against every promise; no register is named here."""

from __future__ import annotations

from importlib import resources

import pytest

from db import access, journal, registry, search
from db.access import Person, Role
from db.columns import columns_of
from db.errors import Refusal
from db.record import Record
from db.undo import undo
from tests.factories import build, make

pytestmark = pytest.mark.both_engines

REGISTERS = registry.registers()
MODELS = [model for register in REGISTERS for model in register.models]


def named(model: type[Record]) -> str:
    return model.stem()


each_register = pytest.mark.parametrize("register", REGISTERS, ids=lambda r: r.stem)
each_model = pytest.mark.parametrize("model", MODELS, ids=named)


@each_register
def test_it_has_a_place_in_the_sidebar_and_a_help_page(register: registry.Register) -> None:
    assert register.label
    assert register.section
    page = resources.files("resources") / "help" / f"{register.stem}.md"
    assert page.is_file(), f"resources/help/{register.stem}.md is missing"
    assert len(page.read_text("utf-8")) > 100


@each_model
def test_every_field_says_what_it_is(model: type[Record]) -> None:
    labels = [field.label for field in columns_of(model)]
    assert all(labels)
    assert len(set(labels)) == len(labels), "two fields of one label"


@each_model
def test_a_row_is_kept_journaled_undone_and_redone(model: type[Record], office: object) -> None:
    row = make(model)
    line = journal.history(model.stem(), row.id)[0]
    assert (line.verb, line.person) == ("I", "管理员")
    assert row.title()
    taken = undo(line.operation)
    assert model.get_by_id(row.id).retired
    undo(taken)
    assert not model.get_by_id(row.id).retired
    assert journal.verify() == []


@each_model
def test_a_kept_row_reads_back_as_it_was_typed(model: type[Record], office: object) -> None:
    row = make(model)
    again = model.get_by_id(row.id)
    for field in columns_of(model):
        assert getattr(again, field.name) == getattr(row, field.name), field.name


@each_model
def test_required_fields_are_refused_by_name(model: type[Record], office: object) -> None:
    required = {f.name for f in columns_of(model) if f.required and f.default == f.nothing}
    if not required:
        return
    with pytest.raises(Refusal) as caught:
        model().save()
    assert {fault.field for fault in caught.value.faults} >= required


@each_model
def test_a_reader_changes_nothing(model: type[Record], office: object) -> None:
    row = build(model)
    with access.acting_as(Person(9, "查阅人", Role.READER)), pytest.raises(Refusal, match="查阅"):
        row.save()


@each_model
def test_what_is_shown_can_be_typed_again(model: type[Record], office: object) -> None:
    row = make(model)
    for field in columns_of(model):
        if hasattr(field, "rel_model") or type(field).__name__ == "Structured":
            continue
        value = getattr(row, field.name)
        assert field.parse(field.show(value)) == value, field.name


@each_register
def test_names_are_found_by_pinyin_and_initials(
    register: registry.Register, office: object
) -> None:
    named_fields = [f for f in columns_of(register.model) if f.searched == "name"]
    if not named_fields:
        return
    row = make(register.model, **{named_fields[0].name: "单小芳"})
    for typed in ("单小芳", "shanxiaofang", "sxf", "小芳"):
        assert (register.stem, row.id) in {(h.stem, h.id) for h in search.query(typed)}, typed
