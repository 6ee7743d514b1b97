"""From fractions to points, a score and a grade: the arithmetic of a scheme on plain values.

Points are Decimal with two places, a score is Decimal out of 100 with one, both rounded half up. A metric that does not
apply is apart from zero: its points leave the denominator.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from core.shares import percent

SHARE, PER_MISS = "SHARE", "PER_MISS"
EXCELLENT, GOOD, FAIR, POOR, NONE = "EXCELLENT", "GOOD", "FAIR", "POOR", "NONE"
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


class Fraction(Protocol):
    """What a metric found: done out of owed. A denominator of 0 means not applicable, and ``why`` says so."""

    numerator: Decimal | int
    denominator: Decimal | int
    why: str


@dataclass(frozen=True)
class Line:
    """How a metric is scored: by its share (full from ``full_from`` percent on), or ``per_miss`` points off a miss."""

    points: Decimal
    rule: str = SHARE
    per_miss: Decimal = Decimal(1)
    full_from: Decimal = Decimal(100)


@dataclass(frozen=True)
class Mark:
    """What a line earned; ``earned`` is None when the metric does not apply. ``how`` says it in words for the user."""

    points: Decimal
    earned: Decimal | None
    how: str


@dataclass(frozen=True)
class Floors:
    """The lowest scores of the grades above 较差."""

    excellent: Decimal
    good: Decimal
    fair: Decimal


@dataclass(frozen=True)
class Total:
    """The score of a branch: earned of applicable points, out of 100. Without applicable points there is no score."""

    earned: Decimal
    points: Decimal
    score: Decimal | None
    grade: str


def mark(line: Line, figure: Fraction) -> Mark:
    """Score one figure; never below 0, never above the line's points."""
    numerator, denominator = Decimal(figure.numerator), Decimal(figure.denominator)
    if denominator <= 0:
        return Mark(line.points, None, f"不适用：{figure.why or '本期没有应完成的事项'}")
    if numerator > denominator:
        return Mark(line.points, line.points, "超出应完成数，按满分计")
    if numerator == denominator:
        return Mark(line.points, line.points, "全部完成")
    numerator = max(numerator, Decimal(0))
    earned, how = (_per_miss if line.rule == PER_MISS else _share)(line, numerator, denominator)
    return Mark(line.points, min(max(earned, Decimal(0)), line.points).quantize(CENT, ROUND_HALF_UP), how)


def _per_miss(line, numerator, denominator):
    missed = denominator - numerator
    lost = missed * line.per_miss
    capped = "，扣完为止" if lost > line.points else ""
    return line.points - lost, f"缺 {_plain(missed)} 次，每次 −{_plain(line.per_miss)}{capped}"


def _share(line, numerator, denominator):
    share = numerator * 100 / denominator
    shown = f"{percent(numerator, denominator, line.full_from)}%"
    if share >= line.full_from:
        return line.points, f"{shown}，达到 {_plain(line.full_from)}% 得满分"
    floor = f"，不足 {_plain(line.full_from)}% 按比例" if line.full_from < 100 else "，按比例"
    return line.points * share / line.full_from, f"{shown}{floor}"


def total(marks: Iterable[Mark], floors: Floors) -> Total:
    """Add up the applicable marks and grade them by the rounded score, which is the one that people see."""
    applicable = [(one.earned, one.points) for one in marks if one.earned is not None]
    earned = sum((earned for earned, _ in applicable), Decimal(0))
    points = sum((points for _, points in applicable), Decimal(0))
    if points <= 0:
        return Total(Decimal(0), Decimal(0), None, NONE)
    score = (earned * 100 / points).quantize(TENTH, ROUND_HALF_UP)
    return Total(earned, points, score, grade(score, floors))


def grade(score: Decimal, floors: Floors) -> str:
    """The grade whose floor the score reaches."""
    for word, floor in ((EXCELLENT, floors.excellent), (GOOD, floors.good), (FAIR, floors.fair)):
        if score >= floor:
            return word
    return POOR


def _plain(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
