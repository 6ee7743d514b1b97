"""Who was urged, when and by whom stands in the row, and the page comes back to it; several are urged in one post.

It is 23 November. Second, Other and Direct have not filed December's plan; First has. Wang reviews the arts branches.
"""

import pytest
import time_machine
from django.urls import reverse

from activities.models import MonthlyPlan
from branches.models import Appointment
from core.audit import AuditEntry
from core.inbox import Notice
from core.periods import Month
from supervision.reminders import urge, urged_before
from tests.builders import NOVEMBER, make_plan

DECEMBER = Month(2026, 12)
CHOSEN = reverse("urge_chosen", args=["plan", DECEMBER])


@pytest.fixture
def filed(world):
    for branch in (world.first, world.second, world.other, world.direct):
        make_plan(branch, NOVEMBER, MonthlyPlan.Status.ACCEPTED)
    make_plan(world.first, DECEMBER, MonthlyPlan.Status.SUBMITTED)
    return world


def rows(client, user):
    client.force_login(user)
    (group,) = client.get(reverse("workbench")).context["unfiled"]
    return {row.branch: row for row in group.rows}


def tick(client, user, *branches):
    client.force_login(user)
    answer = client.post(CHOSEN, {"branch": [getattr(one, "pk", one) for one in branches]})
    assert (answer.status_code, answer.url) == (302, "/#unfiled-2026-12")
    return [str(one) for one in client.get("/").context["messages"]]


def test_the_page_comes_back_to_the_row_which_says_who_urged_today(filed, client):
    client.force_login(filed.wang)
    answer = client.post(reverse("urge", args=["plan", DECEMBER, filed.second.pk]))
    page = client.get("/").text

    place = f"unfiled-2026-12-{filed.second.pk}"
    assert (answer.url, page.count(f'id="{place}"')) == (f"/#{place}", 1)
    assert ("今天已催" in page, "王总支</td>" in page, "未催" in page) == (True, True, False)
    assert reverse("urge", args=["plan", DECEMBER, filed.second.pk]) not in page
    assert not rows(client, filed.zhou)[filed.second].may_urge


def test_the_day_after_the_row_says_when_and_may_be_urged_again(filed, client):
    with time_machine.travel("2026-11-21T23:30:00+08:00", tick=False):
        urge(filed.second, "plan", DECEMBER, by=filed.zhou)
    urge(filed.second, "plan", NOVEMBER.previous, by=filed.zhou)  # another month is another thing

    row = rows(client, filed.wang)[filed.second]

    assert (str(row.urged.on), row.urged.by, row.urged.times, row.may_urge) == ("2026-11-21", "周组织部", 1, True)
    assert "11 月 21 日周组织部催过" in client.get("/").text


def test_a_row_whom_urging_did_not_reach_says_so(filed, client):
    Appointment.objects.filter(person__user=filed.zhao).update(ends_on="2026-11-01")
    urge(filed.second, "plan", DECEMBER, by=filed.wang)

    client.force_login(filed.wang)
    assert "没有账号，收不到，请打电话" in client.get("/").text


def test_several_are_urged_in_one_post(filed, client):
    urge(filed.other, "plan", DECEMBER, by=filed.sun)

    said = tick(client, filed.zhou, filed.second, filed.other, filed.direct)

    assert said == ["已催办 2 个党支部，今天不再重复提醒。", "1 个今天已经催过，没有重发。"]
    told = Notice.objects.filter(kind="duty_urged").values_list("recipient__name", flat=True)
    assert sorted(told) == ["吴书记", "赵书记", "钱书记"]
    assert AuditEntry.objects.filter(event="duty.urged").count() == 3


def test_what_cannot_be_urged_is_said_for_each(filed, client):
    Appointment.objects.filter(person__user=filed.wu).update(ends_on="2026-11-01")

    said = tick(client, filed.zhou, filed.first, filed.direct)

    assert said == [
        "图书馆直属党支部：现任书记、副书记都没有账号，收不到提醒，请打电话联系。",
        "文学院第一党支部的这件事已经办好，或现在不需要办，不用再催。",
    ]
    assert tick(client, filed.zhou) == ["没有选中党支部。请先勾选要催办的党支部。"]


@pytest.mark.parametrize(("who", "told"), [("wang", 1), ("sun", 1), ("zhou", 3), ("he", 0), ("zhao", 0), ("zheng", 0)])
def test_ticks_are_narrowed_to_what_one_may_urge(filed, client, who, told):
    client.force_login(getattr(filed, who))
    branches = [filed.second.pk, filed.other.pk, filed.direct.pk, filed.arts.pk, 987654, "x", "9" * 30]

    assert client.post(CHOSEN, {"branch": branches}).status_code == 302

    assert Notice.objects.filter(kind="duty_urged").count() == told


def test_a_reader_is_offered_no_urging(filed, client):
    client.force_login(filed.he)
    page = client.get("/")

    assert [row.may_urge for group in page.context["unfiled"] for row in group.rows] == [False] * 3
    assert ("催办所选" in page.text, 'name="branch"' in page.text) == (False, False)


def test_all_that_was_urged_is_read_at_once(filed, django_assert_num_queries):
    for branch in (filed.second, filed.other):
        urge(branch, "plan", DECEMBER, by=filed.zhou)
    with time_machine.travel("2026-11-24T09:00:00+08:00", tick=False):
        urge(filed.second, "plan", DECEMBER, by=filed.wang)

    with django_assert_num_queries(1):
        found = urged_before([filed.second.pk, filed.other.pk, filed.direct.pk], "plan")

    assert {pk: (one.by, one.times) for (pk, _), one in found.items()} == {
        filed.second.pk: ("王总支", 2), filed.other.pk: ("周组织部", 1),
    }  # fmt: skip
