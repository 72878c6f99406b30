"""Import a roster file in one go, as the command line and the import page do it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from db import office, registry
from db.importing.drafting import plan as make_plan
from db.importing.execute import execute
from db.importing.plan import Options, Plan, as_json
from db.importing.table import Table
from desktop.sheets.columns import Matching, known_headings, match_columns
from desktop.sheets.reader import Book, open_book
from desktop.sheets.remembered import RememberedFile
from desktop.sheets.writer import write_refused


def remembered_here() -> RememberedFile:
    """The column decisions of the office that is open."""
    return RememberedFile(office.current().folder / "import-columns.json")


def open_roster(stem: str, path: str | Path) -> Book:
    """Open a file with the headings of this register in mind."""
    return open_book(path, known_headings(registry.register(stem).model))


def match_sheet(stem: str, table: Table) -> Matching:
    """The columns of a roster, with what was decided for these headings before."""
    known = remembered_here().recall(stem, table.header)
    return match_columns(table, registry.register(stem).model, known)


def plan_file(
    stem: str,
    path: str | Path,
    options: Options | None = None,
    *,
    sheet: int | str | None = None,
) -> tuple[Plan, Matching]:
    """Read a file, match its columns and make the plan; writes nothing."""
    table = open_roster(stem, path).table(sheet)
    matching = match_sheet(stem, table)
    return make_plan(stem, table, matching.mapping, options), matching


def run_import(
    register: str,
    path: str | Path,
    dry_run: bool = False,
    found_organizations: bool = False,
    refused_path: str | Path | None = None,
) -> dict[str, Any]:
    """Import a roster: plan, and unless `dry_run` execute exactly that plan.

    Returns {"new", "changed", "same", "refused", "rows": [{"row", "outcome", "column", "reason"}]};
    the four counts add up to the data rows of the file. Refused rows are written to `refused_path`
    when it is given and there are any. Raises Refusal when nothing of the file can be imported.
    """
    registry.asked(register)
    options = Options(found=found_organizations)
    plan, _matching = plan_file(register, path, options)
    if not dry_run:
        execute(plan)
    if refused_path is not None and plan.refused:
        write_refused(refused_path, plan)
    return as_json(plan)
