"""Who is there: organizations and people as imported, then groups, quarter themes and the demo passwords."""

import datetime

from django.contrib.auth.hashers import make_password

from activities.models import AnnualPlan
from branches.imports import organizations, people
from branches.models import Appointment, Exclusion, Group, Office, Organization, Person, StandingChange
from branches.reports import DEMO_PASSWORD
from core import clock
from core.accounts import User
from supervision.sample import FOLDER

THEMES = ["学思想、强党性", "守初心、担使命", "铸师魂、育新人", "立德树人、学用结合"]
GROUPS_FROM = 18


def load_register(today: datetime.date) -> None:
    """Import both sheets; officers are taken to be in office since September two years ago."""
    since = datetime.date(today.year - 2, 9, 1)
    organizations.apply(organizations.read(FOLDER / "organizations.xlsx"), by=None)
    people.apply(people.read(FOLDER / "people.xlsx"), by=None, offices_since=since)
    _groups(since)
    committee = Organization.objects.get(kind=Organization.Kind.COMMITTEE, parent=None)
    for year in (today.year, today.year + 1):
        _committee_plan(committee, year)
    _plain_member_accounts()
    _standings(since)
    _exclusions(today)
    password = make_password(DEMO_PASSWORD)  # once: a hash costs a quarter of a second
    User.objects.update(password=password)


def _committee_plan(committee, year):
    """The committee's own plan of a year, in force: its four themes lead every branch's months."""
    issued = datetime.date(year - 1, 12, 20)
    AnnualPlan.objects.create(
        organization=committee, year=year, status=AnnualPlan.Status.ACCEPTED, due_on=datetime.date(year, 3, 15),
        goals="每个党支部每月按时开展党员活动日，党员到会率不低于百分之九十。\n四类教育全年全覆盖，每季度讲一次党课。",
        measures="年初下发季度主题，每月二十五日前报送下月计划。\n组织部每季度督查一次，结果在下月通报。",
        first_submitted_on=issued, submitted_at=clock.at(issued, 9), accepted_at=clock.at(issued, 9), attempts=1,
        **{f"theme_{number}": theme for number, theme in enumerate(THEMES, start=1)},
    )  # fmt: skip


def _standings(since):
    """The first prospects were listed as such a month after their officers took office."""
    day = since.replace(month=since.month + 1)
    prospects = Person.objects.filter(standing=Person.Standing.PROSPECT).order_by("staff_number")[:30]
    StandingChange.objects.bulk_create(
        StandingChange(
            person=person, kind=StandingChange.Kind.PROSPECT, before=Person.Standing.ACTIVIST, after=person.standing,
            changed_on=day, note="支委会讨论同意",
        )
        for person in prospects
    )  # fmt: skip


def _exclusions(today):
    """From today on two of the second branch are not counted; the third branch has proposed one."""
    first, second = Organization.objects.branches()[1:3]
    chief = User.objects.filter(person__appointments__organization=first.parent).order_by("pk").first()
    ill, abroad = first.people.members().filter(appointments=None).order_by("-staff_number")[:2]
    old = second.people.members().filter(appointments=None).exclude(born_on=None).order_by("born_on").first()
    decided = {"status": Exclusion.Status.APPROVED, "decided_at": clock.now(), "decided_by": chief}
    proposers = [
        User.objects.filter(person__appointments__organization=branch, person__appointments__office=Office.SECRETARY)
        for branch in (first, second)
    ]
    Exclusion.objects.bulk_create(
        Exclusion(person=person, reason=reason, starts_on=today, proposed_by=proposer.first(), **fields)
        for person, reason, proposer, fields in (
            (ill, "因病", proposers[0], decided),
            (abroad, "出国（境）", proposers[0], decided | {"last_on": today + datetime.timedelta(days=365)}),
            (old, "年老体弱", proposers[1], {}),
        )
    )


def _plain_member_accounts():
    """Members without an office in the first branch can log in too, to see a member's own page."""
    branch = Organization.objects.branches().first()
    people = list(branch.people.members().filter(user=None, appointments=None))
    users = User.objects.bulk_create(
        User(username=person.staff_number, name=person.name, password="!") for person in people
    )
    for person, user in zip(people, users, strict=True):
        person.user = user
    Person.objects.bulk_update(people, ["user"])


def _groups(since):
    """Branches with many members are divided into two or three groups, each led by a member without another office."""
    busy = set(Appointment.objects.values_list("person_id", flat=True))
    groups, placed, leaders = [], [], []
    for branch in Organization.objects.branches().prefetch_related("people"):
        members = [person for person in branch.people.all() if person.is_member]
        if len(members) < GROUPS_FROM:
            continue
        count = 2 if len(members) < 27 else 3
        for order in range(count):
            group = Group(organization=branch, name=f"第{'一二三'[order]}党小组", order=order + 1)
            mine = members[order::count]
            groups.append(group)
            placed.append((group, mine))
            leader = next(p for p in mine if p.pk not in busy and p.standing == Person.Standing.FULL)
            leaders.append((group, leader))
    Group.objects.bulk_create(groups)
    for group, mine in placed:
        for person in mine:
            person.group = group
    Person.objects.bulk_update([p for _, mine in placed for p in mine], ["group"], batch_size=500)
    users = User.objects.bulk_create(
        User(username=person.staff_number, name=person.name, password="!") for _, person in leaders
    )
    for (_, person), user in zip(leaders, users, strict=True):
        person.user = user
    Person.objects.bulk_update([person for _, person in leaders], ["user"], batch_size=500)
    Appointment.objects.bulk_create(
        Appointment(
            person=person, organization=group.organization, office=Office.GROUP_LEADER, group=group, starts_on=since
        )
        for group, person in leaders
    )
