"""What a branch owes of 三会一课, and how it is counted. First Branch has nine full members, Second four."""

import datetime

import pytest

from activities.kinds import MeetingType
from activities.models import Attendance, Policy
from branches.actions import change_standing, dissolve_group, found_group, move_many, release_person
from branches.models import Organization, Person, StructurePolicy
from core import clock
from core.contributions import Figure, registry
from core.periods import Month
from meetings.duties import coverage
from meetings.models import Requirement
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_group, make_meeting, make_person

pytestmark = pytest.mark.django_db
GENERAL, COMMITTEE, GROUP, LESSON = MeetingType.values
DECEMBER = Month(2026, 12)
AUGUST = Month(2026, 8)
SEPTEMBER = Month(2026, 9)


def only(branch):
    return Organization.objects.filter(pk=branch.pk)


def told(branch, month):
    """{type: (held, owed, reason)} of the periods that contain a month."""
    return {one.type: (one.held, one.owed, one.not_owed) for one in coverage(only(branch), [month])}


def duties(branch, *months):
    return {duty.title: duty for duty in registry.duties_of(only(branch), list(months), {"meeting"})}


def figure(branch, month):
    return registry.metrics["meetings"].compute(only(branch), month)[branch.pk]


def evidence(branch, month):
    return list(registry.metrics["meetings"].evidence(only(branch), month))


def test_a_meeting_with_a_lesson_counts_for_both_and_once_for_each(world):
    day = make_day(world.first)
    make_meeting(day, GENERAL, LESSON)
    assert told(world.first, NOVEMBER) == {
        COMMITTEE: (0, 1, ""), GROUP: (0, 0, "未划分党小组"), GENERAL: (1, 1, ""), LESSON: (1, 1, ""),
    }  # fmt: skip


def test_what_goes_beyond_the_requirement_makes_up_for_nothing(world):
    for _ in range(3):
        make_meeting(make_day(world.first) if not world.first.days.exists() else world.first.days.get(), LESSON)
    assert figure(world.first, DECEMBER) == Figure(1, 3)


def test_below_seven_full_members_no_committee_meeting_is_owed(world):
    six, seven = make_branch(world.arts, "六人支部", members=6), make_branch(world.arts, "七人支部", members=7)
    assert told(six, NOVEMBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 7 人")
    assert told(seven, NOVEMBER)[COMMITTEE] == (0, 1, "")
    Person.objects.filter(pk=seven.people.first().pk).update(standing=Person.Standing.PROBATIONARY)
    assert told(seven, NOVEMBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 7 人")

    assert figure(six, NOVEMBER) == Figure(0, 0, "不设支委会：正式党员不足 7 人；未划分党小组")
    assert duties(six, NOVEMBER)["召开 11 月支委会"].is_open is False


def test_the_number_for_a_committee_is_the_policy_of_that_month(world):
    StructurePolicy.objects.create(effective_from=datetime.date(2026, 11, 1), committee_from=10)
    assert told(world.first, OCTOBER)[COMMITTEE] == (0, 1, "")
    assert told(world.first, NOVEMBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 10 人")


def test_who_leaves_later_changes_no_month_that_has_its_roster(world):
    seven = make_branch(world.arts, "七人支部", members=7)
    make_day(seven, OCTOBER)
    seven.people.update(left_on=datetime.date(2026, 11, 2))
    assert told(seven, OCTOBER)[COMMITTEE] == (0, 1, "")
    assert told(seven, NOVEMBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 7 人")


def test_who_moves_later_changes_no_month_without_a_roster(world):
    seven, six = make_branch(world.arts, "七人支部", members=7), make_branch(world.arts, "六人支部", members=6)
    few = "不设支委会：正式党员不足 7 人"
    before = {branch: [told(branch, month)[COMMITTEE] for month in (OCTOBER, NOVEMBER)] for branch in (seven, six)}
    assert before == {seven: [(0, 1, "")] * 2, six: [(0, 0, few)] * 2}

    mover = seven.people.first()
    move_many({mover: six}, by=world.zhou, moved_on=clock.today())
    assert {branch: [told(branch, month)[COMMITTEE] for month in (OCTOBER, NOVEMBER)] for branch in (seven, six)} == {
        seven: [(0, 1, ""), (0, 0, few)],
        six: [(0, 0, few), (0, 1, "")],
    }


def test_who_becomes_a_full_member_later_changes_no_month_without_a_roster(world):
    six = make_branch(world.arts, "六人支部", members=6)
    last_year = datetime.date(2025, 11, 10)
    new = make_person(six, standing=Person.Standing.PROBATIONARY, joined_on=last_year)
    change_standing(new, by=world.zhou, kind="CONFIRMED", changed_on=datetime.date(2026, 11, 12))
    assert told(six, OCTOBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 7 人")
    assert told(six, NOVEMBER)[COMMITTEE] == (0, 1, "")


def test_who_left_the_university_later_still_counts_in_a_month_without_a_roster(world):
    seven = make_branch(world.arts, "七人支部", members=7)
    release_person(seven.people.first(), by=world.zhou, kind="DIED", left_on=clock.today())
    assert told(seven, OCTOBER)[COMMITTEE] == (0, 1, "")
    assert told(seven, NOVEMBER)[COMMITTEE] == (0, 0, "不设支委会：正式党员不足 7 人")


def test_a_group_is_asked_about_the_months_in_which_it_was(world):
    found_group(world.first, by=world.li, name="新设党小组")
    dissolved = make_group(world.second, "撤销党小组")
    dissolve_group(dissolved, by=world.zhao)
    asked = {
        (branch, month): told(branch, month)[GROUP]
        for branch in (world.first, world.second)
        for month in (OCTOBER, NOVEMBER)
    }
    assert asked == {
        (world.first, OCTOBER): (0, 0, "未划分党小组"), (world.first, NOVEMBER): (0, 1, ""),
        (world.second, OCTOBER): (0, 1, ""), (world.second, NOVEMBER): (0, 0, "未划分党小组"),
    }  # fmt: skip


def test_each_group_owes_its_own_meeting(world):
    li, chen = world.li.person, world.chen.person
    one, two = make_group(world.first, "第一党小组", [li]), make_group(world.first, "第二党小组", [chen])
    foreign = make_group(world.second, "第一党小组", [world.zhao.person])
    day = make_day(world.first)
    make_meeting(day, GROUP, group=one)
    make_meeting(day, GROUP, group=one)
    make_meeting(make_day(world.second), GROUP, group=foreign)
    found = next(row for row in coverage(only(world.first), [NOVEMBER]) if row.type == GROUP)
    assert (found.held, found.owed, len(found.beyond), found.lacking) == (1, 2, 1, ("第二党小组",))
    assert duties(world.first, NOVEMBER)["召开 11 月党小组会（2 次）"].detail == "还没有开的：第二党小组"

    last = make_meeting(day, GROUP, group=two)
    duty = duties(world.first, NOVEMBER)["召开 11 月党小组会（2 次）"]
    assert (duty.done_on, duty.detail) == (last.held_on, "")


def test_a_group_made_later_is_not_asked_about_months_before_it(world):
    make_day(world.first, OCTOBER)
    make_group(world.first, "第一党小组", [world.li.person])
    october, november = (
        next(row for row in coverage(only(world.first), [month]) if row.type == GROUP) for month in (OCTOBER, NOVEMBER)
    )
    assert (october.owed, october.not_owed) == (0, "未划分党小组")
    assert (november.owed, november.lacking) == (1, ("第一党小组",))


def test_a_quarter_is_owed_once_and_falls_due_on_its_last_day(world):
    make_meeting(make_day(world.first, OCTOBER), GENERAL)
    assert set(duties(world.first, OCTOBER)) == {"召开 10 月支委会", "召开 10 月党小组会"}
    titles = duties(world.first, OCTOBER, NOVEMBER, DECEMBER)
    quarter = {title: duty for title, duty in titles.items() if "季度" in title}
    assert {title: (duty.month, duty.due_on, duty.done_on) for title, duty in quarter.items()} == {
        "召开第四季度党员大会": (DECEMBER, datetime.date(2026, 12, 31), datetime.date(2026, 10, 9)),
        "上好第四季度党课": (DECEMBER, datetime.date(2026, 12, 31), None),
    }
    assert figure(world.first, NOVEMBER) == Figure(0, 1)
    assert figure(world.first, DECEMBER) == Figure(1, 3)


def test_a_meeting_outside_the_quarter_does_not_count_in_it(world):
    make_meeting(make_day(world.first, SEPTEMBER), GENERAL)
    assert told(world.first, OCTOBER)[GENERAL] == (0, 1, "")
    assert told(world.first, SEPTEMBER)[GENERAL] == (1, 1, "")


def test_a_month_off_lifts_what_is_owed_monthly_and_never_the_quarter(world):
    assert Policy.in_force(AUGUST).is_off(AUGUST)
    assert told(world.first, AUGUST) == {
        COMMITTEE: (0, 0, "假期月份"), GROUP: (0, 0, "假期月份"), GENERAL: (0, 1, ""), LESSON: (0, 1, ""),
    }  # fmt: skip
    assert figure(world.first, AUGUST) == Figure(0, 0, "假期月份")
    assert figure(world.first, SEPTEMBER) == Figure(0, 3)


def test_a_branch_owes_nothing_before_it_is_founded(world):
    world.first.founded_on = datetime.date(2026, 11, 20)
    world.first.save(update_fields=["founded_on"])
    assert told(world.first, OCTOBER)[COMMITTEE] == (0, 0, "尚未成立")
    assert told(world.first, NOVEMBER)[COMMITTEE] == (0, 1, "")
    assert told(world.first, SEPTEMBER)[GENERAL] == (0, 0, "尚未成立")
    assert told(world.first, OCTOBER)[GENERAL] == (0, 1, "")


def test_a_new_requirement_changes_no_period_before_it(world):
    Requirement.objects.create(type=LESSON, count=2, period="MONTH", effective_from=NOVEMBER)
    assert told(world.first, NOVEMBER)[LESSON] == (0, 2, "")
    assert [one.type for one in coverage(only(world.first), [SEPTEMBER]) if one.period.first == Month(2026, 7)] == [
        GENERAL, LESSON,
    ]  # fmt: skip
    make_meeting(make_day(world.first), LESSON)
    assert duties(world.first, NOVEMBER)["上好 11 月党课（2 次）"].detail == "还差 1 次"


def test_unconfirmed_minutes_do_not_count_and_say_so(world):
    day = make_day(world.first)
    make_meeting(day, COMMITTEE, status="DRAFT")
    duty = duties(world.first, NOVEMBER)["召开 11 月支委会"]
    assert (duty.is_open, duty.detail, duty.act) == (True, "记录待确认", "去确认")
    assert figure(world.first, NOVEMBER) == Figure(0, 1)


def test_the_evidence_is_the_figure(world):
    day = make_day(world.first, DECEMBER, held_on=datetime.date(2026, 12, 11))
    both = make_meeting(day, GENERAL, LESSON)
    draft = make_meeting(day, COMMITTEE, status="DRAFT")
    make_meeting(make_day(world.second, DECEMBER, held_on=datetime.date(2026, 12, 11)), GENERAL)
    rows = evidence(world.first, DECEMBER)
    assert [(row.what, row.counts, row.url) for row in rows] == [
        ("第四季度党员大会", True, both.get_absolute_url()),
        ("12 月支委会", False, draft.get_absolute_url()),
        ("第四季度党课", True, both.get_absolute_url()),
    ]
    made = figure(world.first, DECEMBER)
    assert (made.numerator, made.denominator) == (sum(row.counts for row in rows), len(rows)) == (2, 3)
    assert {row.organization_id for row in rows} == {world.first.pk}


def test_a_roster_with_its_exclusions_still_counts_full_members(world):
    day = make_day(world.first)
    Attendance.objects.filter(day=day).update(status="NOT_COUNTED", reason="病假")
    assert told(world.first, NOVEMBER)[COMMITTEE] == (0, 1, "")


def test_more_branches_and_months_cost_no_more_queries(world, django_assert_num_queries):
    few = Organization.objects.filter(pk=world.first.pk)
    for number in range(6):
        branch = make_branch(world.arts, f"第{number}支部", members=2)
        make_group(branch, "第一党小组")
        make_meeting(make_day(branch), GENERAL, by=world.li)
    many = Organization.objects.branches()
    long = list(SEPTEMBER.until(DECEMBER))
    for branches, months, queries in ((few, [NOVEMBER], 5), (many, [NOVEMBER], 5), (few, long, 6), (many, long, 6)):
        with django_assert_num_queries(queries):  # one more where a period is over
            coverage(branches, months)
    with django_assert_num_queries(6):
        registry.metrics["meetings"].compute(many, DECEMBER)
    with django_assert_num_queries(5):
        list(registry.metrics["meetings"].evidence(many, DECEMBER))
