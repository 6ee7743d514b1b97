"""On the phone a tap changes a part of the page. When it is refused, the secretary sees that, and why.

Li takes the attendance of First Branch's day.
"""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from activities.models import ActivityDay, Attendance
from branches.models import Appointment
from core.workflow import StaleState
from tests.builders import World, make_day

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def li():
    world = World()
    make_day(world.first)
    return world.li


@pytest.fixture
def tap(li, live_server, screen):
    """Opens the first member's editor on a phone; gives the page and what taps a case, which saves."""
    client = Client()
    client.force_login(li)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = screen(360)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    first = Attendance.objects.order_by("pk").first()
    page.goto(f"{live_server.url}/days/{ActivityDay.objects.get().pk}/attendance/?edit={first.pk}")

    def save(status):
        page.locator(".exception").get_by_role("button", name=status, exact=True).click()

    return page, save


def test_what_is_missing_is_said_in_its_place(tap):
    page, save = tap
    page.locator(".exception").get_by_text("其他原因").click()
    save("记为请假")
    expect(page.locator(".exception")).to_contain_text("请假和不计都要写明原因。")


def test_who_left_office_meanwhile_reads_so_and_is_led_back(tap):
    page, save = tap
    Appointment.objects.all().delete()
    save("缺席")
    expect(page.get_by_role("heading", name="现在不能办理这件事")).to_be_visible()
    expect(page.locator("main")).to_contain_text("由本支部委员记录。")
    expect(page.get_by_role("link", name="返回上一页")).to_be_visible()
    assert not Attendance.objects.filter(status="ABSENT").exists()


def test_who_comes_too_late_reads_so(tap, monkeypatch):
    def too_late(*args, **kwargs):
        raise StaleState("这件事已经有人办过了。")

    page, save = tap
    monkeypatch.setattr("activities.actions.mark_attendance", too_late)
    save("缺席")
    expect(page.locator("body")).to_contain_text("这件事已经有人办过了。")
