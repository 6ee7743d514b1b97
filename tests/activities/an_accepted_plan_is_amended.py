"""A change after acceptance is a new revision with its reason; the accepted one stands until then."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities import filing
from activities.actions import hold_day
from activities.attempts import before_amendment
from activities.filing import amendments
from activities.models import ActivityDay, MonthlyPlan
from activities.paper import filing_forms
from branches.models import CalendarDay
from core.audit import AuditEntry
from core.contributions import registry
from core.workflow import YES, StaleState
from tests.builders import NOVEMBER, make_annual_plan, make_guide, make_plan

DECEMBER = NOVEMBER.next
NEW_DATE = datetime.date(2026, 12, 18)


@pytest.fixture
def plan(world):
    return make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)


def amended(world, plan, **values):
    """The revision, submitted, with these fields changed."""
    draft = filing.amend_plan(plan, by=world.li, reason="学校有会")
    items = [item.copied for item in draft.items.all()]
    draft = filing.save_draft(
        world.first, DECEMBER, by=world.li, version=draft.version, values=values or {"planned_on": NEW_DATE},
        items=items,
    )  # fmt: skip
    return filing.submit_plan(draft, by=world.li)


def standing():
    return MonthlyPlan.objects.standing().get()


def test_until_it_is_accepted_the_accepted_one_stands(world, plan):
    draft = amended(world, plan)
    assert (draft.status, draft.revision, draft.reason) == ("SUBMITTED", 2, "学校有会")
    assert standing() == plan
    assert ActivityDay.objects.get().plan == plan
    assert MonthlyPlan.objects.visible_to(world.wang).awaiting(world.wang).get() == draft

    filing.accept_plan(filing.forward_plan(draft, by=world.wang), by=world.zhou)
    plan.refresh_from_db()
    assert (plan.status, standing()) == ("SUPERSEDED", draft)
    assert ActivityDay.objects.get().plan == draft


def test_the_branch_is_not_late_by_a_change(world, plan):
    """Filed in time once is filed in time, and the month's duty stays done while a revision is on the road."""

    def owed():
        rows = registry.duties_of(type(world.first).objects.filter(pk=world.first.pk), [DECEMBER], {"plan"})
        return [(duty.done_on, duty.is_late) for duty in rows]

    before = owed()
    draft = amended(world, plan)
    assert owed() == before == [(plan.first_submitted_on, False)]
    filing.accept_plan(filing.forward_plan(draft, by=world.wang), by=world.zhou)
    assert owed() == before


def test_the_revision_shows_what_it_changes(world, plan):
    rows = [(row.word, row.was, row.now) for row in before_amendment(amended(world, plan)) if row.changed]
    assert rows == [("活动日期", "2026 年 12 月 11 日（周五）", "2026 年 12 月 18 日（周五）")]


def test_the_earlier_revision_stays_readable_with_its_own_words(world, client, plan):
    draft = amended(world, plan)
    filing.accept_plan(filing.forward_plan(draft, by=world.wang), by=world.zhou)
    client.force_login(world.li)
    page = client.get(plan.get_absolute_url()).content.decode()
    assert ("12 月 11 日" in page, "这一版已被修订" in page, draft.get_absolute_url() in page) == (True, True, True)


def test_the_forms_of_two_revisions_bear_two_numbers(world, plan):
    revision = amended(world, plan)
    numbers = [form.number for form in filing_forms(list(MonthlyPlan.objects.order_by("pk")))]
    assert numbers == [f"编号：备〔2026〕12-{world.first.code}-{count}" for count in ("1", "修1-1")]
    assert revision.attempts == plan.attempts == 1


def test_a_revision_can_be_given_up(world, client, plan):
    plan.cadres.create(person=world.li.person)
    never_sent = filing.amend_plan(plan, by=world.li, reason="想改一改")
    client.force_login(world.li)
    client.post(reverse("plan_drop", args=["month", never_sent.pk]))
    assert list(MonthlyPlan.objects.all()) == [plan]
    entry = AuditEntry.objects.get(event="plan.dropped")
    assert sorted({one["subject"] for one in entry.data["also"]}) == [
        "activities.monthlyplan", "activities.plancadre", "activities.planitem",
    ]  # fmt: skip
    with pytest.raises(StaleState, match="刚刚被删去了"):  # a second click on 放弃修订
        filing.drop_plan(never_sent, by=world.li)

    sent = filing.withdraw_plan(amended(world, plan), by=world.li)
    filing.drop_plan(sent, by=world.li)
    sent.refresh_from_db()
    assert (sent.status, standing()) == ("DROPPED", plan)
    assert amended(world, plan).revision == 3


def test_a_day_held_meanwhile_makes_the_revision_void(world, plan, monday):
    draft = amended(world, plan)
    monday.move_to("2026-12-12T10:00:00+08:00")
    hold_day(plan.day, by=world.li, held_on=datetime.date(2026, 12, 11))
    draft.refresh_from_db()
    plan.refresh_from_db()
    assert (draft.status, plan.status, ActivityDay.objects.get().plan) == ("DROPPED", "ACCEPTED", plan)
    attempt = draft.tries.get()
    assert (attempt.outcome, attempt.get_outcome_display(), attempt.note) == (
        "DROPPED", "已作废", "活动日已按备案的计划开展",
    )  # fmt: skip


def test_a_date_on_a_holiday_is_moved_in_one_click(world, client, plan):
    CalendarDay.objects.create(day="2026-12-11", is_workday=False, name="校庆")
    client.force_login(world.li)
    page = client.get(plan.get_absolute_url())
    assert page.context["postponement"].to == datetime.date(2026, 12, 14)
    client.post(reverse("plan_postpone", args=[plan.pk]))
    draft = MonthlyPlan.objects.get(revision=2)
    assert (draft.status, draft.planned_on) == ("SUBMITTED", datetime.date(2026, 12, 14))
    assert draft.reason == "12 月 11 日是校庆，调整日期"
    assert [item.content for item in draft.items.all()] == [item.content for item in plan.items.all()]


def test_a_holiday_at_the_months_end_is_moved_to_the_day_before(world):
    CalendarDay.objects.create(day="2026-12-31", is_workday=False, name="元旦调休")
    plan = make_plan(world.second, DECEMBER, "ACCEPTED", planned_on=datetime.date(2026, 12, 31))
    offer = filing.postponement(plan)
    assert (offer.to, offer.word) == (datetime.date(2026, 12, 30), "提前到")
    assert filing.postponement(make_plan(world.other, DECEMBER, "ACCEPTED")) is None


def test_a_day_that_has_passed_is_no_way_out(world, client, monday):
    """Of a date in the past, or on the last day of the month, when the working day before it is over."""
    CalendarDay.objects.create(day="2026-12-31", is_workday=False, name="元旦调休")
    plan = make_plan(world.second, DECEMBER, "ACCEPTED", planned_on=datetime.date(2026, 12, 31))
    monday.move_to("2026-12-31T08:00:00+08:00")
    assert filing.postponement(plan) is None
    with pytest.raises(PermissionDenied, match="已经过去"):
        filing.postpone_plan(plan, by=world.zhao, to=datetime.date(2026, 12, 30), reason="调休")


def test_a_date_moves_whatever_is_asked_of_plans_since(world, client, plan):
    """A guide of the month now wants an item that the accepted plan lacks; the revision changes the date alone."""
    CalendarDay.objects.create(day="2026-12-11", is_workday=False, name="校庆")
    make_guide(world.committee, world.zhou, DECEMBER, items=[("EDUCATION", "INTEGRITY", "学习案例", True)])
    assert [one.field for one in filing.lacks(plan)] == ["items"]
    client.force_login(world.li)
    answer = client.post(reverse("plan_postpone", args=[plan.pk]), follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["已顺延到 12 月 14 日并报送，备案以前仍按原来的执行。"]
    assert MonthlyPlan.objects.get(revision=2).status == "SUBMITTED"


def test_of_two_who_begin_at_once_the_second_is_told(world, plan, monkeypatch):
    """The database refuses the second row of the month; on PostgreSQL both may find none before they write theirs."""
    filing.amend_plan(plan, by=world.li, reason="学校有会")
    monkeypatch.setattr(amendments.rules, "can_amend", lambda user, paper: YES)
    with pytest.raises(StaleState, match="已经有人开始"):
        filing.amend_plan(plan, by=world.li, reason="学校有会")


def test_the_database_knows_one_plan_in_force_and_one_on_the_road(world, plan):
    for status, revision in (("ACCEPTED", 2), ("ACCEPTED", 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_plan(world.first, DECEMBER, status, revision=revision, reason="学校有会")
    filing.amend_plan(plan, by=world.li, reason="学校有会")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(world.first, DECEMBER, "DRAFT", revision=3, reason="学校有会")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(world.second, DECEMBER, "DRAFT", revision=2)


def test_a_committees_year_is_amended_and_leads_at_once(world, client):
    plan = make_annual_plan(world.committee, 2026, theme_4="旧主题")
    draft = filing.amend_plan(plan, by=world.zhou, reason="上级有新要求")
    draft = filing.save_year(
        type(draft), world.committee, 2026, by=world.zhou, version=draft.version, values={"theme_4": "新主题"}
    )
    filing.submit_plan(draft, by=world.zhou)
    assert type(plan).guiding(world.first, DECEMBER).theme_4 == "新主题"
