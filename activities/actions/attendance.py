"""Who was there: the roster is frozen, marked, and later corrected. lock · check · change · record · tell."""

from django.db import transaction

from activities import rules
from activities.models import ActivityDay, Attendance
from branches.models import Appointment, Exclusion, Person
from core.audit import record
from core.workflow import StaleState, lock, lock_all, require

FROM = {
    "write": (ActivityDay.Status.HELD,),
    "correct": (ActivityDay.Status.RECORDED,),
}


def freeze_roster(day, people):
    """Write down every member of the branch as they stand on that day: present until marked otherwise.

    Who is excluded by then stands on it too, outside of 应到, with the reason and who approved it; who asked for leave
    beforehand is on leave.
    """
    offices = {}
    for appointment in Appointment.objects.active(day.held_on).filter(organization=day.organization):
        offices.setdefault(appointment.person_id, appointment.label)
    known = {row.person_id: (Attendance.Status.ON_LEAVE, row.reason) for row in day.leaves.running()}
    excluded = _excluded_on(day.held_on, people)
    known |= {pk: (Attendance.Status.NOT_COUNTED, reason) for pk, reason in excluded.items()}
    rows = []
    for person in people:
        status, reason = known.get(person.pk, (Attendance.Status.PRESENT, ""))
        rows.append(
            Attendance(
                day=day, person=person, standing=person.standing_then, is_leading_cadre=person.is_leading_cadre,
                is_floating=person.is_floating, group_name=_group_name(person, day),
                office_label=offices.get(person.pk, ""), status=status, reason=reason,
            )
        )  # fmt: skip
    return Attendance.objects.bulk_create(rows)


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
def mark_attendance(attendance, *, by, status, reason=""):
    """Set one person's attendance. Setting it twice changes nothing."""
    day = lock(attendance.day, *FROM["write"])
    attendance = lock(attendance)
    excludes = Attendance.Status.NOT_COUNTED in (status, attendance.status)
    require(rules.can_exclude(by, day) if excludes else rules.can_mark(by, attendance))
    if (attendance.status, attendance.reason) == (status, reason):
        return attendance
    before = _set(attendance, status, reason)
    record(
        day, "attendance.marked", by=by, note=f"{attendance.person}：{attendance.words}", also=[attendance],
        person=attendance.person_id, before=before.status, after=status,
    )  # fmt: skip
    return attendance


@transaction.atomic
def correct_attendance(attendance, *, by, status, reason="", why):
    """Set one person's attendance after the record went in, saying why. What was published or signed stays as it was.

    Correcting it to what it is already changes nothing.
    """
    day = lock(attendance.day, *FROM["correct"])
    attendance = lock(attendance)
    require(rules.can_correct(by, attendance))
    if (attendance.status, attendance.reason) == (status, reason):
        return attendance
    before = _set(attendance, status, reason)
    record(
        day, "attendance.corrected", by=by, also=[attendance],
        note=f"{attendance.person}由{before.words}改为{attendance.words}，{why}",
        person=attendance.person_id, before=before.status, after=status, why=why,
    )  # fmt: skip
    return attendance


def _set(attendance, status, reason):
    """Write status and reason of a locked row; gives what it was. Who has made up for a day was not there."""
    if status not in Attendance.MISSED and attendance.made_up.exists():
        raise StaleState(f"{attendance.person}已登记补课，没有改。确实到会的，先在补课里去掉这位同志，再来改。")
    before = Attendance(status=attendance.status, reason=attendance.reason)
    attendance.status, attendance.reason = status, reason
    attendance.save(update_fields=["status", "reason"])
    return before
