"""A fraction in percent as users read it: rounded one way, on every page and in every workbook."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

TENTH, CENT = Decimal("0.1"), Decimal("0.01")


def percent(numerator, denominator, floor=Decimal(100)) -> str:
    """With one decimal, half up (66.7); with two where one would say that ``floor`` was reached and it was not.

    94.96 % must not read as 95.0, nor 1,999 of 2,000 as 100.0: they are 94.96 and 99.95.
    """
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    for places in (TENTH, CENT):
        shown = exact.quantize(places, ROUND_HALF_UP)
        if (shown >= floor) == (exact >= floor):
            return f"{shown}"
    return f"{exact.quantize(CENT, ROUND_DOWN)}"
