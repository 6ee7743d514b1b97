"""删去草稿: a first draft that was never sent goes without a trace but the log's; what was sent stays on record."""

import pytest
from django.urls import reverse

from activities import filing
from activities.models import AnnualPlan, MonthlyPlan, YearSummary
from core.audit import AuditEntry
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_annual_plan, make_plan, make_summary

DECEMBER = NOVEMBER.next


@pytest.mark.parametrize("make", [
    lambda world: make_plan(world.first, DECEMBER), lambda world: make_annual_plan(world.first, 2027, "DRAFT"),
    lambda world: make_summary(world.first, 2026, "DRAFT"),
])  # fmt: skip
def test_its_writer_deletes_it_and_begins_anew(world, client, make):
    paper = make(world)
    if isinstance(paper, MonthlyPlan):
        paper.cadres.create(person=world.li.person)
    client.force_login(world.chen)
    page = client.get(paper.edit_address).content.decode()
    assert 'data-confirm="删去这份草稿，填写的内容不再保留。确定吗？">删去草稿</button>' in page
    answer = client.post(reverse("plan_discard", args=[paper.kind, paper.pk]), follow=True)
    assert [str(one) for one in answer.context["messages"]] == [f"{paper.title}的草稿已删去。"]
    assert [model.objects.count() for model in (MonthlyPlan, AnnualPlan, YearSummary)] == [0, 0, 0]
    entry = AuditEntry.objects.get(event="plan.discarded")
    parts = ["activities.plancadre", *["activities.planitem"] * 4] if isinstance(paper, MonthlyPlan) else []
    gone = sorted(one["subject"] for one in entry.data["also"])
    assert (entry.by, gone) == (world.chen, sorted([paper._meta.label_lower, *parts]))
    assert client.get(paper.edit_address).status_code == 200


def test_what_was_sent_once_and_a_revision_are_kept(world, client):
    sent = filing.withdraw_plan(filing.submit_plan(make_plan(world.first, DECEMBER), by=world.li), by=world.li)
    revision = filing.amend_plan(make_plan(world.second, DECEMBER, "ACCEPTED"), by=world.zhao, reason="改期")
    for user, plan in ((world.li, sent), (world.zhao, revision)):
        client.force_login(user)
        assert "删去草稿" not in client.get(plan.edit_address).content.decode()
        assert client.post(reverse("plan_discard", args=["month", plan.pk])).status_code == 403
    assert MonthlyPlan.objects.count() == 3


def test_a_second_click_and_a_save_from_an_open_page_are_told(world, client):
    draft = make_plan(world.first, DECEMBER)
    filing.discard_plan(draft, by=world.li)
    for act in (filing.discard_plan, filing.submit_plan):
        with pytest.raises(StaleState, match="刚刚被删去了"):
            act(draft, by=world.li)
