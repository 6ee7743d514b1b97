"""The arithmetic of dues: the limits of the regulation, and ten thousand bases against an independent computation."""

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.periods import Month
from dues.models import RatePolicy
from dues.rates import Band, MissingBase, MissingRate, due

STAFF, RETIRED, STUDENT = "STAFF", "RETIRED", "STUDENT"
RULES = [
    Band(STAFF, Decimal(3000), Decimal("0.5"), None),
    Band(STAFF, Decimal(5000), Decimal(1), None),
    Band(STAFF, Decimal(10000), Decimal("1.5"), None),
    Band(STAFF, None, Decimal(2), None),
    Band(RETIRED, Decimal(5000), Decimal("0.5"), None),
    Band(RETIRED, None, Decimal(1), None),
    Band(STUDENT, None, None, Decimal("0.20")),
]


@pytest.mark.parametrize(
    ("category", "base", "amount", "rate"),
    [
        (STAFF, "3000.00", "15.00", "0.5%"),
        (STAFF, "3000.01", "30.00", "1%"),
        (STAFF, "5000.00", "50.00", "1%"),
        (STAFF, "5000.01", "75.00", "1.5%"),
        (STAFF, "10000.00", "150.00", "1.5%"),
        (STAFF, "10000.01", "200.00", "2%"),
        (STAFF, "0.00", "0.00", "0.5%"),
        (STAFF, "2999.00", "15.00", "0.5%"),  # 14.995, half up
        (RETIRED, "5000.00", "25.00", "0.5%"),
        (RETIRED, "5000.01", "50.00", "1%"),
        (STUDENT, None, "0.20", "0.20 元"),
        (STUDENT, "9000.00", "0.20", "0.20 元"),
    ],
)
def test_the_limits_of_the_regulation(category, base, amount, rate):
    owed = due(RULES, category, base and Decimal(base))

    assert (str(owed.amount), owed.rate) == (amount, rate)


def test_the_base_is_compared_with_the_limit_before_rounding():
    assert due(RULES, STAFF, Decimal("3000.004")).amount == Decimal("30.00")


@pytest.mark.parametrize(("unit", "amount"), [("0.01", "108.23"), ("0.1", "108.20"), ("1", "108.00")])
def test_the_amount_is_rounded_half_up_to_the_unit_of_the_rules(unit, amount):
    assert str(due(RULES, STAFF, Decimal("7215.50"), Decimal(unit)).amount) == amount


def test_a_half_goes_up_in_every_unit():
    assert due(RULES, STAFF, Decimal("4250.00"), Decimal("1")).amount == Decimal("43.00")
    assert due(RULES, STAFF, Decimal("4205.00"), Decimal("0.1")).amount == Decimal("42.10")


def test_a_fixed_amount_is_never_rounded_away():
    assert due(RULES, STUDENT, None, Decimal("1")).amount == Decimal("0.20")


@pytest.mark.parametrize("category", [STAFF, RETIRED])
def test_a_percentage_needs_a_base(category):
    with pytest.raises(MissingBase, match=r"^未定基数$"):
        due(RULES, category, None)


def test_a_category_without_a_line_has_no_rate():
    with pytest.raises(MissingRate, match=r"^未定标准$"):
        due(RULES, "OTHER", Decimal(100))


def test_a_negative_base_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        due(RULES, STAFF, Decimal("-0.01"))


def independent(category, fen):
    """The same rule on whole fen, without Decimal, without the rules as data."""
    if category == STUDENT:
        return 20
    if category == RETIRED:
        permille = 5 if fen <= 500000 else 10
    else:
        permille = 5 if fen <= 300000 else 10 if fen <= 500000 else 15 if fen <= 1000000 else 20
    return (2 * fen * permille + 1000) // 2000


def test_ten_thousand_bases_agree_with_an_independent_computation():
    chance = random.Random(2008)
    cases = [(chance.choice([STAFF, RETIRED, STUDENT]), chance.randrange(0, 3_000_000)) for _ in range(10_000)]

    wrong = [
        (category, fen)
        for category, fen in cases
        if due(RULES, category, Decimal(fen) / 100).amount * 100 != independent(category, fen)
    ]

    assert wrong == []


@settings(deadline=None)
@given(category=st.sampled_from([STAFF, RETIRED]), fen=st.integers(0, 10**9))
def test_any_base_agrees_with_an_independent_computation(category, fen):
    assert due(RULES, category, Decimal(fen) / 100).amount * 100 == independent(category, fen)


def test_the_shipped_rules_are_those_of_the_regulation(db):
    shipped = RatePolicy.in_force(Month(2026, 11)).bands

    assert sorted(map(repr, shipped)) == sorted(
        map(
            repr,
            [
                *[
                    Band(b.category, b.up_to and b.up_to.quantize(Decimal("0.01")), b.percent and b.percent.quantize(
                        Decimal("0.01")), b.amount) for b in RULES
                ],
                Band("OTHER", None, None, Decimal("0.20")),
            ],
        )
    )  # fmt: skip
