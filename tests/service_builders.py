"""Builders of 为民服务: a wish in any state, a pairing with visits, a pledge, a service item of a day."""

import datetime

from activities.models import DayItem, Pairing, Pledge, Wish
from branches.models import Organization
from core import clock
from core.accounts import User

D = datetime.date
STATES = ("OPEN", "CLAIMED", "DONE", "CONFIRMED", "WITHDRAWN")


def officer_of(branch):
    """The account of whoever came into office first at a branch; of one without officers, at the top."""
    first = branch.appointments.order_by("pk").first()
    return first.person.user if first else officer_of(Organization.objects.get(pk=branch.lineage[0]))


def make_wish(branch, status="OPEN", by=None, open_to=None, claimant=None, claiming_branch=None, **fields):
    """A wish that a branch posted; claimed from CLAIMED on, by ``claimant`` or else by ``claiming_branch``."""
    fields = {
        "title": "陪同复查", "text": "下周去市医院复查，想请一位同志陪同。", "kind": "LEARNING_AND_HEALTH",
        "asker_name": "孙奶奶", "contact": "13800001234",
    } | fields  # fmt: skip
    by = by or officer_of(branch)
    if status in ("CLAIMED", "DONE", "CONFIRMED"):
        taker = claimant.user if claimant else officer_of(claiming_branch)
        branch_of = claimant.organization if claimant else claiming_branch
        fields = {
            "claimant": claimant, "claiming_branch": branch_of, "claimed_at": clock.now(), "claimed_by": taker,
        } | fields  # fmt: skip
        if status != "CLAIMED":
            fields = {
                "done_on": clock.today(), "deed": "陪同复查，已送回家", "minutes": 120, "helpers": 1,
                "finished_by": taker,
            } | fields  # fmt: skip
    if status == "CONFIRMED":
        fields = {
            "confirmed_at": clock.now(), "confirmed_by": _another_than(fields["claimed_by"]),
            "confirmed_for": fields["asker_name"],
        } | fields  # fmt: skip
    return Wish.objects.create(
        organization=branch, status=status, posted_by=by, open_to=open_to or branch, **fields
    )  # fmt: skip


def _another_than(user):
    """Somebody in office who had no hand in it."""
    return User.objects.exclude(pk=user.pk).filter(person__appointments__isnull=False).order_by("pk").first()


def make_pairing(branch, helper=None, visits=(), by=None, **fields):
    """A pairing of a member; ``visits`` are days."""
    fields = {
        "partner_name": "小周", "partner_is": "大二学生", "purpose": "辅导高等数学", "starts_on": D(2026, 9, 1),
    } | fields  # fmt: skip
    by, helper = by or officer_of(branch), helper or branch.people.order_by("pk").last()
    pairing = Pairing.objects.create(organization=branch, helper=helper, begun_by=by, **fields)
    for day in visits:
        pairing.visits.create(visited_on=day, minutes=60, note="辅导一次", by=by)
    return pairing


def make_pledge(person, year=2026, result="", by=None, **fields):
    """What a member promised for a year; with a result it has been checked."""
    fields = {"text": "每月为学生答疑一次。", "made_on": D(year, 3, 1)} | fields
    if result:
        fields = {
            "checked_at": clock.now(),
            "checked_by": officer_of(person.organization),
            "word": "有两次未做到",
        } | fields
    return Pledge.objects.create(
        person=person, organization=person.organization, year=year, result=result,
        by=by or person.user or officer_of(person.organization), **fields,
    )  # fmt: skip


def make_service_item(day, subtype="CONVENIENCE", outcome="DONE", helpers=5, beneficiaries=30, minutes=60, **fields):
    """A service item of a day as it went."""
    fields = {"content": "校园志愿服务"} | fields
    return DayItem.objects.create(
        day=day, order=day.items.count() + 1, kind="SERVICE", subtype=subtype, minutes=minutes, outcome=outcome,
        helpers=helpers, beneficiaries=beneficiaries, **fields,
    )  # fmt: skip


def fill_service(branch, people):
    """What the lists of service have of a branch: wishes open to it in every state, pairings, pledges, items."""
    for state in STATES:
        make_wish(branch, state, claiming_branch=branch)
    make_pairing(branch, people[0], [D(2026, 10, 9), D(2026, 11, 6)])
    make_pledge(people[1], 2025)
    make_pledge(people[1], 2026)
    for day in branch.days.filter(status="HELD"):
        make_service_item(day)


def service_things_of(branch, person):
    """Of each kind of service one thing of a branch that ``fill`` has filled; the year is that of ``person``."""
    pairing = branch.pairings.first()
    return {
        "wish": [branch.wishes.filter(status="OPEN").first().pk], "pairing": [pairing.pk],
        "visit": [pairing.visits.first().pk], "pledge": [branch.pledges.filter(year=2026).first().pk],
        "year of a person": [person.pk, 2026],
    }  # fmt: skip
