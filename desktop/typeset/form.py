"""What an official sheet is to the program, and where the sheets are found.

A sheet is one file `desktop/forms/<register>_<what>.py` with one `Form`; nothing else names it.
See docs/add-a-form.md.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from db.errors import Refusal
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4, Paper
from desktop.typeset.values import is_record, whole

if TYPE_CHECKING:
    from desktop.typeset.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Option:
    """Something a person chooses before printing.

    A bool default is a switch, `values` a choice of one, anything else a line of text. What is `kept`
    belongs to the printer of this machine and stands there again the next time.
    """

    name: str
    label: str
    default: str | bool = ""
    values: tuple[str, ...] = ()
    help: str = ""
    kept: bool = False

    def read(self, given: object) -> str | bool:
        """The choice as it is kept; Refusal when it is none of the values."""
        if isinstance(self.default, bool):
            if isinstance(given, bool):
                return given
            text = str(given).strip()
            if text in {"是", "1", "true", "True", "yes"}:
                return True
            if text in {"否", "0", "false", "False", "no", ""}:
                return False
            raise Refusal(f"“{self.label}”应填“是”或“否”，不能是“{text}”。")
        text = str(given)
        if self.values and text not in self.values:
            raise Refusal(f"“{self.label}”没有“{text}”，可选：{'、'.join(self.values)}。")
        return text


BY_SURNAME: Final = "姓氏笔画"
BY_NAME: Final = "姓名笔画"
AS_GIVEN: Final = "原有顺序"
ORDER: Final = Option("order", "排序", BY_SURNAME, (BY_SURNAME, BY_NAME, AS_GIVEN))
BLANK: Final = Option("blank", "空格填“—”", False, help="登记表的空格一律印上“—”，防止事后添写")
REPRINT: Final = Option("reprint", "注明“重印”", False)


class Options(Mapping[str, Any]):
    """The choices of a print, complete with defaults: `options["order"]`."""

    def __init__(
        self, offered: Iterable[Option], given: Mapping[str, object] | None = None
    ) -> None:
        known = {option.name: option for option in offered}
        for name in given or {}:
            if name not in known:
                names = "、".join(known) or "无"
                raise Refusal(f"这张表没有选项“{name}”，可用的有：{names}。")
        self._kept = {
            name: option.read((given or {}).get(name, option.default))
            for name, option in known.items()
        }

    def __getitem__(self, name: str) -> Any:
        return self._kept[name]

    def __iter__(self) -> Any:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


class Form:
    """One official sheet: says what stands where, never measures."""

    of: ClassVar[Any] = None
    """The register's model; None for a sheet that is about no record."""
    title: ClassVar[str] = ""
    paper: ClassVar[Paper] = A4
    signed: ClassVar[bool] = False
    """Signed by hand: every page carries the number and its square."""
    posted: ClassVar[bool] = False
    """Hung out for everybody: `compose` is given records without private columns."""
    gathers: ClassVar[bool] = False
    """One sheet for all the records together (a list), not one for each."""
    choices: ClassVar[tuple[Option, ...]] = ()

    @property
    def id(self) -> str:
        """What the command line calls the sheet: the name of its file."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def register(self) -> str:
        """The register the sheet belongs to: its stem, or the first word of the file's name."""
        if self.of is not None:
            stem = getattr(self.of, "stem", None)
            return str(stem()) if callable(stem) else str(self.of.__name__).lower()
        return self.id.partition("_")[0]

    def offered(self) -> tuple[Option, ...]:
        """The choices a person is shown; signed sheets can be marked as printed again."""
        return (*self.choices, REPRINT) if self.signed else self.choices

    def suits(self, record: Any) -> bool:
        """Whether the sheet says anything about this record; a menu leaves it out otherwise."""
        del record
        return True

    def usual(self, query: Any) -> Any:
        """What is printed when nobody picked anything: by default every living row."""
        return query

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """What is composed one by one: by default each record, or all of them at once."""
        del options
        return [tuple(records)] if self.gathers else records

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Set one subject. A subclass must."""
        raise NotImplementedError

    def named(self, subject: Any) -> str:
        """How people call a subject, for the news of what did not fit."""
        record = whole(subject)
        if is_record(record) and callable(getattr(record, "title", None)):
            return str(record.title())
        return str(self.title)

    def mark(self, subject: Any) -> Mark | None:
        """What a signed sheet says about itself: the record it belongs to and its number."""
        if not self.signed:
            return None
        record = whole(subject)
        id_ = getattr(record, "id", None) if is_record(record) else None
        return Mark(self.id, id_ or 0, short_number(id_) if id_ else self.id)


def in_order(records: Iterable[Any], order: str, name: str = "name") -> list[Any]:
    """Records in the order of a list of names: 姓氏笔画, 姓名笔画, or as they come."""
    if order == AS_GIVEN:
        return list(records)
    from db.rules.strokes import name_key, surname_key

    key = name_key if order == BY_NAME else surname_key
    return sorted(records, key=lambda one: key(getattr(one, name), _stroke_code(one)))


def _stroke_code(record: Any) -> str:
    """The strokes an office typed for a name whose characters are in no table."""
    return str(getattr(record, "stroke_code", "") or "")


@lru_cache(maxsize=8)
def forms(package: str = "desktop.forms") -> tuple[Form, ...]:
    """Every sheet of the program, by register and title."""
    found: list[Form] = []
    folder = importlib.import_module(package)
    for entry in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{package}.{entry.name}")
        own = [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type)
            and issubclass(thing, Form)
            and thing.__module__ == module.__name__
            and thing.title
            and not thing.__name__.startswith("_")
        ]
        if len(own) > 1:
            raise TypeError(f"{module.__name__} holds more than one form")
        found.extend(kind() for kind in own)
    return tuple(sorted(found, key=lambda form: (form.register, form.id)))


def form(id_: str) -> Form:
    """A sheet by its name; Refusal with the names there are."""
    for one in forms():
        if one.id == id_:
            return one
    known = "、".join(f"{one.id}（{one.title}）" for one in forms())
    raise Refusal(f"没有名为“{id_}”的表；有：{known}。")
