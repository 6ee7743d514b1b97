"""Lists and pages of plans and days: nothing of the neighbours, and the same queries however much a branch has written.

Li leads First Branch; Wang reviews First and Second, Sun the branch of another general branch, Zhou all of them.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import filing
from activities.models import Guest
from branches.models import Person
from core.periods import Month
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_annual_plan,
    make_branch,
    make_day,
    make_group,
    make_guide,
    make_officer,
    make_person,
    make_plan,
)

DECEMBER, JANUARY, MARCH = NOVEMBER.next, NOVEMBER + 2, NOVEMBER + 4  # February is off
LIMIT = 15


def cost(client, address, **data):
    """The queries of a page after a warm-up."""
    client.get(address, data)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, data).status_code == 200
    return len(queries)


@pytest.fixture
def neighbours(world):
    """A held day, a waiting plan and a draft at each of First, Second, Other and Direct."""
    for branch in (world.first, world.second, world.other, world.direct):
        make_day(branch)
        make_plan(branch, DECEMBER, "FILED" if branch.is_direct else "SUBMITTED")
        make_plan(branch, JANUARY, theme="还没有写完的主题")
    return world


ARTS, HISTORY = ["first", "second"], ["other"]
ALL = ["first", "second", "other", "direct"]
WHO_SEES = {"wang": ARTS, "sun": HISTORY, "zhou": ALL, "he": ALL}


@pytest.mark.parametrize("who", WHO_SEES)
def test_the_lists_of_a_month_hold_the_own_part_alone(neighbours, client, who):
    client.force_login(getattr(neighbours, who))
    seen = [getattr(neighbours, name) for name in WHO_SEES[who]]

    plans = client.get(reverse("plans"), {"month": DECEMBER}).context["page"].object_list
    days = client.get(reverse("days"), {"month": NOVEMBER}).context["page"].object_list

    assert [(branch, branch.plan.organization_id) for branch in plans] == [(branch, branch.pk) for branch in seen]
    assert [(branch, branch.day.organization_id) for branch in days] == [(branch, branch.pk) for branch in seen]


@pytest.mark.parametrize("who", WHO_SEES)
def test_a_draft_is_unfiled_to_those_above(neighbours, client, who):
    client.force_login(getattr(neighbours, who))
    answer = client.get(reverse("plans"), {"month": JANUARY})
    assert [branch.plan for branch in answer.context["page"].object_list] == [None] * len(WHO_SEES[who])
    assert "还没有写完的主题" not in answer.content.decode()
    unfiled = client.get(reverse("plans"), {"month": JANUARY, "status": "OPEN"}).context["page"].object_list
    assert len(unfiled) == len(WHO_SEES[who])


def test_a_plan_taken_back_is_its_branchs_alone_again_day_and_all(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    day = plan.day
    filing.withdraw_plan(plan, by=world.li)
    plan.refresh_from_db()
    plan.theme = "还没有写完的主题"
    plan.save(update_fields=["theme"])

    def sees(user):
        client.force_login(user)
        found = client.get(reverse("search"), {"q": "还没有写完"}).context["found"]
        listed = client.get(reverse("days"), {"month": DECEMBER}).context["page"].object_list
        days = [
            row for row in listed if getattr(row, "day", row)
        ]  # a branch's own list holds days, the others branches
        return client.get(day.get_absolute_url()).status_code, len(found), len(days)

    leader = make_officer(world.first, "GROUP_LEADER", "葛组长")
    assert {name: sees(getattr(world, name)) for name in ("li", "wang", "zhou")} == {
        "li": (200, 2, 1), "wang": (404, 0, 0), "zhou": (404, 0, 0),
    }  # fmt: skip
    assert sees(leader) == (404, 0, 0)
    assert "还没有写完的主题" not in client.get(reverse("plans")).content.decode()


def test_a_draft_without_a_date_does_not_break_its_day(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    filing.withdraw_plan(plan, by=world.li)
    type(plan).objects.update(planned_on=None)
    client.force_login(world.li)
    assert client.get(plan.day.get_absolute_url()).status_code == 200


def test_a_month_off_asks_for_nothing_in_the_list(world, client):
    client.force_login(world.zhou)
    page = client.get(reverse("plans"), {"month": "2027-02"})
    assert (page.context["nothing_owed"], "未报</span>" in page.content.decode()) == ("假期月份", False)


def test_filters_narrow_the_own_part_and_never_widen_it(neighbours, client):
    make_plan(neighbours.second, MARCH, "RETURNED")
    client.force_login(neighbours.wang)

    def branches(name, **data):
        rows = client.get(reverse(name), data).context["page"].object_list
        return [getattr(row, "organization", row) for row in rows]

    assert branches("plans", month=MARCH, status="RETURNED") == [neighbours.second]
    assert branches("plans", month=MARCH, status="OPEN") == [neighbours.first, neighbours.second]
    assert branches("plans", month=DECEMBER, status="OPEN") == []
    assert branches("plans", month=DECEMBER, above=neighbours.arts.pk) == [neighbours.first, neighbours.second]
    assert branches("plans", month=DECEMBER, above=neighbours.history.pk) == []
    assert branches("plans", month=DECEMBER, q="第二") == branches("plans", month=DECEMBER, q="0201002")
    assert branches("plans", month=DECEMBER, q="历史") == branches("days", month=NOVEMBER, q="0301") == []
    assert branches("days", month=NOVEMBER, q="第一", status="HELD") == [neighbours.first]
    assert branches("days", month=NOVEMBER, status="RECORDED") == []
    assert branches("days", month=NOVEMBER, above=neighbours.arts.pk) == [neighbours.first, neighbours.second]
    assert branches("days", month=NOVEMBER, above=neighbours.history.pk) == []
    assert branches("days", month=NOVEMBER, above="x") == [neighbours.first, neighbours.second]
    assert branches("plans", month=DECEMBER, status="nonsense") == [neighbours.first, neighbours.second]


@pytest.mark.parametrize(
    ("who", "waiting"), [("wang", ARTS), ("sun", HISTORY), ("zhou", ["direct"]), ("he", []), ("li", []), ("chen", [])]
)
def test_the_queue_holds_what_waits_for_this_user_alone(neighbours, client, who, waiting):
    client.force_login(getattr(neighbours, who))
    foreign = neighbours.other if who == "wang" else neighbours.first
    others = foreign.plans.get(month=DECEMBER)

    context = client.get(reverse("review")).context
    asked_for_another = client.get(reverse("review"), {"plan": others.pk}).context

    assert [plan.organization for plan in context["queue"]] == [getattr(neighbours, name) for name in waiting]
    assert context["waiting"] == len(waiting)
    if foreign.short_name not in [plan.organization.short_name for plan in context["queue"]]:
        assert asked_for_another["paper"] == context["paper"] != others


def test_a_branchs_own_pages_hold_no_other_branch(neighbours, client):
    client.force_login(neighbours.li)

    year = client.get(reverse("plans"), {"year": 2026})
    days = client.get(reverse("days"))

    months = [row for part in year.context["quarters"] for row in part["months"]]
    found = {row.organization for month in months for row in (month.plan, month.day) if row}
    assert found == {day.organization for day in days.context["page"]} == {neighbours.first}
    shown = year.content.decode() + days.content.decode()
    assert [name for name in ("文学院第二党支部", "历史学院党支部", "图书馆直属党支部") if name in shown] == []


def test_choosing_people_offers_the_own_members_alone(neighbours, client):
    make_person(neighbours.first, "发展对象", standing=Person.Standing.PROSPECT)
    client.force_login(neighbours.li)
    form = client.get(reverse("plan_edit", args=[neighbours.first.pk, JANUARY])).context["form"]
    own = set(neighbours.first.people.present().members().values_list("pk", flat=True))
    for name in ("host", "recorder"):
        assert {key for key, _ in form.fields[name].choices if key} == own
        assert set(form.fields[name].queryset.values_list("pk", flat=True)) == own


def test_the_plan_beside_the_last_one_marks_what_is_new(world, client):
    make_plan(world.first, NOVEMBER, "ACCEPTED", place="201 会议室", items=[("DUES", "", "交纳 11 月党费", 10)])
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", place="302 教室", submitted_by=world.li,
                     items=[("DUES", "", "交纳 12 月党费", 10), ("OWN_DESIGN", "", "读书会", 30)])  # fmt: skip
    client.force_login(world.wang)

    context = client.get(reverse("review"), {"plan": plan.pk}).context

    changed = [(row.name, row.now, row.was) for row in context["differences"].fields if row.changed]
    assert changed == [("地点", "302 教室", "201 会议室")]
    assert [(row.item.content, row.new) for row in context["differences"].items] == [
        ("交纳 12 月党费", False), ("读书会", True),
    ]  # fmt: skip
    assert context["differences"].count == 2


def test_the_form_of_a_month_that_is_guided_asks_few_queries(world, client):
    """With guides of two levels that have items and files, a theme, a leading cadre, and a room to look for."""
    make_guide(
        world.committee, world.zhou, items=[("EDUCATION", "SPIRIT", "学习宪法", True)], files=["一.pdf", "二.pdf"]
    )
    make_guide(world.arts, world.wang, items=[("SERVICE", "LEGAL_AID", "法律咨询", False)], files=["三.pdf"])
    make_annual_plan(world.arts)
    make_person(world.first, is_leading_cadre=True)
    make_plan(world.second, DECEMBER, "SUBMITTED")
    client.force_login(world.li)
    form = reverse("plan_edit", args=[world.first.pk, DECEMBER])
    costs = {"first of all": cost(client, form)}
    make_plan(world.first, NOVEMBER, "ACCEPTED").items.update(leader=world.li.person)
    costs["new"] = cost(client, form)
    draft = make_plan(world.first, DECEMBER)
    draft.items.update(leader=world.li.person)
    costs["draft"] = cost(client, form)
    draft.items.all().delete()
    costs["without a run"] = cost(client, form)
    assert {name: queries for name, queries in costs.items() if queries > LIMIT} == {}


def test_the_form_of_a_returned_plan_asks_the_same_whoever_leads_its_items(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    filing.return_plan(plan, by=world.wang, note="", comments={"place": "写明楼号"})
    client.force_login(world.li)
    few = cost(client, plan.edit_address)
    for item in plan.items.all():
        item.leader = make_person(world.first)
        item.save(update_fields=["leader"])
    assert cost(client, plan.edit_address) == few


def test_a_branchs_pages_cost_the_same_with_one_row_and_with_six(world, client):
    """The lists of those above are measured with all pages of the house; here one branch itself grows."""
    one = [("DUES", "", "交纳党费", 10)]
    Person.objects.of(world.first).exclude(user__in=[world.li, world.wang]).update(left_on="2026-01-01")
    day = make_day(world.first, plan=make_plan(world.first, NOVEMBER, "ACCEPTED", items=one))
    draft = make_plan(world.first, DECEMBER, items=one)
    sent = make_plan(world.first, JANUARY, "SUBMITTED", items=one, submitted_by=world.li)
    filing.submit_plan(filing.withdraw_plan(sent, by=world.li), by=world.li)  # a road that has steps to be told
    client.force_login(world.li)
    pages = {
        "plans": reverse("plans"), "plan": sent.get_absolute_url(), "form": reverse("plan", args=[draft.pk]),
        "print": reverse("plan_print", args=[sent.pk]), "days": reverse("days"), "day": day.get_absolute_url(),
        "attendance": reverse("day_attendance", args=[day.pk]), "record": reverse("day_record", args=[day.pk]),
    }  # fmt: skip
    pages["form"] = client.get(pages["form"]).url
    few = {name: cost(client, address) for name, address in pages.items()}
    client.force_login(world.wang)
    few["review"] = cost(client, reverse("review"))

    group = make_group(world.first, "第一党小组")
    for number in range(2, 7):
        person = make_person(world.first, group=group)
        day.attendance.create(person=person, standing=person.standing, group_name=group.name, is_leading_cadre=True)
        Guest.objects.create(day=day, name=f"来宾{number}")
        make_person(world.first, standing=Person.Standing.ACTIVIST)
        for row in (draft, sent, day.plan, day):
            row.items.create(order=number, kind="SERVICE", subtype="CULTURE", content=f"第{number}项")
        make_day(world.first, OCTOBER - number, on_leave=1)
        make_plan(make_branch(world.arts, f"第{number}支部", members=2), JANUARY, "SUBMITTED")
    for _ in range(5):
        filing.withdraw_plan(sent, by=world.li)
        filing.submit_plan(sent, by=world.li)
    client.force_login(world.li)
    many = {name: cost(client, address) for name, address in pages.items()}
    client.force_login(world.wang)
    many["review"] = cost(client, reverse("review"))
    queue = client.get(reverse("review")).context["queue"]

    assert (len(queue), [item.order for item in sent.items.all()]) == (6, [1, 2, 3, 4, 5, 6])
    assert many == few
    assert {name: queries for name, queries in few.items() if queries > LIMIT} == {}


@pytest.mark.parametrize("name", ["plans", "days"])
@pytest.mark.parametrize("nonsense", ["", "2026-13", "1899-01", "11", "0000-00", "x" * 300])
def test_a_month_that_is_none_shows_the_present_one(world, client, name, nonsense):
    client.force_login(world.wang)
    assert client.get(reverse(name), {"month": nonsense}).context["month"] == Month(2026, 11)
