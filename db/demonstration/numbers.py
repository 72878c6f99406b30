"""Identity numbers, telephone numbers and unit codes of people and units that do not exist."""

from __future__ import annotations

from random import Random

from db.demonstration.words import words
from db.rules import id_number

_UNIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIT_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_PREFIXES = ("130", "131", "132", "135", "136", "137", "138", "139", "150", "151", "152", "158",
             "159", "177", "182", "186", "187", "188")  # fmt: skip


class IdNumbers:
    """Gives each person a number of their own, with the right birth date, sex and check digit."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def next(self, rng: Random, born_on: str, *, male: bool) -> str:
        """A valid 18-digit number of somebody born on that day, mostly in this county."""
        county = words("places")["county"]
        area = county["code"] if rng.random() < 0.86 else rng.choice(county["neighbours"])
        while True:
            serial = rng.randrange(1, 450) * 2 - (1 if male else 2)
            body = f"{area}{born_on.replace('-', '')}{serial:03d}"
            if serial and body not in self._given:
                self._given.add(body)
                return body + id_number.check_digit(body)


def fifteen_digits(number: str) -> str:
    """The old form of a number of somebody born in the 1900s."""
    return number[:6] + number[8:17]


def wrong_check_digit(rng: Random, number: str) -> str:
    """The same number with a last digit that does not fit."""
    return number[:17] + rng.choice([d for d in "0123456789X" if d != number[17]])


def mobile_phone(rng: Random) -> str:
    """A mobile telephone number."""
    return rng.choice(_PREFIXES) + f"{rng.randrange(10**8):08d}"


def office_phone(rng: Random) -> str:
    """A fixed line of the county."""
    return f"0478-{rng.randrange(2_100_000, 8_999_999)}"


def unit_code(rng: Random, area: str, kind: str) -> str:
    """A 统一社会信用代码 with its check character (GB 32100): 11 agency, 91 enterprise, 93 cooperative."""
    body = kind + area[:6] + "".join(rng.choice(_UNIT_ALPHABET) for _ in range(9))
    total = sum(_UNIT_ALPHABET.index(c) * w for c, w in zip(body, _UNIT_WEIGHTS, strict=True))
    return body + _UNIT_ALPHABET[(31 - total % 31) % 31]
