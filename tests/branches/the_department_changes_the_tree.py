"""Founding, renaming, moving, closing and reopening: with a day and a reason, by the department above, and nobody else.

Wang reviews for the general branch of First (Li, Chen, Xu, Zheng) and Second (Zhao), Sun for the other one.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from branches import actions
from branches.models import Office, Organization
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.workflow import StaleState
from tests.branches.tree import TODAY, TOMORROW, confirmed, now
from tests.builders import (
    NOVEMBER,
    World,
    fresh,
    make_branch,
    make_day,
    make_officer,
    make_organization,
)

Kind = Organization.Kind


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
