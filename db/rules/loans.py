"""A loan's schedule in whole 分: what falls due when, how much of the interest is subsidised.

Interest of a period is the balance × yearly rate × months / 12, rounded half up once over the
running sum, so that the parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.errors import Refusal
from db.rules import dates

#: Rates and shares are hundredths of a percent.
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment; `subsidy` is the part of the interest that the office pays."""

    number: int
    on: str
    principal: int
    interest: int
    subsidy: int

    @property
    def owed(self) -> int:
        """What the borrower pays."""
        return self.principal + self.interest - self.subsidy


@dataclass(frozen=True, slots=True)
class State:
    """Where a loan stands on a day, in 分."""

    due: int
    paid: int
    principal_left: int
    #: The first instalment that is not fully paid, "" when none is late.
    late_since: str

    @property
    def overdue(self) -> int:
        """What should have been paid by now and was not."""
        return max(0, self.due - self.paid)


def rounded(numerator: int, denominator: int) -> int:
    """Half up; both are whole and not below zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def schedule(
    principal: int,
    rate: int,
    months: int,
    lent_on: str,
    every: int,
    *,
    even: bool = False,
    subsidised: int = 0,
) -> list[Due]:
    """The instalments: `rate` a year and `subsidised` share of the interest in hundredths of a percent.

    `every` months an instalment falls due (0: everything at the end); `even` spreads the principal.
    """
    if principal <= 0 or months <= 0:
        raise Refusal("贷款金额和期限应大于零。")
    step = every or months
    ends = [*range(step, months, step), months]
    found: list[Due] = []
    left, before = principal, 0
    numerator = interest_so_far = subsidy_so_far = 0
    for number, end in enumerate(ends, 1):
        numerator += left * rate * (end - before)
        interest = rounded(numerator, 12 * _WHOLE) - interest_so_far
        interest_so_far += interest
        subsidy = rounded(interest_so_far * subsidised, _WHOLE) - subsidy_so_far
        subsidy_so_far += subsidy
        due = principal * end // months if even else (principal if end == months else 0)
        part = due - (principal - left)
        left -= part
        found.append(Due(number, dates.add_months(lent_on, end), part, interest, subsidy))
        before = end
    return found


def state(dues: Sequence[Due], paid: Iterable[tuple[str, int, int]], on: str) -> State:
    """Where the loan stands; `paid` are (day, principal, interest) as they were paid by the borrower."""
    rows = [row for row in paid if row[0] <= on]
    total = sum(principal + interest for _, principal, interest in rows)
    left = sum(due.principal for due in dues) - sum(principal for _, principal, _ in rows)
    owed, late = 0, ""
    for due in dues:
        if due.on > on:
            break
        owed += due.owed
        if owed > total and not late:
            late = due.on
    return State(owed, total, left, late)
