"""名额分配: divide a whole number of places by weights so that the shares add up (largest remainder)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from db.errors import Refusal


def apportion(total: int, weights: Sequence[int], least: int = 0) -> list[int]:
    """So many places for each weight; together exactly `total`.

    Everybody gets the whole part of the exact share; what is left goes to the largest remainders,
    the larger weight and then the earlier one first. `least` is what each weight above 0 gets at any
    rate. Refusal when `least` cannot be kept or nobody has a weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise Refusal("名额和基数不能是负数")
    eligible = [place for place, weight in enumerate(weights) if weight > 0]
    if not eligible:
        if total:
            raise Refusal("没有可以分配名额的对象：基数都是 0")
        return [0] * len(weights)
    reserved = least * len(eligible)
    if reserved > total:
        raise Refusal(f"{total} 个名额不够 {len(eligible)} 个单位每个至少 {least} 个")
    whole = sum(weights)
    rest = total - reserved
    shares = [least if weight else 0 for weight in weights]
    remainders: list[tuple[Fraction, int, int]] = []
    for place in eligible:
        exact = Fraction(rest * weights[place], whole)
        shares[place] += int(exact)
        remainders.append((exact - int(exact), weights[place], -place))
    left = total - sum(shares)
    for _, _, place in sorted(remainders, reverse=True)[:left]:
        shares[-place] += 1
    return shares
