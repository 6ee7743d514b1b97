"""A day is entered once, and stands in nine places: nobody types again what the site knows.

Li plans November with a thought education, a lesson and a service; the day is held, Zheng is on leave, President Lei,
a leading cadre, is there. Typed on the day are the lesson's minutes and the summary; all else is ticked.
"""

import datetime

import pytest
from django.urls import reverse

from activities.models import ActivityDay
from core import clock
from core.contributions import registry
from dues.actions import open_month
from dues.models import DuesMonth, Entry
from meetings.models import Meeting
from supervision.actions import compute_assessment
from tests.builders import NOVEMBER, make_person, make_plan
from tests.pages import press

MONDAY = datetime.date(2026, 11, 23)
LESSON, OATH, SERVICE = "专题党课：守住初心", "在校史馆重温入党誓词", "为新生答疑"
CONTENT, SUMMARY = "听讲以后每人谈一条打算", "党课、宣誓和服务连着做"


@pytest.fixture
def day(world):
    """November's accepted plan, to be held today, with the dues of the month opened."""
    world.first.people.update(category="STUDENT")
    make_person(world.first, "雷校长", category="STUDENT", is_leading_cadre=True)
    plan = make_plan(
        world.first, NOVEMBER, "ACCEPTED", items=(), planned_on=MONDAY, theme="学习全会精神", host=world.li.person,
        recorder=world.chen.person,
    )  # fmt: skip
    plan.items.create(order=1, kind="DUES", content="交纳党费", minutes=10)
    plan.items.create(order=2, kind="EDUCATION", subtype="THOUGHT", form="OATH", content=OATH, minutes=30)
    plan.items.create(order=3, kind="MEETING", subtype="LESSON", content=LESSON, minutes=45)
    plan.items.create(order=4, kind="SERVICE", subtype="INFORMATION", content=SERVICE, minutes=60)
    open_month(NOVEMBER)
    return plan.day


def shown(client, name, *args, **asked):
    """The words of a page, each run of spaces as one."""
    return " ".join(client.get(reverse(name, args=args), asked).content.decode().split())


def lacking(page, *words):
    """Which of the words a page does not have."""
    return [one for one in words if one not in page]


def enter_the_day(client, day, world):
    """Attendance, dues, the lesson's minutes, the record: as the pages offer it."""
    press(client, day.get_absolute_url(), reverse("day_hold", args=[day.pk]))
    away = day.attendance.get(person=world.zheng.person)
    client.post(reverse("attendance_mark", args=[away.pk]), {"mark": "ON_LEAVE:病假"})
    dues = DuesMonth.objects.get(organization=world.first, month=NOVEMBER)
    late = dues.charges.get(person=world.zheng.person)
    typed = {f"method-{late.pk}": ["TRANSFER"]}
    press(client, dues.get_absolute_url(), reverse("dues_verify", args=[dues.pk]), **typed)
    client.post(reverse("meeting_open", args=[day.items.get(kind="MEETING").pk]))
    meeting = Meeting.objects.get()
    page = meeting.get_absolute_url()
    press(client, page, reverse("meeting_save", args=[meeting.pk]), content=[CONTENT])  # it opens the button
    press(client, page, reverse("meeting_confirm", args=[meeting.pk]))
    page = reverse("day_record", args=[day.pk])
    form = shown(client, "day_record", day.pk)
    press(client, page, reverse("day_submit", args=[day.pk]), summary=[SUMMARY])
    return meeting, form


def test_one_day_stands_in_nine_ledgers(world, client, day, monday):
    client.force_login(world.li)
    meeting, form = enter_the_day(client, day, world)
    day = ActivityDay.objects.get(pk=day.pk)
    assert day.status == "RECORDED"

    # 1: the form of the record had it all before a word of it was written
    assert lacking(form, LESSON, OATH, SERVICE, "实到 9／应到 10，请假 1", "已完成") == []
    # 2: the minutes have the hour, the place, the topic, who led, and who was not there
    minutes = shown(client, "meeting", meeting.pk)
    assert lacking(minutes, LESSON, "201 会议室", "李书记", "郑党员（请假：病假）", CONTENT) == []
    # 3: the ledger of dues: whoever was there paid on the spot, on the day
    entries = Entry.objects.filter(charge__dues_month__organization=world.first, month_paid=NOVEMBER)
    assert sorted(entries.values_list("method", flat=True)) == ["CASH"] * 9 + ["TRANSFER"]
    assert {clock.day_of(one.at) for one in entries} == {MONDAY}
    # 4: each one's time
    mine, his = (shown(client, "person_timeline", user.person.pk) for user in (world.li, world.zheng))
    assert lacking(mine, "2026 年 11 月活动日：到会", f"党课：{LESSON}", "交纳 2026 年 11 月党费") == []
    assert "2026 年 11 月活动日：请假（病假）" in his and LESSON not in his
    # 5: what education was held, and for how long each was there
    education = shown(client, "education_year", world.first.pk, 2026)
    assert OATH in education and "重温入党誓词" in education
    hours = client.get(reverse("education_people", args=[world.first.pk, 2026])).context["page"]
    assert {one.name: one.minutes for one in hours} == {
        one.person.name: 30 * (one.person != world.zheng.person) for one in day.attendance.select_related("person")
    }
    # 6: the leading cadres' list
    cadres = shown(client, "cadres")
    assert "雷校长" in cadres and "1／1" in cadres
    # 7: the year on one page
    year = shown(client, "year", world.first.pk, 2026)
    assert "学习全会精神" in year and "9／10" in year
    # 9: the handbook (before the clock moves on)
    handbook = shown(client, "handbook_print", world.first.pk, 2026, part=[one.code for one in registry.handbook])
    assert lacking(handbook, SUMMARY, CONTENT, OATH, SERVICE, "郑党员（请假：病假）", "雷校长") == []

    # 8: what is behind the score of the month
    monday.move_to(clock.at(datetime.date(2026, 12, 8), 9))
    compute_assessment(NOVEMBER, by=world.zhou)
    client.force_login(world.zhou)
    evidence = {
        code: shown(client, "assessment_evidence", NOVEMBER, world.first.pk, code)
        for code in ("attendance", "education", "service", "record_in_time", "leading_cadres", "dues_paid")
    }
    assert "请假：病假" in evidence["attendance"]
    assert OATH in evidence["education"] and SERVICE in evidence["service"]
    assert "按时提交" in evidence["record_in_time"] and "雷校长" in evidence["leading_cadres"]
    assert "10" in evidence["dues_paid"]
