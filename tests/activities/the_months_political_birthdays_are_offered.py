"""政治生日: who joined in a month of that name is offered to the month's plan, and stands by name in the run."""

import datetime

from django.urls import reverse

from activities.actions.templates import keep_template
from activities.birthdays import MOST_LETTERS, anniversary, birthdays_of, words_of
from activities.forms import MOST_ITEMS
from activities.models import MonthlyPlan
from activities.prefill import Background, members_of, prefill
from branches.actions import move_many
from branches.models import Person
from core.periods import Month
from tests.builders import NOVEMBER, OCTOBER, make_guide, make_person, make_plan
from tests.education_builders import BIRTHDAY, make_item

DECEMBER, JANUARY = NOVEMBER.next, NOVEMBER.next.next
LABEL = "集中教育 · 思想政治教育 · 政治生日"
ZHANG = "张三（2010 年入党，16 年）"


def joined(branch, name, *day, **fields):
    return make_person(branch, name, joined_on=datetime.date(*day), **fields)


def names(branch, month):
    return [one.person.name for one in birthdays_of(members_of(branch), month)]


def edit(client, branch, month=DECEMBER):
    return client.get(reverse("plan_edit", args=[branch.pk, month]))


def as_posted(page, **more):
    """What the browser sends of the form as it is."""
    form, formset = page.context["form"], page.context["formset"]
    data = {name: form[name].value() for name in form.fields}
    manage = formset.management_form
    data |= {manage.add_prefix(name): manage[name].value() for name in manage.fields}
    for line in formset.forms:
        data |= {line.add_prefix(name): line[name].value() for name in line.fields}
    return {name: value for name, value in data.items() if value is not None} | more


def test_who_joined_in_a_month_of_that_name_of_an_earlier_year(world):
    first = world.first
    joined(first, "张三", 2010, 12, 20)
    joined(first, "李四", 2018, 12, 3, standing="PROBATIONARY")
    joined(first, "当年入党", 2026, 12, 1)
    joined(first, "别的月份", 2010, 11, 20)
    joined(first, "积极分子", 2010, 12, 20, standing="ACTIVIST")
    joined(first, "已离开", 2010, 12, 20, left_on=datetime.date(2026, 11, 1))
    joined(world.second, "邻居", 2010, 12, 20)
    make_person(first, "没有日期", joined_on=None)

    assert names(first, DECEMBER) == ["李四", "张三"]  # by the day
    found = birthdays_of(members_of(first), DECEMBER)
    assert [(one.on.isoformat(), one.words) for one in found] == [
        ("2026-12-03", "李四（2018 年入党，8 年）"), ("2026-12-20", ZHANG),
    ]  # fmt: skip
    assert names(first, Month(2027, 12)) == ["当年入党", "李四", "张三"]
    assert names(first, Month(2010, 12)) == []


def test_only_who_belonged_to_the_branch_in_that_month(world):
    mover = joined(world.second, "调入的人", 2010, 10, 20)
    move_many({mover: world.first}, by=world.zhou, moved_on=datetime.date(2026, 11, 5))
    assert (names(world.first, OCTOBER), names(world.second, OCTOBER)) == ([], [])
    assert names(world.first, Month(2027, 10)) == ["调入的人"]
    assert Person.objects.get(pk=mover.pk).organization == world.first


def test_who_joined_on_29_february_has_a_birthday_every_year(world):
    joined(world.first, "闰日", 2012, 2, 29)
    assert [names(world.first, Month(year, 2)) for year in (2027, 2028)] == [["闰日"], ["闰日"]]
    assert names(world.first, Month(2028, 3)) == []
    leap = datetime.date(2012, 2, 29)
    assert [anniversary(leap, year).isoformat() for year in (2027, 2028)] == ["2027-02-28", "2028-02-29"]


def test_one_tap_takes_them_into_the_run(world, client):
    joined(world.first, "张三", 2010, 12, 20)
    client.force_login(world.li)
    page = edit(client, world.first)
    assert [one.words for one in page.context["birthdays"]] == [ZHANG]
    assert "12 月政治生日 1 人" in page.text

    answer = client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), as_posted(page, celebrate="1"))

    assert answer.status_code == 302
    item = MonthlyPlan.objects.get(month=DECEMBER).items.last()
    assert (item.label, item.content) == (LABEL, f"为 1 位党员过政治生日：{ZHANG}")
    page = edit(client, world.first)
    assert (page.context["birthdays"], "加入议程" in page.text) == ([], False)  # it is there
    client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), as_posted(page, celebrate="1"))
    assert MonthlyPlan.objects.get(month=DECEMBER).items.filter(form="BIRTHDAY").count() == 1


def test_nothing_is_offered_where_nobody_has_one_or_the_run_is_full(world, client):
    client.force_login(world.li)
    page = edit(client, world.first)
    assert (page.context["birthdays"], "加入议程" in page.text) == ([], False)
    joined(world.first, "张三", 2010, 12, 20)
    plan = make_plan(world.first, DECEMBER, items=[("DUES", "", f"第 {n} 项", 5) for n in range(MOST_ITEMS)])
    page = edit(client, world.first)
    assert page.context["birthdays"] == []
    client.post(reverse("plan_save", args=[world.first.pk, DECEMBER]), as_posted(page, celebrate="1"))
    assert plan.items.count() == MOST_ITEMS


def test_a_run_that_is_taken_over_names_whose_birthday_it_is_now(world):
    old = make_plan(world.first, NOVEMBER, "ACCEPTED")
    make_item(old, BIRTHDAY, "为 1 位党员过政治生日：王五（2000 年入党，26 年）")
    joined(world.first, "张三", 2010, 12, 20)

    def run(month):
        return [one["content"] for one in prefill(Background(world.first, month))[1] if one.get("form") == "BIRTHDAY"]

    assert run(DECEMBER) == [f"为 1 位党员过政治生日：{ZHANG}"]
    assert run(JANUARY) == []  # nobody has one
    make_guide(world.committee, world.zhou, JANUARY, items=[("EDUCATION", "THOUGHT", "过政治生日", True)])
    assert len(prefill(Background(world.first, JANUARY))[1]) == 5  # the guide's asks for it all the same


def test_a_template_keeps_no_names(world):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", items=[])
    make_item(plan, BIRTHDAY, f"为 1 位党员过政治生日：{ZHANG}")
    template = keep_template(plan, world.arts, by=world.wang, name="政治生日")
    assert [item.content for item in template.items.all()] == ["为本月入党的党员过政治生日"]


def test_many_names_end_where_an_item_has_no_more_room(world):
    for number in range(40):
        joined(world.first, f"欧阳党员{number:02d}", 2010, 12, 20)
    text = words_of(birthdays_of(members_of(world.first), DECEMBER))
    assert text.startswith("为 40 位党员过政治生日：欧阳党员00（2010 年入党，16 年）、")
    assert (text.endswith("年）等"), len(text) <= MOST_LETTERS, len(text) > MOST_LETTERS - 25) == (True, True, True)


def test_the_run_sheet_and_the_record_name_them(world, client):
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED", items=[])
    make_item(plan, BIRTHDAY, f"为 1 位党员过政治生日：{ZHANG}")
    client.force_login(world.li)
    assert ZHANG in client.get(plan.day.get_absolute_url()).text
