"""《党员活动日活动记录》: one record, or those of a month's list, as a page to be signed and as a Word document.

Li's First and Zhao's Second stand under Wang's general branch; Qian's branch belongs to another.
"""

import datetime
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities.models import Attendance, DayItem, Guest
from activities.views import day_paper as views
from branches.models import Person
from core.audit import AuditEntry
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_person, make_plan
from tests.papers import document_papers, page_breaks, page_papers

RECORDED = "RECORDED"


def printed(client, **asked):
    """The records of a list, after a look that page and document say the same."""
    page = client.get(reverse("days_print"), {"month": "2026-11", **asked})
    papers = page_papers(page.content.decode())
    content = client.get(reverse("days_document"), {"month": "2026-11", **asked}).getvalue()
    assert document_papers(content) == papers
    assert page_breaks(content) == len(papers) - 1
    return papers


def units(papers):
    return [one[1].split("\t")[0].removeprefix("填报单位：") for one in papers]


def record_of(client, day):
    """The one record of a day, which the document says too."""
    [shown] = page_papers(client.get(reverse("day_record_print", args=[day.pk])).content.decode())
    assert document_papers(client.get(reverse("day_record_document", args=[day.pk])).getvalue()) == [shown]
    return shown


def values(paper):
    """``{label: lines}`` of the record's table."""
    cells = [cell for row in paper[2] for cell in row]
    return {"".join(name): lines for name, lines in zip(cells[::2], cells[1::2], strict=True)}


def test_a_record_says_everything_once_in_its_order(world, client):
    make_person(world.first, "新预备", standing=Person.Standing.PROBATIONARY)
    host, recorder = make_person(world.first, "主持同志"), make_person(world.first, "记录同志")
    plan = make_plan(world.first, status="ACCEPTED", host=host, recorder=recorder)
    day = make_day(world.first, plan=plan, status=RECORDED, held_on=datetime.date(2026, 11, 14), place="203 会议室")
    new, gone, ill, apart = [
        day.attendance.get(person__name=name) for name in ("新预备", "郑党员", "许宣传", "陈组织")
    ]  # fmt: skip
    for row, status, reason in (
        (gone, "ABSENT", ""),
        (ill, "ON_LEAVE", "病假"),
        (apart, "NOT_COUNTED", "因病（王批准）"),
    ):
        Attendance.objects.filter(pk=row.pk).update(status=status, reason=reason)
    assert new.status == "PRESENT"
    Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子")
    Guest.objects.create(day=day, name="沈来宾")
    _, second, third, fourth = day.items.all()
    DayItem.objects.filter(pk=second.pk).update(note="共 3 人发言\n\n气氛认真", leader=host)
    DayItem.objects.filter(pk=third.pk).update(outcome="NOT_DONE")
    DayItem.objects.filter(pk=fourth.pk).update(was_planned=False)
    client.force_login(world.li)

    title, line, table, foot = record_of(client, day)

    assert (title, line) == ("党员活动日活动记录", "填报单位：文学院第一党支部")
    assert table == [
        [["党支部"], ["文学院第一党支部"], ["活动名称"], ["2026 年 11 月党员活动日"]],
        [["主题"], ["学用结合"]],
        [["计划时间"], ["11 月 13 日（周五）15:00"], ["实际时间"], ["11 月 14 日（周六）15:00"]],
        [["地点"], ["203 会议室"], ["时长"], ["80 分钟"]],
        [["主持人"], ["主持同志"], ["记录人"], ["记录同志"]],
        [["应到"], ["11 人（正式 10，预备 1）"], ["实到"], ["9 人（正式 8，预备 1）"]],
        [["请假"], ["1 人（正式 1，预备 0）"], ["缺席"], ["1 人（正式 1，预备 0）"]],
        [["请假缺席", "及原因"], ["许宣传（请假：病假）", "郑党员（缺席）"]],
        [["列席"], ["2 人：江映雪（入党积极分子）、沈来宾"]],
        [["不计入应到"], ["陈组织：因病（王批准）"]],
        [
            ["各项完成", "情况"],
            [
                "1．党费：集中交纳并查验党费（10 分钟）　已完成",
                "2．集中教育 · 党性观念教育：学习讨论（40 分钟，主持同志负责）　已完成",
                "　　共 3 人发言 气氛认真",
                "3．三会一课 · 党员大会：通报季度工作（30 分钟）　未进行",
                "4．为民服务 · 便民利民：校园志愿服务（30 分钟）　已完成，计划外",
            ],
        ],
        [["主要内容", "及特色"], ["顺利完成"]],
        [
            ["签字"],
            ["", "主持人（签字）：\t", "记录人（签字）：\t", "支部书记（签字）：\t", "日期：\t　　年　　月　　日"],
        ],
    ]
    assert foot == "本记录由系统按 2026 年 11 月 14 日（周六）提交的内容生成。党支部、党总支各存一份。"


def test_one_that_is_not_submitted_says_so_and_where_nothing_is_said_nothing_stands(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    paper = record_of(client, day)
    assert paper[1] == "填报单位：文学院第一党支部\t【未提交】"
    assert paper[-1] == "本记录还没有提交，打印件不作为正式记录。"
    told = values(paper)
    assert (told["请假缺席及原因"], told["列席"], told["主要内容及特色"]) == (["无"], ["无"], [""])
    assert [line.endswith("未填完成情况") for line in told["各项完成情况"]] == [True] * 4
    assert "不计入应到" not in told


def test_one_that_came_late_says_so(world, client):
    day = make_day(world.first, status=RECORDED, record_due_on=datetime.date(2026, 11, 12))
    client.force_login(world.li)
    assert "逾期（应于 11 月 12 日前提交）" in record_of(client, day)[-1]


def test_before_the_day_there_is_no_record(world, client):
    day = make_day(world.first, status="PLANNED")
    client.force_login(world.li)
    for name in ("day_record_print", "day_record_document"):
        assert client.get(reverse(name, args=[day.pk])).status_code == 404


def test_the_record_page_and_the_list_lead_to_the_papers_under_their_filters(world, client):
    day = make_day(world.first)
    client.force_login(world.li)
    page = client.get(reverse("day_record", args=[day.pk])).content.decode()
    links = [f'href="{reverse(name, args=[day.pk])}"' for name in ("day_record_print", "day_record_document")]
    assert [link in page for link in links] == [True, True]
    client.force_login(world.wang)
    listed = client.get(reverse("days"), {"month": "2026-11", "q": "第一"}).content.decode()
    asked = "?month=2026-11&amp;q=%E7%AC%AC%E4%B8%80"
    assert [f'href="{reverse(name)}{asked}"' in listed for name in ("days_print", "days_document")] == [True, True]


def test_a_general_branch_has_all_its_records_of_the_month_and_nobody_elses(world, client):
    make_day(world.second, status=RECORDED)
    make_day(world.first)
    make_day(world.first, OCTOBER, summary="上个月的")
    make_day(world.other, status=RECORDED, summary="别处的秘密")
    make_day(make_branch(world.arts, "没开展的支部", members=3), status="PLANNED")
    client.force_login(world.wang)

    assert units(printed(client)) == ["文学院第一党支部", "文学院第二党支部"]
    page = client.get(reverse("days_print"), {"month": "2026-11"}).content.decode()
    assert "共 2 份活动记录，另有 1 个党支部没有开展。" in page
    assert ("别处的秘密" in page, "上个月的" in page) == (False, False)
    assert units(printed(client, q="第二")) == ["文学院第二党支部"]
    assert units(printed(client, status=RECORDED)) == ["文学院第二党支部"]


def test_what_goes_out_is_logged_with_its_filters(world, client):
    day = make_day(world.first)
    client.force_login(world.wang)
    answer = client.get(reverse("days_document"), {"month": "2026-11", "q": "第一"})
    client.get(reverse("day_record_document", args=[day.pk]))
    name = unquote(answer["Content-Disposition"].removeprefix("attachment; filename*=utf-8''"))
    assert name == "2026年11月党员活动日活动记录.docx"
    entries = AuditEntry.objects.filter(event="day_records.exported").order_by("pk")
    assert [(entry.by, entry.data["count"], entry.data["filters"]) for entry in entries] == [
        (world.wang, 1, {"月份": "2026 年 11 月", "状态": "全部", "党支部": "第一"}),
        (world.wang, 1, {"党支部": "文学院第一党支部", "月份": "2026 年 11 月"}),
    ]


@pytest.mark.parametrize("name", ["days_print", "days_document"])
def test_none_and_too_many_lead_back_to_the_list_with_a_word(world, client, monkeypatch, name):
    client.force_login(world.wang)
    asked = {"month": "2026-11", "q": "第"}
    answer = client.get(reverse(name), asked, follow=True)
    assert answer.wsgi_request.GET.dict() == asked
    assert [str(one) for one in answer.context["messages"]] == [
        "2026 年 11 月没有可以打印的活动记录：这 2 个党支部都没有开展。"
    ]
    make_day(world.first)
    make_day(world.second)
    monkeypatch.setattr(views, "MOST_FORMS", 1)
    answer = client.get(reverse(name), asked, follow=True)
    assert answer.wsgi_request.GET.dict() == asked
    assert [str(one) for one in answer.context["messages"]] == [
        "一次最多导出 1 份，这里有 2 份。请先选党组织或别的条件，分几次导出。"
    ]
    monkeypatch.setattr(views, "MOST_FORMS", 2)
    assert client.get(reverse(name), asked).status_code == 200


def test_many_records_cost_the_queries_of_one(world, client):
    client.force_login(world.zhou)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("days_print"), {"month": str(NOVEMBER)}).status_code == 200
        return len(asked)

    day = make_day(world.first, absent=1)
    DayItem.objects.filter(day=day).update(leader=day.host)
    Guest.objects.create(day=day, name="来宾")
    cost()
    few = cost()
    for number in range(4):
        more = make_day(make_branch(world.arts, f"支部{number}", members=3), absent=1)
        DayItem.objects.filter(day=more).update(leader=more.host)
        Guest.objects.create(day=more, name="来宾")
    assert cost() == few <= 15
