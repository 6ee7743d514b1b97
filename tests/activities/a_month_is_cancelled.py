"""本月不开展: reported with its reason on the road of a plan; accepted by the department, the month owes no day."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities import filing, reports
from activities.actions import resume_day
from activities.models import ActivityDay, MonthlyPlan
from activities.paper import batch_of
from activities.rules import can_hold
from branches.models import Organization
from core.contributions import registry
from core.inbox import Notice
from core.workflow import StaleState
from tests.activities.lists_go_out_as_they_are_shown import rows_of
from tests.activities.the_filing_table_is_kept import filled_in
from tests.builders import NOVEMBER, make_plan
from tests.papers import document_papers, list_cells, page_papers

DECEMBER = NOVEMBER.next
REASON = "全体党员赴外地实践"


def owed(branch):
    """``{kind: why nothing is owed}`` of December."""
    rows = registry.duties_of(Organization.objects.filter(pk=branch.pk), [DECEMBER], {"plan", "day", "record"})
    return {duty.kind: duty.not_owed for duty in rows}


def accepted(world, plan):
    return filing.accept_plan(filing.forward_plan(plan, by=world.wang), by=world.zhou)


def test_without_a_plan_the_report_is_the_months_first_paper(world, client):
    client.force_login(world.li)
    client.post(reverse("plan_cancel", args=[world.first.pk, DECEMBER]), {"reason": REASON})
    plan = MonthlyPlan.objects.get()
    assert (plan.status, plan.cancels, plan.reason, ActivityDay.objects.count()) == ("SUBMITTED", True, REASON, 0)
    assert owed(world.first) == {"plan": "", "day": "", "record": ""}  # until somebody has accepted it, it is owed

    accepted(world, plan)
    why = f"经备案不开展：{REASON}"
    assert owed(world.first) == {"plan": "", "day": why, "record": why}


def test_of_an_accepted_plan_it_is_a_revision(world):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    report = filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON)
    assert (report.revision, report.status, ActivityDay.objects.get().status) == (2, "SUBMITTED", "PLANNED")
    accepted(world, report)
    day = ActivityDay.objects.get()
    assert (day.status, day.not_held_reason, day.plan) == ("NOT_HELD", REASON, report)
    with pytest.raises(PermissionDenied, match="先修订计划"):
        resume_day(day, by=world.li)

    again = filing.amend_plan(MonthlyPlan.objects.standing().get(), by=world.li, reason="改为照常开展")
    items = [item.copied for item in plan.items.all()]
    values = {name: getattr(plan, name) for name in ("planned_on", "starts_at", "place", "host", "recorder", "theme")}
    again = filing.save_draft(world.first, DECEMBER, by=world.li, version=again.version, values=values, items=items)
    accepted(world, filing.submit_plan(again, by=world.li))
    assert (ActivityDay.objects.get().status, owed(world.first)["day"]) == ("PLANNED", "")


def test_a_draft_becomes_the_report_and_can_become_a_plan_again(world, client):
    plan = make_plan(world.first, DECEMBER)
    client.force_login(world.li)
    client.post(reverse("plan_cancel", args=[world.first.pk, DECEMBER]), {"reason": REASON})
    plan.refresh_from_db()
    assert (plan.status, plan.cancels) == ("SUBMITTED", True)
    filing.withdraw_plan(plan, by=world.li)
    plan.refresh_from_db()
    client.post(reverse("plan_submit", args=[world.first.pk, DECEMBER]), filled_in(plan))
    plan.refresh_from_db()
    assert (plan.status, plan.cancels, plan.reason) == ("SUBMITTED", False, "")


def test_while_a_plan_is_with_its_reviewer_it_is_taken_back_first(world):
    make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    with pytest.raises(StaleState, match="先撤回"):
        filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON)


def test_the_secretary_alone_reports_it(world, client):
    """Refused are those who see the branch; for the neighbour it is not there."""
    codes = {}
    for who in ("chen", "xu", "zhao", "wang", "zhou"):
        client.force_login(getattr(world, who))
        answer = client.post(reverse("plan_cancel", args=[world.first.pk, DECEMBER]), {"reason": REASON})
        codes[who] = (answer.status_code, MonthlyPlan.objects.count())
    assert codes == {who: (404 if who == "zhao" else 403, 0) for who in ("chen", "xu", "zhao", "wang", "zhou")}


def test_it_needs_its_reason(world, client):
    client.force_login(world.li)
    answer = client.post(reverse("plan_cancel", args=[world.first.pk, DECEMBER]), {"reason": " "}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == ["请写明原因，上级和组织部会看到。"]
    assert MonthlyPlan.objects.count() == 0


def test_a_day_of_a_cancelled_month_is_not_confirmed(world):
    day = make_plan(world.first, NOVEMBER, "SUBMITTED", submitted_by=world.li, cancels=True, reason=REASON).day
    assert "报送的是本月不开展" in can_hold(world.li, day).why


def test_those_above_see_it_named_in_the_queue(world, client):
    filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON)
    client.force_login(world.wang)
    page = client.get(reverse("review")).content.decode()
    assert ("本月不开展活动日" in page, REASON in page) == (True, True)


@pytest.fixture
def december(world):
    """First's replaces its plan, Second's is accepted without one, Other's waits, Direct's was taken back."""
    make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    accepted(world, filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON))
    accepted(world, filing.cancel_month(world.second, DECEMBER, by=world.zhao, reason="停电"))
    filing.cancel_month(world.other, DECEMBER, by=world.qian, reason=REASON)
    filing.withdraw_plan(filing.cancel_month(world.direct, DECEMBER, by=world.wu, reason=REASON), by=world.wu)
    return world


def test_matrix_and_year_say_that_it_is_reported_and_count_it_until_it_is_accepted(december, client, monday):
    client.force_login(december.zhou)

    def cells():
        page = client.get(reverse("year", args=[december.committee.pk, 2026])).context["page"]
        return [(row.cells[11].style, row.cells[11].word, row.cells[11].counts) for row in page]

    waits, off = ("wait", "报不开展", False), ("none", "不开展", False)
    assert cells() == [off, off, waits, ("due", "未报", False)]
    detail = client.get(reverse("year", args=[december.committee.pk, 2026])).context["page"][2].cells[11].detail
    assert detail == f"待总支审核：{REASON}"
    book = rows_of(client.get(reverse("year_export", args=[december.committee.pk, 2026])))
    assert [row[14] for row in book[:4]] == ["不开展", "不开展", "报不开展", "未报"]

    client.force_login(december.sun)
    year = client.get(reverse("year", args=[december.other.pk, 2026])).context
    months = {row.month: row for quarter in year["quarters"] for row in quarter["months"]}
    assert (months[DECEMBER].state, months[DECEMBER].said) == (("wait", "报不开展"), None)

    monday.move_to("2027-01-05T10:00:00+08:00")
    client.force_login(december.zhou)
    assert cells()[2] == ("wait", "报不开展", True)


def test_the_lists_say_it_without_the_date_and_theme_of_the_plan_before(december, client):
    client.force_login(december.zhou)
    asked = {"month": "2026-12"}

    plans = list_cells(client.get(reverse("plans"), asked).text)
    assert [row[2:5] for row in plans] == [
        ["不开展", "—", ""], ["不开展", "—", ""], ["待总支审核 不开展", "—", ""], ["未报", "—", ""],
    ]  # fmt: skip
    book = rows_of(client.get(reverse("plans_export"), asked))
    assert [(row[3], *row[5:9]) for row in book] == [
        (word, None, None, None, None) for word in ("不开展", "不开展", "待总支审核（不开展）", "未报")
    ]
    days = list_cells(client.get(reverse("days"), asked).text)
    assert [row[2:6] for row in days] == [
        ["不开展", "—", "", ""], ["不开展", "—", "", ""], ["未报计划", "—", "", ""], ["未报计划", "—", "", ""],
    ]  # fmt: skip
    book = rows_of(client.get(reverse("days_export"), asked))
    assert [(row[3], row[4], row[6]) for row in book] == [
        (word, None, None) for word in ("不开展", "不开展", "未报计划", "未报计划")
    ]


def test_its_form_says_so_and_stands_in_no_batch(december, client):
    report = MonthlyPlan.objects.standing().get(organization=december.first)
    client.force_login(december.li)
    [shown] = page_papers(client.get(reverse("plan_print", args=[report.pk])).text)
    assert shown[2][:2] == [
        [["党总支"], ["文学院党总支"], ["所属月份"], ["2026 年 12 月"]], [["本月不开展"], [f"原因：{REASON}"]],
    ]  # fmt: skip
    assert [row[0][0] for row in shown[2][2:]] == ["党支部", "党总支", "组织部"]
    assert document_papers(client.get(reverse("plan_document", args=[report.pk])).getvalue()) == [shown]

    client.force_login(december.wu)
    draft = MonthlyPlan.objects.get(organization=december.direct, month=DECEMBER)
    assert reverse("plan_print", args=[draft.pk]) not in client.get(draft.edit_address).text

    why = "1 个党支部还没有报送，3 个党支部报的是本月不开展（文学院第一党支部、文学院第二党支部、历史学院党支部）"
    assert batch(december, DECEMBER).why_none == f"{why}。"
    draft.delete()
    make_plan(december.direct, DECEMBER, "FILED")
    assert batch(december, DECEMBER).note == f"共 1 份备案表，另有 {why.partition('，')[2]}，没有备案表。"


def batch(world, month):
    return batch_of(world.zhou, month, reports.plan_list(world.zhou, month))


def planned_after_all(world, plan, **values):
    """The month's paper saved as an ordinary plan, from what ``plan`` said."""
    now = MonthlyPlan.objects.of([world.first]).latest_first().first()
    said = {name: getattr(plan, name) for name in ("planned_on", "starts_at", "place", "host", "recorder", "theme")}
    items = [item.copied for item in plan.items.all()]
    return filing.save_draft(world.first, DECEMBER, by=world.li, version=now.version, values=said | values, items=items)


def test_a_revision_that_said_so_meanwhile_keeps_the_reason_it_was_begun_for(world):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    filing.amend_plan(plan, by=world.li, reason="换地点")
    filing.withdraw_plan(filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON), by=world.li)
    assert planned_after_all(world, plan, place="图书馆").reason == "换地点"


def test_a_revision_begun_to_say_so_is_planned_after_all_and_says_that(world):
    plan = make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    filing.withdraw_plan(filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON), by=world.li)
    assert planned_after_all(world, plan).reason == "改为照常开展"


def test_a_month_called_off_first_is_filled_in_like_a_new_one_when_it_is_planned_after_all(world, client):
    make_plan(world.first, NOVEMBER, "ACCEPTED", place="报告厅")
    filing.withdraw_plan(filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON), by=world.li)
    client.force_login(world.li)
    page = client.get(reverse("plan_edit", args=[world.first.pk, DECEMBER]))
    form = page.context["form"]
    assert (form["place"].value(), str(form["planned_on"].value())) == ("报告厅", "2026-12-11")
    assert len(page.context["formset"].initial) == 4
    assert MonthlyPlan.objects.get(month=DECEMBER).place == ""


def test_notices_say_whether_a_plan_or_its_absence_was_answered(world):
    make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    accepted(world, filing.cancel_month(world.first, DECEMBER, by=world.li, reason=REASON))
    told = (
        Notice.objects.filter(kind__in=["plan_filed", "plan_accepted"]).order_by("pk").values_list("title", flat=True)
    )
    what = "2026 年 12 月不开展活动日的报告（第 2 版修订）"
    assert list(told) == [f"{world.first} {what}待备案", f"{what}已备案"]
