"""Rating schemes in the register: take a preset over, make a new edition, find what is in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db import journal
from db.errors import Refusal
from db.registers.scheme import Scheme, latest
from db.rules.scheme_presets import Preset, preset, presets
from db.rules.scheme_reading import read_scheme


def adopt(stem: str, valid_from: str = "") -> Scheme:
    """The register's newest edition of a preset; taken over when it is not kept yet."""
    kept = latest(stem)
    return kept if kept is not None else _take(preset(stem), valid_from)


def adopt_all() -> int:
    """Take over every preset that the register does not hold yet; returns how many."""
    missing = [one for one in presets() if latest(one.stem) is None]
    if missing:
        with journal.operation(f"登记预置评定办法 {len(missing)} 个", kind="import"):
            for one in missing:
                _take(one, "")
    return len(missing)


def _take(one: Preset, valid_from: str) -> Scheme:
    made = Scheme(
        code=one.stem,
        name=one.scheme.name,
        edition=1,
        subject=one.scheme.subject.value,
        valid_from=valid_from,
        basis=one.scheme.basis,
        origin=one.stem,
        body=one.body,
    )
    made.save()
    return made


def new_edition(
    old: Scheme, body: Mapping[str, Any], *, valid_from: str = "", notes: str = ""
) -> Scheme:
    """A new edition beside the old one, which stays as it was; Refusal names what does not fit."""
    rules = read_scheme(body)
    if dict(body) == old.body:
        raise Refusal("内容没有变化，不必另存新版。")
    newest = latest(old.code)
    made = Scheme(
        code=old.code,
        name=rules.name,
        edition=(newest.edition if newest else old.edition) + 1,
        subject=rules.subject.value,
        valid_from=valid_from,
        basis=rules.basis,
        origin=old.origin,
        body=dict(body),
        notes=notes,
    )
    with journal.operation(f"“{old.name}”另存为第 {made.edition} 版"):
        made.save()
    return made


def copy_as(old: Scheme, code: str, name: str, body: Mapping[str, Any] | None = None) -> Scheme:
    """A scheme of one's own, made from another."""
    if latest(code) is not None:
        raise Refusal(f"代号“{code}”已被“{latest(code).name}”使用，请换一个。")
    content = {**(body or old.body), "name": name}
    rules = read_scheme(content)
    made = Scheme(
        code=code,
        name=name,
        subject=rules.subject.value,
        basis=rules.basis,
        origin=old.origin or old.code,
        body=content,
    )
    made.save()
    return made
