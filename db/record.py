"""The write gate: every register row is made, changed and retired here and nowhere else.

access → checks → row → journal (by trigger) → search entry, in one transaction; notice after commit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import peewee

from db import access, identity, journal, search
from db.columns import Column, columns_of
from db.connection import database, dialect
from db.errors import Fault, Refusal
from db.fields import Structured, Text


def snake(name: str) -> str:
    """CamelCase as snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def table_of(model: type[peewee.Model]) -> str:
    """The register's stem for its root model, stem_detail for the details hanging from it."""
    stem = model.__module__.rpartition(".")[2]
    own = snake(model.__name__)
    return own if own == stem or own.startswith(f"{stem}_") else f"{stem}_{own}"


class Record(peewee.Model):
    """A row of a register: never deleted, only retired with a reason."""

    id = peewee.BigIntegerField(primary_key=True)
    office = Text("所属单位", index=True)
    version = peewee.IntegerField(default=1)
    retired = Text("停用原因", max_length=200)

    if TYPE_CHECKING:
        _meta: Any
        _dirty: set[str]
        __data__: dict[str, Any]

    class Meta:
        database = database
        table_function = table_of
        legacy_table_names = False
        only_save_dirty = True
        #: label, section, order: how the register is called and where it stands;
        #: detail_of: the root model that a detail hangs from; managed: administrators only;
        #: newest_first: rows are happenings, and a list begins with the latest;
        #: travels: "up" = a township's rows go to the county, "both" = the county's rows go to its
        #: townships as well, "" = rows never leave the office; a detail goes as its register does;
        #: service_made: rows come about by a step of the office's work, never by 新增;
        #: follows: the reference whose row's office these rows belong to, whoever that becomes;
        #: stays: of those that follow, (column, mark in its code list) of rows that do not;
        #: on_leaving: (column, value) of a row at the office that it has left;
        #: shown_to: columns that name offices to which the county shows the row as it is;
        #: told_by: columns that together say that a person was entered twice; () = any number of rows is right;
        #: onward: (column, values it only ever leaves, the first of them first): what is further on holds.
        label = ""
        section = ""
        order = 1000
        detail_of = None
        managed = False
        newest_first = False
        service_made = False
        travels = "up"
        follows = ""
        stays = ()
        shown_to = ()
        onward = ()
        told_by = ()
        on_leaving = ()

    # -- what a register says of itself -------------------------------------------------

    def faults(self) -> Iterator[Fault]:
        """Cross-field checks; single fields check themselves."""
        yield from ()

    def warnings(self) -> Iterator[Fault]:
        """What is kept and flagged: every column's flaw, and what a register adds."""
        yield from self.flaws()

    def flaws(self) -> Iterator[Fault]:
        """What each column finds doubtful about its own value."""
        kept = self.__data__
        for field in _doubting(type(self)):
            words = field.flaw(kept.get(field.name))
            if words:
                yield Fault(field.name, words)

    @classmethod
    def implied(cls, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What these values say of other fields (a number tells the birth date), for blank ones."""
        del values
        return {}

    def title(self) -> str:
        """How a person calls this row."""
        for field in columns_of(type(self)):
            if field.searched == "name":
                return str(getattr(self, field.name))
        return f"{type(self)._meta.label} {self.id or ''}".strip()

    def trace(self, office: str) -> Mapping[str, Any]:
        """What an office that this row has left goes on showing of it when its own copy is lost."""
        del office
        return {}

    def subtitle(self) -> str:
        """A few words that tell this row from others of the same title."""
        return ""

    @classmethod
    def living(cls) -> Any:
        """The rows that are not retired."""
        return cls.select().where(cls.retired == "")

    @classmethod
    def stem(cls) -> str:
        """The name of this register or detail in tables, journal and packets."""
        return str(cls._meta.table_name)

    def shown(self, field: Any) -> str:
        """A field as the acting person may see it: private ones are masked without the right."""
        value = getattr(self, field.name)
        if field.private and not access.can("private", self.stem()):
            return str(field.mask(value))
        return str(field.show(value))

    # -- the gate -----------------------------------------------------------------------

    def check(self) -> list[Fault]:
        """Everything that forbids keeping this row; parses each field into its kept form."""
        faults: list[Fault] = []
        for field in columns_of(type(self)):
            attribute = field.object_id_name if _is_key(field) else field.name
            value = getattr(self, attribute)
            try:
                kept = field.settle(value)
            except Refusal as refusal:
                faults.append(Fault(field.name, refusal.message))
                continue
            if kept is not value and kept != value:
                setattr(self, attribute, kept)
        if not faults:
            faults += self.faults()
        return faults

    def save(self, force_insert: bool = False, only: Any = None) -> int:
        """Keep this row; Refusal names each faulty field, or who changed the row meanwhile."""
        del only
        try:
            return self._save(force_insert)
        except (peewee.IntegrityError, peewee.DoesNotExist) as error:
            if isinstance(error, peewee.IntegrityError) and not dialect().points_nowhere(error):
                raise
            raise Refusal(
                "所选的记录已不存在，可能刚刚恢复过备份；您填的内容仍在屏幕上，请重新选择。"
            ) from error

    def _save(self, force_insert: bool) -> int:
        meta = type(self)._meta
        access.require("write", root_stem(type(self)), meta.label)
        self._find_owner()
        faults = self.check()
        if faults:
            raise Refusal.of_faults(faults)
        unsaved: bool = self.__data__.get("id") is None
        fresh = force_insert or unsaved
        verb = "新增" if fresh else "修改"
        if not fresh:
            self._notice_inner_changes()
            if not self.dirty_fields:
                return 0
        with journal.operation(f"{verb}{meta.label}“{self.title()}”") as opened:
            opened.rolled_back.append(self._as_it_stands(unsaved))
            if fresh:
                if unsaved:
                    self.id = identity.next_ids(1)[0]
                super().save(force_insert=True)
            else:
                self._update()
            entry = _entry(type(self), self.id, self.__data__)
            search.index(self.stem(), [entry], people=of_people(type(self)))
        return 1

    def _find_owner(self) -> None:
        """Whose this row is; a township leaves alone what is another office's.

        Rows that follow another row belong to whom that one belongs.
        """
        us = identity.identity()
        above = getattr(self, type(self)._meta.follows, None) if type(self)._meta.follows else None
        if not self.office:
            self.office = us.office_code if above is None else above.office
        owner = self.office if above is None else above.office
        if us.level == "township" and us.office_code not in (owner, self.office):
            whose = self if above is None else above
            raise Refusal(f"“{whose.title()}”已归其他单位（{owner}）管理，本单位只能查看。")

    def _as_it_stands(self, unsaved: bool) -> Callable[[], None]:
        """The way back for this object when what it saves is rolled back: as unsaved as before."""
        version, dirty = self.version, set(self._dirty)

        def take_back() -> None:
            self.__data__["version"] = version
            if unsaved:
                self.__data__.pop("id", None)
                dirty.update(self.__data__)
            self._dirty |= dirty

        return take_back

    def _notice_inner_changes(self) -> None:
        """A list or mapping changed in place is a change too, though nothing was assigned."""
        inner = [f for f in columns_of(type(self)) if isinstance(f, Structured)]
        inner = [f for f in inner if f.name not in self._dirty and f.name in self.__data__]
        if not inner:
            return
        names = ", ".join(f'"{f.column_name}"' for f in inner)
        kept = database.execute_sql(
            f'SELECT {names} FROM "{self.stem()}" WHERE id = ?', (self.id,)
        ).fetchone()
        for field, now in zip(inner, kept or (), strict=bool(kept)):
            if field.db_value(self.__data__[field.name]) != now:
                self._dirty.add(field.name)

    def _update(self) -> None:
        model = type(self)
        data = {f: self.__data__.get(f.name) for f in self.dirty_fields if f.name != "version"}
        seen = self.version
        changed = (
            model.update({**data, model.version: seen + 1})
            .where((model.id == self.id) & (model.version == seen))
            .execute()
        )
        if not changed:
            kept = model.get_or_none(model.id == self.id)
            if kept is None:
                raise Refusal("这条记录已不存在，可能刚刚恢复过备份；您填的内容仍在屏幕上。")
            last = next(iter(journal.history(self.stem(), self.id)), None)
            who = f"{last.person}在 {last.at.replace('T', ' ')} " if last else "其他人"
            raise Refusal(
                f"保存前，{who}刚改过“{kept.title()}”。您填的内容仍在屏幕上，请刷新对照后再保存。"
            )
        self.version = seen + 1
        self._dirty.clear()

    def retire(self, reason: str) -> None:
        """Take this row out of use, with the reason; it stays in history and can come back."""
        kept = type(self).retired.accept(reason)
        if not kept:
            raise Refusal("请写明停用原因。")
        self._refuse_if_leaned_on()
        self._set_retired(kept, "停用")

    def restore(self) -> None:
        """Bring a retired row back into use."""
        self._set_retired("", "恢复")

    def _refuse_if_leaned_on(self) -> None:
        """A row that others of a register stand on, or that stands above others, is still needed.

        Its own details go with it; a reference that may be empty is only a mention.
        """
        own = type(self)._meta.detail_of or type(self)
        for field, model in type(self)._meta.backrefs.items():
            stands_on = model is type(self) or (
                getattr(field, "required", False) and (model._meta.detail_of or model) is not own
            )
            if not stands_on:
                continue
            count = model.living().where(field == self.id).count()
            if count:
                raise Refusal(
                    f"“{self.title()}”名下还有 {count} 条“{model._meta.label}”，不能停用，请先处理它们。"
                )

    def _set_retired(self, reason: str, verb: str) -> None:
        meta = type(self)._meta
        access.require("retire", root_stem(type(self)), meta.label)
        self._find_owner()
        before = self.retired
        with journal.operation(f"{verb}{meta.label}“{self.title()}”", kind="retire") as opened:
            opened.rolled_back.append(lambda: setattr(self, "retired", before))
            opened.rolled_back.append(self._as_it_stands(False))
            self.retired = reason
            self._update()

    def delete_instance(self, *args: Any, **kwargs: Any) -> int:
        """Nothing is ever deleted."""
        raise TypeError("records are retired, not deleted")


_doubting_columns: dict[type[Record], tuple[Any, ...]] = {}


def _doubting(model: type[Record]) -> tuple[Any, ...]:
    """The columns that may find a kept value doubtful: few, and asked for every row."""
    if model not in _doubting_columns:
        _doubting_columns[model] = tuple(
            field for field in columns_of(model) if type(field).flaw is not Column.flaw
        )
    return _doubting_columns[model]


def _is_key(field: Any) -> bool:
    return isinstance(field, peewee.ForeignKeyField)


def root_stem(model: type[Record]) -> str:
    """The register that a record or detail belongs to; rights are given for whole registers."""
    root = model._meta.detail_of or model
    return str(root._meta.table_name)


def searched_columns(model: type[Record]) -> dict[str, list[str]]:
    """The names of the columns that the search box reads, by the way it finds rows by them."""
    kinds: dict[str, list[str]] = {"name": [], "tail": [], "text": []}
    for field in columns_of(model):
        if field.searched:
            kinds[field.searched].append(field.name)
    return kinds


def of_people(model: type[Record]) -> bool:
    """Whether a register is one of people (its rows carry numbers); they stand first when found."""
    return model._meta.detail_of is None and bool(searched_columns(model)["tail"])


def _entry(model: type[Record], row: int, data: Mapping[str, Any]) -> search.Entry:
    kinds = searched_columns(model)
    return search.Entry(
        row,
        tuple(str(data[n]) for n in kinds["name"] if data.get(n)),
        tuple(str(data[n]) for n in kinds["tail"] if data.get(n)),
        tuple(str(data[n]) for n in kinds["text"] if data.get(n)),
    )
