"""Above the branches, a month's list has a row for each branch that owes the day, whether it held one or not.

First recorded November's day, Second held it and owes its record; Other said why it holds none; Direct filed no plan.
"""

import datetime

import pytest
from django.urls import reverse

from activities.models import ActivityDay, MonthlyPlan
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_plan

FEBRUARY = Month(2027, 2)


@pytest.fixture
def november(world):
    make_day(world.first, status="RECORDED")
    make_day(world.second)
    other = make_plan(world.other, status="ACCEPTED").day
    ActivityDay.objects.filter(pk=other.pk).update(status="NOT_HELD", not_held_reason="全院实习")
    return world


def listed(client, user, **data):
    client.force_login(user)
    answer = client.get(reverse("days"), {"month": NOVEMBER} | data)
    return list(answer.context["page"].object_list)


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("", ["first", "second", "other", "direct"]),
        ("OWED", ["first", "second", "other", "direct"]),
        ("MISSING", ["other", "direct"]),
        ("NOT_HELD", ["other"]),
        ("HAPPENED", ["first", "second"]),
        ("HELD", ["second"]),
        ("RECORDED", ["first"]),
        ("nonsense", ["first", "second", "other", "direct"]),
    ],
)
def test_each_filter_leaves_its_branches(november, client, status, names):
    assert listed(client, november.zhou, status=status) == [getattr(november, name) for name in names]


def test_a_branch_that_was_not_there_owes_nothing(november, client):
    make_branch(november.arts, "十二月成立", code="0201008")
    november.direct.closed_on = datetime.date(2026, 11, 20)
    november.direct.save(update_fields=["closed_on"])
    type(november.direct).objects.filter(code="0201008").update(founded_on=datetime.date(2026, 12, 1))

    assert listed(client, november.zhou) == [november.first, november.second, november.other]


def test_what_a_branch_held_before_it_was_closed_stays_in_the_list_and_is_not_owed(november, client):
    november.second.closed_on = datetime.date(2026, 11, 20)
    november.second.save(update_fields=["closed_on"])

    assert november.second in listed(client, november.zhou)
    assert listed(client, november.zhou, status="OWED") == [november.first, november.other, november.direct]
    assert listed(client, november.zhou, status="HAPPENED") == [november.first]


def test_in_a_month_off_nobody_lacks_a_day(november, client):
    assert listed(client, november.zhou, month=FEBRUARY, status="MISSING") == []
    assert len(listed(client, november.zhou, month=FEBRUARY)) == 4
    page = client.get(reverse("days"), {"month": FEBRUARY}).content.decode()
    assert ("假期月份，不要求开展" in page, "未报计划</span>" in page) == (True, False)


def test_a_past_month_names_what_was_not_held(november, client):
    make_plan(november.first, OCTOBER, "ACCEPTED")
    client.force_login(november.wang)

    page = client.get(reverse("days"), {"month": OCTOBER}).content.decode()

    assert (page.count("过期未开展</span>"), page.count("未开展，未报计划</span>")) == (1, 1)


def test_the_plan_of_a_branch_founded_too_late_is_not_missed(november, client):
    late = make_branch(november.arts, "十一月成立", code="0201008")
    late.founded_on = datetime.date(2026, 11, 2)
    late.save(update_fields=["founded_on"])
    client.force_login(november.zhou)

    def plans(**data):
        return client.get(reverse("plans"), {"month": NOVEMBER} | data)

    assert list(plans(status="OPEN").context["page"]) == [november.direct]
    assert late in plans().context["page"].object_list and "成立时已过报送期" in plans().content.decode()
    assert list(plans(month=FEBRUARY, status="OPEN").context["page"]) == []


def test_a_month_that_was_called_off_is_not_missed(november, client):
    MonthlyPlan.objects.filter(organization=november.other).update(cancels=True, reason="全院实习")
    assert listed(client, november.zhou, status="MISSING") == [november.direct]
    assert listed(client, november.zhou, status="OWED") == [november.first, november.second, november.direct]
    assert november.other in listed(client, november.zhou)
