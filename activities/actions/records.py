"""What was done on the day: its record is written, submitted, taken back, returned. lock · check · change · tell.

A record is in time or late by its last submission. Who sends it back from above gives the branch some more days, unless
it was late already; a branch that takes its own record back gets none.
"""

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.urls import reverse

from activities import rules
from activities.filing import Missing, secretaries
from activities.models import ActivityDay, DayFile, DayItem, Policy
from core import clock
from core.audit import record, remember
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, no, require

Status = ActivityDay.Status
FROM = {
    "write": (Status.HELD,),
    "record": (Status.HELD,),
    "reopen": (Status.RECORDED,),
    "return": (Status.RECORDED,),
}
FIGURES = ("minutes", "beneficiaries", "helpers")


class Overtaken(Exception):
    """Raised when the record was saved by somebody else since the page was opened; nothing was written."""


class RecordIncomplete(Exception):
    """Raised when a record is submitted that still lacks something; ``missing`` lists it."""

    def __init__(self, missing):
        super().__init__("、".join(one.word for one in missing))
        self.missing = missing


@transaction.atomic
def save_record(day, *, by, version, summary, outcomes, results="", problems="", figures=None, captions=None):
    """Keep what has been written so far. ``outcomes`` maps item id to (outcome, note), ``captions`` file id to words.

    ``figures`` maps item id to those of ``FIGURES`` that are asked of it: how long it took, who was served and by how
    many.
    ``version`` is what the page was opened with; raises Overtaken if it is no longer the latest. What signed minutes
    say took place, took place: such an item cannot be put down as 未进行.
    """
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    if day.version != version:
        raise Overtaken
    day.summary, day.results, day.problems = summary, results, problems
    items = lock_all(day.items.filter(pk__in=outcomes))
    for item in items:
        item.outcome, item.note = outcomes[item.pk]
        for name, value in (figures or {}).get(item.pk, {}).items():
            setattr(item, name, value)
        if item.is_signed and not item.took_place:
            require(no(f"“{item.content}”的会议记录已确认，不能记为未进行。"))
    day.version += 1
    day.save(update_fields=["summary", "results", "problems", "version"])
    DayItem.objects.bulk_update(items, ["outcome", "note", *FIGURES])
    files = lock_all(day.files.filter(pk__in=captions or ()))
    for file in files:
        file.caption = (captions or {})[file.pk]
    DayFile.objects.bulk_update(files, ["caption"])
    record(day, "day.saved", by=by, also=[*items, *files])
    return day


@transaction.atomic
def add_item(day, *, by, kind, subtype, content, minutes, form="", own_kind="", also=(), leader_id=None):
    """Write down something that was done although it was not planned; the rest are the fields of an Item."""
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    last = day.items.aggregate(last=Max("order"))["last"] or 0
    item = day.items.create(
        order=last + 1, kind=kind, subtype=subtype, form=form, own_kind=own_kind, also=list(also), content=content,
        minutes=minutes, leader_id=leader_id, was_planned=False, outcome=DayItem.Outcome.DONE,
    )  # fmt: skip
    record(day, "day.item_added", by=by, note=f"{item.label}：{content}")
    return item


@transaction.atomic
def drop_item(item, *, by):
    """Take an item off again that was added by mistake; what was planned stays and gets its outcome.

    Its materials stay with the day as documents.
    """
    day = lock(item.day, *FROM["write"])
    item = day.items.filter(pk=item.pk).first()
    if item is None:
        raise StaleState("这一项已经删去了。")
    require(rules.can_drop_item(by, item))
    files = lock_all(item.files.all())
    for file in files:
        file.item, file.sort = None, file.sort if file.is_photo else DayFile.Sort.DOCUMENT
    DayFile.objects.bulk_update(files, ["item", "sort"])
    record(day, "day.item_dropped", by=by, note=f"{item.label}：{item.content}", gone=[item], also=files)
    try:
        item.delete()
    except ProtectedError as error:
        raise StaleState("这一项已有会议记录；先删去会议记录的草稿，再删这一项。") from error
    return day


def sign_item(item):
    """Note that the minutes of a day's item are signed: it took place. For the floor above, in its transaction.

    The act is the floor's above, which records the item with it.
    """
    remember(item)
    item.outcome = item.outcome if item.took_place else DayItem.Outcome.DONE
    item.is_signed = True
    item.save(update_fields=["outcome", "is_signed"])
    return item


@transaction.atomic
def record_day(day, *, by):
    """Submit the day's record as it was saved. Raises RecordIncomplete while something lacks."""
    day = lock(day, *FROM["record"])
    require(rules.can_record(by, day))
    lacking = missing(day, day.items.all())
    if lacking:
        raise RecordIncomplete(lacking)
    day.status, day.recorded_at = Status.RECORDED, clock.now()
    day.returned_at, day.return_note = None, ""
    day.save(update_fields=["status", "recorded_at", "returned_at", "return_note"])
    record(day, "day.recorded", by=by)
    return day


@transaction.atomic
def reopen_record(day, *, by, reason):
    """Take a submitted record back for a correction; it is submitted again, at a new time."""
    day = lock(day, *FROM["reopen"])
    require(rules.can_reopen(by, day))
    day.status, day.recorded_at = Status.HELD, None
    day.save(update_fields=["status", "recorded_at"])
    record(day, "day.reopened", by=by, note=reason)
    return day


@transaction.atomic
def return_record(day, *, by, comment):
    """Send a submitted record back to its branch, saying what it lacks; the secretaries are told.

    It is owed again some days later. Not so where it was late: then it stays late, and its day what it was.
    """
    day = lock(day, *FROM["return"])
    require(rules.can_return_record(by, day))
    if not day.record_is_late:
        again_on = Policy.in_force(day.month).correction_due_on(clock.today())
        day.record_due_on = max(day.record_due_on, again_on)
    day.status, day.recorded_at = Status.HELD, None
    day.returned_at, day.return_note = clock.now(), comment
    day.save(update_fields=["status", "recorded_at", "record_due_on", "returned_at", "return_note"])
    entry = record(day, "day.returned", by=by, note=comment)
    tell(
        secretaries(day.organization), "record_returned", key=f"record_returned:{day.pk}:{entry.pk}",
        title=f"{day.month.label}活动日记录被退回", text=comment, url=reverse("day_record", args=[day.pk]),
        sender=by.name,
    )  # fmt: skip
    return day


def missing(day, items) -> list[Missing]:
    """What the record still lacks."""
    lacking = [Missing(f"outcome-{item.pk}", f"“{item.content}”的完成情况") for item in items if not item.outcome]
    lacking += [
        Missing(f"note-{item.pk}", f"“{item.content}”的情况（有调整或未进行的要写明）")
        for item in items
        if item.outcome in (DayItem.Outcome.CHANGED, DayItem.Outcome.NOT_DONE) and not item.note.strip()
    ]
    if not day.summary.strip():
        lacking.append(Missing("summary", "主要内容及特色"))
    return lacking
