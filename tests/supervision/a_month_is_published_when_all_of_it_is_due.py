"""What can still be done in time counts as a miss in the figures: they are a preview until all of the month was due.

It is 23 November. A record is due five days after its day, so all of November is due on 5 December, of October since
5 November. August is a vacation month. Zhou computes and publishes, Wang reads the arts branches, He reads everything.
"""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities.models import Policy
from core.periods import Month
from supervision.actions import compute_assessment, publish_assessment
from supervision.models import Assessment
from tests.builders import NOVEMBER, OCTOBER

AUGUST = Month(2026, 8)
PAGE = reverse("assessment", args=[NOVEMBER])


def at(day, hour="09:00"):
    return time_machine.travel(f"2026-{day}T{hour}:00+08:00", tick=False)


def computed(world, month=NOVEMBER):
    return compute_assessment(month, by=world.zhou)


def page(client, user, url=PAGE):
    client.force_login(user)
    return client.get(url)


@pytest.mark.parametrize("day", ["11-23", "11-30", "12-01", "12-05"])
def test_what_is_not_wholly_due_is_not_published(world, figures, day):
    with at(day), pytest.raises(PermissionDenied, match="11 月的事到 12 月 5 日才全部到期"):
        publish_assessment(computed(world), by=world.zhou)

    assert Assessment.objects.get().status == "COMPUTED"


def test_it_is_published_from_the_day_after_on(world, figures):
    with at("12-06", "00:00"):
        publish_assessment(computed(world), by=world.zhou)

    assert Assessment.objects.get().is_published


def test_a_preview_is_computed_again_before_it_is_published(world, figures):
    with at("12-05", "23:59"):
        early = computed(world)
    with at("12-06"):
        with pytest.raises(PermissionDenied, match="请先重新计算"):
            publish_assessment(early, by=world.zhou)
        publish_assessment(computed(world), by=world.zhou)

    assert Assessment.objects.get().is_published


def test_the_policy_of_the_month_says_how_long_a_record_takes(world, figures):
    Policy.objects.update(record_due_days=0)

    with at("12-01"):
        assert publish_assessment(computed(world), by=world.zhou).is_published


def test_the_page_says_that_it_is_a_preview_and_why_the_button_is_off(world, client, figures):
    computed(world)

    answer = page(client, world.zhou)

    assert answer.context["is_preview"] is True
    assert "这是预览，不是最后的结果" in answer.text
    assert "disabled>发布结果</button>" in answer.text
    assert reverse("assessment_publish", args=[NOVEMBER]) not in answer.text
    assert "现在不能发布：11 月的事到 12 月 5 日才全部到期，第二天起才能发布。" in answer.text
    assert client.get(reverse("assessment_publish", args=[NOVEMBER])).status_code == 403


def test_a_month_that_was_wholly_due_is_no_preview(world, client, figures):
    computed(world, OCTOBER)

    answer = page(client, world.zhou, reverse("assessment", args=[OCTOBER]))

    assert (answer.context["is_preview"], "这是预览" in answer.text) == (False, False)
    assert reverse("assessment_publish", args=[OCTOBER]) in answer.text


def test_a_month_that_is_not_computed_says_so_where_its_results_would_stand(world, client, figures):
    department, others = page(client, world.zhou), [page(client, user) for user in (world.wang, world.he)]

    compute = f'action="{reverse("assessment_compute", args=[NOVEMBER])}"'
    assert (department.status_code, "还没有计算" in department.text, compute in department.text) == (200, True, True)
    assert "现在计算只能看到预览" in department.text
    for answer in others:
        assert (answer.status_code, "还没有计算" in answer.text, compute in answer.text) == (200, True, False)
    assert [page(client, user).status_code for user in (world.li, world.xu, world.zheng)] == [404] * 3


@pytest.mark.parametrize(
    ("month", "why"),
    [(NOVEMBER.next, "这个月还没有到。"), (Month(2016, 12), "系统启用前"), (AUGUST, "假期月份不开展活动日，不考评。")],
)
def test_a_month_that_is_not_assessed_says_why(world, client, figures, month, why):
    answer = page(client, world.zhou, reverse("assessment", args=[month]))

    assert (why in answer.text, reverse("assessment_compute", args=[month]) in answer.text) == (True, False)
    assert client.post(reverse("assessment_compute", args=[month])).status_code in (302, 403)
    assert not Assessment.objects.exists()


def test_the_list_offers_no_computing_of_a_month_off(world, client, figures):
    computed(world)

    answer = page(client, world.zhou, reverse("assessments"))

    states = {row.month: (row.is_off, row.is_preview) for row in answer.context["rows"]}
    assert [month.number for month, (is_off, _) in states.items() if is_off] == [8, 2]
    assert [month for month, (_, is_preview) in states.items() if is_preview] == [NOVEMBER]
    assert reverse("assessment_compute", args=[AUGUST]) not in answer.text
    assert reverse("assessment_compute", args=[OCTOBER]) in answer.text


def test_a_month_off_that_was_computed_before_can_be_computed_again(world, figures, monkeypatch):
    Policy.objects.update(months_off=[])
    computed(world, AUGUST)
    Policy.objects.update(months_off=[2, 8])

    assert computed(world, AUGUST).computed_at is not None
