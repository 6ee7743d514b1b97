"""December's plans are due on 25 November. Li has filed First's; Zhao, Qian and Wu have not. Sweeps come any time."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from activities.models import MonthlyPlan
from branches.models import Appointment, Office
from core.audit import AuditEntry
from core.inbox import Notice
from core.periods import Month
from supervision.reminders import remind_of_plans, stage_of, urge
from tests.builders import NOVEMBER, make_officer, make_plan

DECEMBER = Month(2026, 12)


@pytest.fixture
def filed(world):
    """Every November plan, and First's for December, are in."""
    for branch in (world.first, world.second, world.other, world.direct):
        make_plan(branch, NOVEMBER, MonthlyPlan.Status.ACCEPTED)
    make_plan(world.first, DECEMBER, MonthlyPlan.Status.SUBMITTED)


def sweep_on(day, times=3):
    with time_machine.travel(f"2026-{day}T09:00:00+08:00", tick=False):
        for _ in range(times):
            remind_of_plans()


def told():
    return list(Notice.objects.order_by("pk").values_list("recipient__name", "title"))


@pytest.mark.parametrize(
    ("today", "stage"),
    [(21, None), (22, ("before", False)), (23, ("before", True)), (24, ("before", True)), (25, ("due", False)),
     (26, ("overdue", False)), (27, ("overdue", True)), (30, ("overdue", True))],
)  # fmt: skip
def test_the_latest_stage_counts(today, stage):
    found = stage_of(datetime.date(2026, 11, 25), datetime.date(2026, 11, today))

    assert (found and (found[0].code, found[1])) == stage


def test_nothing_is_said_before_the_first_stage(world, filed):
    sweep_on("11-21")

    assert told() == []


def test_each_stage_is_told_once_to_those_who_have_not_filed(world, filed):
    sweep_on("11-22")
    before = [(name, "请报送 12 月计划：3 天后截止") for name in ("赵书记", "钱书记", "吴书记")]
    assert told() == before

    sweep_on("11-25")
    due = [(name, "请报送 12 月计划：今天截止") for name in ("赵书记", "钱书记", "吴书记")]
    assert told() == before + due

    sweep_on("11-26")
    sweep_on("11-28")
    overdue = [(name, "请报送 12 月计划：已过截止日，请尽快办理") for name in ("赵书记", "钱书记", "吴书记")]
    digests = [
        ("王总支", "1 个党支部的 12 月计划逾期未报"), ("孙总支", "1 个党支部的 12 月计划逾期未报"),
        ("周组织部", "3 个党支部的 12 月计划逾期未报"),
    ]  # fmt: skip
    assert told()[6:9] == overdue
    assert sorted(told()[9:]) == sorted(digests)


def test_the_digest_names_its_branches_and_only_those(world, filed):
    sweep_on("11-26")

    texts = dict(Notice.objects.filter(kind="plan_missing_digest").values_list("recipient__name", "text"))
    assert texts == {
        "王总支": "截止 11 月 25 日，还没有报送：文学院第二党支部。",
        "孙总支": "截止 11 月 25 日，还没有报送：历史学院党支部。",
        "周组织部": "截止 11 月 25 日，还没有报送：文学院第二党支部、历史学院党支部、图书馆直属党支部。",
    }


def test_what_was_missed_is_sent_once_and_marked(world, filed):
    sweep_on("11-24")
    assert told() == [(name, "请报送 12 月计划：1 天后截止（提醒发得晚了）") for name in ("赵书记", "钱书记", "吴书记")]

    sweep_on("11-29")

    assert told()[3:6] == [
        (name, "请报送 12 月计划：已过截止日，请尽快办理（提醒发得晚了）") for name in ("赵书记", "钱书记", "吴书记")
    ]
    digests = ["3 个党支部的 12 月计划逾期未报（提醒发得晚了）"] + [
        "1 个党支部的 12 月计划逾期未报（提醒发得晚了）"
    ] * 2
    assert [title for _, title in told()[6:]] == digests


def test_former_officers_are_told_nothing_and_their_successors_are(world, filed):
    Appointment.objects.filter(person__user=world.zhao).update(ends_on=datetime.date(2026, 11, 22))
    make_officer(world.second, Office.DEPUTY_SECRETARY, "新副书记")

    sweep_on("11-22")

    assert sorted(name for name, _ in told()) == ["吴书记", "新副书记", "钱书记"]


def test_a_plan_that_comes_in_ends_the_reminders(world, filed):
    sweep_on("11-22")
    make_plan(world.second, DECEMBER, MonthlyPlan.Status.SUBMITTED)

    sweep_on("11-26")

    assert [name for name, _ in told()[3:]] == ["钱书记", "吴书记", "周组织部", "孙总支"]


def test_the_notice_leads_to_the_plan(world, filed):
    sweep_on("11-22")

    assert Notice.objects.get(recipient=world.zhao).url == reverse("plan_edit", args=[world.second.pk, DECEMBER])


def test_a_sweep_that_has_nothing_to_say_costs_few_queries(world, filed, django_assert_max_num_queries):
    sweep_on("11-26")
    with django_assert_max_num_queries(12):
        sweep_on("11-26", times=1)


def press(client, user, branch, kind="plan", month=DECEMBER):
    client.force_login(user)
    answer = client.post(reverse("urge", args=[kind, month, branch.pk]), follow=True)
    return answer.status_code, [str(one) for one in answer.context.get("messages", [])] if answer.context else []


def test_urging_reminds_the_secretaries_once_a_day(world, client, filed):
    assert press(client, world.wang, world.second) == (200, ["已提醒文学院第二党支部的 1 位负责人，今天不再重复提醒。"])
    assert press(client, world.zhou, world.second) == (
        200,
        ["今天已由王总支催过文学院第二党支部，请明天再催，或直接打电话。"],
    )
    assert told() == [("赵书记", "催办：请尽快报送 12 月计划")]
    with time_machine.travel("2026-11-24T08:00:00+08:00", tick=False):
        assert urge(world.second, "plan", DECEMBER, by=world.wang) == 1
    assert AuditEntry.objects.filter(event="duty.urged").count() == 2


def test_what_is_done_is_not_urged(world, client, filed):
    assert press(client, world.wang, world.first) == (
        200,
        ["文学院第一党支部的这件事已经办好，或现在不需要办，不用再催。"],
    )
    assert press(client, world.wang, world.second, kind="nothing")[1] == [
        "文学院第二党支部的这件事已经办好，或现在不需要办，不用再催。"
    ]
    assert told() == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("zhou", 200), ("wang", 200), ("sun", 404), ("he", 403), ("li", 404), ("zhao", 403), ("xu", 404), ("zheng", 404)],
)
def test_only_those_above_urge(world, client, filed, who, status):
    assert press(client, getattr(world, who), world.second)[0] == status
    assert Notice.objects.count() == (1 if status == 200 else 0)


def test_a_branch_without_an_account_is_said_to_be_unreachable(world, client, filed):
    Appointment.objects.filter(person__user=world.zhao).update(ends_on=datetime.date(2026, 11, 1))

    _, messages = press(client, world.wang, world.second)

    assert messages == ["文学院第二党支部现任书记、副书记都没有账号，收不到提醒，请打电话联系。"]
