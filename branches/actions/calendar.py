"""What the department says of days: one, a range of them, a sheet of them, or the public holidays of a year."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from branches import rules
from branches.arrangement import arrangement_of
from branches.imports.parts import parts
from branches.models import CalendarDay, Organization
from branches.models.calendar import is_usual_workday
from core.audit import record_many, remember
from core.contributions import registry
from core.workflow import StaleState, lock_all, require

# (is it worked, its name); None: what its weekday says
Said = tuple[bool, str] | None


def wait_for_other_writers() -> None:
    """Whoever writes the calendar waits for whoever else does: also a day or a term that has no row yet is held.

    The lock is that of the tree, which changes as seldom; it is taken first, and nothing else is locked with it.
    """
    Organization.objects.lock_tree()


def version_of(row: CalendarDay) -> str:
    """What a page shows of a day, to be sent along with the form: has somebody changed it meanwhile?"""
    return f"{int(row.is_workday)} {row.name}".strip()


@transaction.atomic
def set_day(day: datetime.date, *, by, said: Said, was: str) -> bool:
    """Say that a day is free or worked, or (``said`` None) that it is what its weekday says; was anything changed?

    ``was`` is the ``version_of`` what the page showed: who finds something else is told, and decides again.
    """
    wait_for_other_writers()
    require(rules.can_keep_calendar(by))
    now = CalendarDay.objects.filter(day=day).first() or CalendarDay.usual(day)
    if version_of(now) != was:
        raise StaleState(f"这一天刚才有人改过，现在是“{now.word}”，您的设定没有保存。请看过再定。")
    return bool(_say({day: said}, by=by))


@transaction.atomic
def set_range(first: datetime.date, last: datetime.date, *, by, said: Said) -> int:
    """Say the same of every day of a range, both included, weekends too; gives how many days were changed."""
    wait_for_other_writers()
    require(rules.can_keep_calendar(by))
    days = [first + datetime.timedelta(days=place) for place in range((last - first).days + 1)]
    return len(_say(dict.fromkeys(days, said), by=by))


def _say(said, *, by):
    changed = _write(said, by=by, is_by_hand=True)
    cleared = all(one is None for one in said.values())
    record_many(changed, "calendar_day.cleared" if cleared else "calendar_day.set", by=by)
    return changed


@transaction.atomic
def write_sheet_of_days(said: Mapping[datetime.date, Said], *, by) -> None:
    """Write what a sheet says of days. It was compared while other writers were made to wait."""
    record_many(_write(said, by=by, is_by_hand=True), "calendar_day.imported", by=by)


@dataclass(frozen=True)
class Seeding:
    """What filling in a year did: days that were added and changed, and days set by hand that were left alone."""

    added: int
    changed: int
    kept: int


@transaction.atomic
def seed_year(year: int, *, by) -> Seeding:
    """Fill in the public holidays and worked weekends of a year; what was set by hand stays as it is.

    ``by`` is None for the command. What an earlier filling wrote is put right where the arrangement says otherwise now.
    """
    wait_for_other_writers()
    require(rules.is_arranged(year) if by is None else rules.can_seed_calendar(by, year))
    arranged, rows = arrangement_of(year), CalendarDay.objects.filter(day__year=year)
    by_hand = {row.day: row for row in rows if row.is_by_hand}
    earlier = {row.day: None for row in rows if not row.is_by_hand}
    said: dict[datetime.date, Said] = {**earlier, **arranged}
    changed = _write({day: one for day, one in said.items() if day not in by_hand}, by=by, is_by_hand=False)
    record_many(changed, "calendar_day.seeded", by=by)
    added = sum(row.day not in earlier for row in changed)
    kept = sum(row.is_special or day in arranged for day, row in by_hand.items())
    return Seeding(added, len(changed) - added, kept)


def _write(said: Mapping[datetime.date, Said], *, by, is_by_hand: bool) -> list[CalendarDay]:
    """Make the rows of days say it, and give those that changed, each with what it said before.

    A day without a row gets none only to be what its weekday says. The caller has made other writers wait. What goes
    by the working days hears which are free now.
    """
    rows = [row for part in parts(said) for row in lock_all(CalendarDay.objects.filter(day__in=part).order_by("day"))]
    new = sorted({day for day, one in said.items() if one is not None} - {row.day for row in rows})
    made = CalendarDay.objects.bulk_create([CalendarDay.usual(day) for day in new], batch_size=500)
    remember(*made)
    changed, freed = [], []
    for row in (*rows, *made):
        before = (row.is_workday, row.name, row.is_by_hand)
        row.is_workday, row.name = said[row.day] or (is_usual_workday(row.day), "")
        row.is_by_hand = is_by_hand
        if (row.is_workday, row.name, row.is_by_hand) != before:
            changed.append(row)
            freed += [row.day] if before[0] and not row.is_workday else []
    CalendarDay.objects.bulk_update(changed, ["is_workday", "name", "is_by_hand"], batch_size=500)
    for reader in registry.calendar_readers if freed else ():
        reader.became_free(freed, by)
    return changed
