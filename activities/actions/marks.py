"""三定一创: what a branch says of each dimension on a day. lock · check · change · record."""

from django.db import transaction

from activities import rules
from activities.marks import stamp_of
from activities.models import ActivityDay, DayMark, Dimension
from core.audit import record
from core.workflow import lock, lock_all, require

FROM = {"save": (ActivityDay.Status.HELD,)}


class Overtaken(Exception):
    """Raised when the marks were saved by somebody else since the page was opened; nothing was written."""


@transaction.atomic
def save_marks(day: ActivityDay, *, by, seen: str, marks: dict[int, tuple[str, str]]) -> list[DayMark]:
    """Keep the marks of a day: ``marks`` maps a dimension's id to (mark, note), without a mark to take it off.

    ``seen`` is the stamp of the marks as the page showed them; raises Overtaken if they are others by now. Dimensions
    that are not in force in the day's month are passed over.
    """
    day = lock(day, *FROM["save"])
    require(rules.can_write(by, day))
    before = {row.dimension_id: row for row in lock_all(day.marks.order_by("pk"))}
    if seen != stamp_of(before.values()):
        raise Overtaken
    kept, gone = [], []
    for dimension in Dimension.objects.in_force(day.month).filter(pk__in=marks):
        mark, note = marks[dimension.pk]
        row = before.get(dimension.pk) or DayMark(day=day, dimension=dimension)
        if mark:
            row.mark, row.note = mark, note
            row.save()
            kept.append(row)
        elif row.pk:
            gone.append(row)
    record(day, "day.marked", by=by, also=kept, gone=gone)
    for row in gone:
        row.delete()
    return kept
