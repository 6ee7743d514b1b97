"""How long each member was at 集中教育: by a sum that knows nothing of the queries, whatever the records say."""

import io
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from activities.education.hours import BranchHours, attended_by, minutes_by_person, own_hours, rosters_of
from activities.models import ActivityDay, Attendance, MakeUp
from activities.templatetags.day import hours
from branches.models import Person
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.education_builders import ABILITY, OATH, READING, SPIRIT, WISH, make_bare_day, make_item

SEPTEMBER = OCTOBER.previous
STATUSES = Attendance.Status.values
OUTCOMES = ["DONE", "CHANGED", "NOT_DONE", ""]


def by_chance(world, seed):
    """Days of a year with items, outcomes and rosters by chance."""
    chance = random.Random(seed)
    for branch in (world.first, world.second):
        for month in (Month(2025, 12), Month(2026, 3), SEPTEMBER, OCTOBER, NOVEMBER):
            day = make_bare_day(branch, month, status=chance.choice(["HELD", "RECORDED"]))
            for _ in range(chance.randint(0, 4)):
                what = chance.choice([SPIRIT, OATH, ABILITY, WISH, READING])
                make_item(day, what, outcome=chance.choice(OUTCOMES), minutes=chance.choice([0, 15, 45, 90]))
            for row in day.attendance.all():
                row.status, row.reason = chance.choice(STATUSES), "病假"
                row.save()
            makes_up(day, chance.choice([30, 60]))


def added_up(days):
    """``{person: (minutes, present, expected)}``, one row after the other."""
    found = {}
    for day in days:
        long = 0
        for item in day.items.all():
            if item.kind == "EDUCATION" and item.outcome in ("DONE", "CHANGED"):
                long += item.minutes
        for row in day.attendance.all():
            minutes, present, expected = found.get(row.person_id, (0, 0, 0))
            came = row.status == "PRESENT"
            later = sum(one.make_up.minutes for one in row.made_up.all())
            found[row.person_id] = (
                minutes + long * came + later,
                present + came,
                expected + (row.status != "NOT_COUNTED"),
            )
    return found


def makes_up(day, minutes):
    """Everybody who missed a day takes part in one session for it."""
    missed = day.attendance.filter(status__in=["ABSENT", "ON_LEAVE"])
    if missed:
        fields = {"held_on": day.held_on, "place": "201", "content": "补学", "led_by": day.attendance.first().person}
        session = MakeUp.objects.create(day=day, minutes=minutes, **fields)
        for row in missed:
            session.attended.create(attendance=row)


def held(branch, year=2026):
    months = list(Month(year, 1).until(Month(year, 12)))
    return ActivityDay.objects.filter(organization=branch, month__in=months)


@pytest.mark.parametrize("seed", range(4))
def test_the_hours_of_a_branch_are_the_sum_of_its_records(world, seed):
    by_chance(world, seed)
    rows = BranchHours(world.li if seed % 2 else world.zhou, world.first, 2026).rows  # Zhou sees the neighbours too
    expected = {pk: sums for pk, sums in added_up(held(world.first)).items() if sums[2]}
    assert {row.person_id: (row.minutes, row.present, row.expected) for row in rows} == expected
    assert sum(row.minutes for row in rows) > 0


@pytest.mark.parametrize("seed", range(2))
def test_a_persons_rows_and_kinds_add_up_to_the_same(world, seed):
    by_chance(world, seed)
    sums = added_up(held(world.first))
    rosters = rosters_of(world.li, 2026)
    for person in Person.objects.filter(pk__in=sums):
        items = attended_by(world.li, person, 2026)
        assert sum(item.minutes for item in items) == sums[person.pk][0], person
        kinds = own_hours(person, world.li)["kinds"]
        assert sum(minutes for _, minutes in kinds) == sums[person.pk][0]
    assert set(minutes_by_person(rosters)) <= set(sums)  # Li does not see the neighbours


def test_the_page_and_the_workbook_say_the_same(world, client):
    by_chance(world, 1)
    client.force_login(world.li)
    where = [world.first.pk, 2026]
    for asked in ({}, {"order": "-minutes"}, {"q": "李书记"}, {"order": "present"}, {"order": "nonsense"}):
        context = client.get(reverse("education_people", args=where), asked).context
        shown = [[one.number, one.name, one.present, one.expected, one.minutes] for one in context["page"]]
        answer = client.get(reverse("education_people_export", args=where), asked)
        sheet = load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        head = next(place for place, row in enumerate(rows) if row[0] == "学工号")
        assert rows[head + 1 :] == shown
        assert shown, asked
    by_minutes = client.get(reverse("education_people", args=where), {"order": "-minutes"}).context["page"]
    minutes = [one.minutes for one in by_minutes]
    assert minutes == sorted(minutes, reverse=True)
    found = client.get(reverse("education_people", args=where), {"q": "李书记"}).context["page"]
    assert [one.name for one in found] == ["李书记"]


def test_a_persons_figure_opens_its_rows(world, client):
    day = make_bare_day(world.first, OCTOBER)
    make_item(day, OATH, "重温入党誓词", outcome="DONE", minutes=25)
    make_item(day, SPIRIT, "学习讨论", outcome="CHANGED", minutes=50)
    make_item(day, ABILITY, "没有办成", outcome="NOT_DONE", minutes=90)
    make_item(day, WISH, "认领微心愿", outcome="DONE", minutes=30)
    client.force_login(world.li)
    people = client.get(reverse("education_people", args=[world.first.pk, 2026]))
    address = f"{reverse('education_person', args=[world.zheng.person.pk, 2026])}?branch={world.first.pk}"
    assert f'href="{address}"' in people.text
    page = client.get(address)
    assert [(one.words, one.content, one.minutes, one.url) for one in page.context["page"]] == [
        ("思想政治教育 · 重温入党誓词", "重温入党誓词", 25, reverse("day_record", args=[day.pk])),
        ("党性观念教育", "学习讨论", 50, reverse("day_record", args=[day.pk])),
    ]  # fmt: skip
    assert (page.context["minutes"], "1 小时 15 分" in page.text) == (75, True)
    empty = client.get(address.replace(f"branch={world.first.pk}", f"branch={world.second.pk}"))
    assert list(empty.context["page"]) == []


def test_a_member_sees_the_own_hours_and_no_others(world, client):
    make_item(make_bare_day(world.first, OCTOBER), OATH, outcome="DONE", minutes=80)
    make_item(make_bare_day(world.first, Month(2025, 10)), OATH, outcome="DONE", minutes=15)
    client.force_login(world.zheng)
    page = client.get(reverse("me"))
    part = next(one["context"] for one in page.context["parts"] if one["template"] == "activities/own_education.html")
    assert (part["minutes"], [minutes for _, minutes in part["kinds"]]) == (80, [0, 80, 0, 0])
    own = reverse("education_person", args=[world.zheng.person.pk, 2026])
    assert ("2026 年集中教育 1 小时 20 分" in page.text, f'href="{own}"' in page.text) == (True, True)
    assert [(one.minutes, one.url) for one in client.get(own).context["page"]] == [(80, "")]  # the day is not theirs
    assert client.get(reverse("education_person", args=[world.li.person.pk, 2026])).status_code == 404


def test_who_is_no_member_has_no_hours(world, client):
    person = world.zheng.person
    person.standing = Person.Standing.ACTIVIST
    person.save()
    client.force_login(world.zheng)
    assert "集中教育" not in client.get(reverse("me")).text


def test_above_a_branch_there_are_no_people(world, client):
    client.force_login(world.zhou)
    for page in ("education_people", "education_people_export"):
        answer = client.get(reverse(page, args=[world.arts.pk, 2026]))
        assert (answer.status_code, answer.url) == (302, reverse("education_year", args=[world.arts.pk, 2026]))


def test_it_costs_the_same_with_many_people(world, client):
    def cost():
        pages = [("education_people", [world.first.pk, 2026]), ("education_person", [world.zheng.person.pk, 2026])]
        found = []
        for name, args in [*pages, ("me", [])]:
            client.get(reverse(name, args=args))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name, args=args))
            found.append(len(queries))
        return found

    client.force_login(world.li)
    make_item(make_bare_day(world.first, OCTOBER), OATH, outcome="DONE")
    few = cost()
    for _ in range(5):
        make_person(world.first)
    for month in (SEPTEMBER, NOVEMBER):
        day = make_bare_day(world.first, month)
        for what in (OATH, SPIRIT, ABILITY):
            make_item(day, what, outcome="DONE")
    assert cost() == few
    assert max(few) <= 15


@pytest.mark.parametrize(
    ("minutes", "word"), [(0, "0 分钟"), (45, "45 分钟"), (60, "1 小时"), (61, "1 小时 1 分"), (600, "10 小时")]
)
def test_how_long_is_said_as_people_say_it(minutes, word):
    assert hours(minutes) == word
