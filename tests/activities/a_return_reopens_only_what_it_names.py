"""A reviewer comments on single parts: only those open again, and every attempt stays readable beside the next."""

import pytest
from django.urls import reverse

from activities import filing
from activities.attempts import side_by_side
from activities.models import MonthlyPlan
from tests.activities.the_filing_table_is_kept import filled_in
from tests.builders import NOVEMBER, make_annual_plan, make_guide, make_officer, make_person, make_plan

DECEMBER = NOVEMBER.next


def returned(world, **comments):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    return filing.return_plan(plan, by=world.wang, note="", comments=comments)


def test_the_comments_go_with_the_return_and_come_back_at_their_fields(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    client.force_login(world.wang)
    data = {"attempt": 1, "note": "", "part-place": "写明楼号", "part-host": "请书记主持"}
    assert client.post(reverse("plan_return", args=["month", plan.pk]), data).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.reopened) == ("RETURNED", ["place", "host"])
    assert plan.return_note == "地点：写明楼号\n主持人：请书记主持"

    client.force_login(world.li)
    form = client.get(plan.get_absolute_url(), follow=True).context["form"]
    assert form.remarks == {"place": "写明楼号", "host": "请书记主持"}
    assert {name for name in form.fields if not form.fields[name].disabled} == {"version", "place", "host"}


def test_what_was_not_asked_for_stays_as_it_was_filed(world, client):
    plan = returned(world, place="写明楼号")
    client.force_login(world.li)
    typed = filled_in(plan) | {"place": "文学院 201", "theme": "悄悄换了主题", "i-0-content": "悄悄换了议程"}
    client.post(reverse("plan_submit", args=[world.first.pk, DECEMBER]), typed)
    was = plan.theme
    plan.refresh_from_db()
    assert (plan.status, plan.place, plan.theme) == ("SUBMITTED", "文学院 201", was)
    assert plan.items.first().content == "集中交纳并查验党费"


@pytest.mark.parametrize("changed", ["theme", "items", "cadres"])
def test_the_action_itself_refuses_what_is_shut(world, changed):
    """Whoever calls it, by whatever form."""
    plan = returned(world, place="写明楼号")
    values = {"theme": "换了"} if changed == "theme" else {}
    items = [item.copied for item in plan.items.all()]
    cadres = [world.li.person] if changed == "cadres" else []
    with pytest.raises(Exception, match="这次只退回了部分内容"):
        filing.save_draft(
            world.first, DECEMBER, by=world.li, version=plan.version, values=values,
            items=items[1:] if changed == "items" else items, cadres=cadres,
        )  # fmt: skip


def test_what_is_asked_since_opens_too_until_the_plan_is_sent(world, client):
    """A guide that was issued meanwhile wants an item: with the run shut nobody could ever send the plan."""
    plan = returned(world, place="写明楼号")
    make_guide(world.committee, world.zhou, DECEMBER, items=[("EDUCATION", "INTEGRITY", "学习案例", True)])
    client.force_login(world.li)
    edit, submit = reverse("plan_edit", args=[world.first.pk, DECEMBER]), reverse("plan_submit", args=plan_of(plan))
    page = client.get(edit)
    assert (page.context["items_shut"], page.context["form"].fields["theme"].disabled) == (False, True)

    items = [item.copied for item in plan.items.all()]
    wanted = {"kind": "EDUCATION", "subtype": "INTEGRITY", "content": "学习案例"}
    plan = filing.save_draft(
        world.first, DECEMBER, by=world.li, version=plan.version, values={}, items=[*items, wanted]
    )
    assert (filing.lacks(plan), client.get(edit).context["items_shut"]) == ([], False)  # it can still be worded better
    data = filled_in(plan) | {"place": "文学院 201", "i-4-content": "学习两个案例", "theme": "悄悄换了主题"}
    assert client.post(submit, data).status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.items.last().content, plan.theme, plan.reopened) == (
        "SUBMITTED", "学习两个案例", "学用结合", [],
    )  # fmt: skip


def plan_of(plan):
    return [plan.organization_id, plan.month]


def test_a_note_alone_opens_everything(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    filing.return_plan(plan, by=world.wang, note="整体再想想")
    client.force_login(world.li)
    form = client.get(reverse("plan_edit", args=[world.first.pk, DECEMBER])).context["form"]
    assert [name for name in form.fields if form.fields[name].disabled] == []


def test_a_return_without_a_word_is_asked_for_one(world, client):
    plan = make_plan(world.first, DECEMBER, "SUBMITTED", submitted_by=world.li)
    client.force_login(world.wang)
    answer = client.post(reverse("plan_return", args=["month", plan.pk]), {"note": " ", "part-place": " "})
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"note": ["退回要写明意见，支部才知道改什么。"]},
    )
    assert MonthlyPlan.objects.get().status == "SUBMITTED"


def test_the_attempts_stand_side_by_side_with_what_was_changed(world, client):
    plan = make_plan(world.first, DECEMBER)
    plan = filing.submit_plan(plan, by=world.li)
    plan = filing.return_plan(plan, by=world.wang, note="", comments={"place": "写明楼号"})
    items = [item.copied for item in plan.items.all()]
    plan = filing.save_draft(
        world.first, DECEMBER, by=world.li, version=plan.version, values={"place": "文学院 201"}, items=items
    )
    plan = filing.submit_plan(plan, by=world.li)
    (pair,) = side_by_side(plan)
    assert [(row.word, row.was, row.now, row.comment) for row in pair.rows if row.changed or row.comment] == [
        ("地点", "201 会议室", "文学院 201", "写明楼号")
    ]
    assert (pair.earlier.outcome, pair.later.outcome) == ("RETURNED", "WAITING")

    client.force_login(world.wang)
    page = client.get(reverse("review")).content.decode()
    assert ("写明楼号" in page, "第 1 次" in page, "第 2 次" in page) == (True, True, True)


def test_a_withdrawal_opens_everything_again(world):
    plan = returned(world, place="写明楼号")
    plan = filing.submit_plan(plan, by=world.li)
    plan = filing.withdraw_plan(plan, by=world.li)
    assert (plan.status, plan.reopened) == ("DRAFT", [])
    outcomes = list(plan.tries.order_by("number").values_list("outcome", flat=True))
    assert outcomes == ["RETURNED", "WITHDRAWN"]


def test_a_year_is_returned_on_its_parts_too(world, client):
    plan = make_annual_plan(world.arts, 2027, "FILED", submitted_by=world.wang)
    client.force_login(world.zhou)
    client.post(reverse("plan_return", args=["annual", plan.pk]), {"attempt": 1, "part-theme_2": "与全校主题对上"})
    client.force_login(world.wang)
    form = client.get(plan.get_absolute_url(), follow=True).context["form"]
    assert [name for name in form.fields if not form.fields[name].disabled] == ["theme_2", "version"]


def test_whoever_left_can_stay_named_where_the_field_is_shut(world, client):
    """A host who has moved away since does not make the other fields impossible to send."""
    plan = returned(world, place="写明楼号")
    leader = make_officer(world.first, "MEMBER", "调走的人").person
    plan.items.update(leader=leader)
    MonthlyPlan.objects.update(host=leader)
    leader.left_on = "2026-11-20"
    leader.save(update_fields=["left_on"])
    client.force_login(world.li)
    data = filled_in(MonthlyPlan.objects.get()) | {"place": "文学院 201"}
    assert client.post(reverse("plan_submit", args=[world.first.pk, DECEMBER]), data).status_code == 302
    assert MonthlyPlan.objects.get().status == "SUBMITTED"


@pytest.mark.parametrize("others", [True, False])
def test_cadres_stay_as_they_were_filed_though_one_left_and_one_is_none_any_more(world, client, others):
    """Whether or not the branch has leading cadres besides."""
    gone, unmarked = make_person(world.first, "调走的人"), make_person(world.first, "免职的人")
    plan = returned(world, place="写明楼号")
    for person in (gone, unmarked):
        plan.cadres.create(person=person)
    gone.left_on = "2026-11-20"
    gone.save(update_fields=["left_on"])
    if others:
        make_person(world.first, is_leading_cadre=True)
    client.force_login(world.li)
    shown = client.get(plan.edit_address).context["form"]["cadres"]
    assert shown.field.choices == [(gone.pk, "调走的人"), (unmarked.pk, "免职的人")]
    assert shown.value() == [gone.pk, unmarked.pk]
    sent = client.post(
        reverse("plan_submit", args=[world.first.pk, DECEMBER]), filled_in(plan) | {"place": "文学院 201"}
    )
    plan.refresh_from_db()
    assert (sent.status_code, plan.status, plan.place) == (302, "SUBMITTED", "文学院 201")
    assert set(plan.cadres.values_list("person", flat=True)) == {gone.pk, unmarked.pk}
