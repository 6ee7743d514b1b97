"""Zheng scans the code that First's room shows, where the rules have it. 到会 is what the secretary confirms.

A code holds for the twenty seconds in which it is shown and the twenty after them.
"""

import pytest
from django.test import Client
from django.urls import reverse

from activities.check_in_codes import LETTERS, code_of
from activities.models import CheckIn, Policy
from branches.models import Office
from core.audit import AuditEntry
from tests.builders import make_day, make_officer, make_plan

START = "2026-11-23T10:00:00+08:00"  # a window begins here
EARLIER = {0: 302, 19: 302, 20: 302, 39: 302, 40: 403, 60: 403, 600: 403}


@pytest.fixture
def day(world):
    Policy.objects.update(self_check_in=True)
    return make_day(world.first)


def check_in(client, day, code=None):
    return client.post(reverse("check_in", args=[day.pk, code or code_of(day)]))


def signed():
    return list(CheckIn.objects.values_list("attendance__person__name", flat=True))


@pytest.mark.parametrize(("seconds", "code"), EARLIER.items())
def test_a_code_holds_for_its_window_and_the_next(world, client, day, monday, seconds, code):
    client.force_login(world.zheng)
    shown = code_of(day)
    monday.shift(seconds)
    assert check_in(client, day, shown).status_code == code
    assert signed() == (["郑党员"] if code == 302 else [])


def test_each_window_and_each_day_has_a_code_of_its_own(world, day, monday):
    codes = {code_of(day), code_of(make_day(world.second))}
    monday.shift(20)
    codes.add(code_of(day))
    assert (len(codes), {len(code) for code in codes}) == (3, {LETTERS})
    monday.shift(-20)
    assert code_of(day) in codes


def test_the_code_is_of_the_sites_secret(day, settings):
    code = code_of(day)
    settings.SECRET_KEY = "another"
    assert code_of(day) != code


@pytest.mark.parametrize("code", ["0" * LETTERS, "签到", "x"])
def test_a_forged_code_is_refused(world, client, day, code):
    client.force_login(world.zheng)
    assert [check_in(client, day, code).status_code, signed()] == [403, []]


def test_the_code_of_another_day_is_refused(world, client, day):
    client.force_login(world.zheng)
    assert check_in(client, day, code_of(make_day(world.second))).status_code == 403
    assert signed() == []


def test_the_next_code_is_refused_before_it_is_shown(world, client, day, monday):
    monday.shift(20)
    coming = code_of(day)
    monday.shift(-20)
    client.force_login(world.zheng)
    assert (check_in(client, day, coming).status_code, signed()) == (403, [])


def test_the_page_names_the_member_and_one_press_checks_in(world, client, day):
    client.force_login(world.zheng)
    page = client.get(reverse("check_in", args=[day.pk, code_of(day)])).content.decode()
    assert ("郑党员" in page, "11 月 13 日活动日签到" in page, signed()) == (True, True, [])
    answers = [check_in(client, day) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert signed() == ["郑党员"]
    assert AuditEntry.objects.filter(event="attendance.checked_in").count() == 1
    assert "已签到" in client.get(reverse("check_in", args=[day.pk, code_of(day)])).content.decode()


def test_who_is_not_logged_in_logs_in_and_comes_back(day):
    address = reverse("check_in", args=[day.pk, code_of(day)])
    assert Client().get(address).url == f"{reverse('login')}?next={address}"


def test_who_is_not_on_the_roster_reads_so(world, client, day):
    client.force_login(world.zhao)
    answer = check_in(client, day)
    assert (answer.status_code, "您不在这次活动日的名单上" in answer.content.decode()) == (403, True)
    assert signed() == []


def test_without_a_code_a_day_of_others_looks_like_none(world, client, day):
    client.force_login(world.zhao)
    assert check_in(client, day, "x" * LETTERS).status_code == 404


def test_checking_in_never_changes_what_the_secretary_confirmed(world, client, day):
    row = day.attendance.get(person=world.zheng.person)
    type(row).objects.filter(pk=row.pk).update(status="ABSENT")
    client.force_login(world.zheng)
    assert check_in(client, day).status_code == 302
    row.refresh_from_db()
    assert row.status == "ABSENT"


def test_the_roster_shows_who_checked_in_and_narrows_to_who_did_not(world, client, day):
    client.force_login(world.zheng)
    check_in(client, day)
    client.force_login(world.li)
    day.attendance.filter(person=world.xu.person).update(status="NOT_COUNTED", reason="长期病休")
    address = reverse("day_attendance", args=[day.pk])
    whole = client.get(address)
    assert (whole.context["checked_in"], "以支部确认的名单为准" in whole.content.decode()) == (1, True)
    left = [
        row.person.name for one in client.get(address, {"show": "unsigned"}).context["groups"] for row in one["people"]
    ]
    assert (len(left), "郑党员" in left, "许宣传" in left) == (day.attendance.count() - 2, False, False)


@pytest.mark.parametrize("name", ["day_check_in_code", "check_in"])
def test_where_the_rules_do_not_have_it_there_is_no_such_page(world, client, day, name):
    args = [day.pk] if name == "day_check_in_code" else [day.pk, code_of(day)]
    seen = {}
    for is_on in (True, False):
        Policy.objects.update(self_check_in=is_on)
        client.force_login(world.li)
        seen[is_on] = client.get(reverse(name, args=args)).status_code
        page = client.get(reverse("day_attendance", args=[day.pk])).content.decode()
        assert ("签到码" in page, "未签到" in page) == (is_on, is_on)
    assert seen == {True: 200, False: 404}
    assert (check_in(client, day).status_code, signed()) == (404, [])


def test_the_code_is_shown_by_who_records_while_the_day_is_open(world, client, day):
    make_officer(world.first, Office.GROUP_LEADER, "葛组长")
    codes = {}
    for who in ("li", "chen", "xu", "wang", "zhou", "zhao", "zheng"):
        client.force_login(getattr(world, who))
        codes[who] = client.get(reverse("day_check_in_code", args=[day.pk])).status_code
    assert codes == dict.fromkeys(("li", "chen", "xu"), 200) | {"wang": 403, "zhou": 403, "zhao": 404, "zheng": 404}
    type(day).objects.filter(pk=day.pk).update(status="RECORDED")
    client.force_login(world.li)
    assert client.get(reverse("day_check_in_code", args=[day.pk])).status_code == 403
    assert check_in(client, day).status_code == 403


def test_before_the_day_is_held_there_is_nobody_to_check_in(world, client, day):
    coming = make_plan(world.first, day.month.next, "ACCEPTED").day
    client.force_login(world.li)
    assert client.get(reverse("day_check_in_code", args=[coming.pk])).status_code == 403
    assert check_in(client, coming).status_code == 403


def test_the_code_on_the_wall_is_an_address_as_people_outside_reach_it(world, client, day, settings, monkeypatch):
    settings.SITE_ADDRESS = "https://hdr.example.edu.cn"
    drawn = []
    monkeypatch.setattr("activities.check_in_codes.segno.make", lambda address, **_: drawn.append(address) or Picture())
    client.force_login(world.xu)
    page = client.get(reverse("day_check_in_code", args=[day.pk])).content.decode()
    assert drawn == [f"https://hdr.example.edu.cn/days/{day.pk}/check-in/{code_of(day)}/"]
    assert ('viewBox="0 0 2 2"' in page, 'd="M1 0h1v1h-1zM0 1h1v1h-1z"' in page, 'hx-trigger="every 10s"' in page) == (
        True,
    ) * 3


class Picture:
    """What segno gives, as far as it is asked."""

    def matrix_iter(self, **_):
        return [[0, 1], [1, 0]]


def test_the_picture_has_no_style_that_the_browser_would_block(world, client, day):
    client.force_login(world.xu)
    page = client.get(reverse("day_check_in_code", args=[day.pk])).content.decode()
    assert ("<path" in page, "style=" in page) == (True, False)
