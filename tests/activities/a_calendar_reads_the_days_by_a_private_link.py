"""What a calendar reads at a private link: the days that the link's owner may see at that moment, and no others.

Li leads First Branch and has a link for it, Wang one for the general branch above First and Second. Qian's branch
belongs to another general branch; Wu leads a direct branch.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from activities import actions, feed_events, filing
from activities.actions.feeds import open_feed, renew_feed, revoke_feed
from activities.models import ActivityDay, MonthlyPlan
from branches.models import Appointment, Organization
from tests.builders import NOVEMBER, OCTOBER, fresh, make_branch, make_day, make_plan

DECEMBER = NOVEMBER.next
ODD = "学习《条例》, 讨论; 第一行\\n\n第二行 🎉" + "很长的主题" * 12


@pytest.fixture
def days(world):
    """A day of November in every branch, each with a theme of its own."""
    for name in ("first", "second", "other", "direct"):
        make_day(getattr(world, name), plan=make_plan(getattr(world, name), status="ACCEPTED", theme=f"主题 {name}"))
    return world


def link(organization, user):
    return reverse("calendar_feed", args=[open_feed(organization, by=user)[1]])


def events(client, address):
    """``{theme: event}`` of what the link gives now."""
    answer = client.get(address)
    assert answer.status_code == 200
    return {str(one["summary"]).partition("：")[2]: one for one in Calendar.from_ical(answer.content).events}


def test_a_branchs_feed_has_its_days_and_nobody_elses(days, client):
    assert sorted(events(client, link(days.first, days.li))) == ["主题 first"]


def test_a_general_branchs_feed_has_those_of_its_branches(days, client):
    assert sorted(events(client, link(days.arts, days.wang))) == ["主题 first", "主题 second"]


def test_a_committees_feed_has_its_direct_branches_alone(days, client):
    assert sorted(events(client, link(days.committee, days.zhou))) == ["主题 direct"]


def test_the_text_read_back_is_the_day(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", theme=ODD, place="201 会议室, 东楼; 二层")
    [event] = Calendar.from_ical(client.get(link(world.first, world.li)).content).events

    start = datetime.datetime.combine(plan.planned_on, plan.starts_at, datetime.timezone(datetime.timedelta(hours=8)))
    assert {
        "summary": str(event["summary"]), "place": str(event["location"]), "start": event.start, "end": event.end,
        "zone": event["dtstart"].params["TZID"], "status": event["status"], "url": str(event["url"]),
        "text": str(event["description"]), "alarm": [alarm["trigger"].dt for alarm in event.walk("VALARM")],
    } == {
        "summary": f"文学院第一党支部 12 月党员活动日：{ODD}", "place": "201 会议室, 东楼; 二层", "start": start,
        "end": start + datetime.timedelta(minutes=plan.minutes), "zone": "Asia/Shanghai", "status": "TENTATIVE",
        "url": f"http://testserver{plan.day.get_absolute_url()}", "text": "主持：李书记\n状态：待总支审核",
        "alarm": [datetime.timedelta(days=-1)],
    }  # fmt: skip


def test_the_calendar_says_what_it_is_and_when_to_come_again(days, client):
    answer = client.get(link(days.arts, days.wang))
    calendar = Calendar.from_ical(answer.content)

    assert str(calendar["x-wr-calname"]) == "文学院党总支党员活动日"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\nX-PUBLISHED-TTL:PT6H\r\n" in answer.content
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert {name: answer[name] for name in ("Content-Type", "Cache-Control", "Referrer-Policy")} == {
        "Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-cache",
        "Referrer-Policy": "no-referrer",
    }  # fmt: skip
    assert calendar.walk("VALARM") == []  # of other people's days nobody is reminded
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert all(phone.encode() not in answer.content for phone in days.first.people.values_list("phone", flat=True))


def test_what_was_really_held_stands_in_the_place_of_the_plan(world, client):
    day = make_day(world.first, held_on=datetime.date(2026, 11, 20), place="操场", starts_at=datetime.time(9, 30))
    [event] = events(client, link(world.first, world.li)).values()
    assert (f"{event.start:%m-%d %H:%M}", str(event["location"]), event["status"]) == (
        "11-20 09:30", "操场", "CONFIRMED",
    )  # fmt: skip
    assert day.plan.planned_on.day == 13


def test_a_day_without_an_hour_takes_the_whole_day(world, client):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED", starts_at=None)
    [event] = events(client, link(world.first, world.li)).values()
    assert (event.start, event.end) == (plan.planned_on, plan.planned_on + datetime.timedelta(days=1))
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [datetime.timedelta(hours=-15)]


def test_a_draft_is_on_no_calendar_not_even_its_own_branchs(world, client):
    make_plan(world.first, NOVEMBER, "ACCEPTED", theme="已备案")
    make_plan(world.first, DECEMBER, theme="草稿")
    back = make_plan(world.first, DECEMBER.next, "SUBMITTED", theme="撤回的", submitted_by=world.li)
    address = link(world.first, world.li)
    assert sorted(events(client, address)) == ["已备案", "撤回的"]

    filing.withdraw_plan(back, by=world.li)

    assert sorted(events(client, address)) == ["已备案"]


def test_a_returned_plan_without_a_date_waits_for_one(world, client):
    make_plan(world.first, NOVEMBER, "RETURNED", planned_on=None)
    assert events(client, link(world.first, world.li)) == {}


def test_the_feed_goes_three_months_back(world, client):
    for back in range(6):
        make_plan(world.first, NOVEMBER - back, "ACCEPTED", theme=str(back))
    assert sorted(events(client, link(world.first, world.li))) == ["0", "1", "2", "3"]


def test_a_change_keeps_the_id_and_raises_the_number(world, client):
    """Submitted, returned, moved, submitted, accepted, declared not held, taken back: each is newer than the last."""
    plan = make_plan(world.first, DECEMBER)
    address, seen = link(world.first, world.li), []

    def look():
        [event] = events(client, address).values()
        seen.append((str(event["uid"]), event["sequence"], event["status"], event.start.day))

    def step(action, by, **words):
        plan.refresh_from_db()
        action(plan, by=getattr(world, by), **words)
        look()

    step(filing.submit_plan, "li")
    step(filing.forward_plan, "wang")
    step(filing.return_plan, "zhou", note="请改日期")
    plan.refresh_from_db()
    later = {"planned_on": datetime.date(2026, 12, 18)}
    filing.save_draft(world.first, DECEMBER, by=world.li, version=plan.version, values=later, items=[
        {"kind": "DUES", "subtype": "", "content": "交纳党费", "minutes": 10},
    ])  # fmt: skip
    look()
    step(filing.submit_plan, "li")
    step(filing.forward_plan, "wang")
    step(filing.accept_plan, "zhou")

    assert {uid for uid, *_ in seen} == {f"activity-day-{plan.day.pk}@testserver"}
    numbers = [number for _, number, *_ in seen]
    assert numbers == sorted(set(numbers)) and len(numbers) == 7
    assert [row[2:] for row in seen] == [("TENTATIVE", 11)] * 3 + [("TENTATIVE", 18)] * 3 + [("CONFIRMED", 18)]


def test_a_revision_is_on_no_calendar_until_it_is_in_force(world, client, monday):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED")
    address = link(world.first, world.li)
    first = client.get(address)

    def look():
        monday.shift(3600)
        return client.get(address, headers={"if-none-match": first["ETag"]}).status_code

    draft = filing.amend_plan(plan, by=world.li, reason="改日期")
    values = {"planned_on": datetime.date(2026, 12, 18)}
    items = [{name: item[name] for name in ("kind", "subtype", "content", "minutes")} for item in plan.items.values()]
    seen = [look()]
    for version in (1, 2, 3):
        filing.save_draft(world.first, DECEMBER, by=world.li, version=version, values=values, items=items)
        seen.append(look())
    filing.drop_plan(draft, by=world.li)
    assert [*seen, look()] == [304] * 5
    [before] = events(client, address).values()

    moved = filing.postpone_plan(plan, by=world.li, to=datetime.date(2026, 12, 18), reason="改日期")
    filing.forward_plan(moved, by=world.wang)
    filing.accept_plan(moved, by=world.zhou)
    [after] = events(client, address).values()
    assert (before.start.day, after.start.day, before["sequence"] < after["sequence"]) == (11, 18, True)


def test_a_day_that_was_not_held_is_cancelled_and_comes_back(world, client):
    day = make_plan(world.first, NOVEMBER, "ACCEPTED", theme="学用结合").day
    address = link(world.first, world.li)
    before = events(client, address)["学用结合"]
    actions.skip_day(day, by=world.li, reason="全院实习")
    skipped = events(client, address)["学用结合（未开展）"]
    actions.resume_day(day, by=world.li)
    after = events(client, address)["学用结合"]

    assert [one["status"] for one in (before, skipped, after)] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert before["sequence"] < skipped["sequence"] < after["sequence"]
    assert skipped.walk("VALARM") == []


def test_who_lost_the_office_reads_nothing_at_the_next_fetch(days, client):
    address = link(days.first, days.li)
    assert client.get(address).status_code == 200
    Appointment.objects.filter(person__user=days.li).update(ends_on=datetime.date(2026, 11, 23))
    assert client.get(address).status_code == 404


def test_who_works_elsewhere_now_reads_nothing_of_where_the_link_leads(days, client):
    """Wang one level lower, Chen next door."""
    for user, organization in ((days.wang, days.arts), (days.chen, days.first)):
        address = link(organization, fresh(user))
        assert client.get(address).status_code == 200
        Appointment.objects.filter(person__user=user).update(organization=days.second)
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("end", ["account", "organization", "revoked", "renewed"])
def test_every_other_end_is_the_same_404(days, client, end):
    feed, token = open_feed(days.first, by=days.li)
    address = reverse("calendar_feed", args=[token])
    unknown = client.get(reverse("calendar_feed", args=["x" * 32]))
    assert client.get(address).status_code == 200
    if end == "account":
        type(days.li).objects.filter(pk=days.li.pk).update(is_active=False)
    elif end == "organization":
        Organization.objects.filter(pk=days.first.pk).update(closed_on=datetime.date(2026, 11, 23))
    elif end == "revoked":
        revoke_feed(feed, by=days.li)
    else:
        _, other = renew_feed(feed, by=days.li)
        assert client.get(reverse("calendar_feed", args=[other])).status_code == 200

    dead = client.get(address)

    assert (dead.status_code, dead.content, dict(dead.headers)) == (404, unknown.content, dict(unknown.headers))


def test_a_link_is_read_and_nothing_else(days, client):
    address = link(days.first, days.li)
    assert {name: getattr(client, name)(address).status_code for name in ("post", "put", "delete", "patch")} == {
        "post": 405, "put": 405, "delete": 405, "patch": 405,
    }  # fmt: skip
    head = client.head(address)
    assert (head.status_code, head.content, head["Content-Type"]) == (200, b"", "text/calendar; charset=utf-8")
    assert not client.get(address).cookies


def test_who_asks_again_is_told_that_nothing_changed(days, client, monday):
    address = link(days.first, days.li)
    first = client.get(address)
    monday.shift(3600)
    by_tag = client.get(address, headers={"if-none-match": first["ETag"]})
    by_time = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert [(one.status_code, one.content) for one in (by_tag, by_time)] == [(304, b"")] * 2

    MonthlyPlan.objects.filter(organization=days.first).update(status="DRAFT")
    ActivityDay.objects.filter(organization=days.first).update(status="PLANNED")  # gone, without anything newer

    by_tag = client.get(address, headers={"if-none-match": first["ETag"]})
    by_time = client.get(address, headers={"if-modified-since": first["Last-Modified"]})
    assert [one.status_code for one in (by_tag, by_time)] == [200, 200]


def test_reading_is_written_down_once_a_day(days, client, monday):
    feed, token = open_feed(days.first, by=days.li)
    address = reverse("calendar_feed", args=[token])

    def writes():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len([one for one in queries if one["sql"].startswith("UPDATE")])

    assert [writes(), writes(), writes()] == [1, 0, 0]
    monday.shift(24 * 3600)
    assert [writes(), writes()] == [1, 0]
    feed.refresh_from_db()
    assert feed.last_read_on == datetime.date(2026, 11, 24)


def test_a_feed_costs_the_same_with_two_days_and_with_thirty(days, client):
    address = link(days.arts, days.wang)

    def cost():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            count = len(events(client, address))
        return count, len(queries)

    few = cost()
    for number in range(28):
        make_plan(make_branch(days.arts, f"支部{number}", members=1), status="ACCEPTED", theme=f"第 {number} 个")
    assert (few, cost()) == ((2, 6), (30, 6))


def test_too_many_days_are_cut_and_it_says_so(days, client, monkeypatch):
    make_plan(days.first, OCTOBER, "ACCEPTED", theme="上个月")
    address = link(days.arts, days.wang)
    whole = client.get(address).content.decode()
    monkeypatch.setattr(feed_events, "MOST_EVENTS", 2)

    assert sorted(events(client, address)) == ["主题 first", "主题 second"]  # the latest are kept
    about = "".join(str(Calendar.from_ical(client.get(address).content)["x-wr-caldesc"]))
    assert ("只列出最近的 2 个" in about, "只列出" in whole) == (True, False)
