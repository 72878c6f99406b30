"""The search box: names with pinyin and initials, last digits, any text, over all registers.

Two tables, written in the gate's transaction: `search_key` answers how a name begins (as written,
in full pinyin, in initials, for every reading) by an indexed range; `search_entry` holds all words
of a row in one text for everything else. Neither is journaled: they are made anew from the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db.connection import database
from db.rules import name_search, pinyin
from db.rules.name_search import Fit
from db.rules.names import comparable

_LAST = "\U0010ffff"
_WEIGHTS = "01"  # people before everything else
_CHUNK = 500
_UNLIMITED = 2**31
_FEW = 12  # patterns worth asking for together with a character
_HOLDS = "e.haystack LIKE ? ESCAPE '\\'"
_REST = "\x1f"  # the line between a row's names and its numbers and texts

_ENTRY_COLUMNS = ("row", "stem", "weight", "names", "haystack")
Row = tuple[int, str, int, str, str]  # row, stem, weight, names, haystack


@dataclass(frozen=True, slots=True)
class Entry:
    """What the search box may find one row by: names (with their sound), numbers, other texts."""

    row: int
    names: tuple[str, ...]
    tails: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that fits what was typed; `subtitle` is what fitted, where it is not the title.

    `score`: 7 the very name, then its beginning, … 0 some other text of the row.
    """

    stem: str
    id: int
    title: str
    subtitle: str
    score: int


# -- writing --------------------------------------------------------------------------------


def index(stem: str, entries: Iterable[Entry], *, people: bool = False) -> None:
    """Put these rows into the search tables, in the open transaction; again is allowed.

    Rows of a register of `people` come first among equals.
    """
    weight = 0 if people else 1
    rows: list[Row] = []
    keys: list[tuple[str, int]] = []
    for entry in entries:
        number = entry.row
        lines = [""]
        for name in entry.names:
            plain = comparable(name)
            together, firsts = pinyin.written(name)
            lines += (plain, *together, *firsts)
            keys.append((f"n{weight}{plain}", number))
            keys += [(f"p{weight}{sound}", number) for sound in together]
            keys += [(f"i{weight}{sound}", number) for sound in firsts]
        lines += (_REST, *map(comparable, entry.tails), *map(comparable, entry.texts), "")
        rows.append((number, stem, weight, "\n".join(entry.names), "\n".join(lines)))
    _forget_rows(stem, [row[0] for row in rows])
    keys.sort()
    database.insert_many("search_entry", _ENTRY_COLUMNS, rows)
    database.insert_many("search_key", ("word", "row"), keys, unless_there=True)


def forget(stem: str, rows: Iterable[int]) -> None:
    """Take these rows out of the search tables."""
    _forget_rows(stem, list(rows))


def _keys(weight: int, names: str) -> set[str]:
    words = set()
    for name in names.split("\n"):
        words.add(f"n{weight}{comparable(name)}")
        words.update(f"p{weight}{sound}" for sound in pinyin.full(name))
        words.update(f"i{weight}{sound}" for sound in pinyin.initials(name))
    return words


def _forget_rows(stem: str, rows: list[int]) -> None:
    if not rows:
        return
    old: list[tuple[int, int, str]] = []
    columns = 'SELECT "row", weight, names FROM search_entry WHERE stem = ?'
    if len(rows) > _CHUNK:
        # One range for a block of new rows: nothing is there, and nothing is looked up one by one.
        wanted = set(rows)
        near = _ask(f'{columns} AND "row" BETWEEN ? AND ?', (stem, min(rows), max(rows)))
        old = [row for row in near if row[0] in wanted]
    else:
        marks = ",".join("?" * len(rows))
        old = _ask(f'{columns} AND "row" IN ({marks})', (stem, *rows))
    if not old:
        return
    database.delete_many(
        "search_key",
        ("word", "row"),
        [(word, row) for row, weight, names in old for word in _keys(weight, names)],
    )
    database.delete_many("search_entry", ("row",), [(row[0],) for row in old])


# -- asking ---------------------------------------------------------------------------------


def query(text: str, stems: Sequence[str] | None = None, limit: int = 50) -> list[Hit]:
    """The rows that fit what was typed, best first, at most `limit`; [] for nothing typed.

    `stems` narrows to some registers. Several words that are no one name must all be in the row
    (张伟 0016). Where nothing fits, names come that sound as the characters typed (章伟 for 张伟).
    """
    asked = name_search.typed(text)
    if not asked or limit < 1:
        return []
    found = _Found(asked, stems, limit)
    found.by_beginning()
    if not found.enough:
        found.by_cutting()
    if not found.enough:
        found.by_part()
    words = [word for word in map(name_search.typed, text.split()) if word]
    if not found.hits and len(words) > 1:
        found.by_all(words)
    if not found.hits:
        found.by_sound()
    return found.best()


def matching(text: str, stem: str) -> set[int]:
    """All rows of one register that fit what was typed, unranked: what a list is narrowed to.

    The same rows as an endless `query` without those that only sound alike, but only those typed as a mixture are judged one by one, so
    that a single letter over a whole county costs no more than one look through the table.
    """
    asked = name_search.typed(text)
    if not asked:
        return set()
    rows = _holding([asked], stem)
    found = _Found(asked, (stem,), _UNLIMITED)
    found.by_cutting()
    found.by_mixture()
    rows.update(found.hits)
    words = [word for word in map(name_search.typed, text.split()) if word]
    return _holding(words, stem) if not rows and len(words) > 1 else rows


def _holding(needles: list[str], stem: str) -> set[int]:
    where = " AND ".join([_HOLDS] * len(needles))
    values = [f"%{_escaped(needle)}%" for needle in needles]
    sql = f'SELECT e."row" FROM search_entry e WHERE e.stem = ? AND {where}'
    return {row[0] for row in _ask(sql, (stem, *values))}


class _Found:
    """The hits of one question while they are gathered, surest ways first."""

    def __init__(self, asked: str, stems: Sequence[str] | None, limit: int) -> None:
        self.asked = asked
        self.limit = limit
        self._signs = [sign for sign in asked if not sign.isascii()]
        self.hits: dict[int, tuple[tuple[Any, ...], Hit]] = {}
        self._stems = tuple(stems) if stems is not None else ()
        self._narrow = ""
        if stems is not None:
            self._narrow = f" AND e.stem IN ({','.join('?' * len(self._stems))})"

    @property
    def enough(self) -> bool:
        return len(self.hits) >= self.limit

    def best(self) -> list[Hit]:
        ranked = sorted(self.hits.values(), key=lambda pair: pair[0])
        return [hit for _, hit in ranked[: self.limit]]

    def by_beginning(self) -> None:
        """Names that begin so: written, in pinyin, in initials."""
        kinds = "pi" if self.asked.isascii() else "n"
        for weight in _WEIGHTS:
            for kind in kinds:
                self._by_range(f"{kind}{weight}{self.asked}", self.limit)

    def by_cutting(self) -> None:
        """Names whose characters are begun one after the other: zhangxm, 张sm."""
        if not name_search.is_mixed(self.asked):
            return
        letters = self._letters()
        for pattern in name_search.initial_patterns(self.asked):
            for weight in _WEIGHTS:
                self._by_range(f"i{weight}{pattern}", None, letters)

    def _letters(self) -> str:
        """A pattern that every row must fit which a mixed text may mean: its letters in order."""
        return f"%{'%'.join(sign for sign in self.asked if 'a' <= sign <= 'z')}%"

    def by_part(self) -> None:
        """Anything that holds the text; of a mixed one, names that hold its characters."""
        if not self.by_mixture():
            self._by_scan([self.asked], self.limit + len(self.hits))

    def by_mixture(self) -> bool:
        """Names that hold the characters of a text mixed with letters; False if it is none."""
        run = name_search.longest_run(self.asked)
        if run in ("", self.asked) or not name_search.is_mixed(self.asked):
            return False
        either = [self.asked, *name_search.initial_patterns(self.asked, at_most=_FEW)]
        self._by_scan([run], None, either=either, like=self._letters())
        return True

    def by_all(self, words: list[str]) -> None:
        """Rows that hold every one of the words."""
        self._by_scan(words, self.limit, Fit.TEXT)

    def by_sound(self) -> None:
        """Names that sound as the characters typed: the input method offered several, and another was taken."""
        if len(self.asked) < 2 or len(self._signs) < len(self.asked):
            return
        sounds = pinyin.full(self.asked)
        either = " OR ".join([_HOLDS] * len(sounds))
        rows = _ask(
            'SELECT e."row", e.stem, e.weight, e.names, e.haystack FROM search_entry e'
            f" WHERE ({either}){self._narrow} ORDER BY e.weight LIMIT ?",
            (*(f"%{_escaped(sound)}%" for sound in sounds), *self._stems, 8 * self.limit),
        )
        for row in rows:
            if any(name_search.sounds_alike(self.asked, name) for name in row[3].split("\n")):
                self._take(row, Fit.SOUND_PART)

    def _by_range(self, start: str, most: int | None, like: str = "") -> None:
        """Take the rows whose keys begin so; `most` new ones, in the order of the keys.

        `like` spares judging rows one by one that cannot fit: the letters in their order.
        """
        narrow = self._narrow + (" AND e.haystack LIKE ?" if like else "")
        more = (*self._stems, like) if like else self._stems
        taken = 0
        step = 4 * self.limit if most else 2000
        after: tuple[str, int] = (start, -(2**63))
        while True:
            rows = _ask(
                "SELECT k.word, e.\"row\", e.stem, e.weight, e.names, ''"
                ' FROM search_key k JOIN search_entry e ON e."row" = k."row"'
                f' WHERE (k.word, k."row") > (?, ?) AND k.word < ?{narrow}'
                ' ORDER BY k.word, k."row" LIMIT ?',
                (*after, start + _LAST, *more, step),
            )
            for row in rows:
                if all(sign in row[4] for sign in self._signs):
                    taken += self._take(row[1:])
                if most is not None and taken >= most:
                    return
            if len(rows) < step:
                return
            after = (rows[-1][0], rows[-1][1])

    def _by_scan(
        self,
        needles: list[str],
        most: int | None,
        given: Fit | None = None,
        either: Sequence[str] = (),
        like: str = "",
    ) -> None:
        """Look through all rows for those that hold every needle (and one of the others)."""
        where = " AND ".join([_HOLDS] * len(needles))
        values = [f"%{_escaped(needle)}%" for needle in needles]
        if either:
            where += f" AND ({' OR '.join([_HOLDS] * len(either))})"
            values += [f"%{_escaped(other)}%" for other in either]
        if like:
            where += " AND e.haystack LIKE ?"
            values.append(like)
        order = ""
        if most is not None:
            # The ends of numbers first, then people; it matters only when there are too many.
            order = f" ORDER BY {_HOLDS} DESC, e.weight LIMIT ?"
        rows = _ask(
            'SELECT e."row", e.stem, e.weight, e.names, e.haystack FROM search_entry e'
            f" WHERE {where}{self._narrow}{order}",
            (
                *values,
                *self._stems,
                *((f"%{_escaped(needles[0])}\n%", most) if most is not None else ()),
            ),
        )
        for row in rows:
            self._take(row, given)

    def _take(self, row: Row, given: Fit | None = None) -> bool:
        """Judge a row and keep it if it fits; whether it is new."""
        number, stem, weight, names, _ = row
        if number in self.hits:
            return False
        judged = (given, "") if given is not None else _judge(self.asked, row)
        if judged is None:
            return False
        fit, subtitle = judged
        title = names.partition("\n")[0]
        hit = Hit(stem, number, title, subtitle, len(Fit) - 1 - fit)
        self.hits[number] = ((fit, weight, len(title), title, number), hit)
        return True


def _judge(asked: str, row: Row) -> tuple[Fit, str] | None:
    """How a row fits and what fitted; None if only the first letters agreed."""
    _, _, _, names, haystack = row
    best: tuple[Fit, str] | None = None
    for place, name in enumerate(names.split("\n")):
        fit = name_search.fit_name(asked, name)
        if fit is not None and (best is None or fit < best[0]):
            best = (fit, name if place else "")
    if best is not None and best[0] < Fit.TAIL:
        return best
    rest = haystack.partition(f"\n{_REST}\n")[2]
    lines = [line for line in rest.split("\n") if asked in line]
    if not lines:
        return best
    line = min(lines, key=lambda words: (words != asked, not words.endswith(asked)))
    fit = Fit.EXACT if line == asked else Fit.TAIL if line.endswith(asked) else Fit.TEXT
    if best is not None and best[0] <= fit:
        return best
    return fit, f"…{line[-4:]}" if fit == Fit.TAIL and asked.isascii() else ""


def _escaped(needle: str) -> str:
    return needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _ask(sql: str, values: Sequence[Any]) -> list[Any]:
    return list(database.execute_sql(sql, tuple(values)).fetchall())
