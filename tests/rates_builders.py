"""Builders of the rules of dues: a version of them, and what the form of them sends."""

from decimal import Decimal

from dues.models import RatePolicy
from dues.policies import RatePolicies
from dues.rates import Band

# category → lines of (up to, percent, fixed amount), as 中组发〔2008〕3号 has them and as they are shipped
SHIPPED = {
    "STAFF": [("3000", "0.5", ""), ("5000", "1", ""), ("10000", "1.5", ""), ("", "2", "")],
    "RETIRED": [("5000", "0.5", ""), ("", "1", "")],
    "STUDENT": [("", "", "0.2")],
    "OTHER": [("", "", "0.2")],
}
COLUMNS = ("up_to", "percent", "amount")


def bands_of(lines=None, **changes) -> list[Band]:
    """Lines as above as plain values; ``changes`` are of single categories."""
    table = (lines or SHIPPED) | changes
    return [
        Band(category, *(Decimal(cell) if cell else None for cell in line))
        for category, rows in table.items()
        for line in rows
    ]


def make_rates(month, version=1, **changes):
    """Rules from a month on, with the shipped brackets but for those of the categories in ``changes``."""
    policy = RatePolicy.objects.create(effective_from=month, version=version)
    for band in bands_of(**changes):
        policy.brackets.create(**vars(band))
    return policy


def typed_rates(month, lines=None, **fields) -> dict[str, str]:
    """What the form sends: the shipped rules from a month on, but for the categories in ``lines`` and ``fields``."""
    typed = {
        "effective_from": str(month), "rounding": "0.01", "soft_cap": "1000", "base_month": "12",
        "remind_after": "3", "alert_after": "6", "reductions_by": "PARENT", "seen": RatePolicies().stamp,
    }  # fmt: skip
    for category, rows in (SHIPPED | (lines or {})).items():
        typed |= {f"{category}-TOTAL_FORMS": str(len(rows)), f"{category}-INITIAL_FORMS": "0"}
        for place, line in enumerate(rows):
            typed |= {
                f"{category}-{place}-{name}": cell for name, cell in zip(COLUMNS, line, strict=True)
            }  # fmt: skip
    return typed | fields
