"""年度有计划: every organization files its year one level up, and those below see what stands above them."""

import datetime

import pytest
from django.urls import reverse

from activities import filing
from activities.models import AnnualPlan, YearSummary
from activities.years import beside, prefill
from tests.builders import NOVEMBER, make_annual_plan, make_plan, make_summary

YEAR = 2027
GOALS = {"goals": "每月按时开展", "measures": "书记负总责"} | {f"theme_{n}": f"主题{n}" for n in range(1, 5)}
SUMMED_UP = {"achieved": "按时开展十个月", "shortcomings": "两个月到会不齐", "next_steps": "抓早"}


def submitted(organization, by, model=AnnualPlan, values=GOALS):
    paper = filing.save_year(model, organization, YEAR, by=by, version=0, values=values)
    return filing.submit_plan(paper, by=by)


def test_a_branchs_year_goes_through_its_general_branch(world):
    plan = submitted(world.first, world.li)
    assert plan.status == "SUBMITTED"
    assert AnnualPlan.objects.visible_to(world.wang).awaiting(world.wang).get() == plan
    plan = filing.forward_plan(plan, by=world.wang)
    assert list(AnnualPlan.objects.visible_to(world.wang).awaiting(world.wang)) == []
    assert filing.accept_plan(plan, by=world.zhou).status == "ACCEPTED"


@pytest.mark.parametrize(("who", "at"), [("wang", "arts"), ("wu", "direct")])
def test_whoever_has_nobody_between_files_to_the_department(world, who, at):
    plan = submitted(getattr(world, at), getattr(world, who))
    assert (plan.status, plan.lapses_on) == ("FILED", datetime.date(2026, 11, 26))
    assert AnnualPlan.objects.visible_to(world.zhou).awaiting(world.zhou).get() == plan


def test_at_the_top_it_is_in_force_at_once_and_nobodys_to_review(world):
    plan = submitted(world.committee, world.zhou)
    assert (plan.status, plan.tries.get().outcome) == ("ACCEPTED", "ACCEPTED")
    assert list(AnnualPlan.objects.awaiting(world.zhou)) == []


def test_a_summary_takes_the_same_road(world):
    summary = submitted(world.first, world.li, YearSummary, SUMMED_UP)
    assert filing.accept_plan(filing.forward_plan(summary, by=world.wang), by=world.zhou).status == "ACCEPTED"


def test_those_below_see_what_is_in_force_above_and_nothing_beside(world, client):
    above = [make_annual_plan(world.committee, YEAR), make_annual_plan(world.arts, YEAR)]
    draft = make_annual_plan(world.committee, YEAR + 1, "DRAFT")
    foreign = make_annual_plan(world.history, YEAR)
    sibling = make_annual_plan(world.second, YEAR)
    client.force_login(world.li)
    answers = {plan: client.get(plan.get_absolute_url()).status_code for plan in (*above, draft, foreign, sibling)}
    assert answers == {above[0]: 200, above[1]: 200, draft: 404, foreign: 404, sibling: 404}

    form = client.get(reverse("year_edit", args=["annual", world.first.pk, YEAR]))
    assert list(form.context["beside"].above) == above


def test_a_new_years_plan_begins_with_the_themes_above_and_last_years_measures(world):
    make_annual_plan(world.committee, YEAR, theme_1="全校的主题")
    make_annual_plan(world.first, YEAR - 1, measures="支委分工")
    values = prefill(AnnualPlan, world.first, YEAR)
    assert (values["theme_1"], values["measures"]) == ("全校的主题", "支委分工")


def test_a_summary_stands_beside_the_goals_that_it_answers(world):
    plan = make_annual_plan(world.first, YEAR)
    assert beside(world.li, make_summary(world.first, YEAR, "DRAFT")).own == plan


def test_the_form_of_a_year_asks_for_what_is_missing_and_keeps_what_is_there(world, client):
    client.force_login(world.li)
    address = reverse("year_submit", args=["annual", world.first.pk, YEAR])
    answer = client.post(address, {"version": 0, "goals": "只有目标"}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        "还不能报送，缺：主要措施、第一季度主题、第二季度主题、第三季度主题、第四季度主题。已填的都存好了。"
    ]
    assert AnnualPlan.objects.get().goals == "只有目标"


def test_of_two_editors_of_a_year_the_second_is_told(world, client):
    address = reverse("year_save", args=["annual", world.first.pk, YEAR])
    client.force_login(world.li)
    assert client.post(address, GOALS | {"version": 0}).status_code == 302
    client.force_login(world.chen)
    typed = GOALS | {"version": 0, "goals": "陈的目标"}
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert (answer.status_code, "陈的目标" in page, "这份年度计划刚刚在李书记那里保存过" in page) == (409, True, True)
    assert AnnualPlan.objects.get().goals == GOALS["goals"]
    assert [(one.name, one.typed, one.now) for one in answer.context["overtaken"]["differences"]] == [
        ("工作目标", "陈的目标", GOALS["goals"])
    ]
    assert client.post(address, typed | {"version": answer.context["form"]["version"].value()}).status_code == 302
    assert AnnualPlan.objects.get().goals == "陈的目标"


def test_a_summary_that_went_up_meanwhile_is_called_what_it_is(world, client):
    paper = make_summary(world.first, 2026, "DRAFT")
    typed = {"version": 1, "achieved": "陈的完成情况", "shortcomings": "有", "next_steps": "改"}
    filing.submit_plan(paper, by=world.li)
    client.force_login(world.chen)
    page = client.post(reverse("year_save", args=["summary", world.first.pk, 2026]), typed).content.decode()
    words = ("这份年终总结已经报送，您的改动没有保存", "请看<a", "陈的完成情况", "这份计划")
    assert [one in page for one in words] == [True, True, True, False]


@pytest.mark.parametrize(("who", "at", "opens"), [
    ("li", "first", True), ("chen", "first", True), ("xu", "first", False), ("wang", "arts", True),
    ("wang", "first", False), ("zhou", "committee", True), ("zhou", "arts", False), ("he", "committee", False),
])  # fmt: skip
def test_the_writers_of_an_organization_alone_begin_its_year(world, client, who, at, opens):
    client.force_login(getattr(world, who))
    answer = client.post(reverse("year_save", args=["annual", getattr(world, at).pk, YEAR]), GOALS | {"version": 0})
    assert (answer.status_code == 302, AnnualPlan.objects.count()) == (opens, int(opens))


def test_the_months_form_says_when_its_theme_is_not_the_quarters(world, client):
    make_annual_plan(world.committee, 2026, theme_4="立德树人")
    plan = make_plan(world.first, NOVEMBER.next, theme="自选主题")
    client.force_login(world.li)
    titles = [one.title for one in client.get(plan.edit_address).context["cautions"]]
    assert titles == ["主题不是本季度的主题"]


def test_those_below_read_the_text_in_force_and_not_what_was_said_of_it(world, client):
    """Arts' plan was returned once; of last year's, nobody below learns how it ended."""
    plan = filing.return_plan(submitted(world.arts, world.wang), by=world.zhou, note="目标要具体")
    plan = filing.submit_plan(plan, by=world.wang)
    plan = filing.accept_plan(plan, by=world.zhou)
    before = make_annual_plan(world.arts, YEAR - 1, "RETURNED", return_note="不合格")

    def seen(user):
        client.force_login(user)
        page = client.get(plan.get_absolute_url())
        told = ("目标要具体" in page.text, "备案过程" in page.text, "次报送" in page.text)
        return "每月按时开展" in page.text, told, page.context["beside"].before

    assert seen(world.li) == (True, (False, False, False), None)
    assert seen(world.wang) == seen(world.he) == (True, (True, True, True), before)
    client.force_login(world.li)
    assert client.get(before.get_absolute_url()).status_code == 404


def test_the_form_says_what_a_click_does_and_what_is_open(world, client):
    client.force_login(world.zhou)
    page = client.get(reverse("year_edit", args=["annual", world.committee.pk, YEAR])).text
    assert f'data-confirm="{YEAR} 年度计划印发后马上生效' in page
    plan = submitted(world.arts, world.wang)
    filing.return_plan(plan, by=world.zhou, note="", comments={"goals": "要具体"})
    client.force_login(world.wang)
    page = client.get(reverse("year_edit", args=["annual", world.arts.pk, YEAR])).text
    assert ("只要改标出意见的几项" in page, "data-confirm" in page) == (True, False)


def test_a_draft_was_not_sent_a_zeroth_time(world, client):
    client.force_login(world.xu)
    drafts = [make_annual_plan(world.first, YEAR, "DRAFT"), make_plan(world.first, NOVEMBER.next)]
    assert ["第 0 次" in client.get(draft.get_absolute_url()).text for draft in drafts] == [False, False]


def test_a_summary_has_one_name_everywhere(world, client):
    client.force_login(world.wang)
    title = f"{YEAR} 年年终总结"
    assert make_summary(world.arts, YEAR).title == title
    pages = [
        client.get(reverse("annual_plans"), {"kind": "summary", "year": YEAR}),
        client.get(reverse("year_edit", args=["summary", world.first.pk, YEAR])),
    ]
    assert [f"<h1>{title}</h1>" in page.text for page in pages] == [True, True]
