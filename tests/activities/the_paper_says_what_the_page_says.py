"""The filing forms of a month, printed and as a Word document: the same rows, of those plans that the list shows.

Li's First and Zhao's Second stand under Wang's general branch; Qian's branch belongs to another, Wu's is direct. Zhou
sits in the organization department.
"""

from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import filing, paper, reports, word
from activities.models import MonthlyPlan
from activities.views import paper as views
from branches.models import Office
from core.audit import AuditEntry
from tests.builders import ITEMS, NOVEMBER, make_annual_plan, make_branch, make_officer, make_person, make_plan
from tests.papers import document_papers, page_breaks, page_papers

DECEMBER, JANUARY = NOVEMBER.next, NOVEMBER.next.next


def submitted(branch, by, month=DECEMBER, **fields):
    return filing.submit_plan(make_plan(branch, month, **fields), by=by)


def step_of(plan, step, by=None, note=""):
    """One step of the plan's history, without an act."""
    AuditEntry.objects.create(
        event=f"plan.{step}", subject=plan._meta.label_lower, subject_id=plan.pk, by=by, note=note
    )


def printed(client, **asked):
    """The papers of the print page, after a look that the document says exactly the same."""
    page = client.get(reverse("plans_print"), {"month": "2026-12", **asked})
    papers = page_papers(page.content.decode())
    content = client.get(reverse("plans_document"), {"month": "2026-12", **asked}).getvalue()
    assert document_papers(content) == papers
    assert page_breaks(content) == len(papers) - 1
    return papers


def units(papers):
    return [one[1].split("\t")[0].removeprefix("填报单位：") for one in papers]


def test_a_form_has_every_row_in_its_order(world, client):
    make_annual_plan(world.committee, theme_4="全校的主题")
    make_annual_plan(world.arts, theme_4="立德树人")
    make_annual_plan(world.history, theme_4="别处的主题")
    plan = submitted(world.first, world.li, guests="入党积极分子江映雪")
    filing.accept_plan(filing.forward_plan(plan, by=world.wang), by=world.zhou)
    client.force_login(world.li)

    [shown] = page_papers(client.get(reverse("plan_print", args=[plan.pk])).content.decode())
    answer = client.get(reverse("plan_document", args=[plan.pk]))

    host, recorder = plan.host.name, plan.recorder.name
    sign = "（盖章）\t　　年　　月　　日"
    assert shown == [
        "党员活动日计划备案表",
        "填报单位：文学院第一党支部\t编号：备〔2026〕12-0201001-1",
        [
            [["党总支"], ["文学院党总支"], ["所属月份"], ["2026 年 12 月"]],
            [["活动主题"], ["学用结合"]],
            [["计划时间"], ["12 月 11 日（周五）15:00"], ["时长"], ["110 分钟"]],
            [["地点"], ["201 会议室"], ["主持人"], [host]],
            [["记录人"], [recorder], ["参加人数"], ["应到 9 人"]],
            [["季度主题"], ["2026 年第四季度：立德树人"]],
            [
                ["主要内容"],
                [
                    "1．党费：集中交纳并查验党费（10 分钟）；",
                    "2．集中教育 · 党性观念教育：学习讨论（40 分钟）；",
                    "3．三会一课 · 党员大会：通报季度工作（30 分钟）；",
                    "4．为民服务 · 便民利民：校园志愿服务（30 分钟）。",
                ],
            ],
            [["邀请列席"], ["入党积极分子江映雪"]],
            [["党支部", "意见"], ["同意报送（李书记，11 月 23 日 10:00）。", "书记（签字）：\t", sign]],
            [["党总支", "意见"], ["同意转报（王总支，11 月 23 日 10:00）。", "负责人（签字）：\t", sign]],
            [["组织部", "备案意见"], ["已备案（周组织部，11 月 23 日 10:00）。", "经办人（签字）：\t", sign]],
        ],
        "本表由系统按第 1 次报送内容生成，状态：已备案。党支部、党总支、组织部各存一份。",
    ]
    assert document_papers(answer.getvalue()) == [shown]
    name = unquote(answer["Content-Disposition"].removeprefix("attachment; filename*=utf-8''"))
    assert name == "文学院第一党支部2026年12月党员活动日计划备案表.docx"


def test_nothing_said_leaves_room_to_write(world, client):
    """A draft that lacks everything, of a direct branch: no general branch has to say anything."""
    empty = dict.fromkeys(("planned_on", "starts_at", "host", "recorder")) | {"place": "", "theme": ""}
    draft = make_plan(world.direct, DECEMBER, items=[], **empty)
    client.force_login(world.wu)
    [[_, unit, table, foot]] = shown = page_papers(client.get(reverse("plan_print", args=[draft.pk])).content.decode())
    assert document_papers(client.get(reverse("plan_document", args=[draft.pk])).getvalue()) == shown
    sign = "（盖章）\t　　年　　月　　日"
    assert (unit, table[0][1]) == ("填报单位：图书馆直属党支部", ["（直属党支部）"])
    assert [row[1] for row in table[1:8]] == [[""], [""], [""], [""], ["无"], [""], ["无"]]
    assert [row[1] for row in table[8:]] == [["", "书记（签字）：\t", sign], ["", "经办人（签字）：\t", sign]]
    assert foot == "本表按正在修改的内容生成，还没有报送，状态：暂存。党支部、组织部各存一份。"


def test_a_day_in_another_year_names_it(world):
    plan = submitted(world.first, world.li, planned_on=JANUARY.first)
    [form] = paper.filing_forms([plan])
    assert form.rows[2][0] == paper.Entry("计划时间", ("2027 年 1 月 1 日（周五）15:00",))


def test_what_was_said_of_an_earlier_attempt_is_not_on_the_form(world):
    plan = submitted(world.first, world.li)
    neighbour = submitted(world.second, world.zhao)
    filing.forward_plan(plan, by=world.wang)
    plan = filing.return_plan(plan, by=world.zhou, note="补充")
    [returned] = paper.filing_forms([plan])
    plan = filing.submit_plan(plan, by=world.li)
    again, other = paper.filing_forms([plan, neighbour])
    said = [[opinion.text for opinion in form.opinions] for form in (returned, again, other)]
    second, first = "同意报送（李书记，11 月 23 日 10:00）。", "同意报送（赵书记，11 月 23 日 10:00）。"
    assert said == [["", "", ""], [second, "", ""], [first, "", ""]]
    assert "还没有再次报送，状态：已退回" in returned.foot
    assert again.number.endswith("-2")


def test_who_stood_in_for_the_general_branch_says_so(world):
    plan = submitted(world.first, world.li)
    step_of(plan, "forwarded", world.zhou, "党总支无人可办，组织部代为转报")
    step_of(plan, "accepted")
    [form] = paper.filing_forms([plan])
    assert [opinion.text for opinion in form.opinions[1:]] == [
        "同意转报（周组织部，11 月 23 日 10:00）。党总支无人可办，组织部代为转报。",
        "已备案（系统，11 月 23 日 10:00）。",
    ]


def test_a_general_branch_has_all_its_forms_in_one_document_and_nobody_elses(world, client):
    submitted(world.second, world.zhao)
    submitted(world.first, world.li)
    foreign = submitted(world.other, world.qian, theme="别处的秘密")
    submitted(world.first, world.li, month=JANUARY)  # another month
    drafting = make_branch(world.arts, "还在起草的支部", members=3)
    make_plan(drafting, DECEMBER, theme="还没报送的草稿")
    make_branch(world.arts, "什么都没有的支部", members=3)
    client.force_login(world.wang)
    assert units(printed(client)) == ["文学院第一党支部", "文学院第二党支部"]
    page = client.get(reverse("plans_print"), {"month": "2026-12"}).content.decode()
    assert "共 2 份备案表，另有 2 个党支部还没有报送，没有备案表。" in page
    assert client.get(reverse("plan_document", args=[foreign.pk])).status_code == 404
    answer = client.get(reverse("plans_print"), {"month": "2026-12", "above": world.history.pk})
    assert (answer.status_code, answer.url) == (302, f"/plans/?month=2026-12&above={world.history.pk}")


def test_the_filters_of_the_list_hold(world, client):
    submitted(world.first, world.li)
    filing.forward_plan(submitted(world.second, world.zhao), by=world.wang)
    filing.return_plan(submitted(world.other, world.qian), by=world.sun, note="补充")
    submitted(world.direct, world.wu)
    client.force_login(world.zhou)
    found = {
        "all": units(printed(client)),
        "submitted": units(printed(client, status="SUBMITTED")),
        "filed": units(printed(client, status="FILED")),
        "open": units(printed(client, status="OPEN")),
        "arts": units(printed(client, above=world.arts.pk)),
        "named": units(printed(client, q="图书馆")),
        "both": units(printed(client, q="文学院", status="FILED")),
    }
    first, second, other, direct = (one.short_name for one in (world.first, world.second, world.other, world.direct))
    assert found == {
        "all": [first, second, other, direct], "submitted": [first], "filed": [second, direct], "open": [other],
        "arts": [first, second], "named": [direct], "both": [second],
    }  # fmt: skip


def test_a_plan_taken_back_has_no_form_for_those_above_or_in_the_list(world, client):
    filing.withdraw_plan(submitted(world.first, world.li), by=world.li)
    submitted(world.second, world.zhao)
    client.force_login(world.wang)
    assert units(printed(client)) == ["文学院第二党支部"]
    client.force_login(world.li)
    page = client.get(reverse("plans_print"), {"month": "2026-12"}, follow=True)
    assert "没有可以打印的备案表：这 1 个党支部都还没有报送。" in page.content.decode()


@pytest.mark.parametrize("name", ["plans_print", "plans_document"])
def test_without_a_form_it_is_said_why_on_the_list(world, client, name):
    client.force_login(world.wang)
    answer = client.get(reverse(name), {"month": "2026-12", "q": "第一"}, follow=True)
    assert answer.redirect_chain == [("/plans/?month=2026-12&q=%E7%AC%AC%E4%B8%80", 302)]
    assert "2026 年 12 月没有可以打印的备案表：这 1 个党支部都还没有报送。" in answer.content.decode()
    answer = client.get(reverse(name), {"month": "2026-12", "q": "没有这个支部"}, follow=True)
    assert "没有可以打印的备案表：没有符合条件的党支部。" in answer.content.decode()
    assert not AuditEntry.objects.filter(event="plan_forms.exported").exists()


@pytest.mark.parametrize("name", ["plans_print", "plans_document"])
def test_too_many_at_once_are_sent_back_to_the_list(world, client, monkeypatch, name):
    submitted(world.first, world.li)
    submitted(world.second, world.zhao)
    client.force_login(world.wang)
    monkeypatch.setattr(views, "MOST_FORMS", 2)
    assert client.get(reverse(name), {"month": "2026-12"}).status_code == 200
    monkeypatch.setattr(views, "MOST_FORMS", 1)
    answer = client.get(reverse(name), {"month": "2026-12"}, follow=True)
    assert answer.redirect_chain == [("/plans/?month=2026-12", 302)]
    assert "一次最多导出 1 份，这里有 2 份。" in answer.content.decode()


def test_who_took_which_forms_out_is_in_the_log(world, client):
    plan = submitted(world.first, world.li)
    submitted(world.second, world.zhao)
    client.force_login(world.zhou)
    client.get(reverse("plan_document", args=[plan.pk]))
    asked = {"month": "2026-12", "status": "SUBMITTED", "above": world.arts.pk}
    answer = client.get(reverse("plans_document"), asked)
    client.get(reverse("plans_print"), asked)  # read on the site: nothing leaves it
    entries = AuditEntry.objects.filter(event="plan_forms.exported").order_by("pk")
    assert [(entry.by, entry.data) for entry in entries] == [
        (world.zhou, {"count": 1, "filters": {"党支部": "文学院第一党支部", "月份": "2026 年 12 月"}}),
        (
            world.zhou,
            {
                "count": 2,
                "filters": {"所属": "文学院党总支", "月份": "2026 年 12 月", "状态": "待总支审核", "党支部": "全部"},
            },
        ),
    ]
    assert entries[0].word == "导出备案表"
    assert unquote(answer["Content-Disposition"]).endswith("''文学院党总支2026年12月党员活动日计划备案表.docx")


HOSTILE = {
    "theme": "主题" * 60, "place": '=1+1 <script>alert("x")</script>', "guests": "😀🎏&amp;“引号”\\/:*?",
}  # fmt: skip


def test_hostile_texts_are_just_texts(world, client):
    long = [("OWN_DESIGN", "", "w" * 300, 10), ("OWN_DESIGN", "", "长" * 300, 10), ("OWN_DESIGN", "", "=SUM(A1)", 10)]
    submitted(world.first, world.li, items=long, **HOSTILE)
    world.first.short_name = 'a/b\\c"<d>:*?|党支部'
    world.first.save(update_fields=["short_name"])
    client.force_login(world.li)
    [[_, unit, table, _]] = printed(client)
    assert unit.startswith('填报单位：a/b\\c"<d>:*?|党支部\t')
    assert (table[1][1], table[3][1], table[7][1]) == ([HOSTILE["theme"]], [HOSTILE["place"]], [HOSTILE["guests"]])
    assert [line.split("：")[1] for line in table[6][1]] == [
        f"{'w' * 300}（10 分钟）；", f"{'长' * 300}（10 分钟）；", "=SUM(A1)（10 分钟）。",
    ]  # fmt: skip
    answer = client.get(reverse("plan_document", args=[world.first.plans.get().pk]))
    assert unquote(answer["Content-Disposition"]).endswith("''abcd党支部2026年12月党员活动日计划备案表.docx")


def test_control_characters_are_dropped_by_the_document(world):
    form = paper.filing_forms([submitted(world.first, world.li, theme="a\x0bb\x1fc", place="\x01")])
    [[_, _, table, _]] = document_papers(word.filing_document(form, "\x02题", author="\x03李"))
    assert (table[1][1], table[3][1]) == (["abc"], [""])


def test_ten_forms_cost_what_one_costs(world, client):
    """Each branch with its own day, people, theme and history."""
    submitted(world.first, world.li)
    few = costs(world, client)
    for number in range(2, 11):
        branch = make_branch(world.arts, f"第{number}党支部", members=number)
        day = DECEMBER.first.replace(day=number)
        plan = make_plan(branch, DECEMBER, "SUBMITTED", planned_on=day, items=ITEMS * number)
        for word_ in ("submitted", "returned", "submitted", "forwarded"):
            AuditEntry(
                event=f"plan.{word_}", subject="activities.monthlyplan", subject_id=plan.pk, by=world.wang
            ).save()
        make_annual_plan(branch, theme_4=f"主题{number}")
        make_person(branch, standing="PROBATIONARY")
    assert costs(world, client) == few
    assert max(few.values()) <= 15
    forms = paper.filing_forms(MonthlyPlan.objects.for_month(DECEMBER).order_by("pk"))
    assert [form.rows[4][1].lines[0] for form in forms][1:] == [f"应到 {number + 1} 人" for number in range(2, 11)]
    assert [form.rows[5][0].lines[0][-3:] for form in forms][1:-1] == [f"主题{number}" for number in range(2, 10)]
    assert {form.opinions[1].text[:8] for form in forms[1:]} == {"同意转报（王总支"}


def costs(world, client):
    client.force_login(world.wang)
    found = {}
    for name in ("plans_print", "plans_document"):
        client.get(reverse(name), {"month": "2026-12"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name), {"month": "2026-12"}).status_code == 200
        found[name] = len(queries)
    with CaptureQueriesContext(connection) as queries:
        plans = MonthlyPlan.objects.for_month(DECEMBER)
        assert len(paper.filing_forms(plans)) == plans.count()
    return found | {"forms": len(queries)}


def test_the_print_page_leads_to_its_document_and_back(world, client):
    plan = submitted(world.first, world.li)
    client.force_login(world.wang)
    page = client.get(reverse("plans_print"), {"month": "2026-12", "q": "文学院", "page": "2"}).content.decode()
    asked = "?month=2026-12&amp;q=%E6%96%87%E5%AD%A6%E9%99%A2"
    assert [f'href="{address}{asked}"' in page for address in ("/plans/", "/plans/document/")] == [True, True]
    page = client.get(reverse("plan_print", args=[plan.pk])).content.decode()
    assert f'href="{reverse("plan_document", args=[plan.pk])}"' in page


def test_a_batch_counts_only_what_the_user_may_see(world):
    """A group leader sees the branch, but not its plans."""
    submitted(world.first, world.li)
    submitted(world.other, world.qian)
    leader = make_officer(world.first, Office.GROUP_LEADER, "冯组长")
    users = {"wang": world.wang, "sun": world.sun, "zhou": world.zhou, "leader": leader, "zheng": world.zheng}
    seen = {name: paper.batch_of(user, DECEMBER, reports.plan_list(user, DECEMBER)) for name, user in users.items()}
    assert {name: (batch.count, batch.without) for name, batch in seen.items()} == {
        "wang": (1, 1), "sun": (1, 0), "zhou": (2, 2), "leader": (0, 1), "zheng": (0, 0),
    }  # fmt: skip
