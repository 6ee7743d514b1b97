"""Founding, renaming, moving, closing and reopening: with a day and a reason, by the department above, and nobody else.

Wang reviews for the general branch of First (Li, Chen, Xu, Zheng) and Second (Zhao), Sun for the other one.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches import actions
from branches.models import Appointment, Office, Organization, Person, Transfer
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.periods import Month
from core.workflow import StaleState
from tests.builders import (
    NOVEMBER,
    World,
    fresh,
    make_branch,
    make_day,
    make_officer,
    make_organization,
    make_person,
    make_seat,
)

TODAY = datetime.date(2026, 11, 23)
TOMORROW = TODAY + datetime.timedelta(days=1)
Kind = Organization.Kind


@pytest.fixture
def empty(world):
    """A branch of the arts faculty in which nobody is."""
    return make_branch(world.arts, "文学院旧党支部", code="0201009")


def now(row):
    return type(row).objects.get(pk=row.pk)


def confirmed(**data):
    return data | {"step": "confirmed"}


def test_a_new_branch_stands_under_its_parent_with_its_day(world: World, client):
    client.force_login(world.zhou)
    address = reverse("organization_found", args=[world.arts.pk])
    data = {
        "kind": "BRANCH", "code": "0201003", "name": "中共测试学院文学院第三党支部", "short_name": "文学院第三党支部",
        "founded_on": "2026-11-20", "term_ends_on": "2029-11-19",
    }  # fmt: skip

    answer = client.post(address, data)

    made = Organization.objects.get(code="0201003")
    assert answer.url == made.get_absolute_url()
    assert (made.parent, made.kind, made.path) == (world.arts, "BRANCH", f"{world.arts.path}{made.pk}/")
    assert (made.founded_on, made.term_ends_on) == (datetime.date(2026, 11, 20), datetime.date(2029, 11, 19))
    assert [(entry.event, entry.by) for entry in history_of(made)] == [("organization.founded", world.zhou)]
    assert Notice.objects.get(kind="organization_founded").recipient == world.wang


@pytest.mark.parametrize(
    "changes, field, error",
    [
        ({"code": "0201001"}, "code", "这个编码已经有组织在用，请换一个。"),
        ({"name": "中共测试学院文学院第一党支部"}, "name", "这个全称已经有组织在用，请换一个。"),
        ({"short_name": " "}, "short_name", "请填写简称。"),
        ({"founded_on": "2026-11-24"}, "founded_on", "日期不能晚于今天：办理后当天生效。"),
        ({"term_ends_on": "2026-11-20"}, "term_ends_on", "届满日期要在成立日期之后。"),
        ({"kind": ""}, "kind", "请选组织类别。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(world: World, client, changes, field, error):
    client.force_login(world.zhou)
    good = {"kind": "BRANCH", "code": "X1", "name": "甲", "short_name": "乙", "founded_on": "2026-11-20"}

    page = client.post(reverse("organization_found", args=[world.arts.pk]), good | changes)

    assert (page.status_code, dict(page.context["form"].errors)) == (422, {field: [error]})
    assert page.context["form"]["name"].value() == (good | changes)["name"]
    assert Organization.objects.filter(short_name="乙").count() == 0


def test_a_new_name_shows_everywhere_and_the_old_one_stays_in_the_history(world: World, client):
    client.force_login(world.zhou)
    names = {"code": "0201001", "name": "中共测试学院文学院教工党支部", "short_name": "文学院教工党支部"}
    page = client.post(
        reverse("organization_rename", args=[world.first.pk]),
        names | {"on": "2026-11-20", "reason": "校党〔2026〕31 号"},
    )

    assert page.url == world.first.get_absolute_url()
    entry = history_of(world.first).get(event="organization.renamed")
    assert (str(now(world.first)), entry.note, entry.data["on"]) == (
        "文学院教工党支部",
        "校党〔2026〕31 号",
        "2026-11-20",
    )
    assert entry.data["changes"] == {
        "name": ["中共测试学院文学院第一党支部", "中共测试学院文学院教工党支部"],
        "short_name": ["文学院第一党支部", "文学院教工党支部"],
    }
    same = client.post(
        reverse("organization_rename", args=[world.first.pk]), names | {"on": "2026-11-20", "reason": "x"}
    )
    assert dict(same.context["form"].errors) == {"name": ["名称和编码都没有改动。"]}


def test_moving_a_general_branch_moves_every_right_at_once_both_ways(world: World, client):
    """Sun's general branch goes under a new committee with its branch: He2 reads there, the old top keeps the whole."""
    medical = make_organization(Kind.COMMITTEE, "医学院党委", world.committee)
    reader = make_officer(medical, Office.LEADER, "医学院领导", branch=world.direct)
    client.force_login(reader)
    assert [client.get(row.get_absolute_url()).status_code for row in (world.history, world.other)] == [404, 404]

    actions.move_organization(world.history, by=world.zhou, parent=medical, on=TODAY, reason="调整")

    assert [client.get(row.get_absolute_url()).status_code for row in (world.history, world.other)] == [200, 200]
    for user in (world.zhou, world.sun, world.qian):
        client.force_login(user)
        assert client.get(world.other.get_absolute_url()).status_code == 200
    rows = Organization.objects.in_bulk([world.history.pk, world.other.pk])
    assert [row.path for row in rows.values()] == [
        f"{medical.path}{world.history.pk}/", f"{medical.path}{world.history.pk}/{world.other.pk}/",
    ]  # fmt: skip
    assert [entry.event for entry in history_of(world.other)] == ["organization.moved_along"]


def test_a_moved_branch_is_seen_by_the_new_general_branch_and_no_longer_by_the_old(world: World, client):
    make_day(world.first)
    client.force_login(world.zhou)
    address = reverse("organization_move", args=[world.first.pk])
    wanted = {"parent": "0301", "on": "2026-11-23", "reason": "学科调整", "was": world.arts.pk}
    day = world.first.days.get(month=NOVEMBER)
    pages = [world.first.get_absolute_url(), world.li.person.get_absolute_url(), day.get_absolute_url()]

    confirm = client.post(address, wanted)
    assert (confirm.status_code, now(world.first).parent) == (200, world.arts)
    said = "".join(confirm.context["points"])
    assert [word in said for word in ("王总支", "孙总支", "周组织部", "9 名党员")] == [True, True, False, True]
    assert client.post(address, confirmed(**wanted)).url == world.first.get_absolute_url()

    def statuses(user):
        client.force_login(user)
        return [client.get(page).status_code for page in pages]

    assert statuses(world.sun) == statuses(world.li) == statuses(world.zhou) == [200, 200, 200]
    assert statuses(world.wang) == statuses(world.zhao) == [404, 404, 404]
    assert set(Notice.objects.filter(kind="organization_moved").values_list("recipient__name", flat=True)) == {
        "李书记", "陈组织", "王总支", "孙总支",
    }  # fmt: skip


def test_a_page_that_is_older_than_somebody_elses_move_is_told_so(world: World, client):
    client.force_login(world.zhou)
    address = reverse("organization_move", args=[world.first.pk])
    seen = now(world.first)
    actions.move_organization(world.first, by=world.zhou, parent=world.committee, on=TODAY, reason="直属")

    wanted = {"parent": "0301", "on": "2026-11-23", "reason": "学科调整", "was": world.arts.pk}
    page = client.post(address, confirmed(**wanted))

    assert dict(page.context["form"].errors) == {"parent": ["刚刚有人已把它调整到校党委，请看清楚再决定。"]}
    with pytest.raises(StaleState, match="刚刚已调整到校党委"):
        actions.move_organization(seen, by=world.zhou, parent=world.history, on=TODAY, reason="x")
    assert now(world.first).parent == world.committee


@pytest.mark.parametrize("day", [TOMORROW, datetime.date(2020, 1, 1)])
def test_no_act_is_dated_into_the_future_or_before_the_founding(world: World, empty, day):
    Organization.objects.filter(pk=empty.pk).update(founded_on=datetime.date(2021, 5, 1))
    names = {"code": "N", "name": "N", "short_name": "N"}
    for act in (
        lambda: actions.rename_organization(empty, by=world.zhou, on=day, reason="x", **names),
        lambda: actions.move_organization(empty, by=world.zhou, parent=world.history, on=day, reason="x"),
        lambda: actions.close_organization(empty, by=world.zhou, closed_on=day, reason="x"),
    ):
        with pytest.raises(PermissionDenied, match="日期不能"), transaction.atomic():
            act()
    assert [entry.event for entry in history_of(empty)] == []


CAST = ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "he"]


@pytest.mark.parametrize("name", CAST)
def test_nobody_but_the_department_does_any_of_it(world: World, empty, client, name):
    user = fresh(getattr(world, name))
    closed = make_branch(world.arts, "已撤的支部")
    Organization.objects.filter(pk=closed.pk).update(closed_on=TODAY)
    names = {"code": "N", "name": "N", "short_name": "N"}
    acts = [
        lambda: actions.found_organization(world.arts, by=user, kind="BRANCH", founded_on=TODAY, **names),
        lambda: actions.rename_organization(world.first, by=user, on=TODAY, reason="x", **names),
        lambda: actions.move_organization(world.first, by=user, parent=world.history, on=TODAY, reason="x"),
        lambda: actions.close_organization(empty, by=user, closed_on=TODAY, reason="x"),
        lambda: actions.reopen_organization(now(closed), by=user, reason="x"),
    ]  # fmt: skip
    before = list(Organization.objects.order_by("pk").values())
    for act in acts:
        with pytest.raises(PermissionDenied, match="组织部办理"), transaction.atomic():
            act()
    assert list(Organization.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.count() == 0

    client.force_login(user)
    page = client.get(world.arts.get_absolute_url())
    tree_acts = {"新设下级组织", "更名", "调整上级", "撤销"}
    assert page.status_code == 404 or tree_acts.isdisjoint(word for word, *_ in page.context["acts"])


def test_the_department_of_one_committee_has_no_say_in_another(world: World):
    """A committee below has its own department: it changes its own part, and moves nothing out of it or into it."""
    medical = make_organization(Kind.COMMITTEE, "医学院党委", world.committee)
    own = make_organization(Kind.GENERAL_BRANCH, "临床党总支", medical)
    officer = make_officer(medical, Office.ORGANIZATION_DEPARTMENT, "医学院组织部", branch=world.direct)

    actions.found_organization(
        own, by=officer, code="X1", name="X1", short_name="X1", kind=Kind.BRANCH, founded_on=TODAY
    )
    for row, parent in ((own, world.committee), (world.arts, medical)):
        with pytest.raises(PermissionDenied, match="组织部办理"), transaction.atomic():
            actions.move_organization(row, by=officer, parent=parent, on=TODAY, reason="x")


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
