"""Builders for tests: each makes one thing with sensible fields, and takes what matters by name."""

import datetime
import io
from itertools import count

from django.core.files.base import ContentFile
from openpyxl import Workbook

from activities.filing.attempts import keep_attempt
from activities.kinds import EducationKind, ItemKind, MeetingType
from activities.models import (
    ActivityDay,
    AnnualPlan,
    Attendance,
    DayItem,
    MonthGuide,
    MonthlyPlan,
    PlanTemplate,
    Policy,
    YearSummary,
)
from activities.years import new_paper
from branches.actions import read_import, upload_sheet
from branches.models import Appointment, Group, Office, Organization, Person
from core.accounts import User
from core.clock import at, now
from core.documents import keep
from core.periods import Month
from meetings.models import Meeting, Requirement
from meetings.roster import count_roster

NOVEMBER = Month(2026, 11)
OCTOBER = Month(2026, 10)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
_numbers = count(1)


def make_organization(kind, name, parent=None, code=None):
    number = next(_numbers)
    organization = Organization.objects.create(
        code=code or f"T{number:05d}", name=f"中共测试学院{name}", short_name=name, kind=kind, parent=parent,
        path=f"new/{number}/",
    )  # fmt: skip
    organization.path = f"{parent.path if parent else '/'}{organization.pk}/"
    organization.save(update_fields=["path"])
    return organization


def make_branch(parent, name="新建党支部", members=0, **fields):
    branch = make_organization(Organization.Kind.BRANCH, name, parent, **fields)
    for _ in range(members):
        make_person(branch)
    return branch


def new_person(branch, name=None, **fields):
    """A person not yet saved. Numbers and names are padded: the later one comes later in every order."""
    number = next(_numbers)
    fields = {
        "standing": Person.Standing.FULL,
        "category": Person.Category.STAFF,
        "joined_on": datetime.date(2010, 7, 1),
        "phone": f"139{number:08d}",
    } | fields
    return Person(organization=branch, staff_number=f"P{number:06d}", name=name or f"党员{number:06d}", **fields)


def make_person(branch, name=None, **fields):
    person = new_person(branch, name, **fields)
    person.save(force_insert=True)
    return person


def make_officer(organization, office, name, branch=None, **fields):
    """A user who holds an office; ``branch`` is where the person is registered (by default the organization)."""
    person = make_person(branch or organization, name, **fields)
    user = User.objects.create(username=person.staff_number, name=name, password="!")
    person.user = user
    person.save(update_fields=["user"])
    Appointment.objects.create(
        person=person, organization=organization, office=office, starts_on=datetime.date(2024, 1, 1)
    )
    return user


def make_seat(user, organization, office):
    """One more office of somebody who has an account."""
    return Appointment.objects.create(
        person=user.person, organization=organization, office=office, starts_on=datetime.date(2024, 1, 1)
    )


def fresh(user):
    """The same account as a later request would see it."""
    return User.objects.get(pk=user.pk)


ITEMS = [
    (ItemKind.DUES, "", "集中交纳并查验党费", 10),
    (ItemKind.EDUCATION, EducationKind.SPIRIT, "学习讨论", 40),
    (ItemKind.MEETING, MeetingType.GENERAL, "通报季度工作", 30),
    (ItemKind.SERVICE, "CONVENIENCE", "校园志愿服务", 30),
]


def make_plan(branch, month=NOVEMBER, status=MonthlyPlan.Status.DRAFT, items=ITEMS, **fields):
    """A plan in any state; from SUBMITTED on it has been submitted in time unless told otherwise."""
    policy = Policy.in_force(month)
    due_on = policy.plan_due_on(month)
    people = branch.people.order_by("pk")
    fields = {
        "theme": "学用结合",
        "planned_on": policy.usual_day(month),
        "starts_at": datetime.time(15, 0),
        "place": "201 会议室",
        "host": people.first(),
        "recorder": people.last(),
        "due_on": due_on,
    } | fields
    if status != MonthlyPlan.Status.DRAFT:
        fields = {"first_submitted_on": due_on, "submitted_at": at(due_on, 9), "attempts": 1} | fields
    plan = MonthlyPlan.objects.create(organization=branch, month=month, status=status, **fields)
    for order, (kind, subtype, content, minutes) in enumerate(items, start=1):
        plan.items.create(order=order, kind=kind, subtype=subtype, content=content, minutes=minutes)
    if status != MonthlyPlan.Status.DRAFT:
        plan.refresh_from_db()  # a date that was given as text is one by now
        keep_attempt(plan)
        ActivityDay.objects.get_or_create(organization=branch, month=month, defaults={"plan": plan})
    return plan


def make_year_paper(model, organization, year, status, **fields):
    """A paper of a year in any state; from SUBMITTED on it has been submitted in time unless told otherwise."""
    due_on = new_paper(model, organization, year).due_on
    if status != model.Status.DRAFT:
        fields = {"first_submitted_on": due_on, "submitted_at": at(due_on, 9), "attempts": 1} | fields
    if status == model.Status.ACCEPTED:
        fields = {"accepted_at": at(due_on, 10)} | fields
    paper = model.objects.create(organization=organization, year=year, status=status, due_on=due_on, **fields)
    if status != model.Status.DRAFT:
        keep_attempt(paper)
    return paper


def make_annual_plan(organization, year=2026, status="ACCEPTED", **fields):
    """An organization's plan of a year; by default in force."""
    fields = (
        {"goals": "每月按时开展", "measures": "书记负总责"}
        | {f"theme_{n}": f"第 {n} 季度" for n in range(1, 5)}
        | fields
    )
    return make_year_paper(AnnualPlan, organization, year, status, **fields)


def make_template(organization, name="主题党课", items=ITEMS, by=None, **fields):
    """A template of an organization, kept by ``by`` (whoever came into office there first)."""
    by = by or organization.appointments.order_by("pk").first().person.user
    fields = {"theme": "学用结合", "starts_at": datetime.time(15, 30), "place": "党员活动室"} | fields
    template = PlanTemplate.objects.create(organization=organization, name=name, created_by=by, **fields)
    for order, (kind, subtype, content, minutes) in enumerate(items, start=1):
        template.items.create(order=order, kind=kind, subtype=subtype, content=content, minutes=minutes)
    return template


def make_summary(organization, year=2026, status="ACCEPTED", **fields):
    """An organization's summary of a year; by default in force."""
    fields = {"achieved": "全年按时开展", "shortcomings": "到会率不齐", "next_steps": "抓早抓细"} | fields
    return make_year_paper(YearSummary, organization, year, status, **fields)


def make_day(branch, month=NOVEMBER, status=ActivityDay.Status.HELD, absent=0, on_leave=0, held_on=None, **fields):
    """A day with its roster and items; the last people of the roster are absent or on leave."""
    plan = fields.pop("plan", None) or make_plan(branch, month, MonthlyPlan.Status.ACCEPTED)
    day = plan.day
    if status == ActivityDay.Status.PLANNED:
        return day
    held_on = held_on or plan.planned_on
    values = {
        "status": status, "held_on": held_on, "starts_at": plan.starts_at, "place": plan.place, "host": plan.host,
        "recorder": plan.recorder, "held_at": at(held_on, 17),
        "record_due_on": Policy.in_force(month).record_due_on(held_on),
    }  # fmt: skip
    if status == ActivityDay.Status.RECORDED:
        values |= {"recorded_at": at(held_on, 20), "summary": "顺利完成"}
    for name, value in (values | fields).items():
        setattr(day, name, value)
    day.save()
    outcome = DayItem.Outcome.DONE if status == ActivityDay.Status.RECORDED else ""
    for item in plan.items.all():
        day.items.create(
            order=item.order, kind=item.kind, subtype=item.subtype, content=item.content, minutes=item.minutes,
            outcome=outcome,
        )  # fmt: skip
    members = list(branch.people.members().present().select_related("group").order_by("pk"))
    for place, person in enumerate(members):
        from_end = len(members) - place
        status_ = Attendance.Status.PRESENT
        if from_end <= absent:
            status_ = Attendance.Status.ABSENT
        elif from_end <= absent + on_leave:
            status_ = Attendance.Status.ON_LEAVE
        Attendance.objects.create(
            day=day, person=person, status=status_, standing=person.standing,
            reason="病假" if status_ == Attendance.Status.ON_LEAVE else "",
            is_leading_cadre=person.is_leading_cadre, group_name=person.group.name if person.group else "",
        )  # fmt: skip
    return day


def make_group(branch, name, people=()):
    """A group of a branch with some of its people."""
    group = Group.objects.create(organization=branch, name=name, order=branch.groups.count() + 1)
    Person.objects.filter(pk__in=[person.pk for person in people]).update(group=group)
    return group


def make_meeting(day, *types, status=Meeting.Status.CONFIRMED, by=None, group=None, **fields):
    """Minutes of a new item of a day, signed by ``by`` (a secretary of the branch) unless they are a draft."""
    types = types or (MeetingType.GENERAL,)
    item = day.items.create(
        order=day.items.count() + 1, kind=ItemKind.MEETING, subtype=types[0], content="三会一课", was_planned=False
    )
    fields = {
        "held_on": day.held_on, "starts_at": day.starts_at, "place": day.place, "chair": day.host,
        "recorder": day.recorder, "topic": "通报季度工作", "content": "支部工作通报和讨论",
        "lecturer": "讲课人" if MeetingType.LESSON in types else "",
        "group": group, "group_name": group.name if group else "",
    } | fields  # fmt: skip
    meeting = Meeting.objects.create(organization=day.organization, day=day, item=item, **fields)
    for value in types:
        meeting.kinds.create(type=value)
    if status == Meeting.Status.CONFIRMED:
        by = by or User.objects.filter(person__appointments__organization=day.organization).first()
        meeting.status, meeting.confirmed_at, meeting.confirmed_by = status, at(day.held_on, 18), by
        meeting.signed_roster = count_roster(meeting).as_json()
        meeting.save(update_fields=["status", "signed_roster", "confirmed_at", "confirmed_by"])
    return meeting


def make_guide(organization, by, month=NOVEMBER.next, items=(), files=(), is_issued=True, **fields):
    """A month's guide, issued unless told otherwise; ``items`` are (kind, subtype, content, is_required).

    ``files`` are names of documents, whose content is ``PDF``.
    """
    fields = {"title": "宪法宣传和年终总结", "text": "学习宪法，总结全年。"} | fields
    if is_issued:
        fields = {"status": "ISSUED", "issued_at": now(), "issued_by": by, "issues": 1} | fields
    guide = MonthGuide.objects.create(organization=organization, month=month, **fields)
    for order, (kind, subtype, content, is_required) in enumerate(items, start=1):
        guide.items.create(order=order, kind=kind, subtype=subtype, content=content, is_required=is_required)
    for order, name in enumerate(files, start=1):
        guide.files.create(order=order, file=keep(ContentFile(PDF, name), by=by))
    return guide


def make_import(by, rows=(("200001", "田宏", "？"),), headings=("学工号", "姓名", "所在党支部"), **fields):
    """A sheet of people that somebody has sent and that was read; by default its one row is faulty."""
    book, file = Workbook(), io.BytesIO()
    for line in (headings, *rows):
        book.active.append(list(line))
    book.save(file)
    row = upload_sheet(by=by, kind="PEOPLE", file=ContentFile(file.getvalue(), "名册.xlsx"), **fields)
    read_import(row.pk, lambda percent: None)
    row.refresh_from_db()
    return row


class World:
    """The cast.

    Li is secretary of First Branch, Chen its organization commissioner, Xu its publicity commissioner; Zheng is a plain
    member there. Wang reviews for the general branch above it. Zhao leads Second Branch next door and must see nothing
    of First's. Qian leads a branch of another general branch, where Sun reviews. Wu leads a direct branch. Zhou sits in
    the organization department; He reads everything and changes nothing.
    """

    def __init__(self):
        Policy.objects.update(effective_from=Month(2017, 1))
        Requirement.objects.update(effective_from=Month(2017, 1))
        kind = Organization.Kind
        self.committee = make_organization(kind.COMMITTEE, "校党委", code="01")
        self.arts = make_organization(kind.GENERAL_BRANCH, "文学院党总支", self.committee, code="0201")
        self.history = make_organization(kind.GENERAL_BRANCH, "历史学院党总支", self.committee, code="0301")
        self.first = make_branch(self.arts, "文学院第一党支部", code="0201001")
        self.second = make_branch(self.arts, "文学院第二党支部", code="0201002")
        self.other = make_branch(self.history, "历史学院党支部", code="0301001")
        self.direct = make_branch(self.committee, "图书馆直属党支部", code="9901001")
        self.li = make_officer(self.first, Office.SECRETARY, "李书记")
        self.chen = make_officer(self.first, Office.ORGANIZATION_COMMISSIONER, "陈组织")
        self.xu = make_officer(self.first, Office.PUBLICITY_COMMISSIONER, "许宣传")
        self.zhao = make_officer(self.second, Office.SECRETARY, "赵书记")
        self.qian = make_officer(self.other, Office.SECRETARY, "钱书记")
        self.wu = make_officer(self.direct, Office.SECRETARY, "吴书记")
        self.wang = make_officer(self.arts, Office.SECRETARY, "王总支", branch=self.second)
        self.sun = make_officer(self.history, Office.ORGANIZATION_COMMISSIONER, "孙总支", branch=self.other)
        self.zhou = make_officer(self.committee, Office.ORGANIZATION_DEPARTMENT, "周组织部", branch=self.direct)
        self.he = make_officer(self.committee, Office.LEADER, "何领导", branch=self.direct)
        member = make_person(self.first, "郑党员")
        self.zheng = User.objects.create(username=member.staff_number, name="郑党员", password="!")
        member.user = self.zheng
        member.save(update_fields=["user"])
        members = ((self.first, 5), (self.second, 2), (self.other, 3), (self.direct, 1))
        Person.objects.bulk_create([new_person(branch) for branch, number in members for _ in range(number)])
