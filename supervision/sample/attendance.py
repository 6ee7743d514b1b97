"""What stands around the rosters: leave from the days to come, and a make-up session for the last month's absentees."""

import datetime

from activities.models import ActivityDay, Attendance, LeaveRequest, MakeUp, MakeUpAttendance
from core.audit import AuditEntry
from core.clock import at
from core.periods import Month
from supervision.sample import seeded, step

LEAVE = ["因公出差", "病假", "授课", "探亲"]
SHARE = 0.4  # of the branches whose absentees have made up for the month


def load_leaves_and_make_ups(cast, last: Month, today: datetime.date) -> None:
    """One member of every second branch asks for leave; in some branches those who missed ``last`` have made up."""
    steps = [*_leaves(cast), *_make_ups(cast, last, today)]
    AuditEntry.objects.bulk_create(steps, batch_size=500)


def _leaves(cast):
    rows = []
    for day in ActivityDay.objects.filter(status="PLANNED").select_related("plan").order_by("pk"):
        chance = seeded("leave", day.month, day.organization_id)
        people = [one for one in cast.members[day.organization_id] if not one.is_leading_cadre]
        if people and chance.random() < 0.5:
            asked_at = at(day.plan.first_submitted_on, 18)
            reason = chance.choice(LEAVE)
            rows.append(LeaveRequest(day=day, person=chance.choice(people), reason=reason, asked_at=asked_at))
    LeaveRequest.objects.bulk_create(rows, batch_size=500)
    for row in rows:
        yield step(row.day, "leave.asked", row.asked_at, row.person.user, f"{row.person.name}：{row.reason}")


def _make_ups(cast, last, today):
    missed: dict[ActivityDay, list[Attendance]] = {}
    rows = Attendance.objects.filter(day__month=last, status__in=Attendance.MISSED)
    for row in rows.select_related("day", "person").order_by("pk"):
        missed.setdefault(row.day, []).append(row)
    held = [day for day in missed if seeded("make-up", last, day.organization_id).random() < SHARE]
    made = MakeUp.objects.bulk_create(
        MakeUp(
            day=day, held_on=min(day.held_on + datetime.timedelta(days=5), today), place=day.place, minutes=40,
            content="补学当月集中学习内容，交流体会。", led_by_id=day.host_id,
        )
        for day in held
    )  # fmt: skip
    MakeUpAttendance.objects.bulk_create(
        [MakeUpAttendance(make_up=one, attendance=row) for one in made for row in missed[one.day]], batch_size=500
    )
    for one in made:
        names = "、".join(row.person.name for row in missed[one.day])
        by = cast.offices.get((one.day.organization_id, "SECRETARY"))
        yield step(one.day, "make_up.arranged", at(one.held_on, 18), by and by.user, f"{one}：{names}")
