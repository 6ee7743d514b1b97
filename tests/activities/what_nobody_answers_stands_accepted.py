"""到期自动备案: a filed paper that the department has not answered within its working days stands accepted."""

import datetime

import pytest
from django.urls import reverse

from activities import filing
from activities.models import AnnualPlan, MonthlyPlan, Policy, YearSummary
from branches.models import CalendarDay
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.jobs import Job
from supervision.tasks import daily_sweep
from tests.builders import NOVEMBER, make_annual_plan, make_plan, make_summary

DECEMBER = NOVEMBER.next
YESTERDAY, TODAY = datetime.date(2026, 11, 22), datetime.date(2026, 11, 23)


def test_the_period_counts_working_days_from_the_day_of_filing(world):
    """Monday and three working days are Thursday; a holiday on Wednesday makes it Friday."""
    plan = make_plan(world.direct, DECEMBER)
    assert filing.submit_plan(plan, by=world.wu).lapses_on == datetime.date(2026, 11, 26)
    CalendarDay.objects.create(day="2026-11-25", is_workday=False, name="校庆")
    other = filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li)
    assert other.lapses_on is None
    assert filing.forward_plan(other, by=world.wang).lapses_on == datetime.date(2026, 11, 27)


def test_the_length_is_the_rule_in_force(world):
    Policy.objects.update(lapse_working_days=1)
    assert filing.submit_plan(make_plan(world.direct, DECEMBER), by=world.wu).lapses_on == datetime.date(2026, 11, 24)


def test_what_has_run_out_is_accepted_and_nothing_else(world):
    over = make_plan(world.first, DECEMBER, "FILED", submitted_by=world.li, lapses_on=YESTERDAY)
    last_day = make_plan(world.second, DECEMBER, "FILED", submitted_by=world.zhao, lapses_on=TODAY)
    cancels = make_plan(
        world.other, DECEMBER, "FILED", lapses_on=YESTERDAY, cancels=True, reason="全体外出", submitted_by=world.qian
    )
    not_there = make_plan(world.direct, DECEMBER, "SUBMITTED", submitted_by=world.wu)
    year = make_annual_plan(world.arts, 2027, "FILED", lapses_on=YESTERDAY, submitted_by=world.wang)
    summary = make_summary(world.first, 2026, "FILED", lapses_on=YESTERDAY, submitted_by=world.li)

    assert filing.lapse_plans() == 3
    states = dict(MonthlyPlan.objects.values_list("pk", "status"))
    assert states == {over.pk: "ACCEPTED", last_day.pk: "FILED", cancels.pk: "FILED", not_there.pk: "SUBMITTED"}
    assert (AnnualPlan.objects.get(pk=year.pk).is_lapsed, YearSummary.objects.get(pk=summary.pk).status) == (
        True, "ACCEPTED",
    )  # fmt: skip
    entry = history_of(over).last()
    assert (entry.event, entry.by, entry.word) == ("plan.lapsed", None, "到期自动备案")
    assert Notice.objects.get(recipient=world.li, kind="plan_accepted", title__contains="月").title == (
        "2026 年 12 月计划到期自动备案"
    )


def test_a_month_without_a_day_has_no_such_period_and_nobody_is_promised_one(world, client):
    report = filing.cancel_month(world.direct, DECEMBER, by=world.wu, reason="全体外出")
    assert (report.status, report.lapses_on) == ("FILED", None)
    assert filing.steps_to_come(report) == [("组织部备案", "由组织部明确备案或退回")]
    MonthlyPlan.objects.update(lapses_on=TODAY)  # as it was written before
    client.force_login(world.zhou)
    page = client.get(reverse("review")).content.decode()
    assert ("到期自动备案，" in page, "不会到期自动备案，由组织部明确备案或退回。" in page, "前办理" in page) == (
        True, True, False,
    )  # fmt: skip
    assert "前没有退回" not in page


def test_one_that_is_answered_at_that_moment_does_not_stop_the_others(world, monkeypatch):
    """The first was taken back and sent anew between the list and its lock: its period has not run out any more."""
    first = make_plan(world.first, DECEMBER, "FILED", submitted_by=world.li, lapses_on=YESTERDAY)
    second = make_plan(world.second, DECEMBER, "FILED", submitted_by=world.zhao, lapses_on=YESTERDAY)
    lapse = filing.steps.lapse_plan

    def meanwhile(paper):
        MonthlyPlan.objects.filter(pk=first.pk).update(lapses_on=TODAY)
        return lapse(paper)

    monkeypatch.setattr(filing.steps, "lapse_plan", meanwhile)
    assert filing.lapse_plans() == 1
    assert [MonthlyPlan.objects.get(pk=one.pk).status for one in (first, second)] == ["FILED", "ACCEPTED"]


def test_run_again_it_finds_nothing_more(world):
    make_plan(world.first, DECEMBER, "FILED", lapses_on=YESTERDAY)
    assert (filing.lapse_plans(), filing.lapse_plans(), AuditEntry.objects.count()) == (1, 0, 1)


def test_the_daily_sweep_sees_to_it_once_a_day(world):
    make_plan(world.first, DECEMBER, "FILED", lapses_on=YESTERDAY)
    daily_sweep()
    daily_sweep()
    assert Job.objects.filter(kind="lapse_plans").count() == 1


@pytest.mark.parametrize("answer", ["accept", "return"])
def test_an_answer_ends_the_period(world, answer):
    plan = make_plan(world.first, DECEMBER, "FILED", submitted_by=world.li, lapses_on=TODAY)
    act = {"accept": lambda: filing.accept_plan(plan, by=world.zhou),
           "return": lambda: filing.return_plan(plan, by=world.zhou, note="请改")}[answer]  # fmt: skip
    assert act().lapses_on is None


def test_a_revision_lapses_into_force(world):
    old = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    new = make_plan(
        world.first, DECEMBER, "FILED", submitted_by=world.li, revision=2, reason="改期", lapses_on=YESTERDAY
    )
    filing.lapse_plans()
    assert list(MonthlyPlan.objects.order_by("pk").values_list("pk", "status")) == [
        (old.pk, "SUPERSEDED"), (new.pk, "ACCEPTED"),
    ]  # fmt: skip
