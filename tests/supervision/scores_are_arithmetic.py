"""From fractions to points, a score and a grade, on plain values alone."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.scoring import PER_MISS, SHARE, Floors, Line, Mark, Total, grade, mark, total


@dataclass(frozen=True)
class Figure:
    numerator: Decimal | int
    denominator: Decimal | int
    why: str = ""


FLOORS = Floors(Decimal(90), Decimal(80), Decimal(60))
points = st.decimals(0, 500, places=2)
lines = st.builds(
    Line, points, st.sampled_from([SHARE, PER_MISS]), st.decimals(0, 50, places=2), st.decimals("0.1", 100, places=1)
)
counts = st.integers(0, 400)
figures = st.builds(lambda owed, done: Figure(min(done, owed), owed), counts, counts)


@pytest.mark.parametrize(
    ("line", "figure", "earned", "how"),
    [
        (Line(Decimal(10)), Figure(3, 3), "10", "全部完成"),
        (Line(Decimal(10)), Figure(2, 3), "6.67", "66.7%，按比例"),
        (Line(Decimal(10)), Figure(0, 3), "0.00", "0.0%，按比例"),
        (Line(Decimal(10), PER_MISS, Decimal(1)), Figure(8, 10), "8.00", "缺 2 次，每次 −1"),
        (Line(Decimal(10), PER_MISS, Decimal("0.5")), Figure(7, 10), "8.50", "缺 3 次，每次 −0.5"),
        (Line(Decimal(10), PER_MISS, Decimal(5)), Figure(8, 10), "0.00", "缺 2 次，每次 −5"),
        (Line(Decimal(10), PER_MISS, Decimal(5)), Figure(7, 10), "0.00", "缺 3 次，每次 −5，扣完为止"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(96, 100), "20.00", "96.0%，达到 95% 得满分"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(95, 100), "20.00", "95.0%，达到 95% 得满分"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(924, 1000), "19.45", "92.4%，不足 95% 按比例"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(9496, 10000), "19.99", "94.96%，不足 95% 按比例"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(94999, 100000), "20.00", "94.99%，不足 95% 按比例"),
        (Line(Decimal(20), SHARE, Decimal(1), Decimal(95)), Figure(9504, 10000), "20.00", "95.0%，达到 95% 得满分"),
        (Line(Decimal(10)), Figure(1999, 2000), "10.00", "99.95%，按比例"),
        (Line(Decimal(10)), Figure(12, 10), "10", "超出应完成数，按满分计"),
        (Line(Decimal(10)), Figure(-1, 10), "0.00", "0.0%，按比例"),
    ],
)
def test_each_rule_says_what_it_did(line, figure, earned, how):
    assert mark(line, figure) == Mark(line.points, Decimal(earned), how)


def test_not_applicable_is_apart_from_zero():
    assert mark(Line(Decimal(10)), Figure(0, 0, "假期月份")) == Mark(Decimal(10), None, "不适用：假期月份")


def test_points_that_do_not_apply_leave_the_denominator():
    marks = [Mark(Decimal(20), Decimal(18), ""), Mark(Decimal(10), None, ""), Mark(Decimal(10), Decimal("8.99"), "")]

    assert total(marks, FLOORS) == Total(Decimal("26.99"), Decimal(30), Decimal("90.0"), "EXCELLENT")


def test_zero_stays_in_the_denominator():
    marks = [Mark(Decimal(20), Decimal(20), ""), Mark(Decimal(20), Decimal(0), "")]

    assert total(marks, FLOORS) == Total(Decimal(20), Decimal(40), Decimal("50.0"), "POOR")


@pytest.mark.parametrize("marks", [[], [Mark(Decimal(10), None, "")], [Mark(Decimal(0), Decimal(0), "")]])
def test_without_applicable_points_there_is_no_score(marks):
    assert total(marks, FLOORS) == Total(Decimal(0), Decimal(0), None, "NONE")


@pytest.mark.parametrize(
    ("score", "word"), [("100", "EXCELLENT"), ("90.0", "EXCELLENT"), ("89.9", "GOOD"), ("80", "GOOD"), ("79.9", "FAIR"),
                        ("60", "FAIR"), ("59.9", "POOR"), ("0", "POOR")],
)  # fmt: skip
def test_a_grade_begins_at_its_floor(score, word):
    assert grade(Decimal(score), FLOORS) == word


def test_the_grade_follows_the_score_that_people_see():
    marks = [Mark(Decimal(100), Decimal("89.96"), "")]

    assert total(marks, FLOORS) == Total(Decimal("89.96"), Decimal(100), Decimal("90.0"), "EXCELLENT")


@given(lines, figures)
def test_a_mark_lies_between_nothing_and_all_its_points(line, figure):
    one = mark(line, figure)

    assert (one.earned is None) == (figure.denominator == 0)
    assert one.earned is None or (0 <= one.earned <= line.points and one.earned == round(one.earned, 2))


@given(lines, st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_doing_more_never_costs_points(line, owed, some, more):
    some, more = sorted([min(some, owed), min(more, owed)])

    assert mark(line, Figure(some, owed)).earned <= mark(line, Figure(more, owed)).earned


@given(st.lists(st.tuples(lines, figures), max_size=12))
def test_a_score_lies_between_0_and_100_and_ignores_what_does_not_apply(pairs):
    marks = [mark(line, figure) for line, figure in pairs]
    applicable = [one for one in marks if one.earned is not None]

    assert total(marks, FLOORS) == total(applicable, FLOORS)
    assert total(marks, FLOORS).score is None or 0 <= total(marks, FLOORS).score <= 100
