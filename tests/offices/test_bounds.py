"""A body is looked through in pieces: what the pieces say is what the whole would have said."""

from __future__ import annotations

import json
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from db.exchange import bounds

#: Marks, escapes, two widths of Chinese; the limits of the tests are as small as these texts.
texts = st.text(st.sampled_from('ab"\\{[,]}中𠮷\n'), max_size=60)


def in_pieces(plain: bytes, length: int) -> bounds.Scan:
    scan = bounds.Scan()
    for at in range(0, len(plain), length):
        scan.see(plain[at : at + length])
    return scan


def longest_text(value: Any) -> int:
    """Of any text in a value, as it stands in JSON."""
    if isinstance(value, str):
        return len(json.dumps(value, ensure_ascii=False).encode()) - 2
    inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return max(map(longest_text, inner), default=0) if isinstance(inner, list) else 0


@given(st.dictionaries(texts, st.lists(texts, max_size=4), max_size=4), st.integers(1, 40))
def test_a_text_that_is_too_long_is_found_whatever_is_escaped_in_it(
    body: dict[str, list[str]], length: int
) -> None:
    plain = json.dumps(body, ensure_ascii=False).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "LONGEST_TEXT", 40)
        # Between two texts stand at most three signs.
        assert in_pieces(plain, length).fits == (longest_text(body) <= 40)


@given(texts, st.integers(1, 7), st.integers(1, 200))
def test_the_letters_are_reckoned_as_wide_as_the_widest(text: str, length: int, limit: int) -> None:
    width = max((4 if ord(c) > 0xFFFF else 2 if ord(c) > 0x7F else 1 for c in text), default=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "WIDEST", limit)
        assert in_pieces(text.encode(), length).fits == (len(text) * width <= limit)


@given(texts, st.sampled_from(sorted(bounds.MOST_INSIDE)), st.integers(0, 5), st.integers(1, 7))
def test_marks_are_counted_across_pieces(text: str, mark: bytes, most: int, length: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(bounds.MOST_INSIDE, mark, most)
        assert in_pieces(text.encode(), length).fits == (text.encode().count(mark) <= most)


def test_what_goes_too_far_is_not_unpacked_to_its_end() -> None:
    seen = []

    class Scan(bounds.Scan):
        def see(self, piece: bytes) -> bool:
            seen.append(len(piece))
            return super().see(piece)

    packed = zstandard.ZstdCompressor(level=1).compress(b"[" * 50_000_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "Scan", Scan)
        assert not bounds.fits(packed)
    assert sum(seen) < 3_000_000


def test_notes_as_long_as_a_person_writes_them_pass() -> None:
    note = '他说：“好”，又写了"引号"和\\反斜杠\n' * 20_000
    plain = json.dumps({"a": [note, "𠮷"]}, ensure_ascii=False).encode()
    assert bounds.Scan().see_all(plain)
    assert bounds.fits(zstandard.ZstdCompressor().compress(plain))
