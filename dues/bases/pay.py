"""How a base comes out of a pay slip: named items, some added, some taken off. Plain values, amounts in 元.

What belongs to the base differs at every school (岗位工资, 薪级工资 … less 五险一金 and tax). So the items are data:
``PayScheme``, from a month on. Only the sum stands here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Part:
    """One item of somebody's pay; ``amount`` is never negative: ``is_deducted`` says that it is taken off."""

    name: str
    is_deducted: bool
    amount: Decimal


def computed(parts: Iterable[Part]) -> Decimal:
    """The base: what is added less what is taken off. Negative where more is taken off: the caller refuses that."""
    return sum((-part.amount if part.is_deducted else part.amount for part in parts), Decimal("0.00"))


def told(parts: Iterable[Part]) -> str:
    """The sum as one reads it: 岗位工资 5,000.00＋薪级工资 2,000.00－个人所得税 100.00."""
    words = [f"{'－' if part.is_deducted else '＋'}{part.name} {part.amount:,.2f}" for part in parts]
    return "".join(words).removeprefix("＋")
