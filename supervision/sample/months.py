"""What was done: plans, days, rosters, meetings and dues of some months, written in bulk from seeded chances."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from activities.kinds import EducationForm, EducationKind, ItemKind, MeetingType, ServiceForm, ServiceKind
from activities.models import ActivityDay, AnnualPlan, Attendance, DayItem, MonthlyPlan, PlanItem, Policies, Policy
from branches.calendar import add_working_days
from branches.models import Appointment, Office, Organization
from core.accounts import User
from core.audit import AuditEntry
from core.clock import at
from core.periods import Month
from meetings.models import Meeting, MeetingKind, Requirement
from meetings.roster import count_roster
from supervision.sample import seeded, step
from supervision.sample.attendance import load_leaves_and_make_ups
from supervision.sample.dues import load_dues
from supervision.sample.publicity import load_publicity
from supervision.sample.years import keep_attempts_of_months, load_years

EDUCATION = [
    (EducationKind.SPIRIT, "", "学习党的二十届四中全会精神，分组讨论"),
    (EducationKind.SPIRIT, "", "学习习近平总书记关于教育的重要论述"),
    (EducationKind.THOUGHT, EducationForm.OATH, "重温入党誓词，交流入党初心"),
    (EducationKind.THOUGHT, EducationForm.REPORT, "党员汇报近期思想和学习体会"),
    (EducationKind.ABILITY, "", "课程思政教学观摩与研讨"),
    (EducationKind.ABILITY, EducationForm.TRAINING, "人工智能辅助教学技能培训"),
    (EducationKind.INTEGRITY, "", "观看警示教育片，开展讨论"),
    (EducationKind.INTEGRITY, EducationForm.RED_SITE, "参观二七纪念馆"),
]
SERVICES = [
    (ServiceKind.CONVENIENCE, "新生报到引导和校园便民服务"),
    (ServiceKind.LEARNING_AND_HEALTH, "学业困难学生结对辅导", ServiceForm.PAIRING),
    (ServiceKind.ENVIRONMENT, "教学楼周边环境整治"),
    (ServiceKind.EMPLOYMENT, "毕业生简历修改和面试辅导"),
    (ServiceKind.POVERTY, "走访慰问困难党员和离退休教师", ServiceForm.WISH),
    (ServiceKind.INFORMATION, "资助政策咨询"),
    (ServiceKind.CULTURE, "社区文艺志愿演出"),
]
LEAVE = ["因公出差", "病假", "授课", "外出实习", "探亲"]


@dataclass(frozen=True)
class Line:
    """One planned item of a branch's month."""

    kind: str
    subtype: str
    content: str
    minutes: int
    form: str = ""
    own_kind: str = ""


class Cast:
    """The people who act in the records, read once."""

    def __init__(self):
        self.branches = list(Organization.objects.branches().select_related("parent").prefetch_related("groups"))
        self.members = defaultdict(list)
        for branch in Organization.objects.branches().prefetch_related("people__group"):
            self.members[branch.pk] = [person for person in branch.people.all() if person.is_member]
        self.offices, self.accounts = {}, {}
        self.labels = defaultdict(dict)
        for row in Appointment.objects.select_related("person__user").order_by("pk"):
            self.offices.setdefault((row.organization_id, row.office), row.person)
            self.labels[row.organization_id].setdefault(row.person_id, row.label)
        self.department = (
            User.objects.filter(person__appointments__office=Office.ORGANIZATION_DEPARTMENT).order_by("pk").first()
        )

    def secretary(self, branch):
        person = self.offices.get((branch.pk, Office.SECRETARY))
        return person.user if person else None

    def person(self, branch, office):
        return self.offices.get((branch.pk, office)) or self.offices.get((branch.pk, Office.SECRETARY))

    def reviewer(self, branch):
        person = self.offices.get((branch.parent_id, Office.ORGANIZATION_COMMISSIONER)) or self.offices.get(
            (branch.parent_id, Office.SECRETARY)
        )
        return person.user if person else self.department


def load_months(today: datetime.date, untouched: set[str]) -> list[Month]:
    """Three past months that are not vacation, the current month, and the plans of the next one.

    ``untouched`` are codes of branches whose current and next month is left to whoever tries the site.
    Gives the past months.
    """
    policies, current = Policies(), Month.of(today)
    past: list[Month] = []
    month = current.previous
    while len(past) < 3:
        if not policies.of(month).is_off(month):
            past.insert(0, month)
        month = month.previous
    Policy.objects.update(effective_from=past[0])
    Requirement.objects.update(effective_from=past[0])
    cast = Cast()
    for month in past:
        _load(month, today, cast, policies.of(month), cast.branches)
    busy = [branch for branch in cast.branches if branch.code not in untouched]
    for month in (current, current.next):
        if not policies.of(month).is_off(month) and (month == current or today.day >= 10):
            _load(month, today, cast, policies.of(month), busy)
    load_leaves_and_make_ups(cast, past[-1], today)
    load_publicity(today, cast)
    load_years(today, cast, untouched)
    keep_attempts_of_months()
    for month in past[0].until(current):
        load_dues(month, cast, current, today)
    return past


def _load(month, today, cast, policy, branches):
    plans, lines = _plans(month, today, cast, policy, branches)
    days = _days(month, today, cast, policy, plans, lines)
    _meetings(month, cast, days)


def _lines(branch, month, chance, groups):
    """A plausible run of items; which meetings it holds follows the requirements, with a rare miss."""
    lines = [Line(ItemKind.DUES, "", f"集中交纳并查验 {month.number} 月党费", 10)]
    lines += [
        Line(ItemKind.EDUCATION, kind, text, 40, form)
        for kind, form, text in chance.sample(EDUCATION, chance.choice([1, 1, 2]))
    ]
    quarter_end = month == month.quarter.last_month
    if quarter_end or chance.random() < 0.2:
        lines.append(Line(ItemKind.MEETING, MeetingType.GENERAL, "通报本季度工作，讨论发展党员事项", 30))
    if chance.random() < 0.95:
        lines.append(Line(ItemKind.MEETING, MeetingType.COMMITTEE, "研究支部近期工作", 20))
    lines += [
        Line(ItemKind.MEETING, MeetingType.GROUP, f"{group.name}学习交流", 20)
        for group in groups
        if chance.random() < 0.95
    ]
    if month.number % 3 == 2 or (quarter_end and chance.random() < 0.5):
        lines.append(Line(ItemKind.MEETING, MeetingType.LESSON, "书记讲党课：新时代教师的初心与担当", 40))
    if chance.random() < 0.75:
        kind, text, *form = chance.choice(SERVICES)
        lines.append(Line(ItemKind.SERVICE, kind, text, 30, *form))
    if seeded("own design", month, branch.code).random() < 0.15:
        lines.append(Line(ItemKind.OWN_DESIGN, "", "轮流推荐一本书，交流读书体会", 30, own_kind="读书分享"))
    return lines


def _plans(month, today, cast, policy, branches):
    """Plans as far as they had come by today: submitted around the due day, forwarded and accepted days later."""
    guide = AnnualPlan.objects.filter(year=month.year, organization__parent=None).first()
    theme = guide.theme_of(month.quarter) if guide else ""
    lapses_on = add_working_days(today, policy.lapse_working_days)
    due_on, usual = policy.plan_due_on(month), policy.usual_day(month) or month.first
    coming = due_on > today
    plans, lines, steps = [], {}, []
    for branch in branches:
        chance = seeded("plan", month, branch.code)
        if chance.random() < (0.35 if coming else 0.02 if month.last < today else 0.04):
            continue
        late = not coming and chance.random() < 0.05
        submitted_on = due_on + datetime.timedelta(days=chance.randint(1, 4) if late else -chance.randint(0, 9))
        submitted_on = min(submitted_on, today - datetime.timedelta(days=1))
        filed_on = submitted_on + datetime.timedelta(days=0 if branch.is_direct else chance.randint(0, 2))
        accepted_on = filed_on + datetime.timedelta(days=chance.randint(0, 3))
        slow = coming and chance.random() < 0.5
        status = MonthlyPlan.Status.ACCEPTED
        if accepted_on >= today or slow:
            status = MonthlyPlan.Status.FILED
        if not branch.is_direct and (filed_on >= today or (slow and chance.random() < 0.5)):
            status = MonthlyPlan.Status.SUBMITTED
        secretary = cast.secretary(branch)
        shift = chance.choice([0, 0, 0, 0, 0, -1, -2])
        plans.append(
            MonthlyPlan(
                organization=branch, month=month, status=status, theme=theme or "学用结合",
                planned_on=usual + datetime.timedelta(days=shift), starts_at=policy.usual_start,
                place=f"{branch.short_name.split('党支部')[0]}会议室", host=cast.person(branch, Office.SECRETARY),
                recorder=cast.person(branch, Office.PUBLICITY_COMMISSIONER), due_on=due_on,
                first_submitted_on=submitted_on, submitted_at=at(submitted_on, 9 + chance.randint(0, 8)),
                submitted_by=secretary, attempts=1,
                filed_at=at(filed_on, 17) if status != MonthlyPlan.Status.SUBMITTED else None,
                accepted_at=at(accepted_on, 18) if status == MonthlyPlan.Status.ACCEPTED else None,
                lapses_on=lapses_on if status == MonthlyPlan.Status.FILED else None,
            )
        )  # fmt: skip
        lines[branch.pk] = _lines(branch, month, chance, branch.groups.all())
    MonthlyPlan.objects.bulk_create(plans)
    PlanItem.objects.bulk_create(
        [
            PlanItem(plan=plan, order=order, kind=line.kind, subtype=line.subtype, form=line.form,
                     own_kind=line.own_kind, content=line.content, minutes=line.minutes)
            for plan in plans
            for order, line in enumerate(lines[plan.organization_id], start=1)
        ],
        batch_size=500,
    )  # fmt: skip
    for plan in plans:
        branch = plan.organization
        steps.append(step(plan, "plan.submitted", plan.submitted_at, plan.submitted_by))
        if plan.filed_at and not branch.is_direct:
            steps.append(step(plan, "plan.forwarded", plan.filed_at, cast.reviewer(branch)))
        if plan.accepted_at:
            steps.append(step(plan, "plan.accepted", plan.accepted_at, cast.department))
    AuditEntry.objects.bulk_create(steps, batch_size=500)
    return plans, lines


def _days(month, today, cast, policy, plans, lines):
    """Days of filed plans; those whose date has come were held, most on their date, with a few absent."""
    days = []
    for plan in plans:
        chance = seeded("day", month, plan.organization.code)
        held_on = plan.planned_on + datetime.timedelta(days=7 if chance.random() < 0.04 else 0)
        day = ActivityDay(organization=plan.organization, month=month, plan=plan)
        if chance.random() < 0.015 and month.last < today:
            day.status, day.not_held_reason = ActivityDay.Status.NOT_HELD, "本月集中外出实习，未能组织"
        elif held_on < today and (month.last < today or chance.random() < 0.95):
            _held(day, plan, held_on, policy, chance, today)
        days.append(day)
    ActivityDay.objects.bulk_create(days)
    happened = [day for day in days if day.happened]
    DayItem.objects.bulk_create(
        [_item(day, order, line) for day in happened for order, line in enumerate(lines[day.organization_id], start=1)],
        batch_size=500,
    )
    rosters = [row for day in happened for row in _roster(day, cast)]
    Attendance.objects.bulk_create(rosters, batch_size=500)
    AuditEntry.objects.bulk_create(
        [step(day, "day.held", day.held_at, cast.secretary(day.organization)) for day in happened]
        + [
            step(day, "day.recorded", day.recorded_at, cast.secretary(day.organization))
            for day in happened
            if day.recorded_at
        ],
        batch_size=500,
    )
    return happened


def _held(day, plan, held_on, policy, chance, today):
    recorded_on = held_on + datetime.timedelta(
        days=chance.choice([0, 1, 1, 2, 3, 4, 5, 7 if chance.random() < 0.3 else 2])
    )
    recorded = recorded_on < today and chance.random() < 0.97
    day.status = ActivityDay.Status.RECORDED if recorded else ActivityDay.Status.HELD
    day.held_on, day.starts_at, day.place = held_on, plan.starts_at, plan.place
    day.host, day.recorder = plan.host, plan.recorder
    day.held_at, day.record_due_on = at(held_on, 17), policy.record_due_on(held_on)
    day.recorded_at = at(recorded_on, 20) if recorded else None
    day.summary = f"按计划完成各项内容，党员围绕“{plan.theme}”交流发言，气氛认真热烈。" if recorded else ""


def _item(day, order, line):
    chance = seeded("item", day.month, day.organization.code, order)
    outcome = ""
    if day.recorded_at:
        outcome = DayItem.Outcome.DONE if chance.random() < 0.95 else DayItem.Outcome.CHANGED
    return DayItem(
        day=day, order=order, kind=line.kind, subtype=line.subtype, form=line.form, own_kind=line.own_kind,
        content=line.content, minutes=line.minutes, outcome=outcome,
    )  # fmt: skip


def _roster(day, cast):
    chance = seeded("roster", day.month, day.organization.code)
    labels = cast.labels[day.organization_id]
    for person in cast.members[day.organization_id]:
        status, reason, roll = Attendance.Status.PRESENT, "", chance.random()
        if roll < 0.045 and not person.is_leading_cadre:
            status, reason = Attendance.Status.ON_LEAVE, chance.choice(LEAVE)
        elif roll < 0.06 and not person.is_leading_cadre:
            status = Attendance.Status.ABSENT
        elif roll < 0.02:
            status, reason = Attendance.Status.ON_LEAVE, "因公出差"
        yield Attendance(
            day=day, person=person, status=status, reason=reason, standing=person.standing,
            is_leading_cadre=person.is_leading_cadre, is_floating=person.is_floating,
            group_name=person.group.name if person.group else "", office_label=labels.get(person.pk, ""),
        )  # fmt: skip


def _meetings(month, cast, days):
    """Minutes of the days' meeting items, most of them confirmed."""
    items = DayItem.objects.filter(day__in=[day.pk for day in days], kind=ItemKind.MEETING).select_related("day")
    branches = {branch.pk: branch for branch in cast.branches}
    meetings = []
    for item in items:
        day, branch = item.day, branches[item.day.organization_id]
        chance = seeded("meeting", month, branch.code, item.order)
        secretary = cast.secretary(branch)
        confirmed = bool(day.recorded_at) and secretary is not None and chance.random() < 0.97
        group = next((group for group in branch.groups.all() if item.content.startswith(group.name)), None)
        meetings.append(
            Meeting(
                organization=branch, day=day, item=item, group=group, group_name=group.name if group else "",
                held_on=day.held_on, starts_at=day.starts_at, place=day.place, chair_id=day.host_id,
                recorder_id=day.recorder_id, topic=item.content,
                lecturer=cast.person(branch, Office.SECRETARY).name if item.subtype == MeetingType.LESSON else "",
                content=f"围绕“{item.content}”进行学习和讨论，与会同志结合岗位实际发言。",
                decisions="会议同意按讨论意见办理。" if item.subtype != MeetingType.LESSON else "",
                status=Meeting.Status.CONFIRMED if confirmed else Meeting.Status.DRAFT,
                confirmed_at=day.recorded_at if confirmed else None, confirmed_by=secretary if confirmed else None,
            )
        )  # fmt: skip
    signed = [meeting for meeting in meetings if meeting.confirmed_at]
    for meeting in signed:
        meeting.signed_roster = count_roster(meeting, frozenset({meeting.item.subtype})).as_json()
        meeting.item.is_signed = True
    DayItem.objects.bulk_update([meeting.item for meeting in signed], ["is_signed"], batch_size=500)
    Meeting.objects.bulk_create(meetings, batch_size=500)
    MeetingKind.objects.bulk_create(
        [MeetingKind(meeting=meeting, type=meeting.item.subtype) for meeting in meetings], batch_size=500
    )
    AuditEntry.objects.bulk_create(
        [one for meeting in meetings for one in _minutes_steps(meeting, cast)], batch_size=500
    )


def _minutes_steps(meeting, cast):
    by = cast.secretary(meeting.organization)
    yield step(meeting, "meeting.opened", at(meeting.held_on, 18), by)
    if meeting.confirmed_at:
        yield step(meeting, "meeting.confirmed", meeting.confirmed_at, by)
