"""From records to a finished PDF: one subject after the other, with progress, or a refusal.

Nothing is printed with a character that no face has: the person gets the names and characters
first, and may then print with a gap to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import Fault, Refusal, Trouble
from desktop.typeset.fonts import Library, library, own_folder
from desktop.typeset.form import Form, Options, form
from desktop.typeset.press import Missing, Press
from desktop.typeset.sheet import Overflow, Sheet
from desktop.typeset.values import public

Progress = Callable[[int, int, str], object]
"""`progress(done, total, words)`; it stops the print by raising."""


@dataclass(frozen=True)
class Rendered:
    """A finished print and what a person should know about it."""

    pdf: bytes
    pages: int
    missing: tuple[Missing, ...] = ()
    overflow: tuple[Overflow, ...] = ()


class MissingGlyphs(Refusal):
    """Characters that cannot be printed, by name and character."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        listed = "；".join(map(str, self.missing[:8]))
        more = f"等 {len(self.missing)} 处" if len(self.missing) > 8 else ""
        super().__init__(
            f"字库里没有这些字：{listed}{more}。没有打印；"
            f"可以留空打印后手写，或把含有这些字的字体文件放进“{own_folder()}”后重新打开程序。",
            [Fault("", str(one)) for one in self.missing],
        )


def render(
    sheet_form: Form,
    records: Iterable[Any],
    options: Mapping[str, object] | None = None,
    *,
    progress: Progress | None = None,
    faces: Library | None = None,
    gaps: bool = False,
    invariant: bool = False,
) -> Rendered:
    """Set a form for these records.

    Raises MissingGlyphs unless `gaps` allows to leave room for what cannot be printed. Whatever
    `progress` raises stops the work and leaves nothing behind.
    """
    chosen = Options(sheet_form.offered(), options)
    subjects = sheet_form.select(list(records), chosen)
    press = Press(faces or library(), sheet_form.title, invariant=invariant)
    overflow: list[Overflow] = []
    total = len(subjects)
    for done, subject in enumerate(subjects):
        name = sheet_form.named(subject)
        if progress is not None:
            progress(done, total, name)
        sheet = Sheet(
            press,
            sheet_form.paper,
            subject=name if total > 1 or not sheet_form.gathers else "",
            mark=sheet_form.mark(subject),
            reprint=bool(chosen.get("reprint", False)),
            blank="—" if chosen.get("blank", False) else "",
            posted=sheet_form.posted,
            overflow=overflow,
        )
        given = public(subject) if sheet_form.posted else subject
        sheet_form.compose(sheet, given, chosen)
        sheet.finish()
    if progress is not None:
        progress(total, total, "")
    if press.missing and not gaps:
        raise MissingGlyphs(tuple(press.missing))
    if not press.pages:
        raise Refusal("没有可打印的内容：没有选中任何记录。")
    pages = press.pages
    return Rendered(press.close(), pages, tuple(press.missing), tuple(overflow))


def check_glyphs(
    sheet_form: Form,
    records: Iterable[Any],
    options: Mapping[str, object] | None = None,
    faces: Library | None = None,
) -> list[Missing]:
    """What cannot be printed, before printing."""
    return list(render(sheet_form, records, options, faces=faces, gaps=True).missing)


def chosen_records(
    sheet_form: Form, ids: Sequence[int] | None = None, organization: str = ""
) -> list[Any]:
    """Records for a form: these ids in this order, or all living ones, of one organization."""
    model = sheet_form.of
    if model is None:
        return []
    if ids:
        rows = {
            row.id: row for part in _parts(ids) for row in model.select().where(model.id << part)
        }
        lost = [str(id_) for id_ in ids if id_ not in rows]
        if lost:
            raise Refusal(f"没有编号为 {'、'.join(lost)} 的记录。")
        return [rows[id_] for id_ in ids]
    query = sheet_form.usual(model.living())
    if organization:
        query = _within(model, query, organization)
    return list(query)


def print_selection(
    form_id: str,
    path: Path | str,
    *,
    ids: Sequence[int] | None = None,
    organization: str = "",
    options: Mapping[str, object] | None = None,
    progress: Progress | None = None,
    gaps: bool = False,
    faces: Library | None = None,
) -> dict[str, Any]:
    """Print a form for a selection into a file; what was printed, in plain values.

    The file appears only when it is whole. Refusal without the right to print.
    """
    from db import access

    sheet_form = form(form_id)
    access.require("print", sheet_form.register)
    records = chosen_records(sheet_form, ids, organization)
    rendered = render(sheet_form, records, options, progress=progress, gaps=gaps, faces=faces)
    write(Path(path), rendered.pdf)
    return {
        "file": str(path),
        "pages": rendered.pages,
        "missing": [str(one) for one in rendered.missing],
        "overflow": [str(one) for one in rendered.overflow],
    }


def write(path: Path, pdf: bytes) -> None:
    """Write a PDF so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(pdf)
        part.replace(path)
    except OSError as failure:
        part.unlink(missing_ok=True)
        raise Trouble(
            f"没能写入“{path}”（{failure.strerror}）。",
            "请换一个文件夹，或先关闭正打开的同名文件。",
        ) from failure


def _parts(ids: Sequence[int], size: int = 500) -> Iterable[list[int]]:
    return ([*ids[at : at + size]] for at in range(0, len(ids), size))


def _within(model: Any, query: Any, organization: str) -> Any:
    """Only what belongs to an organization or one below it."""
    from db.organizing import below
    from db.registers.organization import Organization

    tops = [
        row.id
        for row in Organization.living().where(
            (Organization.name == organization)
            | (Organization.short_name == organization)
            | (Organization.code == organization)
        )
    ]
    if not tops:
        raise Refusal(f"没有名为“{organization}”的党组织。")
    wanted = [id_ for top in tops for id_ in below(top)]
    if model is Organization:
        return query.where(model.id << wanted)
    if "organization" not in model._meta.fields:
        raise Refusal("这张表不能按党组织挑选。")
    return query.where(model.organization << wanted)
