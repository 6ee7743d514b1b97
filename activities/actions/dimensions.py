"""三定一创: its dimensions are added, renamed, reordered and ended. lock · check · change · record · tell."""

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from activities.models import Dimension
from activities.rules import dimensions as rules
from core.audit import record
from core.periods import Month
from core.workflow import StaleState, lock, lock_all, no, require


class NameTaken(Exception):
    """Raised when another dimension has the name in the same month; ``str()`` is a sentence for users."""

    def __init__(self, name, other=None):
        until = f"（{other.ended_from.label}起停用）" if other and other.ended_from else ""
        super().__init__(f"已有名为“{name}”的维度{until}，同一个月里不能有两个同名的，请换一个名称。")


@transaction.atomic
def add_dimension(*, by, name, effective_from: Month, text="") -> Dimension:
    """One more dimension, the last of them, from a month on that is not over."""
    require(rules.can_set_dimension(by))
    if effective_from < Month.current():
        require(no("过去的月份不再增加维度。"))
    last = Dimension.objects.aggregate(last=Max("order"))["last"] or 0
    dimension = Dimension(name=name, text=text, effective_from=effective_from, order=last + 1)
    _store(dimension)
    record(dimension, "dimension.added", by=by, note=f"{name}，{effective_from.label}起")
    return dimension


@transaction.atomic
def save_dimension(dimension: Dimension, *, by, version, name, text) -> Dimension:
    """Rename it or explain it; raises StaleState if somebody else has done so since the page was opened."""
    dimension = lock(dimension)
    require(rules.can_set_dimension(by, dimension))
    if dimension.version != version:
        raise StaleState("刚刚有人改过这个维度，您的改动没有保存。请看最新的再改。")
    dimension.name, dimension.text = name, text
    dimension.version += 1
    _store(dimension)
    record(dimension, "dimension.saved", by=by)
    return dimension


@transaction.atomic
def raise_dimension(dimension: Dimension, *, by) -> Dimension:
    """Move it one place up among all of them; the first one stays."""
    require(rules.can_set_dimension(by, dimension))
    rows = lock_all(Dimension.objects.order_by("pk"))
    rows.sort(key=lambda one: (one.order, one.pk))
    place = next((place for place, one in enumerate(rows) if one.pk == dimension.pk), None)
    if place is None:
        raise StaleState("这个维度刚刚被删去了。")
    if place:
        rows.insert(place - 1, rows.pop(place))
    for order, one in enumerate(rows, start=1):
        one.order = order
    Dimension.objects.bulk_update(rows, ["order"])
    moved = next(one for one in rows if one.pk == dimension.pk)
    record(moved, "dimension.raised", by=by, also=[one for one in rows if one.pk != moved.pk])
    return moved


@transaction.atomic
def end_dimension(dimension: Dimension, *, by, ended_from: Month) -> Dimension:
    """Let it end with a month: nothing is marked by it from then on, and what was marked stays."""
    dimension = lock(dimension)
    require(rules.can_end_dimension(by, dimension))
    if ended_from < (first := rules.first_end(dimension)):
        require(no(f"最早从 {first.label}起停用：更早的月份已经过去，或者已有支部评价过。"))
    dimension.ended_from = ended_from
    dimension.save(update_fields=["ended_from"])
    record(dimension, "dimension.ended", by=by, note=f"{ended_from.label}起停用")
    return dimension


@transaction.atomic
def resume_dimension(dimension: Dimension, *, by) -> Dimension:
    """Take an ending back that has not come yet."""
    dimension = lock(dimension)
    require(rules.can_resume_dimension(by, dimension))
    dimension.ended_from = None
    _store(dimension)
    record(dimension, "dimension.resumed", by=by)
    return dimension


@transaction.atomic
def drop_dimension(dimension: Dimension, *, by) -> None:
    """Delete one that nobody has marked."""
    dimension = lock(dimension)
    require(rules.can_drop_dimension(by, dimension))
    record(dimension, "dimension.dropped", by=by, note=dimension.name, gone=[dimension])
    try:
        dimension.delete()
    except ProtectedError as error:  # somebody marked it meanwhile
        raise StaleState("刚刚有支部按这个维度评价过，不能删去；不再用时请停用。") from error


def _store(dimension):
    """Save it under a name that no other has in any of its months: a day is marked by each name once."""
    if other := Dimension.objects.meeting(dimension).first():
        raise NameTaken(dimension.name, other)
    try:
        with transaction.atomic():
            dimension.save()
    except IntegrityError as error:
        raise NameTaken(dimension.name) from error
