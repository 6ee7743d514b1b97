"""A reviewer answers the attempt that was on the screen: what was sent anew, came later or was taken back is left out.

Wang forwards what First, Second and the others of his general branch file; Zhou puts it on file.
"""

import datetime

import pytest
from django.urls import reverse

from activities import filing, queue
from activities.models import MonthlyPlan
from core.clock import at
from core.workflow import StaleState
from tests.builders import NOVEMBER, make_branch, make_plan, make_summary

DECEMBER = NOVEMBER.next
FRIDAY = at(datetime.date(2026, 11, 20), 9)


def sent(world, branch=None, status="SUBMITTED", **fields):
    return make_plan(
        branch or world.first, DECEMBER, status, **{"submitted_by": world.li, "submitted_at": FRIDAY} | fields
    )


def said(answer):
    return [str(one) for one in answer.context["messages"]]


def answered(client, step, plan, **data):
    return client.post(reverse(f"plan_{step}", args=["month", plan.pk]), {"attempt": 1} | data, follow=True)


def states():
    return list(MonthlyPlan.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(("who", "step", "status"), [
    ("wang", "forward", "SUBMITTED"), ("wang", "return", "SUBMITTED"), ("zhou", "accept", "FILED"),
    ("zhou", "return", "FILED"),
])  # fmt: skip
def test_what_was_sent_anew_since_is_read_first(world, client, who, step, status):
    plan = sent(world, status=status)
    client.force_login(getattr(world, who))
    page = client.get(reverse("review")).content.decode()
    assert '<input type="hidden" name="attempt" value="1">' in page
    MonthlyPlan.objects.update(attempts=2, place="换过的地点")
    note = {"note": "请改地点"} if step == "return" else {}
    sentence = "这份计划在您查看之后又重新报送了，请看过新的再办理。"
    assert (said(answered(client, step, plan, **note)), states()) == ([sentence], [status])

    client.post(reverse(f"plan_{step}", args=["month", plan.pk]), note)  # a page that does not say what it showed
    assert states() == [status]
    assert answered(client, step, plan, attempt=2, **note).status_code == 200
    assert states() != [status]


def test_the_act_itself_goes_by_the_paper_that_it_was_given(world):
    plan = sent(world)
    MonthlyPlan.objects.update(attempts=2)
    with pytest.raises(StaleState, match="又重新报送了"):
        filing.forward_plan(plan, by=world.wang)


@pytest.mark.parametrize("typed", [{"note": "请改地点"}, {"part-place": "写明楼号"}])
def test_an_opinion_is_not_lost_by_passing_the_plan(world, client, typed):
    plan = sent(world)
    client.force_login(world.wang)
    answer = answered(client, "forward", plan, **typed)
    page = answer.content.decode()
    assert (answer.status_code, states()) == (422, ["SUBMITTED"])
    assert "您写了意见：要退回请按“退回”；要转报请先删去意见。" in page
    assert "还没有转报文学院第一党支部的计划" in page
    assert f">\n{next(iter(typed.values()))}</textarea>" in page  # what was typed is still there


def test_enter_in_a_comment_is_a_new_line_and_a_return_is_asked_about(world, client):
    plan = sent(world)
    client.force_login(world.wang)
    for address in (reverse("review"), plan.get_absolute_url()):
        page = client.get(address).content.decode()
        assert ('<textarea name="part-place"' in page, f'data-guard="month-{plan.pk}"' in page) == (True, True)
        back = page.split(f'formaction="{reverse("plan_return", args=["month", plan.pk])}"')[1]
        assert back.startswith(' data-confirm="退回文学院第一党支部修改')


def test_ticks_say_which_attempt_was_shown_and_what_went_back_is_named(world, client):
    third = make_branch(world.arts, "文学院第三党支部", members=2)
    plans = [sent(world), sent(world, world.second), sent(world, third)]
    client.force_login(world.wang)
    page = client.get(reverse("review")).content.decode()
    ticks = [f"{plan.pk}-1" for plan in plans]
    assert [f'name="plan" value="{tick}"' in page for tick in ticks] == [True] * 3
    MonthlyPlan.objects.filter(pk=plans[1].pk).update(attempts=2)
    filing.withdraw_plan(plans[0], by=world.li)

    answer = client.post(reverse("plans_forward"), {"plan": ticks}, follow=True)
    assert said(answer) == [
        "已转报 1 份。",
        "文学院第一党支部 12 月计划没有转报：刚刚撤回了，等支部改好再报。",
        "文学院第二党支部 12 月计划没有转报：这份计划在您查看之后又重新报送了，请看过新的再办理。",
    ]
    assert states() == ["DRAFT", "SUBMITTED", "FILED"]


def test_nothing_ticked_is_said_in_the_papers_own_word(world, client):
    make_summary(world.first, 2026, "SUBMITTED", submitted_by=world.li)
    client.force_login(world.wang)
    answer = client.post(reverse("plans_forward"), {"kind": "summary"}, follow=True)
    assert said(answer) == ["没有选中年终总结。请先勾选要转报的年终总结。"]


def test_all_is_what_waited_when_the_page_was_loaded(world, client, monday):
    shown, third = sent(world), make_branch(world.arts, "文学院第三党支部", members=2)
    client.force_login(world.wang)
    stamp = client.get(reverse("review")).context["stamp"]
    monday.shift(60)
    later = filing.submit_plan(make_plan(world.second, DECEMBER), by=world.zhao)
    make_plan(third, DECEMBER)

    answer = client.post(reverse("plans_forward"), {"all": "1", "stamp": stamp}, follow=True)
    assert said(answer) == [
        "已转报 1 份。", "有 1 份是打开这一页以后才报来的，没有转报，请看过再办。",
        "还有 1 个党支部没有报来 12 月计划：文学院第三党支部。",
    ]  # fmt: skip
    shown.refresh_from_db()
    later.refresh_from_db()
    assert (shown.status, later.status) == ("FILED", "SUBMITTED")

    for bad in ("", "2030-01-01T00:00:00+08:00"):
        answer = client.post(reverse("plans_forward"), {"all": "1", "stamp": bad}, follow=True)
        assert said(answer) == ["这一页已经过期，请看最新的再办理。"]
    assert MonthlyPlan.objects.get(pk=later.pk).status == "SUBMITTED"


def test_what_came_to_the_department_since_is_left_out_too(world, client, monday):
    early = sent(world, status="FILED", filed_at=FRIDAY)
    client.force_login(world.zhou)
    stamp = client.get(reverse("review")).context["stamp"]
    monday.shift(60)
    filing.forward_plan(sent(world, world.second), by=world.wang)  # sent on Friday, forwarded only now
    client.post(reverse("plans_accept"), {"all": "1", "stamp": stamp})
    early.refresh_from_db()
    assert (early.status, sorted(states())) == ("ACCEPTED", ["ACCEPTED", "FILED"])


def test_the_question_before_all_says_how_many_and_of_what_kind(world, client):
    make_plan(world.first, DECEMBER, "ACCEPTED", submitted_by=world.li)
    sent(world, status="FILED", revision=2, reason="改期")
    sent(world, world.second, status="FILED", cancels=True, reason="全体外出")
    sent(world, world.other, status="FILED")
    make_summary(world.first, 2026, "FILED", submitted_by=world.li)
    client.force_login(world.zhou)
    answer = client.get(reverse("review"))
    page = answer.content.decode()
    assert [tab.waiting for tab in answer.context["tabs"]] == [3, 0, 1]
    assert 'data-confirm="备案 3 份月计划，其中修订 1 份、不开展 1 份。确定吗？"' in page
    assert 'data-confirm="把勾选的计划备案。确定吗？"' in page
    assert "全部转报" not in page


def test_one_click_answers_so_many_and_says_how_many_remain(world, client, monkeypatch):
    monkeypatch.setattr(queue, "MOST_AT_ONCE", 2)
    for branch in (world.first, world.second, world.other):
        sent(world, branch, status="FILED")
    client.force_login(world.zhou)
    page = client.get(reverse("review"))
    assert "备案 3 份月计划。一次办 2 份，其余请再按一次。确定吗？" in page.content.decode()
    data = {"all": "1", "stamp": page.context["stamp"]}
    assert said(client.post(reverse("plans_accept"), data, follow=True)) == ["已备案 2 份，还有 1 份，请再按一次。"]
    assert said(client.post(reverse("plans_accept"), data, follow=True)) == ["已备案 1 份。"]


def test_who_follows_a_notice_to_an_answered_paper_is_told_and_no_key_answers_another(world, client):
    done, waiting = sent(world, status="FILED"), sent(world, world.second)
    client.force_login(world.wang)
    page = client.get(reverse("review"), {"plan": done.pk})
    text = page.content.decode()
    assert ("这份已经办过了" in text, done.get_absolute_url() in text, page.context["paper"]) == (True, True, waiting)
    assert 'data-key="a"' not in text
    assert 'data-key="a"' in client.get(reverse("review"), {"plan": waiting.pk}).content.decode()

    filing.withdraw_plan(waiting, by=world.zhao)
    text = client.get(reverse("review"), {"plan": waiting.pk}).content.decode()
    assert "文学院第二党支部撤回了 12 月计划" in text
    foreign = sent(world, world.other)
    assert client.get(reverse("review"), {"plan": foreign.pk}).context["elsewhere"] is None


def test_after_an_answer_the_next_paper_is_in_sight(world, client):
    plan, following = sent(world), sent(world, world.second)
    client.force_login(world.wang)
    answer = client.post(reverse("plan_forward", args=["month", plan.pk]), {"attempt": 1, "next": following.pk})
    assert answer.url == f"{reverse('review')}?plan={following.pk}#plan"
