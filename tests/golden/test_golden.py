"""The sheets as they were last looked at: every text and its place, to the millimetre.

After a wanted change: look at the pages, then `REWRITE_GOLDEN=1 pytest tests/golden`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import dates
from desktop.typeset.form import form
from desktop.typeset.printing import render
from tests.desktop.typeset.reading import rows, texts, wheel_only
from tests.golden import sheets

HERE = Path(__file__).parent
NEAR = 1.0
"""How far a line may have moved, mm."""

CASES = {
    "member_roster": lambda: list(Member.living()),
    "member_register": lambda: [Member.get(Member.name == "乌云其其格")],
    "member_extract": lambda: [Member.get(Member.name == "马玉兰")],
    "organization_register": lambda: [Organization.get(Organization.kind == "branch")],
}


def described(pdf: bytes) -> list[str]:
    lines = []
    for page in range(len(texts(pdf))):
        lines.append(f"page {page + 1}")
        lines += [f"{y:6.1f} {x:6.1f} {text}" for y, x, text in rows(pdf, page)]
    return lines


@pytest.mark.parametrize("sheet", CASES)
def test_a_sheet_is_as_it_was_looked_at(sheet, office, monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: sheets.TODAY)
    sheets.branch()
    done = render(form(sheet), CASES[sheet](), faces=wheel_only(), invariant=True)
    assert not done.overflow
    now = described(done.pdf)
    kept = HERE / f"{sheet}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        kept.write_text("\n".join(now) + "\n", "utf-8")
    then = kept.read_text("utf-8").splitlines()
    assert [line[14:] for line in now] == [line[14:] for line in then]
    for line, old in zip(now, then, strict=True):
        if not line.startswith("page"):
            assert float(line[:6]) == pytest.approx(float(old[:6]), abs=NEAR), line
            assert float(line[6:13]) == pytest.approx(float(old[6:13]), abs=NEAR), line
