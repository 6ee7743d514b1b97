"""Zhou computed October, and something changed before the publication: nothing is published that no longer holds."""

import datetime

import pytest
from django.urls import reverse

from core.inbox import Notice
from core.workflow import StaleState
from supervision import actions
from supervision.actions import compute_assessment, publish_assessment
from supervision.models import Assessment, ResultLine
from tests.builders import OCTOBER, make_branch
from tests.supervision.cases import HALF, NOTHING


@pytest.fixture
def computed(world, figures):
    return compute_assessment(OCTOBER, by=world.zhou)


def mark_two(world, figures):
    figures.set(world.first, days=HALF)
    figures.set(world.direct, talks=NOTHING)


def rename_two(world, figures):
    """The figures stay, the rows behind them read otherwise."""
    for branch in (world.first, world.direct):
        branch.short_name = f"改名的{branch.short_name}"
        branch.save(update_fields=["short_name"])


def found_one_and_close_one(world, figures):
    make_branch(world.arts, "十月成立", code="0201008")
    world.direct.closed_on = datetime.date(2026, 10, 20)
    world.direct.save(update_fields=["closed_on"])


CHANGES = [mark_two, rename_two, found_one_and_close_one]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_is_not_published_but_computed_again(world, figures, computed, change):
    change(world, figures)

    with pytest.raises(StaleState, match="涉及 2 个党支部。请先点“重新计算”"):
        publish_assessment(computed, by=world.zhou)
    assert (Assessment.objects.get().status, Notice.objects.count()) == ("COMPUTED", 0)

    publish_assessment(compute_assessment(OCTOBER, by=world.zhou), by=world.zhou)
    assert Assessment.objects.get().is_published


def test_rows_in_another_order_are_no_change(world, figures, computed):
    for line in ResultLine.objects.all():
        line.evidence.reverse()
        line.save(update_fields=["evidence"])

    assert publish_assessment(computed, by=world.zhou).is_published


def test_results_that_a_colleague_computed_meanwhile_are_looked_at_first(world, figures, computed, monkeypatch, monday):
    def compute_meanwhile(assessment):
        monday.shift(datetime.timedelta(seconds=1))
        compute_assessment(OCTOBER, by=world.zhou)
        return set()

    monkeypatch.setattr(actions, "changed_branches", compute_meanwhile)

    with pytest.raises(StaleState, match="刚才有人重新计算过"):
        publish_assessment(computed, by=world.zhou)
    assert not Assessment.objects.get().is_published


def test_the_page_says_so_and_offers_to_compute_again(world, figures, computed, client):
    client.force_login(world.zhou)
    page = reverse("assessment_publish", args=[OCTOBER])
    assert f'action="{reverse("assessment_compute", args=[OCTOBER])}"' in client.get(page).text
    mark_two(world, figures)

    answer = client.post(page, headers={"referer": f"http://testserver{page}"}, follow=True)

    assert answer.redirect_chain == [(f"http://testserver{page}", 302)]
    assert [str(message) for message in answer.context["messages"]] == [
        "还没有发布：计算以后数据有改动，涉及 2 个党支部。请先点“重新计算”，看过新结果再发布。"
    ]
