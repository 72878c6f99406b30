"""Rosters as offices hand them in, and what is planned for their rows."""

from __future__ import annotations

from db.importing.drafting import plan as make_plan
from db.importing.execute import Executed, execute
from db.importing.plan import Options, Plan, PlannedRow
from db.importing.table import Row, Table
from db.rules import id_number

FIELDS = ("name", "id_number", "born_on", "organization", "category", "phone")
HEADER = ("姓名", "身份证号码", "出生年月", "党支部", "类别", "电话")
BRANCH = "哈沙图嘎查党支部"


def number(serial: int, born: str = "19560817") -> str:
    digits = f"150823{born}{serial:03d}"
    return digits + id_number.check_digit(digits)


def person(
    name: object, id_: object = "", born: object = "1956.08", **over: object
) -> list[object]:
    row = {"branch": BRANCH, "category": "正式党员", "phone": ""} | over
    return [name, id_, born, row["branch"], row["category"], row["phone"]]


def table(*rows: list[object], header: tuple[str, ...] = HEADER) -> Table:
    return Table("名册", header, [Row(n, cells) for n, cells in enumerate(rows, start=2)])


def planned(*rows: list[object], **options: object) -> Plan:
    options.setdefault("found", True)
    return make_plan("member", table(*rows), dict(enumerate(FIELDS)), Options(**options))  # type: ignore[arg-type]


def imported(*rows: list[object]) -> Executed:
    return execute(planned(*rows))


def outcomes(plan: Plan) -> list[str]:
    return [row.outcome.value for row in plan.rows]


def only(plan: Plan) -> PlannedRow:
    (row,) = plan.rows
    return row
