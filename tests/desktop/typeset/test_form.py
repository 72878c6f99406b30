from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from desktop.typeset.form import (
    AS_GIVEN,
    BLANK,
    BY_NAME,
    BY_SURNAME,
    ORDER,
    Form,
    Option,
    Options,
    form,
    forms,
    in_order,
)
from desktop.typeset.mark import SIDE, Mark, _codes, read, short_number
from desktop.typeset.paper import A4
from desktop.typeset.printing import MissingGlyphs, check_glyphs, render, write
from desktop.typeset.values import PrivateField, Public, public, shown
from tests import stroke_orders
from tests.desktop.typeset.reading import plain, texts, wheel_only


@dataclass
class Unit:
    name: str
    members: list[Person] = field(default_factory=list)

    def title(self) -> str:
        return self.name


@dataclass
class Person:
    name: str
    id: int = 7
    phone: str = field(default="13800000000", metadata={"private": True})
    unit: Unit | None = None

    def title(self) -> str:
        return self.name

    def card(self) -> str:
        return f"{self.name} {self.phone}"

    @property
    def short(self) -> str:
        return self.name[0]

    @property
    def tail(self) -> str:
        return self.phone[-4:]


class Card(Form):
    title = "卡片"
    paper = A4
    choices = (BLANK,)

    def compose(self, sheet, subject, options):
        sheet.title(subject.name)


class Notice(Card):
    title = "公示"
    posted = True


class Signed(Card):
    title = "审批表"
    signed = True


def test_a_posted_form_cannot_read_private_columns():
    class Leaky(Notice):
        def compose(self, sheet, subject, options):
            sheet.title(subject.phone)

    with pytest.raises(PrivateField):
        render(Leaky(), [Person("王伟")], faces=wheel_only())


@pytest.mark.parametrize(
    "reach",
    [
        lambda p: p.phone,
        lambda p: p.card(),
        lambda p: p.tail,
        lambda p: p.unit.members[0].phone,
        lambda p: p._record,
        lambda p: vars(p),
        lambda p: p.__dict__,
        lambda p: shown(p, "phone"),
    ],
)
def test_nothing_reached_through_a_public_record_is_private(reach):
    person = Person("王伟", unit=Unit("甲", [Person("李明")]))
    with pytest.raises((PrivateField, TypeError)):
        reach(Public(person))


def test_what_is_not_private_is_read_as_usual():
    proxy = Public(Person("王伟", unit=Unit("甲支部", [Person("李明")])))
    assert (proxy.name, proxy.short, proxy.title()) == ("王伟", "王", "王伟")
    assert proxy.unit.name == "甲支部"
    assert [one.name for one in proxy.unit.members] == ["李明"]
    assert [one.name for one in public(iter([Person("甲")]))] == ["甲"]
    with pytest.raises(AttributeError):
        proxy.name = "别人"


def test_signed_sheets_carry_number_and_square_and_say_when_printed_again():
    first = plain(texts(render(Signed(), [Person("王伟", 42)], faces=wheel_only()).pdf)[0])
    again = render(Signed(), [Person("王伟", 42)], {"reprint": "是"}, faces=wheel_only())
    assert first.startswith("编号：42") or "编号：42" in first
    assert "重印" not in first
    assert "重印" in plain(texts(again.pdf)[0])


def test_the_square_says_which_record_the_paper_belongs_to():
    mark = Mark("member_register", (3 << 40) + 1042, short_number((3 << 40) + 1042))
    assert mark.number == "3-1042"
    assert mark.content == f"ZY1:member_register:{(3 << 40) + 1042}:3-1042"
    assert read(mark.content + "\r\n") == mark
    assert read("6901234567892") is None
    assert read("ZY1:member:x:1") is None


@given(st.lists(st.integers(1, 1 << 60), min_size=1, max_size=6))
def test_the_square_is_the_one_the_library_makes(ids):
    import segno

    for id_ in ids:
        content = Mark("member_register", id_, short_number(id_)).content
        wanted = segno.make(content, error="m", mode="byte", mask=2, micro=False, boost_error=False)
        code = _codes(len(content)).draw(content.encode())
        drawn = bytes.fromhex(code.digits)
        row_bytes = -(-code.width // 8)
        for place, row in enumerate(wanted.matrix):
            bits = "".join(f"{b:08b}" for b in drawn[place * row_bytes : (place + 1) * row_bytes])
            assert bits[: code.width] == "".join(map(str, row))


def test_the_square_is_seen_on_paper():
    import pypdfium2 as pdfium
    import segno

    pytest.importorskip("numpy", reason="Wine lacks a function it calls")
    mark = Signed().mark(Person("王伟", 42))
    done = render(Signed(), [Person("王伟", 42)], faces=wheel_only())
    document = pdfium.PdfDocument(done.pdf)
    page = document[0]
    bitmap = page.render(scale=10, grayscale=True)
    pixels = bitmap.to_numpy()
    matrix = segno.make(mark.content, error="m", mask=2, micro=False, boost_error=False).matrix
    side = SIDE / 25.4 * 720
    left, top = (210 - 20 - SIDE) / 25.4 * 720, 4.5 / 25.4 * 720
    module = side / len(matrix)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            spot = pixels[int(top + (y + 0.5) * module), int(left + (x + 0.5) * module)]
            assert (spot < 128) == bool(dark)
    bitmap.close()
    page.close()
    document.close()


def test_options_are_checked_and_complete():
    offered = (ORDER, BLANK, Option("to", "抬头", "全旗"))
    options = Options(offered, {"order": BY_NAME})
    assert dict(options) == {"order": BY_NAME, "blank": False, "to": "全旗"}
    assert Options(offered, {"blank": "是"})["blank"] is True
    for wrong in ({"order": "拼音"}, {"blank": "也许"}, {"colour": "红"}):
        with pytest.raises(Refusal):
            Options(offered, wrong)


@pytest.mark.parametrize(
    ("order", "wanted"), [(BY_SURNAME, stroke_orders.BY_SURNAME), (BY_NAME, stroke_orders.BY_NAME)]
)
def test_lists_are_sorted_by_strokes_as_the_office_does(order, wanted):
    people = [Person(name) for name in sorted(wanted)]
    assert [p.name for p in in_order(people, order)] == wanted
    assert [p.name for p in in_order(people, AS_GIVEN)] == sorted(wanted)


def test_a_missing_character_is_refused_by_name_before_printing():
    people = [Person("王伟"), Person("王\U0002a6d6")]
    with pytest.raises(MissingGlyphs) as caught:
        render(Card(), people, faces=wheel_only())
    assert "王\U0002a6d6" in caught.value.message
    assert "U+2A6D6" in caught.value.message
    assert "没有打印" in caught.value.message
    assert [one.char for one in check_glyphs(Card(), people, faces=wheel_only())] == ["\U0002a6d6"]
    gap = render(Card(), people, faces=wheel_only(), gaps=True)
    assert gap.pages == 2
    assert gap.missing


def test_many_are_printed_with_progress_and_can_be_stopped():
    told: list[tuple[int, int, str]] = []
    people = [Person(f"王{n}") for n in range(5)]
    render(Card(), people, faces=wheel_only(), progress=lambda *said: told.append(said))
    assert told[0] == (0, 5, "王0")
    assert told[-1] == (5, 5, "")

    class Stopped(Exception):
        pass

    def stop(done: int, total: int, words: str) -> None:
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        render(Card(), people, faces=wheel_only(), progress=stop)


def test_nothing_to_print_is_said():
    with pytest.raises(Refusal, match="没有选中"):
        render(Card(), [], faces=wheel_only())


def test_the_same_records_give_the_same_bytes():
    first, second = (
        render(Signed(), [Person("王伟")], faces=wheel_only(), invariant=True).pdf for _ in "ab"
    )
    assert first == second


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    from db.errors import Trouble

    write(tmp_path / "表.pdf", b"%PDF")
    assert [path.name for path in tmp_path.iterdir()] == ["表.pdf"]
    with pytest.raises(Trouble):
        write(tmp_path / "没有" / "表.pdf", b"%PDF")


def test_every_sheet_has_a_name_of_its_own_and_says_what_it_is():
    ids = [one.id for one in forms()]
    assert len(ids) == len(set(ids))
    assert "member_roster" in ids
    assert all(one.title and one.register for one in forms())
    assert form("member_roster").title == "党员花名册"
    with pytest.raises(Refusal, match="党员花名册"):
        form("nothing")


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[str]:
    """An empty package for sheets."""
    folder = tmp_path / "dropped_forms"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "dropped_forms"
    forms.cache_clear()
    for name in [name for name in sys.modules if name.startswith("dropped_forms")]:
        del sys.modules[name]


def test_the_example_of_the_guide_is_a_working_sheet(package, tmp_path, office):
    from pathlib import Path

    from db.registers.member import Member
    from tests import factories

    guide = Path(__file__).parents[3] / "docs" / "add-a-form.md"
    example = guide.read_text("utf-8").split("```python\n")[1].split("```")[0]
    (tmp_path / package / "member_signin.py").write_text(example, "utf-8")
    (sheet,) = forms(package)
    assert (sheet.id, sheet.title, sheet.register) == ("member_signin", "参会签到表", "member")
    factories.make(Member, name="王伟")
    factories.make(Member, name="丁一")
    said = plain(texts(render(sheet, Member.living(), faces=wheel_only()).pdf)[0])
    assert "参会签到表" in said
    assert "签名" in said
    assert said.index("丁一") < said.index("王伟")


def test_a_file_with_two_sheets_is_a_fault(package, tmp_path):
    code = (
        "from desktop.typeset.form import Form\n"
        "class A(Form):\n    title = '甲'\nclass B(Form):\n    title = '乙'\n"
    )
    (tmp_path / package / "member_two.py").write_text(code, "utf-8")
    with pytest.raises(TypeError, match="more than one"):
        forms(package)


def test_listing_the_sheets_loads_no_typesetting_library():
    import subprocess

    code = (
        "import sys; from desktop.typeset.form import forms; forms();"
        "print([m for m in ('reportlab', 'uharfbuzz', 'segno', 'pypdfium2') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
