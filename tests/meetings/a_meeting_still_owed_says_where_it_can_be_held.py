"""No dead end: what is owed leads to a place where it can be done, and what cannot be done any more asks nobody.

It is 23 November. Li leads First Branch, nine full members, so that a committee meeting is owed each month; Chen is its
organization commissioner, Xu sits on its committee and writes no plans. Quarterly: a general meeting and a lesson.
"""

import datetime

import pytest
from django.urls import reverse

from activities.actions import reopen_record, resume_day
from activities.kinds import ItemKind, MeetingType
from activities.models import ActivityDay, DayItem, MonthlyPlan
from branches.models import Organization
from core.contributions import registry
from core.periods import Month
from meetings.actions import confirm_minutes, open_meeting, save_minutes
from meetings.duties import coverage
from meetings.models import Requirement
from tests.builders import ITEMS, NOVEMBER, OCTOBER, make_day, make_group, make_meeting, make_plan

pytestmark = pytest.mark.django_db
GENERAL, COMMITTEE, GROUP, LESSON = MeetingType.values
Status = MonthlyPlan.Status
SEPTEMBER, DECEMBER = Month(2026, 9), Month(2026, 12)
QUIET = [item for item in ITEMS if item[0] != ItemKind.MEETING]
WITH_COMMITTEE = [*QUIET, (ItemKind.MEETING, COMMITTEE, "研究近期工作", 30)]


def only(branch):
    return Organization.objects.filter(pk=branch.pk)


def duty(branch, type_, month):
    name = MeetingType(type_).label
    return next(one for one in registry.duties_of(only(branch), [month], {"meeting"}) if name in one.title)


def covered(branch, type_, month):
    return next(one for one in coverage(only(branch), [month]) if one.type == type_)


def item_of(day, type_, **fields):
    return day.items.create(
        order=9, kind=ItemKind.MEETING, subtype=type_, content="研究近期工作", **{"was_planned": False} | fields
    )


def quiet_day(branch, month=NOVEMBER, status="RECORDED", **fields):
    """A day without a meeting on its agenda; its record is in."""
    return make_day(branch, month, status, plan=make_plan(branch, month, Status.ACCEPTED, items=QUIET), **fields)


def told(client, user, type_, **asked):
    """The sentences and buttons of a requirement's line on the page that ``user`` opens."""
    client.force_login(user)
    lines = client.get(reverse("meetings"), asked).context["lines"]
    return [(way.text, way.act, way.url) for line in lines if line.coverage.type == type_ for way in line.ways]


def listed(client, user, **asked):
    client.force_login(user)
    return [line.coverage.label for line in client.get(reverse("meetings"), asked).context["lines"]]


# the duty: sign, write, arrange, or let it rest


def test_an_item_without_minutes_leads_to_where_they_are_begun(world, client):
    day = quiet_day(world.first)
    item = item_of(day, COMMITTEE)

    found = duty(world.first, COMMITTEE, NOVEMBER)

    assert (found.act, found.url, found.detail) == (
        "写会议记录",
        reverse("meeting_of_item", args=[item.pk]),
        "还没有写记录",
    )
    client.force_login(world.li)
    page = client.get(found.url, follow=True)
    assert [one.item for one in page.context["to_write"]] == [item]


def test_one_draft_leads_to_itself_and_several_to_the_list_of_them(world, client):
    day = quiet_day(world.first)
    first = make_meeting(day, COMMITTEE, status="DRAFT")
    assert (duty(world.first, COMMITTEE, NOVEMBER).act, duty(world.first, COMMITTEE, NOVEMBER).url) == (
        "去确认", first.get_absolute_url(),
    )  # fmt: skip

    second = make_meeting(day, COMMITTEE, status="DRAFT")
    client.force_login(world.li)
    assert list(client.get(duty(world.first, COMMITTEE, NOVEMBER).url).context["page"]) == [second, first]


def test_while_the_period_runs_the_button_leads_to_the_line_that_says_how(world, client):
    found = duty(world.first, COMMITTEE, NOVEMBER)
    address, anchor = found.url.split("#")

    assert (found.act, found.is_open, found.missed) == ("去安排", True, "")
    client.force_login(world.li)
    page = client.get(address)
    assert [line.coverage.anchor for line in page.context["lines"]] == [anchor]
    assert f'id="{anchor}"' in page.content.decode()


def test_what_can_no_longer_be_held_is_missed_and_asks_nobody_but_counts(world):
    quiet_day(world.first, OCTOBER)

    committee, lesson = duty(world.first, COMMITTEE, OCTOBER), duty(world.first, LESSON, SEPTEMBER)

    assert (committee.missed, committee.is_open, committee.is_owed) == ("10 月没有开支委会", False, True)
    assert (lesson.missed, lesson.is_open, lesson.is_owed) == ("第三季度没有开党课", False, True)
    figure = registry.metrics["meetings"].compute(only(world.first), OCTOBER)[world.first.pk]
    assert (figure.numerator, figure.denominator) == (0, 1)
    assert (covered(world.first, COMMITTEE, OCTOBER).word, covered(world.first, COMMITTEE, OCTOBER).style) == (
        "还差 1 次", "late",
    )  # fmt: skip


def test_of_several_that_were_owed_the_number_missed_is_said(world):
    Requirement.objects.filter(type=COMMITTEE).update(count=3)
    make_meeting(quiet_day(world.first, OCTOBER), COMMITTEE)
    assert duty(world.first, COMMITTEE, OCTOBER).missed == "10 月支委会少开 2 次"


@pytest.mark.parametrize("begun", ["unwritten", "draft", "open record"])
def test_what_may_still_be_written_stays_open_after_its_period(world, begun):
    day = quiet_day(world.first, OCTOBER, "HELD" if begun == "open record" else "RECORDED")
    if begun == "unwritten":
        item_of(day, COMMITTEE)
    if begun == "draft":
        make_meeting(day, COMMITTEE, status="DRAFT")

    found = duty(world.first, COMMITTEE, OCTOBER)

    assert (found.is_open, found.missed, found.due_on) == (True, "", datetime.date(2026, 10, 31))
    assert found.act == {"unwritten": "写会议记录", "draft": "去确认", "open record": "去补记"}[begun]


def test_what_did_not_take_place_waits_for_no_minutes(world):
    day = quiet_day(world.first, OCTOBER)
    item_of(day, COMMITTEE, outcome=DayItem.Outcome.NOT_DONE)
    draft = make_meeting(day, COMMITTEE, status="DRAFT")
    DayItem.objects.filter(pk=draft.item_id).update(outcome=DayItem.Outcome.NOT_DONE)

    found = covered(world.first, COMMITTEE, OCTOBER)

    assert (found.unwritten, found.drafts, found.missed) == ((), (), "10 月没有开支委会")


def test_minutes_whose_types_were_all_unticked_still_wait_for_their_item(world):
    meeting = make_meeting(quiet_day(world.first), COMMITTEE, status="DRAFT")
    meeting.kinds.all().delete()
    assert duty(world.first, COMMITTEE, NOVEMBER).act == "去确认"


def test_a_draft_of_a_group_that_has_met_helps_no_other(world):
    one = make_group(world.first, "第一党小组", [world.li.person])
    two = make_group(world.first, "第二党小组", [world.chen.person])
    day = quiet_day(world.first)
    make_meeting(day, GROUP, group=one)
    make_meeting(day, GROUP, group=one, status="DRAFT")
    assert covered(world.first, GROUP, NOVEMBER).drafts == ()

    helps = make_meeting(day, GROUP, group=two, status="DRAFT")
    assert [draft.id for draft in covered(world.first, GROUP, NOVEMBER).drafts] == [helps.pk]


def test_one_event_of_two_types_meets_both_duties_once_each(world):
    day = make_day(world.first, NOVEMBER, plan=make_plan(world.first, NOVEMBER, Status.ACCEPTED))
    meeting = open_meeting(day.items.get(kind=ItemKind.MEETING), by=world.li, types=[LESSON])
    both = [covered(world.first, type_, NOVEMBER) for type_ in (GENERAL, LESSON)]
    assert [[draft.id for draft in one.drafts] for one in both] == [[meeting.pk], [meeting.pk]]

    meeting = save_minutes(meeting, by=world.li, version=1, content="通报并讲党课", lecturer="李书记")
    confirm_minutes(meeting, by=world.li)

    both = [covered(world.first, type_, NOVEMBER) for type_ in (GENERAL, LESSON)]
    assert [(one.held, one.left, len(one.beyond), one.unwritten) for one in both] == [(1, 0, 0, ()), (1, 0, 0, ())]


# the line: where it can be held, by what is true now


def test_a_plan_still_with_the_branch_takes_it_onto_its_agenda(world, client):
    form = reverse("plan_edit", args=[world.first.pk, NOVEMBER])
    sentence = ("11 月计划还没有报送，把支委会写进议程，活动日当天开。", "写进 11 月计划", f"{form}?add=1#new-item")
    assert told(client, world.li, COMMITTEE) == [sentence]
    assert 'id="new-item"' in client.get(form, {"add": 1}).content.decode()

    plan = make_plan(world.first, NOVEMBER, items=QUIET)
    assert told(client, world.chen, COMMITTEE) == [sentence]
    assert told(client, world.xu, COMMITTEE) == [(sentence[0] + "月计划由本支部书记、副书记或组织委员填写。", "", "")]
    plan.delete()
    make_plan(world.first, NOVEMBER, Status.RETURNED, items=QUIET)
    assert told(client, world.li, COMMITTEE)[0][0] == "11 月计划被退回，把支委会写进议程，活动日当天开。"


def test_an_agenda_that_has_it_already_only_needs_its_plan_filed_and_its_day_held(world, client):
    plan = make_plan(world.first, NOVEMBER, items=WITH_COMMITTEE, planned_on=datetime.date(2026, 11, 27))
    form = reverse("plan_edit", args=[world.first.pk, NOVEMBER])
    assert told(client, world.li, COMMITTEE) == [("11 月计划的议程里已有支委会，计划还没有报送。", "去报计划", form)]

    plan.delete()
    day = make_plan(
        world.first, NOVEMBER, Status.FILED, items=WITH_COMMITTEE, planned_on=datetime.date(2026, 11, 27)
    ).day
    text = "已列入 11 月计划，11 月 27 日（周五）活动日。活动日确认开展后，在这里写会议记录。"
    assert told(client, world.li, COMMITTEE) == [(text, "看活动日", day.get_absolute_url())]


def test_a_filed_plan_without_it_names_the_day_on_which_it_can_be_added(world, client):
    day = make_plan(world.first, NOVEMBER, Status.ACCEPTED, items=QUIET, planned_on=datetime.date(2026, 11, 23)).day
    text = (
        "11 月计划已报送，议程不再改。可以在 11 月 23 日（周一）活动日当天开："
        "确认开展后在活动日记录里“加一项”，再写会议记录。"
    )
    assert told(client, world.li, COMMITTEE) == [(text, "去确认开展", day.get_absolute_url())]

    MonthlyPlan.objects.filter(pk=day.plan_id).update(planned_on=datetime.date(2026, 11, 20))
    text = "11 月计划已报送，议程不再改。活动日当天开了的，确认开展后在活动日记录里“加一项”，再写会议记录。"
    assert told(client, world.li, COMMITTEE) == [(text, "去确认开展", day.get_absolute_url())]


def test_an_open_record_takes_one_more_item(world, client):
    day = quiet_day(world.first, status="HELD")
    record = reverse("day_record", args=[day.pk])
    text = "11 月 13 日（周五）活动日当天开了的，在活动日记录里“加一项”，再写会议记录。"
    assert told(client, world.li, COMMITTEE) == [(text, "在记录里加一项", f"{record}#id_new-what")]
    assert 'id="id_new-what"' in client.get(record).content.decode()

    client.post(
        reverse("day_item_add", args=[day.pk]),
        {"version": day.version, "summary": "", "new-what": "MEETING.COMMITTEE", "new-content": "研究近期工作",
         "new-minutes": 20}
        | {f"outcome-{item.pk}": "DONE" for item in day.items.all()},
    )  # fmt: skip
    item = day.items.get(kind=ItemKind.MEETING)
    assert [(act, url) for _, act, url in told(client, world.li, COMMITTEE)] == [
        ("写会议记录", reverse("meeting_of_item", args=[item.pk]))
    ]


def test_a_record_that_is_in_or_a_day_not_held_says_the_way_back(world, client):
    day = quiet_day(world.first)
    record = reverse("day_record", args=[day.pk])
    text = "11 月 13 日（周五）活动日的记录已提交。当天开了的，请书记在“要更正记录？”里退回，加一项后重新提交。"
    assert told(client, world.li, COMMITTEE) == [(text, "看记录", record)]
    reopen_record(day, by=world.li, reason="漏记支委会")
    assert told(client, world.li, COMMITTEE)[0][1] == "在记录里加一项"

    ActivityDay.objects.filter(pk=day.pk).update(status="NOT_HELD", not_held_reason="集中实习", held_on=None)
    text = "11 月活动日记为“未开展”。后来补上了的，先撤销“未开展”，再确认开展。"
    assert told(client, world.li, COMMITTEE) == [(text, "看活动日", day.get_absolute_url())]
    day.refresh_from_db()
    resume_day(day, by=world.li)
    assert told(client, world.li, COMMITTEE)[0][1] == "去确认开展"


def test_what_is_owed_a_quarter_can_also_wait_for_the_next_month(world, client):
    assert [act for _, act, _ in told(client, world.li, LESSON)] == ["写进 11 月计划", "写进 12 月计划"]
    quiet_day(world.first)
    assert [act for _, act, _ in told(client, world.li, LESSON)] == ["写进 12 月计划"]
    lesson = [*QUIET, (ItemKind.MEETING, LESSON, "书记讲党课", 40)]
    make_plan(world.first, DECEMBER, Status.FILED, items=lesson)
    assert [text for text, _, _ in told(client, world.li, LESSON)] == [
        "已列入 12 月计划，12 月 11 日（周五）活动日。活动日确认开展后，在这里写会议记录。"
    ]


def test_a_month_off_is_offered_only_if_it_has_its_plan(world, client, monday):
    monday.move_to("2026-07-20T10:00:00+08:00")
    quiet_day(world.first, Month(2026, 7))
    assert [act for _, act, _ in told(client, world.li, LESSON)] == ["写进 9 月计划"]
    make_plan(world.first, Month(2026, 8), items=QUIET)
    assert [act for _, act, _ in told(client, world.li, LESSON)] == ["写进 8 月计划", "写进 9 月计划"]


def test_a_line_stands_for_each_open_requirement_and_no_other(world, client):
    make_meeting(quiet_day(world.first), GENERAL)
    assert listed(client, world.li) == ["11 月支委会", "第四季度党课"]
    assert listed(client, world.li, period="2026-09") == []
    assert listed(client, world.he) == []


def test_the_figures_are_those_of_the_period_asked_for(world, client):
    client.force_login(world.li)

    def labels(**asked):
        return [(one.label, one.word) for one in client.get(reverse("meetings"), asked).context["coverage"]]

    make_meeting(quiet_day(world.first, SEPTEMBER), COMMITTEE)
    assert labels(type=LESSON, period="2026-Q3") == [("第三季度党课", "还差 1 次")]
    assert labels(type=COMMITTEE, period="2026-Q3") == [
        ("7 月支委会", "还差 1 次"), ("8 月支委会", "不要求"), ("9 月支委会", "按要求"),
    ]  # fmt: skip
    assert [label for label, _ in labels(period="2026-10")] == [
        "第四季度党员大会", "10 月支委会", "10 月党小组会", "第四季度党课",
    ]  # fmt: skip
    assert {word for _, word in labels(period="2026", type=COMMITTEE)} == {"还差 1 次"}
    assert labels(organization=world.second.pk) == []


def test_an_empty_list_offers_the_way_out_of_its_filters(world, client):
    make_meeting(quiet_day(world.first), GENERAL)
    client.force_login(world.li)
    text = client.get(reverse("meetings"), {"type": LESSON, "period": "2026-Q3"}).content.decode()
    assert "没有符合条件的会议" in text
    assert text.count(f'href="{reverse("meetings")}">清除筛选</a>') == 2
    assert "清除筛选" not in client.get(reverse("meetings")).content.decode()
