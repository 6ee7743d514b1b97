"""What the brackets of a policy must be to make sense: plain values in, what is wrong out.

Limits ascend without a doubled one, and the last line of a percentage is open to any base: so no base falls between
two lines, and none lies above them all. A fixed amount stands alone. 中组发〔2008〕3号 knows percentages to 2; a school
may set up to 5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dues.rates import Band

MOST_PERCENT = 5


@dataclass(frozen=True)
class BandFault:
    """What is wrong with a line of one category, counted from 0, at which of its fields; ``why`` is for users."""

    line: int
    field: str
    why: str


def faults_of(bands: Sequence[Band]) -> list[BandFault]:
    """Everything wrong with the lines of one category, in the order in which they were written."""
    found = [fault for place, band in enumerate(bands) for fault in _faults_of_line(place, band)]
    if found:
        return found
    fixed = [place for place, band in enumerate(bands) if band.amount is not None]
    if fixed and len(bands) > 1:
        return [BandFault(fixed[0], "amount", "有固定金额的，这类人员只能有这一行：删去其余各行，或改填比例。")]
    return [] if fixed else _faults_of_limits(bands)


def _faults_of_line(place, band):
    if band.percent is None and band.amount is None:
        yield BandFault(place, "percent", "请填比例，或填固定金额。")
    if band.percent is not None and band.amount is not None:
        yield BandFault(place, "amount", "比例和固定金额只能填一样。")
    if band.amount is not None and band.up_to is not None:
        yield BandFault(place, "up_to", "固定金额不看基数，上限要空着。")
    if band.percent is not None and not 0 < band.percent <= MOST_PERCENT:
        yield BandFault(place, "percent", f"比例要大于 0，最大是 {MOST_PERCENT}。")
    if band.amount is not None and band.amount <= 0:
        yield BandFault(place, "amount", "固定金额要大于 0。")
    if band.up_to is not None and band.up_to <= 0:
        yield BandFault(place, "up_to", "上限要大于 0。")


def _faults_of_limits(bands):
    found, below = [], None
    for place, band in enumerate(bands):
        is_last = place == len(bands) - 1
        if is_last and band.up_to is not None:
            found.append(BandFault(place, "up_to", "最后一行的上限要空着，再高的基数都按这一行。"))
        if not is_last and band.up_to is None:
            found.append(BandFault(place, "up_to", "只有最后一行的上限可以空着，请填上限。"))
        if below is not None and band.up_to is not None and band.up_to <= below:
            found.append(BandFault(place, "up_to", f"要比上一行的 {plain(below)} 元高：各行从低到高，不能重复。"))
        below = band.up_to if band.up_to is not None else below
    return found


def of_category(bands: Iterable[Band], category: str) -> list[Band]:
    """The lines of a category, by their limits, the open one last."""
    mine = [band for band in bands if band.category == category]
    return sorted(mine, key=lambda band: (band.up_to is None, band.up_to or Decimal(0)))


def plain(number: Decimal | int | None) -> str:
    """Without needless zeros: 3000, 0.5; nothing for None."""
    return "" if number is None else f"{Decimal(number).normalize():f}"
