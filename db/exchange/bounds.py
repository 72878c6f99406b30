"""What a packet's body may hold: looked through piece by piece as it unpacks, before any of it is read.

Who seals a bomb may claim any size and keep it; so nothing is held but one piece until the whole has
been seen: its length, how many lists, mappings and values it will make, its longest text, its widest
letters (one rare character makes Python keep a whole text at four bytes a letter).
"""

from __future__ import annotations

from typing import Any

#: What the body may unpack to, and how many lists, mappings, values and quotation marks it may hold.
LARGEST = 96 << 20
MOST_INSIDE = {b"[": 1_000_000, b"{": 600_000, b",": 8_000_000, b'"': 10_000_000}
#: Bytes between two quotation marks: longer than any text, and than any column of numbers.
LONGEST_TEXT = 16 << 20
#: What the decoded text may take in memory.
WIDEST = 160 << 20
#: No longer than the longest text, which therefore cannot hide within one piece.
_PIECE = 1 << 20
#: How far back a frame may refer while it unpacks.
WINDOW = 1 << 27
_INNER, _BELOW_RARE = bytes(range(0x80, 0xC0)), bytes(range(0xF0))


class Scan:
    """Looks at one piece after the other; `fits` is False from the first one that goes too far."""

    def __init__(self) -> None:
        self.fits = True
        self._length = self._letters = self._since = self._longest = 0
        self._counts = dict.fromkeys(MOST_INSIDE, 0)
        self._width = 1
        self._open = b""

    def see(self, piece: bytes) -> bool:
        """Count this piece in; whether the body may still be read."""
        self._length += len(piece)
        for mark in self._counts:
            self._counts[mark] += piece.count(mark)
        self._see_letters(piece)
        self._see_texts(piece)
        self.fits = self.fits and (
            self._length <= LARGEST
            and self._longest <= LONGEST_TEXT
            and self._letters * self._width <= WIDEST
            and all(self._counts[mark] <= most for mark, most in MOST_INSIDE.items())
        )
        return self.fits

    def see_all(self, plain: bytes) -> bool:
        """The same for a body that is at hand as a whole."""
        return all(self.see(plain[at : at + _PIECE]) for at in range(0, len(plain), _PIECE))

    def _see_letters(self, piece: bytes) -> None:
        if piece.isascii():
            self._letters += len(piece)
            return
        self._letters += len(piece.translate(None, _INNER))
        self._width = max(self._width, 4 if piece.translate(None, _BELOW_RARE) else 2)

    def _see_texts(self, piece: bytes) -> None:
        """The longest way from one quotation mark to the next; marks within a text are none."""
        piece = self._open + piece
        self._open = b""
        if b"\\" in piece:
            if (len(piece) - len(piece.rstrip(b"\\"))) % 2:
                # The next piece says what this escapes.
                piece, self._open = piece[:-1], b"\\"
            piece = piece.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
        first = piece.find(b'"')
        if first < 0:
            self._since += len(piece)
            self._longest = max(self._longest, self._since)
        else:
            self._longest = max(self._longest, self._since + first)
            self._since = len(piece) - piece.rfind(b'"') - 1


def fits(packed: bytes) -> bool:
    """Whether this zstd frame unpacks to something that may be read; holds one piece at a time."""
    import zstandard

    scan = Scan()
    reader: Any = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(packed)
    with reader:
        while piece := reader.read(_PIECE):
            if not scan.see(piece):
                return False
    return True
