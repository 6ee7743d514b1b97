"""Before a branch is closed, the page names what it still owes for earlier months: afterwards nobody is left to do it.

Zhou closes Second Branch in November; its people go to First.
"""

import datetime

import pytest
from django.urls import reverse

from branches.models import Organization
from branches.reports.consequences import unsettled
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day

CLOSING = {"on": "2026-11-23", "reason": "党委会议决定"}


@pytest.fixture
def closing(world):
    """A branch founded in September, that held and recorded its day of September and only held that of October."""
    branch = make_branch(world.arts, "要撤的党支部", members=3)
    founded(branch, datetime.date(2026, 8, 31))
    make_day(branch, Month(2026, 9), status="RECORDED")
    make_day(branch, OCTOBER)
    return branch


def founded(branch, day):
    branch.founded_on = day
    branch.save(update_fields=["founded_on"])


def owed(branch, user, day=datetime.date(2026, 11, 23)):
    return [(one.month, one.kind) for one in unsettled(branch, user, day) if one.kind in ("plan", "day", "record")]


def test_what_is_open_of_the_months_before_the_closing_is_listed_with_the_way_to_it(world, client, closing):
    client.force_login(world.zhou)
    sent = CLOSING | {"people_to": world.first.code}
    page = client.post(reverse("organization_close", args=[closing.pk]), sent)

    assert owed(closing, world.zhou) == [(OCTOBER, "record")]
    assert [(one.month, one.kind) for one in page.context["owed"]][-1][0] == OCTOBER
    text = page.content.decode()
    record = next(one for one in page.context["owed"] if one.kind == "record")
    assert (f'href="{record.url}"' in text, f"还有 {len(page.context['owed'])} 件没有办完" in text) == (True, True)
    client.force_login(world.wang)
    assert client.get(record.url).status_code == 200


def test_the_month_of_the_closing_is_owed_no_more_and_a_closing_backdated_frees_the_months_after_it(world, closing):
    assert NOVEMBER not in {month for month, _ in owed(closing, world.zhou)}
    assert owed(closing, world.zhou, datetime.date(2026, 10, 31)) == []


def test_it_is_said_once_more_before_the_confirmation_and_hinders_nothing(world, client, closing):
    client.force_login(world.zhou)
    address = reverse("organization_close", args=[closing.pk])
    sent = CLOSING | {"people_to": world.first.code}
    points = client.post(address, sent).context["points"]
    assert [point for point in points if "没有人能补办" in point and "2026 年 10 月" in point] != []
    client.post(address, sent | {"step": "confirmed"})
    assert Organization.objects.get(pk=closing.pk).closed_on == datetime.date(2026, 11, 23)


def test_who_owes_nothing_is_told_so(world, client):
    new = make_branch(world.arts, "新党支部")
    founded(new, datetime.date(2026, 11, 1))
    client.force_login(world.zhou)
    address = reverse("organization_close", args=[new.pk])
    page = client.post(address, CLOSING)
    assert (page.context["owed"], "没有办完" in page.content.decode()) == ([], False)
    assert "以前各月的计划、活动、会议和党费都已办完。" in page.context["points"]
