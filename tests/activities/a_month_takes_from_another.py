"""取内容: December's form filled from an earlier plan of First Branch or from a template. Opening it writes nothing.

Li is First Branch's secretary, Zhao leads Second; Wang's general branch and Zhou's department keep templates for both.
"""

import datetime
import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from activities.kinds import ItemKind
from activities.models import PlanCadre
from activities.prefill import moved, without_month
from branches.models import Person
from core.periods import Month
from tests.activities.the_filing_table_is_kept import filled_in, rows
from tests.builders import NOVEMBER, OCTOBER, make_annual_plan, make_person, make_plan, make_template
from tests.house.every_page_asks_few_queries import MOST

DECEMBER, SEPTEMBER = NOVEMBER.next, OCTOBER.previous


@pytest.fixture
def october(world):
    """A plan with all that can be taken; November's is there too, and would fill the form otherwise."""
    items = [(ItemKind.DUES, "", "交 10 月党费", 10), (ItemKind.EDUCATION, "SPIRIT", "参观校史馆", 60)]
    plan = make_plan(
        world.first, OCTOBER, "ACCEPTED", items=items, theme="10 月参观校史馆", place="校史馆",
        starts_at=datetime.time(9, 30), host=world.chen.person, guest_groups=["ACTIVIST"], guests="馆长",
    )  # fmt: skip
    plan.items.filter(order=2).update(leader=world.xu.person)
    PlanCadre.objects.create(plan=plan, person=make_person(world.first, "院长", is_leading_cadre=True))
    make_plan(world.first, NOVEMBER, "ACCEPTED")
    return plan


@pytest.fixture
def opened(world, client):
    """The form of First Branch's December as Li opens it with something behind the question mark."""

    def get(**asked):
        client.force_login(world.li)
        return client.get(reverse("plan_edit", args=[world.first.pk, DECEMBER]), asked)

    return get


def lines(page):
    return [(line.content, line.minutes) for line in page.context["shown"].lines]


def test_an_earlier_month_fills_the_form_in_this_months_words(world, october, opened):
    before = rows()
    page = opened(**{"from": "2026-10"})
    shown, form = page.context["shown"], page.context["form"]
    assert (shown.planned_on, shown.starts_at) == (datetime.date(2026, 12, 11), datetime.time(9, 30))
    assert (shown.place, shown.theme, shown.host_id) == ("校史馆", "12 月参观校史馆", world.chen.person.pk)
    assert lines(page) == [("交 12 月党费", 10), ("参观校史馆", 60)]
    assert [line.more for line in shown.lines] == ["", "许宣传负责"]
    assert (form["guest_groups"].value(), form["guests"].value()) == (["ACTIVIST"], "馆长")
    assert form["cadres"].value() == [october.cadres.get().person_id]
    origins = page.context["origins"]
    assert origins.pop("planned_on") == "由“每月第二个星期五”预填"
    assert origins == dict.fromkeys(
        ["starts_at", "place", "host", "recorder", "theme", "guest_groups", "guests", "cadres", "items"],
        "取自 10 月计划",
    )
    assert "下面填的取自 10 月计划，还没有保存" in page.content.decode()
    assert rows() == before


def test_the_theme_of_the_quarter_goes_before_an_old_one(world, october, opened):
    make_annual_plan(world.arts, theme_4="本季度的主题")
    page = opened(**{"from": "2026-10"})
    assert page.context["shown"].theme == "本季度的主题"
    assert page.context["origins"]["theme"] == "由文学院党总支 2026 年第四季度主题预填"


def test_who_has_left_is_not_named_again(world, october, opened):
    gone = [world.chen.person.pk, world.xu.person.pk, october.cadres.get().person_id]
    Person.objects.filter(pk__in=gone).update(left_on=datetime.date(2026, 11, 20))
    page = opened(**{"from": "2026-10"})
    assert page.context["shown"].host_id is None
    assert [one.word for one in page.context["missing"]] == ["主持人"]
    assert page.context["form"]["cadres"].value() is None
    assert [line.more for line in page.context["shown"].lines] == ["", ""]


def test_a_template_of_any_level_above_fills_the_form_and_the_last_plan_the_rest(world, october, opened):
    template = make_template(world.committee, "全校党课", items=[(ItemKind.MEETING, "LESSON", "书记讲党课", 50)])
    page = opened(template=template.pk)
    shown = page.context["shown"]
    assert lines(page) == [("书记讲党课", 50)]
    assert (shown.place, shown.theme, shown.starts_at) == ("党员活动室", "学用结合", datetime.time(15, 30))
    assert page.context["origins"]["items"] == "取自模板“全校党课”"
    assert page.context["origins"]["host"] == "同上次"


def test_a_draft_is_replaced_only_by_saving_and_its_date_stays(world, october, opened, client):
    draft = make_plan(world.first, DECEMBER, planned_on=datetime.date(2026, 12, 18), place="老地方")
    before = rows()
    page = opened(**{"from": "2026-10"})
    assert rows() == before
    assert "都会用它替换草稿现有的内容" in page.content.decode()
    assert (page.context["shown"].planned_on, page.context["shown"].place) == (draft.planned_on, "校史馆")
    assert page.context["form"].initial["version"] == 1

    address, typed = reverse("plan_save", args=[world.first.pk, DECEMBER]), filled_in(october)
    assert client.post(address, typed | {"planned_on": "2026-12-18", "version": 1}).status_code == 302
    assert [item.content for item in draft.items.all()] == ["交 10 月党费", "参观校史馆"]  # as it was posted
    assert client.post(address, typed | {"planned_on": "2026-12-18", "version": 1}).status_code == 409


def test_nothing_is_taken_into_a_plan_returned_on_single_parts(world, october, opened, client):
    make_plan(world.first, DECEMBER, "RETURNED", reopened=["place"], place="老地方")
    page = opened(**{"from": "2026-10"})
    assert (page.context["shown"].place, page.context["taken"]) == ("老地方", None)
    assert [str(one)[:6] for one in get_messages(page.wsgi_request)] == ["没有取到内容"]
    choose = reverse("plan_from", args=[world.first.pk, DECEMBER])
    assert f'href="{choose}"' not in page.content.decode()
    assert client.get(choose).url == reverse("plan_edit", args=[world.first.pk, DECEMBER])


@pytest.mark.parametrize(
    "asked", [{"from": "2026-08"}, {"from": "2026-12"}, {"from": "x"}, {"template": "987654"}, {"template": "9" * 30}]
)
def test_what_is_not_there_is_said_and_the_form_is_as_ever(world, october, opened, asked):
    page = opened(**asked)
    assert (page.status_code, page.context["taken"], page.context["shown"].place) == (200, None, "201 会议室")
    assert [str(one)[:6] for one in get_messages(page.wsgi_request)] == ["没有取到内容"]


def test_a_neighbours_plan_and_template_look_like_missing_ones(world, opened):
    make_plan(world.second, OCTOBER, "ACCEPTED", place="隔壁")
    foreign = [make_template(world.second, by=world.zhao), make_template(world.history)]

    def seen(**asked):
        """The page without what differs at each request, and whether anything was taken."""
        page = opened(**asked)
        return page.status_code, page.context["taken"], re.sub(r"\w{64}", "", page.text)  # the token of its forms

    missing = seen(**{"from": "2025-10"})
    assert missing[:2] == (200, None) and "没有取到内容" in missing[2]
    assert seen(**{"from": "2026-10"}) == seen(template=987654) == missing
    assert [seen(template=one.pk) for one in foreign] == [missing, missing]


def test_the_page_of_choices_has_the_branchs_own_months_and_the_templates_from_above(world, october, client):
    make_plan(world.first, SEPTEMBER, cancels=True, reason="放假")
    make_plan(world.first, DECEMBER)
    make_plan(world.second, OCTOBER, "ACCEPTED")
    for month in range(1, 13):
        make_plan(world.first, Month(2025, month), "ACCEPTED")
    own, arts, top = (make_template(one) for one in (world.first, world.arts, world.committee))
    make_template(world.second, by=world.zhao)
    make_template(world.history)
    client.force_login(world.li)
    page = client.get(reverse("plan_from", args=[world.first.pk, DECEMBER]))
    months = [plan.month for plan in page.context["plans"]]
    assert months == [NOVEMBER, OCTOBER, *(Month(2025, month) for month in range(12, 2, -1))]
    assert list(page.context["page"]) == [own, arts, top]
    found = client.get(reverse("plan_from", args=[world.first.pk, DECEMBER]), {"q": "文学院党总支"})
    assert list(found.context["page"]) == [arts]
    for number in range(12):
        make_template(world.arts, f"第 {number} 个")
    page = client.get(reverse("plan_from", args=[world.first.pk, DECEMBER]), {"page": 2})
    assert len(page.context["page"]) == 3


@pytest.mark.parametrize("begun", [False, True])
def test_it_costs_no_more_than_any_page(world, october, client, begun, django_assert_max_num_queries):
    for month in range(1, 10):
        make_plan(world.first, Month(2026, month), "ACCEPTED")
    template = make_template(world.arts)
    make_template(world.first)
    client.force_login(world.li)
    form = reverse("plan_edit", args=[world.first.pk, DECEMBER])
    if begun:
        client.post(f"{form}save/", filled_in(october) | {"planned_on": "2026-12-11", "version": 0})
    for address in (form, f"{form}?from=2026-10", f"{form}?template={template.pk}", f"{form}from/"):
        client.get(address)
        with django_assert_max_num_queries(MOST):
            client.get(address)


@pytest.mark.parametrize(("who", "status"), [("xu", 302), ("wang", 302), ("zhao", 404)])
def test_who_may_not_write_the_month_gets_no_choice(world, october, client, who, status):
    client.force_login(getattr(world, who))
    assert client.get(reverse("plan_from", args=[world.first.pk, DECEMBER])).status_code == status


@pytest.mark.parametrize(
    ("text", "december"),
    [
        ("交 1 月党费、1月小结", "交 2 月党费、2月小结"),
        ("回顾 11 月，布置 1 月", "回顾 11 月，布置 2 月"),
        ("2026 年 1 月、2026年1月", "2026 年 2 月、2026年2月"),
        ("2025 年 1 月的决议", "2025 年 2 月的决议"),
    ],
)
def test_only_the_months_own_name_is_moved(text, december):
    assert moved(text, Month(2026, 1), Month(2026, 2)) == december


def test_the_year_goes_along_and_a_template_says_this_month():
    assert moved("2026 年 12 月党费", DECEMBER, DECEMBER.next) == "2027 年 1 月党费"
    assert without_month("交 2026 年 12 月党费，12月小结，11 月", DECEMBER) == "交本月党费，本月小结，11 月"
