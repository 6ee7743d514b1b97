"""Li taps a name, then the case: that is saved. Xu records too but excludes nobody; Ge leads the first group alone."""

import re

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from activities import actions
from activities.models import Attendance
from activities.rosters import EXCLUSION_REASONS, LEAVE_REASONS
from branches.models import Appointment, Office
from tests.builders import NOVEMBER, make_day, make_group, make_officer, make_person, make_plan

MARKS = ["PRESENT", "ABSENT", *(f"ON_LEAVE:{reason}" for reason in LEAVE_REASONS)]
EXCLUSIONS = [f"NOT_COUNTED:{reason}" for reason in EXCLUSION_REASONS]


def page(client, day, **asked):
    return client.get(reverse("day_attendance", args=[day.pk]), asked)


def names(answer):
    return [row.person.name for group in answer.context["groups"] for row in group["people"]]


def post(client, row, where="", **typed):
    return client.post(reverse("attendance_mark", args=[row.pk]) + where, typed)


@pytest.mark.parametrize(("who", "offered"), [("li", MARKS + EXCLUSIONS), ("xu", MARKS), ("wang", [])])
def test_every_case_is_one_button(world, client, who, offered):
    day = make_day(world.first)
    client.force_login(getattr(world, who))
    text = page(client, day, edit=day.attendance.first().pk).content.decode()
    assert re.findall(r'name="mark" value="([^"]+)"', text) == offered


@pytest.mark.parametrize("mark", MARKS + EXCLUSIONS)
def test_the_second_tap_saves_and_a_third_changes_nothing(world, client, mark):
    row = make_day(world.first).attendance.last()
    client.force_login(world.li)
    for _ in range(2):
        assert post(client, row, mark=mark).status_code == 302
        row.refresh_from_db()
        status, _, reason = mark.partition(":")
        assert (row.status, row.reason) == (status, reason)


def test_another_reason_is_typed_and_nobody_is_absent_for_a_reason(world, client):
    row = make_day(world.first).attendance.last()
    client.force_login(world.li)
    assert post(client, row, status="ON_LEAVE", other_reason="  ").status_code == 422
    assert post(client, row, mark="GONE").status_code == 422
    post(client, row, status="ON_LEAVE", other_reason=" 监考 ")
    row.refresh_from_db()
    assert (row.status, row.reason) == ("ON_LEAVE", "监考")
    post(client, row, mark="ABSENT", other_reason="监考")
    row.refresh_from_db()
    assert (row.status, row.reason) == ("ABSENT", "")


def test_enter_in_the_text_never_marks_somebody_as_present(world, client):
    """The text stands in a form of its own, whose first button is leave."""
    day = make_day(world.first)
    client.force_login(world.li)
    text = page(client, day, edit=day.attendance.first().pk).content.decode()
    form = next(one for one in re.findall(r"<form.*?</form>", text, re.DOTALL) if "other_reason" in one)
    assert re.findall(r"<button[^>]*value=\"(\w+)\"", form) == ["ON_LEAVE", "NOT_COUNTED"]


ACTS = some.one_of(
    some.tuples(some.integers(0, 7), some.sampled_from(MARKS + EXCLUSIONS)), some.tuples(some.just(-1), some.just(""))
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=some.lists(ACTS, min_size=5, max_size=12))
def test_the_counts_on_the_page_make_the_whole_after_any_taps(world, client, acts):
    """A guest who joins in between (-1) changes neither."""
    with transaction.atomic():
        day = make_day(world.first)
        rows = list(day.attendance.order_by("pk"))
        client.force_login(world.li)
        for number, (place, mark) in enumerate(acts):
            if place < 0:
                actions.invite_guest(day, by=world.li, name=f"来宾{number}")
            else:
                post(client, rows[place], mark=mark)
        counts = page(client, day).context["counts"]
        assert counts["present"] + counts["on_leave"] + counts["absent"] == counts["expected"]
        assert counts["expected"] == len(rows) - day.attendance.filter(status="NOT_COUNTED").count()
        assert counts["guests"] == sum(place < 0 for place, _ in acts)
        transaction.set_rollback(True)


def test_the_roster_is_found_and_narrowed_and_the_counts_are_not(world, client):
    make_person(world.first, "沈找人")
    day = make_day(world.first, absent=1)
    late = day.attendance.get(status="ABSENT").person.name
    client.force_login(world.li)
    whole = page(client, day)
    assert (len(names(whole)), "找名字" in whole.content.decode()) == (10, False)
    assert names(page(client, day, q="郑")) == ["郑党员"]
    assert names(page(client, day, show="missed")) == [late] == ["沈找人"]
    assert names(page(client, day, show="missed", q="郑")) == []
    assert page(client, day, show="missed").context["counts"] == whole.context["counts"]


def test_a_long_roster_has_a_box_to_find_in(world, client):
    for number in range(7):
        make_person(world.first, f"第{number}人")
    day = make_day(world.first)
    client.force_login(world.li)
    assert day.attendance.count() == 16
    assert "找名字" in page(client, day).content.decode()


def test_a_tap_leads_back_to_what_was_narrowed(world, client):
    row = make_day(world.first, absent=1).attendance.get(status="ABSENT")
    client.force_login(world.li)
    answer = post(client, row, "?q=党&show=missed", mark="PRESENT")
    assert answer.url == f"{reverse('day_attendance', args=[row.day_id])}?q=%E5%85%9A&show=missed#p{row.pk}"


def test_cadres_and_floating_members_are_marked_as_of_the_day(world, client):
    cadre = make_person(world.first, "院长", is_leading_cadre=True)
    floating = make_person(world.first, "流动", is_floating=True)
    plan = make_plan(world.first, NOVEMBER, "ACCEPTED")
    facts = {name: getattr(plan, name) for name in ("starts_at", "place", "host", "recorder")}
    day = actions.hold_day(plan.day, by=world.li, held_on=plan.planned_on, **facts)
    type(cadre).objects.filter(pk__in=[cadre.pk, floating.pk]).update(is_leading_cadre=False, is_floating=False)

    marked = {row.person.name: row.marks for row in day.attendance.select_related("person") if row.marks}
    assert (marked.pop("院长"), marked.pop("流动")) == ("领导干部", "流动党员")
    assert marked == {"李书记": "书记", "陈组织": "组织委员", "许宣传": "宣传委员"}
    client.force_login(world.li)
    shown = page(client, day).content.decode()
    assert (shown.count("<small>领导干部</small>"), shown.count("<small>流动党员</small>")) == (1, 1)


@pytest.fixture
def groups(world):
    """Ge leads the first of two groups, and marks as far as that goes."""
    ge, other = make_officer(world.first, Office.GROUP_LEADER, "葛组长"), make_person(world.first, "二组的")
    mine = make_person(world.first, "一组的")
    first = make_group(world.first, "第一党小组", [ge.person, mine])
    make_group(world.first, "第二党小组", [other])
    Appointment.objects.filter(person=ge.person).update(group=first)
    day = make_day(world.first)
    return ge, day.attendance.get(person=mine), day.attendance.get(person=other)


def test_a_group_leader_marks_the_own_group(client, groups):
    ge, mine, other = groups
    client.force_login(ge)
    assert page(client, mine.day).context["may"].rows == {
        row.pk for row in mine.day.attendance.filter(group_name="第一党小组")
    }
    assert [post(client, row, mark="ABSENT").status_code for row in (mine, other)] == [302, 403]
    assert post(client, mine, mark=EXCLUSIONS[0]).status_code == 403
    assert client.post(reverse("guest_invite", args=[mine.day_id]), {"name": "来宾"}).status_code == 403
    statuses = dict(Attendance.objects.filter(pk__in=[mine.pk, other.pk]).values_list("person__name", "status"))
    assert statuses == {"一组的": "ABSENT", "二组的": "PRESENT"}


def test_a_group_leader_marks_only_while_the_record_is_open_and_the_office_runs(world, client, groups):
    ge, mine, _ = groups
    client.force_login(ge)
    type(mine.day).objects.filter(pk=mine.day_id).update(status="RECORDED")
    post(client, mine, mark="ABSENT")
    type(mine.day).objects.filter(pk=mine.day_id).update(status="HELD")
    Appointment.objects.filter(person=ge.person).update(ends_on="2026-11-23")
    post(client, mine, mark="ABSENT")
    mine.refresh_from_db()
    assert mine.status == "PRESENT"


def test_a_leader_of_another_branchs_group_marks_nobody_here(world, client, groups):
    """The member moved away since and is in a group there, whose leader has no say in this roster."""
    _, mine, _ = groups
    there = make_officer(world.second, Office.GROUP_LEADER, "邻组长")
    group = make_group(world.second, "邻组", [mine.person])
    Appointment.objects.filter(person=there.person).update(group=group)
    client.force_login(there)
    assert post(client, mine, mark="ABSENT").status_code == 404
