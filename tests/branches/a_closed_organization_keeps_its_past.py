"""Closing and reopening: nothing is deleted, nobody is left behind, and a mistake is taken back whole.

Wang reviews for the general branch of First (Li, Chen, Xu, Zheng) and Second (Zhao), Sun for the other one.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Office, Organization, Person, Transfer
from core.audit import AuditEntry
from core.inbox import Notice
from core.periods import Month
from core.workflow import StaleState
from tests.branches.tree import TODAY, TOMORROW, confirmed, now
from tests.builders import (
    World,
    fresh,
    make_branch,
    make_day,
    make_officer,
    make_organization,
    make_person,
    make_seat,
)

Kind = Organization.Kind


def test_a_closed_organization_keeps_everything_and_takes_part_in_nothing(world: World, empty, client):
    officer = make_officer(empty, Office.SECRETARY, "旧书记", branch=world.second)
    later = Appointment.objects.create(
        person=world.zhao.person, organization=empty, office=Office.MEMBER, starts_on=TOMORROW
    )
    moving = Transfer.objects.create(
        person=world.zheng.person,
        kind="WITHIN",
        from_organization=world.first,
        to_organization=empty,
        requested_by=world.li,
    )
    client.force_login(world.zhou)
    address = reverse("organization_close", args=[empty.pk])
    wanted = {"on": "2026-11-23", "reason": "并入第一党支部"}
    said = "".join(client.post(address, wanted).context["points"])
    assert [word in said for word in ("2 项任职当天结束", "文学院旧党支部书记旧书记", "正在转来的 1 人")] == [True] * 3

    assert client.post(address, confirmed(**wanted)).url == empty.get_absolute_url()

    assert now(empty).closed_on == TODAY
    assert Appointment.objects.get(person=officer.person).ends_on == TODAY
    assert now(later).ends_on == now(later).starts_on == TOMORROW
    assert (now(moving).status, now(moving).decided_by) == ("DECLINED", world.zhou)
    assert Notice.objects.get(kind="transfer_declined").recipient == world.li
    assert Notice.objects.get(kind="organization_closed").recipient == officer
    client.force_login(officer)
    assert client.get(empty.get_absolute_url()).status_code == 404
    client.force_login(world.zhou)
    assert client.get(empty.get_absolute_url()).status_code == 200
    with pytest.raises(StaleState, match="已经有人撤销了"):
        actions.close_organization(empty, by=world.zhou, closed_on=TODAY, reason="x")


def test_nothing_is_closed_over_people_or_organizations_unless_the_people_go_somewhere(world: World, client):
    client.force_login(world.zhou)
    data = {"on": "2026-11-23", "reason": "合并"}

    people = client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data))
    below = client.post(reverse("organization_close", args=[world.arts.pk]), confirmed(**data))

    assert dict(people.context["form"].errors) == {
        "people_to": ["还有 9 人在册，请写明他们转到哪个党支部，或先逐个转接。"]
    }
    assert f"{reverse('people')}?organization={world.first.pk}" in people.content.decode()
    assert below.context["form"].non_field_errors() == ["下面还有 2 个党组织没有撤销，请先撤销或调整它们。"]
    for row in (world.first, world.arts):
        with pytest.raises(PermissionDenied), transaction.atomic():
            actions.close_organization(row, by=world.zhou, closed_on=TODAY, reason="x")
        assert now(row).closed_on is None


def test_everybody_goes_to_the_receiving_branch_and_the_past_stays(world: World, client):
    day = make_day(world.first)
    roster = list(day.attendance.order_by("pk").values())
    gone = make_person(world.first, left_on=TODAY)
    people = set(Person.objects.of(world.first).present())
    client.force_login(world.zhou)

    client.post(
        reverse("organization_close", args=[world.first.pk]),
        confirmed(people_to="文学院第二党支部", on="2026-11-20", reason="合并"),
    )

    friday = datetime.date(2026, 11, 20)
    assert now(world.first).closed_on == friday
    assert set(Person.objects.of(world.second).present()) > people
    assert now(gone).organization == world.first
    moved = Transfer.objects.filter(from_organization=world.first)
    assert {row.person for row in moved} == people
    assert {(row.kind, row.status, row.to_organization, row.moved_on, row.decided_by, row.note) for row in moved} == {
        ("WITHIN", "ACCEPTED", world.second, friday, world.zhou, "合并")
    }
    thursday = friday - datetime.timedelta(days=1)
    assert set(Person.objects.at(world.first, thursday).exclude(pk=gone.pk)) == people
    assert set(Person.objects.at(world.first, friday).exclude(pk=gone.pk)) == set()
    assert list(day.attendance.order_by("pk").values()) == roster
    assert AuditEntry.objects.filter(event="person.moved_by_closing").count() == len(people) == 9
    changed = AuditEntry.objects.filter(event="person.moved_by_closing", subject_id=world.zheng.person.pk).get()
    assert changed.data["changes"] == {"organization_id": [world.first.pk, world.second.pk]}
    assert Appointment.objects.get(person=world.li.person).ends_on == friday


@pytest.mark.parametrize(
    "target, error",
    [
        ("文学院第一党支部", "没有找到“文学院第一党支部”，请从列出的里面选，或写组织编码。"),
        ("文学院党总支", "没有找到“文学院党总支”，请从列出的里面选，或写组织编码。"),
        ("没有这个支部", "没有找到“没有这个支部”，请从列出的里面选，或写组织编码。"),
        ("", "还有 9 人在册，请写明他们转到哪个党支部，或先逐个转接。"),
    ],
)
def test_people_go_to_another_open_branch_alone(world: World, client, target, error):
    client.force_login(world.zhou)
    data = {"people_to": target, "on": "2026-11-23", "reason": "x"}

    page = client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data))

    assert page.context["form"].errors["people_to"] == [error]
    for wrong in (world.first, world.arts):
        with pytest.raises(PermissionDenied), transaction.atomic():
            actions.close_organization(world.first, by=world.zhou, closed_on=TODAY, reason="x", people_to=wrong)


def test_nobody_is_moved_on_from_a_branch_before_they_came_to_it(world: World, client):
    Transfer.objects.create(
        person=world.zheng.person, kind="WITHIN", status="ACCEPTED", from_organization=world.second,
        to_organization=world.first, moved_on=datetime.date(2026, 11, 10),
    )  # fmt: skip
    client.force_login(world.zhou)
    data = {"people_to": "0201002", "on": "2026-11-09", "reason": "x"}

    page = client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data))

    assert page.context["form"].errors["on"] == ["有 1 人在 2026-11-09 之后才转入，请把日期改到他们转入之后。"]
    data["on"] = "2026-11-10"
    assert client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data)).status_code == 302


def test_a_closing_moves_nobody_in_a_month_that_is_over(world: World, empty, client):
    client.force_login(world.zhou)
    data = {"people_to": "0201002", "on": "2026-10-31", "reason": "x"}
    before = list(Person.objects.order_by("pk").with_home_in(Month(2026, 10)).values("pk", "home"))

    page = client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data))

    words = "还有人要转到别的支部，请填本月的日期（2026-11-01 起）：以前月份的名单和党费已经定了。"
    assert page.context["form"].errors["on"] == [words]
    with pytest.raises(PermissionDenied, match="请填本月的日期"):
        actions.close_organization(
            world.first, by=world.zhou, closed_on=datetime.date(2026, 10, 31), reason="x", people_to=world.second
        )
    data["on"] = "2026-11-01"
    assert client.post(reverse("organization_close", args=[world.first.pk]), confirmed(**data)).status_code == 302
    assert list(Person.objects.order_by("pk").with_home_in(Month(2026, 10)).values("pk", "home")) == before
    client.post(reverse("organization_close", args=[empty.pk]), confirmed(on="2026-10-31", reason="早已没有人"))
    assert now(empty).closed_on == datetime.date(2026, 10, 31)


def test_nobody_closes_where_they_hold_an_office(world: World, empty):
    make_seat(world.zhou, empty, Office.SECRETARY)
    colleague = make_officer(world.committee, Office.ORGANIZATION_DEPARTMENT, "组织部二", branch=world.direct)

    with pytest.raises(PermissionDenied, match="您在这个组织任职"):
        actions.close_organization(empty, by=fresh(world.zhou), closed_on=TODAY, reason="x")
    with pytest.raises(PermissionDenied, match="最上级党委不能撤销"):
        actions.close_organization(world.committee, by=fresh(world.zhou), closed_on=TODAY, reason="x")
    assert actions.close_organization(empty, by=colleague, closed_on=TODAY, reason="x").closed_on == TODAY


def test_a_mistaken_closing_is_taken_back_with_the_offices_that_it_ended(world: World, empty, client):
    officer = make_officer(empty, Office.SECRETARY, "旧书记", branch=world.second)
    before = make_officer(empty, Office.MEMBER, "早已卸任", branch=world.second)
    Appointment.objects.filter(person=before.person).update(ends_on=datetime.date(2026, 10, 1))
    actions.close_organization(empty, by=world.zhou, closed_on=TODAY, reason="误操作")
    client.force_login(world.zhou)
    address = reverse("organization_reopen", args=[empty.pk])

    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "点错了"}).url == empty.get_absolute_url()

    assert now(empty).closed_on is None
    client.force_login(officer)
    assert client.get(empty.get_absolute_url()).status_code == 200
    assert Appointment.objects.get(person=before.person).ends_on == datetime.date(2026, 10, 1)
    with pytest.raises(StaleState, match="已经恢复"):
        actions.reopen_organization(empty, by=world.zhou, reason="x")


def test_nothing_is_reopened_under_a_closed_parent(world: World):
    row = make_organization(Kind.GENERAL_BRANCH, "旧总支", world.committee)
    below = make_branch(row, "旧支部")
    for one in (below, row):
        actions.close_organization(now(one), by=world.zhou, closed_on=TODAY, reason="x")

    with pytest.raises(PermissionDenied, match="请先恢复上级"):
        actions.reopen_organization(now(below), by=world.zhou, reason="x")


def test_a_reopening_restores_each_office_to_the_end_that_it_had(world: World, empty):
    """An office that was to end next June ends next June; one that its holder may no longer hold stays over."""
    until = datetime.date(2027, 6, 1)
    kept = make_officer(empty, Office.SECRETARY, "旧书记", branch=world.second)
    ending = make_officer(empty, Office.MEMBER, "借调委员", branch=world.second)
    demoted = make_officer(empty, Office.ORGANIZATION_COMMISSIONER, "取消资格", branch=world.second)
    Appointment.objects.filter(person=ending.person).update(ends_on=until)
    actions.close_organization(empty, by=world.zhou, closed_on=TODAY, reason="误操作")
    Person.objects.filter(pk=demoted.person.pk).update(standing=Person.Standing.ACTIVIST)

    actions.reopen_organization(now(empty), by=world.zhou, reason="点错了")

    ends = {user: Appointment.objects.get(person=user.person).ends_on for user in (kept, ending, demoted)}
    assert ends == {kept: None, ending: until, demoted: TODAY}


def test_the_page_names_who_is_under_way_in_both_directions(world: World, client):
    """Zheng was to go from First to the direct branch: with the closing of First that comes to nothing, and is said."""
    actions.request_transfer(world.zheng.person, by=world.li, to=world.direct)
    actions.request_transfer(make_person(world.second, "江映雪"), by=world.zhao, to=world.first)
    client.force_login(world.zhou)

    page = client.post(
        reverse("organization_close", args=[world.first.pk]), {"people_to": "0201002", "on": TODAY, "reason": "合并"}
    )

    words = page.text
    assert "正在转来的 1 人退回原支部，由原支部另行办理。" in words
    assert (
        f"对方还没有接收的转接不再办理：{world.zheng.person}（原定转到{world.direct}），"
        f"先随其他人转到{world.second}，要转走的再重新提出。"
    ) in words
