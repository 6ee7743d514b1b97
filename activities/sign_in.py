"""签到表 of an activity day: before it from those who would be expected, afterwards from the frozen roster."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Subquery

from activities.models import ActivityDay, Attendance, LeaveRequest
from branches.models import Appointment, Exclusion, Person
from core import clock
from core.papers import WIDTH, Cell, Paper, Table, heads, label
from core.templatetags.page import cn_day

TITLE = "党员活动日签到表"
NUMBER, NAME, GROUP, OFFICE = 12, 28, 36, 34
WIDTHS = (NUMBER, NAME, GROUP, OFFICE, WIDTH - NUMBER - NAME - GROUP - OFFICE)
ROW_HEIGHT = 7  # millimetres: a name can be written, and thirty of them stand on a page
BLANK_LINES = 3  # for guests whom nobody knew of before
Status = Attendance.Status


@dataclass(frozen=True)
class Expected:
    """Somebody on the sheet; ``why_not`` stands where others sign."""

    name: str
    group: str
    office: str
    why_not: str = ""


def title_of(day: ActivityDay) -> str:
    """What the document is called; its file too."""
    return f"{day.organization}{day.month.year}年{day.month.number}月{TITLE}"


def sign_in_sheet(day: ActivityDay) -> Paper:
    """The sheet of one day, in a fixed number of queries; of one that was not held yet nothing is written down."""
    people, apart = _frozen(day) if day.happened else _to_come(day)
    place = {name: place for place, name in enumerate(day.organization.groups.values_list("name", flat=True))}
    people.sort(key=lambda one: (place.get(one.group, len(place)) if one.group else -1, one.group))
    guests = [one.named for one in day.guests.all()]
    if not day.happened and day.plan.guest_words:
        guests = day.plan.guest_words.split("、")
    start = f"{day.starts_at or day.plan.starts_at:%H:%M}" if day.starts_at or day.plan.starts_at else ""
    return Paper(
        title=TITLE,
        left=f"党支部：{day.organization}",
        right=f"{cn_day(day.on)}{start}　{day.place or day.plan.place}",
        blocks=(Table(WIDTHS, tuple(_rows(people, guests)), has_head=True, row_height=ROW_HEIGHT),),
        foot=_foot(day, people, apart),
    )


def _foot(day, people, apart) -> str:
    source = "名单为当天固定的名单" if day.happened else f"名单按 {cn_day(clock.today())}的名册生成"
    others = f"；另有 {len(apart)} 人经批准不计入应到：{'、'.join(apart)}" if apart else ""
    return f"应到 {len(people)} 人，{source}{others}。"


def _rows(people: Sequence[Expected], guests: Sequence[str]) -> Iterable[tuple[Cell, ...]]:
    yield heads("序号", "姓名", "党小组", "党内职务", "签到")
    groups = [(name, list(some)) for name, some in groupby(people, key=lambda one: one.group)]
    number = 0
    for name, some in groups:
        if len(groups) > 1:
            yield (label(f"{name or '未编入党小组'}（{len(some)} 人）", span=len(WIDTHS)),)
        for one in some:
            number += 1
            yield _row(str(number), one.name, one.group, one.office, one.why_not)
    yield (label("列席", span=len(WIDTHS)),)
    for name in guests:
        yield _row("", name, "", "", "")
    for _ in range(BLANK_LINES):
        yield _row("", "", "", "", "")


def _row(*texts) -> tuple[Cell, ...]:
    return tuple(Cell((text,), align="center") for text in texts)


def _frozen(day) -> tuple[list[Expected], list[str]]:
    """Who was expected by the roster, who was not there with why; and the names of those who were not counted."""
    rows = day.attendance.select_related("person")
    people = [
        Expected(row.person.name, row.group_name, row.office_label, _why_not(row))
        for row in rows
        if row.status != Status.NOT_COUNTED
    ]
    return people, [row.person.name for row in rows if row.status == Status.NOT_COUNTED]


def _why_not(row) -> str:
    if row.status == Status.PRESENT:
        return ""
    return f"{row.get_status_display()}：{row.reason}" if row.reason else row.get_status_display()


def _to_come(day) -> tuple[list[Expected], list[str]]:
    """The same as the roster would be, were the day held as planned (``reports.headcount`` counts them)."""
    on = day.on or clock.today()
    elsewhere = Attendance.objects.filter(day__month=day.month, person=OuterRef("pk")).exclude(
        day__organization=day.organization_id
    )
    rows = (
        Person.objects.at(day.organization, on)
        .members_on(on)
        .exclude(Exists(elsewhere))
        .annotate(
            is_apart=Exists(Exclusion.objects.running_on(on).filter(person=OuterRef("pk"))),
            leave=Subquery(LeaveRequest.objects.running().filter(day=day, person=OuterRef("pk")).values("reason")[:1]),
        )
        .select_related("group")
        .order_by("staff_number")
    )
    offices: dict[int, str] = {}
    for one in Appointment.objects.active(on).filter(organization=day.organization_id):
        offices.setdefault(one.person_id, one.label)
    people = [
        Expected(row.name, _group_of(row, day), offices.get(row.pk, ""), f"请假：{row.leave}" if row.leave else "")
        for row in rows
        if not row.is_apart
    ]
    return people, [row.name for row in rows if row.is_apart]


def _group_of(person, day) -> str:
    """The group in this branch: who moved away since may be in a group of the new one."""
    group = person.group
    return group.name if group and group.organization_id == day.organization_id else ""
