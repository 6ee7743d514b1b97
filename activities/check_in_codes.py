"""签到码: what the room shows for twenty seconds, made from the day, the moment and the site's secret."""

from dataclasses import dataclass

import segno
from django.utils.crypto import constant_time_compare, salted_hmac

from activities.models import ActivityDay, Attendance, CheckIn, Policy
from core import clock

SECONDS = 20  # so long one code is shown; it is taken as long again, for who scanned it at its end
LETTERS = 32


def code_of(day: ActivityDay, windows_ago: int = 0) -> str:
    """The code of a day now, or of so many windows ago."""
    window = int(clock.now().timestamp()) // SECONDS - windows_ago
    made = salted_hmac("activities.check_in", f"{day.pk}:{window}", algorithm="sha256")
    return made.hexdigest()[:LETTERS]


def is_shown(day: ActivityDay, code: str) -> bool:
    """Is this the code that the room of the day shows, or has just shown?"""
    return any(constant_time_compare(code_of(day, ago), code) for ago in (0, 1))


def is_on(day: ActivityDay) -> bool:
    """Do the rules of the day's month have a check-in?"""
    return Policy.in_force(day.month).self_check_in


def counts_of(day: ActivityDay) -> dict:
    """How many checked in, of how many who were expected."""
    signed = CheckIn.objects.filter(attendance__day=day).exclude(attendance__status=Attendance.Status.NOT_COUNTED)
    return {"signed": signed.count(), "expected": day.attendance.expected().count()}


@dataclass(frozen=True)
class Picture:
    """A QR code as a page draws it: the side of its square, quiet edge included, and the path of what is dark."""

    size: int
    path: str


def drawn(address: str) -> Picture:
    """An address as a QR code."""
    rows = list(segno.make(address, error="m").matrix_iter(border=4))
    dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return Picture(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
