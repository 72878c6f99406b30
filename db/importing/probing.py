"""Ask a register's own checks about rows that are not kept yet, without a model object per row."""

from __future__ import annotations

from db.columns import columns_of
from db.errors import Fault
from db.fields import Reference
from db.importing.match import Values
from db.record import Record


class Probe:
    """One object of the model whose values are exchanged row by row."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.fields = columns_of(model)
        self.required = tuple(
            (field.name, field.nothing, field.label) for field in self.fields if field.required
        )
        self._defaults = {
            field.name: field.default() if callable(field.default) else field.default
            for field in self.fields
        }
        self._checks_itself = model.check is not Record.check
        self._own = [
            field.name
            for field in self.fields
            if isinstance(field, Reference) and field.rel_model is model
        ]
        self._defaults.update(id=None, retired="", office="", version=1)
        self._names = {field.name for field in self.fields}
        self._object = model()
        self._made: dict[int, Record] = {}
        """New rows of a register that refers to itself, so that a child sees its parent."""

    def complete(self, values: Values) -> Values:
        """The values of a new row with the defaults of all others."""
        return {**self._defaults, **values}

    def examine(self, whole: Values, row_id: int, given: Values) -> tuple[list[Fault], list[Fault]]:
        """The faults and warnings of a row as it would stand; `row_id` below zero for new rows.

        `given` are the values that differ from what is kept; a row that stays as it is has no
        faults, whatever the rules say of it now.
        """
        record = self._object if not self._own else self.model()
        record.__data__ = whole
        record.__rel__ = {}
        record._dirty = set(given) if row_id > 0 else self._names
        if row_id > 0 or self._own:
            record.__data__ = {**self._defaults, **whole, "id": row_id}
        for name in self._own:
            parent = whole.get(name)
            if parent is not None and parent < 0:
                record.__rel__[name] = self._made.get(parent)
                if record.__rel__[name] is None:
                    # Its row stands further below or is yet to be founded: checked as a top.
                    record.__rel__.pop(name)
                    record.__data__[name] = None
        faults: list[Fault] = []
        if given:
            faults = self._checked(record) if self._checks_itself else list(record.faults())
        if self._own:
            self._made[row_id] = record
        return faults, list(record.warnings())

    def _checked(self, record: Record) -> list[Fault]:
        """A register's own check; references to rows yet to be made are no fault of the row."""
        pending = {
            field.name
            for field in self.fields
            if isinstance(field, Reference) and (record.__data__[field.name] or 0) < 0
        }
        faults = record.check()
        if pending and faults and all(fault.field in pending for fault in faults):
            return list(record.faults())
        return [fault for fault in faults if fault.field not in pending]
