"""Somebody leaves the university's register: what ends that day, what stays, and how a mistake is led back.

Zheng of First Branch is its publicity commissioner, sits on the committee of the general branch, and will lead a group
from December; Wang keeps the register from the general branch above, Li and Chen in the branch.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities.models import Attendance
from branches import actions
from branches.models import Appointment, Exclusion, Office, Person, Transfer
from core import clock
from core.audit import history_of
from core.inbox import Notice
from core.periods import Month
from dues.actions import open_month, pay
from dues.models import Charge, Entry
from tests.builders import fresh, make_day, make_group, make_person, make_seat

D = datetime.date
TODAY = D(2026, 11, 23)
LEFT_ON = D(2026, 11, 16)
KINDS = ["OUT", "GRADUATED", "DIED", "SUSPENDED", "LEFT"]
FROM_ABOVE = {"SUSPENDED", "LEFT"}


@pytest.fixture
def zheng(world):
    """Zheng with offices, group, exclusion, a day on the roster, a paid and an open charge, a transfer asked for."""
    person = world.zheng.person
    Person.objects.filter(pk=person.pk).update(category="STUDENT")
    group = make_group(world.first, "第一党小组", [person])
    make_seat(world.zheng, world.first, Office.PUBLICITY_COMMISSIONER)
    make_seat(world.zheng, world.arts, Office.MEMBER)
    Appointment.objects.create(
        person=person, organization=world.first, office=Office.GROUP_LEADER, group=group, starts_on=D(2026, 12, 1)
    )
    Exclusion.objects.create(
        person=person, status="APPROVED", reason="在外挂职", starts_on=TODAY, decided_at=clock.now()
    )
    make_day(world.first, held_on=D(2026, 11, 12), absent=1)
    for month in (Month(2026, 10), Month(2026, 11)):
        open_month(month)
    pay(Charge.objects.with_state().get(person=person, month=Month(2026, 10)), method="CASH", by=world.li)
    actions.request_transfer(person, by=world.chen, to=world.second)
    return person


def release(person, by, kind="OUT", left_on=LEFT_ON):
    return actions.release_person(
        person, by=by, kind=kind, left_on=left_on, place="北京大学", note="校党组〔2026〕12号"
    )


def past():
    """Everything that was counted."""
    return [list(model.objects.order_by("pk").values()) for model in (Attendance, Charge, Entry, Exclusion)]


def homes(person, *days):
    return [Person.objects.with_home(day).get(pk=person.pk).home for day in days]


def offices(person):
    return list(Appointment.objects.filter(person=person).order_by("pk").values_list("office", "ends_on"))


def held(person):
    """The offices that run today or will in December."""
    return [row for day in (TODAY, D(2026, 12, 2)) for row in Appointment.objects.active(day).filter(person=person)]


@pytest.mark.parametrize("kind", KINDS)
def test_that_day_offices_group_and_account_end_and_the_past_stays(world, client, zheng, kind):
    before = past()
    client.force_login(world.zheng)
    assert client.get(reverse("me")).status_code == 200

    row = release(zheng, world.wang, kind)

    assert (row.kind, row.status, row.from_organization, row.to_organization, row.moved_on, row.place) == (
        kind, "ACCEPTED", world.first, None, LEFT_ON, "北京大学",
    )  # fmt: skip
    zheng.refresh_from_db()
    assert (zheng.organization, zheng.group, zheng.left_on) == (world.first, None, LEFT_ON)
    assert offices(zheng) == [
        ("PUBLICITY_COMMISSIONER", LEFT_ON), ("MEMBER", LEFT_ON), ("GROUP_LEADER", D(2026, 12, 1)),
    ]  # fmt: skip
    assert held(zheng) == []
    asked = Transfer.objects.get(person=zheng, kind="WITHIN")
    assert (asked.status, asked.answer, asked.moved_on) == (
        "WITHDRAWN", "组织关系已另行变动，本次转接不再办理", None,
    )  # fmt: skip
    assert client.get(reverse("me")).url == f"{reverse('login')}?next={reverse('me')}"
    assert past() == before
    assert homes(zheng, D(2026, 11, 15), LEFT_ON, TODAY) == [world.first.pk, None, None]
    assert Person.objects.with_home_in(Month(2026, 11)).get(pk=zheng.pk).home == world.first.pk
    assert history_of(zheng).last().event == "person.left"


@pytest.mark.parametrize("kind", KINDS)
def test_only_who_moved_away_is_told(world, zheng, kind):
    release(zheng, world.wang, kind)
    told = list(Notice.objects.filter(kind="person_released").values_list("recipient__name", flat=True))
    assert told == (["郑党员"] if kind in ("OUT", "GRADUATED") else [])


@pytest.mark.parametrize("kind", KINDS)
def test_the_branch_registers_what_the_branch_decides_and_nobody_the_own(world, zheng, kind):
    by_whom = {"li", "chen"} if kind not in FROM_ABOVE else set()
    for name in ("li", "chen", "xu", "zheng", "zhao", "qian", "sun", "he"):
        if name not in by_whom:
            with pytest.raises(PermissionDenied):
                release(zheng, getattr(world, name), kind)
    with pytest.raises(PermissionDenied, match="您本人"):
        release(world.wang.person, world.wang, kind)
    assert not Transfer.objects.accepted().exists()
    assert release(zheng, world.zhou if kind in FROM_ABOVE else world.chen, kind).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_mistake_is_led_back_as_if_nobody_had_been_away(world, client, zheng, kind):
    row, before = release(zheng, world.wang, kind), past()

    back = actions.undo_transfer(row, by=world.wang, reason="登记错了人")

    zheng.refresh_from_db()
    assert (zheng.organization, zheng.group, zheng.left_on) == (world.first, None, None)
    assert homes(zheng, D(2026, 11, 15), LEFT_ON, TODAY) == [world.first.pk] * 3
    assert (back.kind, back.undoes, back.to_organization, back.moved_on) == ("UNDONE", row, world.first, LEFT_ON)
    assert Transfer.objects.get(pk=row.pk).status == "ACCEPTED"  # both rows stay
    assert held(zheng) == []  # offices are given anew
    assert Transfer.objects.get(person=zheng, kind="WITHIN").status == "WITHDRAWN"
    assert past() == before
    client.force_login(fresh(world.zheng))
    assert client.get(reverse("me")).status_code == 200
    with pytest.raises(PermissionDenied):
        actions.undo_transfer(back, by=world.wang, reason="再来一次")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (D(2026, 11, 24), "日期还没有到，请填今天或以前的日期。"),
        (D(2026, 11, 9), "不能早于上一次变动（2026-11-10）。"),
        (D(2026, 11, 10), ""),
        (TODAY, ""),
    ],
)
def test_the_day_is_not_before_the_last_move_and_not_to_come(world, client, day, words):
    person = make_person(world.second)
    actions.move_many({person: world.first}, by=world.zhou, moved_on=D(2026, 11, 10))
    client.force_login(world.chen)

    sent = {"kind": "DIED", "left_on": day, "place": "", "note": ""}
    page = client.post(reverse("person_leave", args=[person.pk]), sent)

    person.refresh_from_db()
    if words:
        assert (page.status_code, page.context["form"].errors["left_on"]) == (422, [words])
        with pytest.raises(PermissionDenied):
            release(person, world.chen, "DIED", day)
    assert person.left_on == (None if words else day)


def test_who_left_long_ago_is_entered_under_that_day(world):
    """Of leaving the day is a fact of its own: it may lie in a month that is over, whose figures stand."""
    person = make_person(world.first, category="STUDENT")
    make_day(world.first, Month(2026, 10), held_on=D(2026, 10, 15))
    open_month(Month(2026, 10))
    before = past()

    release(person, world.chen, "OUT", D(2026, 10, 10))

    assert past() == before
    assert homes(person, D(2026, 10, 9), D(2026, 10, 10)) == [world.first.pk, None]
    with pytest.raises(PermissionDenied, match="已不在名册里"):
        release(person, world.chen, "OUT", D(2026, 10, 11))
