"""How many full members branches had at the end of days that are past, as the dated changes tell it."""

import datetime
from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, F, Value

from branches.models import Person, Transfer

NOW = ""


def full_members_then(
    branches, now: dict[int, int], days: Iterable[datetime.date]
) -> dict[tuple[int, datetime.date], int]:
    """``{(branch_id, day): number}`` of full members at the end of ``days``, from the number that they have ``now``.

    ``branches`` is a scoped QuerySet of Organization. One query for any number of branches and days, none for no day:
    it counts only those who moved or took a step since; everybody else stood then where they stand now.
    """
    days = sorted(set(days))
    if not days:
        return {}
    left_one = Transfer.objects.accepted().filter(from_organization__in=branches, moved_on__gt=days[0])
    here = Person.objects.filter(organization__in=branches) | Person.objects.filter(pk__in=left_one.values("person"))
    others = here.moved_or_changed_after(days[0]).order_by()
    counts = [
        _counted(others.with_home(day).with_standing_on(day).filter(standing_then=Person.Standing.FULL), "home", day)
        for day in days
    ]
    of_now = _counted(others.present().filter(standing=Person.Standing.FULL), "organization", NOW)
    number = Counter({(pk, label): found for pk, label, found in of_now.union(*counts, all=True)})
    return {
        (pk, day): there - number[pk, NOW] + number[pk, day.isoformat()] for pk, there in now.items() for day in days
    }


def _counted(people, home, label):
    """(organization_id, label, number) of the people, by their ``home``."""
    rows = people.annotate(where_=F(home)).values("where_").annotate(label=Value(str(label)), number=Count("pk"))
    return rows.values_list("where_", "label", "number")
