"""How much a member owes a month: the regulation as arithmetic, on plain values.

中组发〔2008〕3号 (关于中国共产党党费收缴、使用和管理的规定), part 党费收缴, as corrected in 2016 and 2017:

* article 2, serving staff, on the monthly base: up to 3000 元 (included) 0.5 %; to 5000 元 1 %; to 10000 元 1.5 %;
  above 2 %;
* article 5, retired members, on the basic pension: up to 5000 元 (included) 0.5 %; above 1 %;
* article 6, students, members without work or on minimum-living support: a fixed 0.20 元.

The rate is **flat, not marginal**: the bracket's percentage applies to the whole base, so 3000.00 owes 15.00 and
3000.01 owes 30.00. The base is compared with the limits as it is, before anything is rounded. The numbers themselves
are data (``RatePolicy`` with its brackets, from a month on); only their meaning stands here. All amounts are 元.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


class NotChargeable(Exception):
    """Nothing can be charged yet. ``str()`` says in Chinese what is missing."""


class MissingBase(NotChargeable):
    """The rate is a percentage and the member's base is not known."""


class MissingRate(NotChargeable):
    """The rules in force have no line for this kind of member."""


@dataclass(frozen=True)
class Band:
    """One line of the rules for a category: ``percent`` of a base up to ``up_to`` (None: any), or ``amount``."""

    category: str
    up_to: Decimal | None
    percent: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class Due:
    """What is owed: the amount, the rate as users read it ("1.5%" or "0.20 元"), and the base it was taken of."""

    amount: Decimal
    rate: str
    base: Decimal | None


def due(bands: Iterable[Band], category: str, base: Decimal | None, unit: Decimal = FEN) -> Due:
    """What a member of ``category`` with ``base`` owes a month.

    A percentage is rounded half up to ``unit`` (0.01, 0.1 or 1). A fixed amount is prescribed and never rounded.
    Raises MissingBase or MissingRate where nothing can be said, ValueError for a negative base.
    """
    mine = [band for band in bands if band.category == category]
    fixed = next((band.amount for band in mine if band.amount is not None), None)
    if fixed is not None:
        return Due(fixed, f"{fixed:.2f} 元", None)
    if not mine:
        raise MissingRate("未定标准")
    if base is None:
        raise MissingBase("未定基数")
    if base < 0:
        raise ValueError(f"a base is not negative: {base}")
    within = [band for band in mine if band.up_to is None or base <= band.up_to]
    percent = min(within, key=lambda band: (band.up_to is None, band.up_to or 0)).percent if within else None
    if percent is None:
        raise MissingRate("未定标准")
    amount = (base * percent / 100).quantize(unit, rounding=ROUND_HALF_UP)
    return Due(amount.quantize(FEN), f"{percent.normalize():f}%", base)
