"""Tables out of web pages and 2003 XML sheets, which many systems hand out under the name .xls."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from db.errors import Refusal
from desktop.sheets.grid import Grid, Merge

_STARTS = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml|<!doctype\s+html|<html|<head|<meta|<table|<div|<style"
    rb"|<body|<!--|MIME-Version:)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n]+")
_MIDNIGHT = re.compile(r"^\d{4}-\d\d-\d\dT00:00:00(?:\.0+)?$")
_MAX_ACROSS, _MAX_DOWN = 500, 5_000
_MAX_ROW, _MAX_COLUMN = 1 << 20, 1 << 14
"""What a spreadsheet holds at most; a page that says more is mistaken."""


def looks_like_markup(content: bytes) -> bool:
    """Whether these bytes are HTML, XML Spreadsheet 2003 or a web archive, whatever the name."""
    head = content[:2048]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    return bool(_STARTS.match(head))


def read(name: str, text: str) -> list[Grid]:
    """Every table of the page as a sheet."""
    if text.lstrip("\ufeff \r\n\t")[:13].lower() == "mime-version:":
        text = _web_archive(text)
    parser = _Tables()
    try:
        parser.feed(text.lstrip("\ufeff"))
        parser.close()
    except AssertionError:
        # What the standard library's parser says of markup it cannot follow.
        raise Refusal(f"“{name}”是一个损坏的网页文件，请用表格软件打开，另存为 .xlsx。") from None
    grids = [table.grid(f"{name} 表{number}") for number, table in enumerate(parser.tables, 1)]
    grids = [grid for grid in grids if grid.rows]
    if not grids:
        raise Refusal(f"“{name}”是一个网页文件，里面没有表格。")
    return grids


def _web_archive(text: str) -> str:
    from email import message_from_string

    parts = []
    for part in message_from_string(text).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                parts.append(payload.decode(part.get_content_charset() or "utf-8", "replace"))
    return "\n".join(parts)


class _Table:
    """Cells put at their places while rows and columns span."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.rows: list[list[object]] = []
        self.merges: list[Merge] = []
        self._taken: set[tuple[int, int]] = set()
        self.column = 0

    def open_row(self, index: int | None = None) -> None:
        while index is not None and len(self.rows) < min(index, _MAX_ROW) - 1:
            self.rows.append([])
        self.rows.append([])
        self.column = 0

    def put(self, text: str, across: int, down: int) -> None:
        if not self.rows:
            self.open_row()
        at = len(self.rows) - 1
        while (at, self.column) in self._taken:
            self.column += 1
        row = self.rows[at]
        row.extend([""] * (self.column + 1 - len(row)))
        row[self.column] = text
        across, down = min(across, _MAX_ACROSS), min(down, _MAX_DOWN)
        if across > 1 or down > 1:
            self.merges.append((at, self.column, at + down - 1, self.column + across - 1))
            self._taken.update(
                (at + below, self.column + beside)
                for below in range(1, down)
                for beside in range(across)
            )
        self.column += across

    def grid(self, name: str) -> Grid:
        return Grid(name=self.name or name, rows=self.rows, merges=self.merges)


class _Tables(HTMLParser):
    """HTML tables and the Worksheet/Row/Cell/Data of XML Spreadsheet 2003 alike."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._mute = 0
        self._sheet = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag in {"script", "style", "title"}:
            self._mute += 1
        elif tag in {"worksheet", "ss:worksheet"}:
            self._sheet = values.get("ss:name", "")
        elif tag in {"table", "ss:table"}:
            self._flush()
            table = _Table(self._sheet)
            self.tables.append(table)
            self._open.append(table)
        elif not self._open:
            return
        elif tag in {"tr", "row", "ss:row"}:
            self._flush()
            self._open[-1].open_row(_whole(values.get("ss:index")))
        elif tag in {"td", "th"}:
            self._flush()
            self._begin(_whole(values.get("colspan")) or 1, _whole(values.get("rowspan")) or 1)
        elif tag in {"cell", "ss:cell"}:
            self._flush()
            if index := _whole(values.get("ss:index")):
                self._open[-1].column = min(index, _MAX_COLUMN) - 1
            across = (_whole(values.get("ss:mergeacross")) or 0) + 1
            self._begin(across, (_whole(values.get("ss:mergedown")) or 0) + 1)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def _begin(self, across: int, down: int) -> None:
        self._cell = []
        self._span = (across, down)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in {"br", "meta", "link", "img", "col", "input", "hr"}:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "title"}:
            self._mute = max(0, self._mute - 1)
        elif tag in {"td", "th", "tr", "cell", "row", "ss:cell", "ss:row"}:
            self._flush()
        elif tag in {"table", "ss:table"} and self._open:
            self._flush()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._mute:
            self._cell.append(_BLANKS.sub(" ", data))

    def _flush(self) -> None:
        if self._cell is None:
            return
        text = "".join(self._cell).replace("\xa0", " ").strip()
        if _MIDNIGHT.match(text):
            text = text[:10]
        self._cell = None
        if self._open:
            self._open[-1].put(text, *self._span)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None
