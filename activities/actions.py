"""What happens on the activity day: hold, mark, invite, record. Each reads lock · check · change · record · tell."""

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError

from activities import rules
from activities.filing import Missing, reviewers_of
from activities.models import ActivityDay, Attendance, DayItem, Guest, Policy
from branches.models import Appointment, Exclusion, Person
from core import clock
from core.audit import record, remember
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, no, require

Status = ActivityDay.Status
FROM = {
    "hold": (Status.PLANNED,),
    "skip": (Status.PLANNED,),
    "resume": (Status.NOT_HELD,),
    "write": (Status.HELD,),
    "record": (Status.HELD,),
    "reopen": (Status.RECORDED,),
}
NAMED = 5  # so many people are named in a note; more are counted


class Overtaken(Exception):
    """Raised when the record was saved by somebody else since the page was opened; nothing was written."""


class RecordIncomplete(Exception):
    """Raised when a record is submitted that still lacks something; ``missing`` lists it."""

    def __init__(self, missing):
        super().__init__("、".join(one.word for one in missing))
        self.missing = missing


@transaction.atomic
def hold_day(day, *, by, **facts):
    """Confirm that the day took place: freeze the roster, all present who count, and copy the planned items.

    ``facts`` are held_on, starts_at, place, host and recorder as they really were. The plan is locked before the day,
    so that no step of filing can take it away meanwhile.
    """
    plan = lock(day.plan)
    day = lock(day, *FROM["hold"])
    day.plan = plan
    require(rules.can_hold(by, day))
    for name, value in facts.items():
        setattr(day, name, value)
    day.status, day.held_at = Status.HELD, clock.now()
    day.record_due_on = Policy.in_force(day.month).record_due_on(day.held_on)
    day.save(update_fields=[*facts, "status", "held_at", "record_due_on"])
    people, elsewhere = members_of_the_day(day)
    roster = freeze_roster(day, people)
    DayItem.objects.bulk_create(
        DayItem(
            day=day, order=item.order, kind=item.kind, subtype=item.subtype, content=item.content,
            minutes=item.minutes,
        )
        for item in day.plan.items.all()
    )  # fmt: skip
    expected = sum(row.status != Attendance.Status.NOT_COUNTED for row in roster)
    record(day, "day.held", by=by, note=_told(elsewhere), held_on=day.held_on, expected=expected)
    return day


def _told(elsewhere):
    """Who is not expected here because another branch has them in the month's roster, in words."""
    if not elsewhere:
        return ""
    names = "、".join(person.name for person in elsewhere[:NAMED]) + ("等" if len(elsewhere) > NAMED else "")
    return f"{len(elsewhere)} 人本月已在原支部的名单里，没有重复计入：{names}"


def freeze_roster(day, people):
    """Write down every member of the branch as they stand on that day: present until marked otherwise.

    Who is excluded by then stands on it too, outside of 应到, with the reason and who approved it.
    """
    offices = {}
    for appointment in Appointment.objects.active(day.held_on).filter(organization=day.organization):
        offices.setdefault(appointment.person_id, appointment.label)
    excluded = _excluded_on(day.held_on, people)
    return Attendance.objects.bulk_create(
        Attendance(
            day=day, person=person, standing=person.standing_then, is_leading_cadre=person.is_leading_cadre,
            group_name=_group_name(person, day), office_label=offices.get(person.pk, ""),
            status=Attendance.Status.NOT_COUNTED if person.pk in excluded else Attendance.Status.PRESENT,
            reason=excluded.get(person.pk, ""),
        )
        for person in people
    )  # fmt: skip


def _excluded_on(held_on, people) -> dict[int, str]:
    """``{person id: reason and who approved}`` of those of ``people`` who are not counted on a day."""
    running = Exclusion.objects.running_on(held_on).filter(person__in=[person.pk for person in people])
    return {
        row.person_id: f"{row.reason}（{row.decided_by.name if row.decided_by else '上级'}批准）"[:120]
        for row in running.select_related("decided_by")
    }


def _group_name(person, day):
    """The group in this branch: who moved away since may be in a group of the new one."""
    here = person.group is not None and person.group.organization_id == day.organization_id
    return person.group.name if here else ""


def members_of_the_day(day):
    """``(people, others)``: the branch's members on the day; apart those whom another branch has in the month's roster.

    Locked one after the other, so that of two branches that hold their days at once only one takes somebody who moved.
    They are read again under the lock: a move that was accepted meanwhile is seen whole, with its day.
    """
    lock(day.organization)  # nobody moves in meanwhile
    here = Person.objects.at(day.organization, day.held_on).members_on(day.held_on).order_by("pk")
    lock_all(Person.objects.filter(pk__in=list(here.values_list("pk", flat=True))).order_by("pk"))
    people = list(here.select_related("group"))
    elsewhere = Attendance.objects.filter(person__in=people, day__month=day.month)
    taken = set(elsewhere.values_list("person", flat=True))  # read after the lock: it sees who was faster
    return [one for one in people if one.pk not in taken], [one for one in people if one.pk in taken]


@transaction.atomic
def skip_day(day, *, by, reason):
    """Say that the month's day was not held, and why; those above are told. It stays owed, and counts as missed."""
    day = lock(day, *FROM["skip"])
    require(rules.can_skip(by, day))
    day.status, day.not_held_reason = Status.NOT_HELD, reason
    day.save(update_fields=["status", "not_held_reason"])
    entry = record(day, "day.skipped", by=by, note=reason)
    tell(
        reviewers_of(day.organization), "day_skipped", key=f"day_skipped:{day.pk}:{entry.pk}",
        title=f"{day.organization} {day.month.label}未开展活动日", text=f"原因：{reason}",
        url=day.get_absolute_url(), sender=day.organization.short_name,
    )  # fmt: skip
    return day


@transaction.atomic
def resume_day(day, *, by):
    """Take back that the day was not held: it can be confirmed again."""
    day = lock(day, *FROM["resume"])
    require(rules.can_resume(by, day))
    day.status, day.not_held_reason = Status.PLANNED, ""
    day.save(update_fields=["status", "not_held_reason"])
    record(day, "day.resumed", by=by)
    return day


@transaction.atomic
def mark_attendance(attendance, *, by, status, reason=""):
    """Set one person's attendance. Setting it twice changes nothing."""
    day = lock(attendance.day, *FROM["write"])
    attendance = lock(attendance)
    excludes = Attendance.Status.NOT_COUNTED in (status, attendance.status)
    require(rules.can_exclude(by, day) if excludes else rules.can_write(by, day))
    if (attendance.status, attendance.reason) == (status, reason):
        return attendance
    before = attendance.status
    attendance.status, attendance.reason = status, reason
    attendance.save(update_fields=["status", "reason"])
    record(
        day, "attendance.marked", by=by, note=reason, also=[attendance],
        person=attendance.person_id, before=before, after=status,
    )  # fmt: skip
    return attendance


@transaction.atomic
def invite_guest(day, *, by, name, capacity="", person=None):
    """Add somebody who was there outside the rate (列席)."""
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    try:
        with transaction.atomic():
            guest = Guest.objects.create(day=day, name=name, capacity=capacity, person=person)
    except IntegrityError as error:
        raise StaleState(f"{name}已经在列席名单里。") from error
    record(day, "guest.invited", by=by, note=name)
    return guest


@transaction.atomic
def dismiss_guest(guest, *, by):
    """Take a guest off the list again."""
    day = lock(guest.day, *FROM["write"])
    require(rules.can_write(by, day))
    record(day, "guest.dismissed", by=by, note=guest.name, gone=[guest])
    guest.delete()
    return day


@transaction.atomic
def save_record(day, *, by, version, summary, outcomes):
    """Keep what has been written so far. ``outcomes`` maps item id to (outcome, note).

    ``version`` is what the page was opened with; raises Overtaken if it is no longer the latest. What signed minutes
    say took place, took place: such an item cannot be put down as 未进行.
    """
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    if day.version != version:
        raise Overtaken
    day.summary = summary
    items = lock_all(day.items.filter(pk__in=outcomes))
    for item in items:
        item.outcome, item.note = outcomes[item.pk]
        if item.is_signed and not item.took_place:
            require(no(f"“{item.content}”的会议记录已确认，不能记为未进行。"))
    day.version += 1
    day.save(update_fields=["summary", "version"])
    DayItem.objects.bulk_update(items, ["outcome", "note"])
    record(day, "day.saved", by=by, also=items)
    return day


@transaction.atomic
def add_item(day, *, by, kind, subtype, content, minutes):
    """Write down something that was done although it was not planned."""
    day = lock(day, *FROM["write"])
    require(rules.can_write(by, day))
    last = day.items.aggregate(last=Max("order"))["last"] or 0
    item = day.items.create(
        order=last + 1, kind=kind, subtype=subtype, content=content, minutes=minutes, was_planned=False,
        outcome=DayItem.Outcome.DONE,
    )  # fmt: skip
    record(day, "day.item_added", by=by, note=f"{item.label}：{content}")
    return item


@transaction.atomic
def drop_item(item, *, by):
    """Take an item off again that was added by mistake; what was planned stays and gets its outcome."""
    day = lock(item.day, *FROM["write"])
    item = day.items.filter(pk=item.pk).first()
    if item is None:
        raise StaleState("这一项已经删去了。")
    require(rules.can_drop_item(by, item))
    record(day, "day.item_dropped", by=by, note=f"{item.label}：{item.content}", gone=[item])
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
    day.save(update_fields=["status", "recorded_at"])
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
