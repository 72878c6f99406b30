"""Every sheet against every promise; no sheet is named here."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from db import registry
from db.columns import columns_of
from db.errors import Refusal
from db.fields import Choice, Flag, Number, PartialDate, Reference, Structured
from db.fields import IdNumber as Id
from desktop.typeset.fonts import Role, library
from desktop.typeset.form import Form, Options, forms
from desktop.typeset.paper import MM
from desktop.typeset.printing import Rendered, render
from tests.desktop.typeset.reading import characters, texts, wheel_only
from tests.factories import build, make

#: A sheet about no record brings its own tests.
each_form = pytest.mark.parametrize(
    "sheet", [form for form in forms() if form.of is not None], ids=lambda form: form.id
)
SECRET = "机密不得张贴"


def family(model: Any, **over: Any) -> Any:
    """A row of a register with one row of each of its details, all hanging together."""
    root = make(model, **over)
    made: dict[Any, Any] = {model: root}
    for detail in registry.register(registry.stem_of(model)).details:
        if detail is model:
            continue
        ways: dict[str, Any] = {}
        for field in columns_of(detail):
            kin = made.get(getattr(field, "rel_model", None))
            if kin is not None and kin not in ways.values():
                ways[field.name] = kin
        with suppress(Refusal):  # a detail that takes more than one kin of a kind
            made[detail] = make(detail, **ways)
    return root


def filled(model: Any, text: str) -> dict[str, Any]:
    """The longest each plain text column takes."""
    skipped = (Choice, Flag, Number, PartialDate, Reference, Structured, Id)
    over = {}
    for field in columns_of(model):
        longest = getattr(field, "max_length", None)
        if isinstance(field, skipped) or not longest or field.name in {"code", "phone", "landline"}:
            continue
        if type(field).__name__ == "Text":
            over[field.name] = (text * longest)[: min(longest, 400)]
    return over


def inside(done: Rendered) -> None:
    """No text beyond the edges of any page."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(done.pdf)
    sizes = [(page.get_width() / MM, page.get_height() / MM) for page in document]
    document.close()
    for number, (width, height) in enumerate(sizes):
        for one in characters(done.pdf, number):
            assert one.left > 4, one
            assert one.right < width - 4, one
            assert one.top > 2, one
            assert one.bottom < height - 4, one


@each_form
def test_it_says_what_it_is(sheet: Form) -> None:
    assert sheet.title
    assert sheet.id.startswith(sheet.register)
    assert type(sheet).__doc__


@each_form
def test_a_plain_record_is_printed(sheet: Form, office: object) -> None:
    done = render(sheet, [family(sheet.of)], faces=wheel_only())
    assert done.pages
    assert not done.missing
    inside(done)


@each_form
def test_a_record_with_little_in_it_is_printed(sheet: Form, office: object) -> None:
    root = build(sheet.of)
    for field in columns_of(sheet.of):
        if not field.required and not isinstance(field, (Reference, Structured)):
            setattr(root, field.name, field.default if field.default is not None else field.nothing)
    root.save()
    inside(render(sheet, [root], faces=wheel_only()))


@each_form
def test_overlong_texts_stay_on_the_paper(sheet: Form, office: object) -> None:
    root = family(sheet.of, **filled(sheet.of, "长得很的内容，"))
    inside(render(sheet, [root], faces=wheel_only()))


@each_form
def test_rare_names_are_printed(sheet: Form, office: object) -> None:
    if "hana-b.ttf.zst" not in {face.path.name for face in library().chain(Role.FANG).faces}:
        pytest.skip("the app's own faces are not built here")
    over = {"name": "王㛃䶮𬭚𠅤𬀪𫖮"} if "name" in sheet.of._meta.fields else {}
    done = render(sheet, [family(sheet.of, **over)])
    assert not done.missing


@each_form
def test_the_same_records_give_the_same_bytes(sheet: Form, office: object) -> None:
    rows = [family(sheet.of)]
    first, second = (render(sheet, rows, faces=wheel_only(), invariant=True).pdf for _ in "ab")
    assert first == second


@pytest.mark.parametrize("sheet", [f for f in forms() if f.posted], ids=lambda form: form.id)
def test_what_is_posted_holds_nothing_private(sheet: Form, office: object) -> None:
    root = family(sheet.of)
    kept: list[str] = []
    for model in registry.models():
        private = [f for f in columns_of(model) if f.private]
        for row in model.select():
            for field in private:
                value = SECRET if type(field).__name__ == "Text" else "13912345678"
                if type(field).__name__ == "IdNumber":
                    value = "150425196001010016"
                setattr(row, field.name, value)
                kept.append(value)
            if private:
                row.save()
    assert kept
    said = "".join(texts(render(sheet, [type(root).get_by_id(root.id)], faces=wheel_only()).pdf))
    for secret in (SECRET, "13912345678", "150425196001010016"):
        assert secret not in said.replace("\n", "")


@pytest.mark.parametrize(
    "sheet", [f for f in forms() if f.signed and f.of is not None], ids=lambda form: form.id
)
def test_what_is_signed_carries_its_number_and_can_be_reprinted(
    sheet: Form, office: object
) -> None:
    rows = [family(sheet.of)]
    subjects = sheet.select(rows, Options(sheet.offered()))
    if not any(map(sheet.mark, subjects)):
        pytest.skip("what was made gives an empty form, which has no number")
    assert "编号" in texts(render(sheet, rows, faces=wheel_only()).pdf)[0]
    again = texts(render(sheet, rows, {"reprint": True}, faces=wheel_only()).pdf)
    assert all("重印" in page for page in again)
