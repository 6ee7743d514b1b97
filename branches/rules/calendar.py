"""Who reads the calendar, and who says what is worked and taught: the department of the committee above all."""

from branches import access, arrangement
from branches.access import rule
from core.workflow import YES, Verdict, no

ONLY = "工作日历由党委组织部设定。"


@rule("calendar.see")
def can_see_calendar(user, row=None) -> Verdict:
    """Whoever holds an office."""
    return YES if access.seats(user) else no("工作日历给担任党内职务的同志使用。")


@rule("calendar.keep")
def can_keep_calendar(user, row=None) -> Verdict:
    """Days and terms: the organization department of the committee above all, as they hold for everybody."""
    return YES if access.heads_department(user) else no(ONLY)


@rule("calendar.seed")
def can_seed_calendar(user, year) -> Verdict:
    """Filling a year in: the same, as far as the arrangement of that year is known."""
    return can_keep_calendar(user) and is_arranged(year)


def is_arranged(year: int) -> Verdict:
    """Does anybody know the public holidays of a year, so that they can be filled in?"""
    if arrangement.is_published(year):
        return YES
    return no(f"系统里没有 {year} 年的国务院放假安排。公布以后，可以导入，或者逐段设定。")
