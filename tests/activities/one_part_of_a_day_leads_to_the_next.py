"""到会 → 党费 → 三会一课 → 记录: each part leads to the next one that the day has; the run sheet leads to all."""

import datetime

import pytest
from django.urls import reverse

from activities import actions
from activities.run_sheet import next_part, run_sheet
from dues.actions import open_month
from dues.models import DuesMonth
from meetings.actions import confirm_minutes, open_meeting, save_minutes
from tests.builders import NOVEMBER, make_day, make_plan
from tests.record_builders import make_paper, make_photo

DUES, LESSON = ("DUES", "", "集中交纳党费", 10), ("MEETING", "LESSON", "主题党课", 40)
GENERAL, SERVICE = ("MEETING", "GENERAL", "支部党员大会", 30), ("SERVICE", "CULTURE", "社区演出", 60)


def day_with(branch, *items, **fields):
    return make_day(branch, plan=make_plan(branch, NOVEMBER, "ACCEPTED", items=items), **fields)


def road(day, after="attendance"):
    return next_part(day, after).name


def confirmed(item, by):
    meeting = open_meeting(item, by=by)
    meeting = save_minutes(meeting, by=by, version=meeting.version, content="听课讨论")
    return confirm_minutes(meeting, by=by)


def test_the_parts_stand_in_their_order(world):
    day = day_with(world.first, DUES, SERVICE, LESSON)
    lesson = day.items.get(kind="MEETING")
    assert [road(day, part) for part in ("attendance", "dues", "meetings")] == ["党费", "三会一课", "三会一课"]
    part = next_part(day, "dues")
    assert (part.url, part.begins) == (reverse("meeting_open", args=[lesson.pk]), True)
    confirmed(lesson, world.li)
    assert [next_part(day, part).url for part in ("dues", "meetings")] == [reverse("day_record", args=[day.pk])] * 2


@pytest.mark.parametrize(
    ("items", "parts"),
    [([SERVICE], ["记录", "记录"]), ([DUES], ["党费", "记录"]), ([GENERAL], ["三会一课", "三会一课"])],
)
def test_what_a_day_does_not_have_is_left_out(world, items, parts):
    day = day_with(world.first, *items)
    assert [road(day, after) for after in ("attendance", "dues")] == parts


def test_minutes_follow_one_another_until_none_is_left(world):
    day = day_with(world.first, GENERAL, LESSON)
    first, second = day.items.all()
    assert next_part(day, "dues").url == reverse("meeting_open", args=[first.pk])
    confirmed(first, world.li)
    assert next_part(day, "meetings").url == reverse("meeting_open", args=[second.pk])
    day.items.filter(pk=second.pk).update(outcome="NOT_DONE")
    assert road(day, "meetings") == "记录"


def test_each_page_ends_with_the_next_part(world, client):
    day = day_with(world.first, DUES, LESSON)
    lesson = day.items.get(kind="MEETING")
    open_month(NOVEMBER)
    row = DuesMonth.objects.get(organization=world.first)
    client.force_login(world.li)
    assert "接着办党费" in client.get(reverse("day_attendance", args=[day.pk])).content.decode()
    assert "接着办" not in client.get(row.get_absolute_url()).content.decode()  # first they are signed off
    DuesMonth.objects.filter(pk=row.pk).update(
        status="VERIFIED", verified_at=day.held_at, first_verified_at=day.held_at, verified_by=world.li
    )
    page = client.get(reverse("dues_day", args=[day.pk]), follow=True).content.decode()
    assert f'action="{reverse("meeting_open", args=[lesson.pk])}"' in page and "接着办三会一课" in page

    page = client.post(reverse("meeting_open", args=[lesson.pk]), follow=True)
    assert "接着办" not in page.content.decode()
    meeting = page.context["meeting"]
    assert (meeting.topic, meeting.lecturer) == ("主题党课", day.host.name)
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None} | {"content": "听课"}
    page = client.post(reverse("meeting_confirm", args=[meeting.pk]), typed, follow=True)
    assert page.redirect_chain == [(reverse("day_record", args=[day.pk]), 302)]
    assert "接着办记录" in client.get(meeting.get_absolute_url()).content.decode()


@pytest.mark.parametrize("user", ["wang", "he"])
def test_who_only_reads_is_led_nowhere(world, client, user):
    day = day_with(world.first, DUES, LESSON)
    meeting = confirmed(day.items.get(kind="MEETING"), world.li)
    client.force_login(getattr(world, user))
    for address in (reverse("day_attendance", args=[day.pk]), meeting.get_absolute_url()):
        assert "接着办" not in client.get(address).content.decode()


def test_a_day_that_is_recorded_leads_nowhere(world, client):
    day = day_with(world.first, DUES, LESSON)
    meeting = confirmed(day.items.get(kind="MEETING"), world.li)
    type(day).objects.filter(pk=day.pk).update(status="RECORDED", recorded_at=day.held_at)
    client.force_login(world.li)
    assert "接着办" not in client.get(meeting.get_absolute_url()).content.decode()


def test_the_lecturer_is_who_leads_the_item_else_the_day(world):
    day = day_with(world.first, LESSON, GENERAL)
    lesson, general = day.items.all()
    assert open_meeting(general, by=world.li).lecturer == ""
    assert open_meeting(general, by=world.li).topic == "支部党员大会"
    lesson.leader = world.xu.person
    lesson.save()
    meeting = open_meeting(lesson, by=world.li)
    assert (meeting.lecturer, meeting.chair, meeting.recorder) == ("许宣传", day.host, day.recorder)


def test_the_run_goes_by_the_clock(world):
    day = day_with(world.first, DUES, SERVICE, LESSON, starts_at=datetime.time(14, 50))
    service, lesson = day.items.get(kind="SERVICE"), day.items.get(kind="MEETING")
    handout = make_paper(day, world.li, "讲稿.pdf", item=lesson)
    make_photo(day, world.li, item=lesson)
    run = run_sheet(day, world.li)
    record = reverse("day_record", args=[day.pk])
    assert [(row.hours, row.needs, row.link, row.materials) for row in run.rows] == [
        ("14:50–15:00", "党费名单", ("党费", reverse("dues_day", args=[day.pk])), []),
        ("15:00–16:00", "", ("记录", f"{record}#item-{service.pk}"), []),
        ("16:00–16:40", "会议记录", ("三会一课", reverse("meeting_of_item", args=[lesson.pk])), [handout]),
    ]  # fmt: skip
    assert (run.minutes, run.photos, run.papers) == (110, 1, 1)


def test_before_the_day_the_run_says_what_is_needed_and_leads_nowhere(world, client):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", items=[DUES, LESSON])
    plan.items.filter(kind="MEETING").update(leader=world.xu.person)
    client.force_login(world.li)
    page = client.get(plan.day.get_absolute_url())
    assert [(row.hours, row.needs, row.link) for row in page.context["run"].rows] == [
        ("15:00–15:10", "党费名单", None), ("15:10–15:50", "会议记录", None),
    ]  # fmt: skip
    assert "许宣传" in page.content.decode()


def test_an_hour_that_nobody_has_set_is_not_invented(world):
    day = day_with(world.first, DUES, starts_at=None)
    type(day.plan).objects.filter(pk=day.plan_id).update(starts_at=None)
    day.refresh_from_db()
    assert [row.hours for row in run_sheet(day, world.li).rows] == [""]


def test_the_line_of_an_item_stands_where_its_link_leads(world, client):
    day = day_with(world.first, SERVICE)
    item = day.items.get()
    for user in (world.li, world.wang):
        client.force_login(user)
        assert f'id="item-{item.pk}"' in client.get(reverse("day_record", args=[day.pk])).content.decode()
    actions.drop_item(actions.add_item(day, by=world.li, kind="DUES", subtype="", content="x", minutes=1), by=world.li)
