"""A branch's December, from plan to assessment, in a browser, with the accounts that ``make run`` names.

Dong Litong (董丽彤, 100001) leads 文学院教工第一党支部, nine members; Lei Tingxin (雷婷欣, 100006) the general
branch above it, Huang Yangwei (黄洋伟, 102655) the organization department. Two members are absent, one is on
leave, one puts the dues off; the department's workbook must say exactly that.
"""

import datetime
import io

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import expect

from core.accounts import User
from core.jobs import Job, work_off
from supervision.tasks import daily_sweep
from tests.browser.person import PASSWORD, Person

pytestmark = pytest.mark.django_db(transaction=True)

SECRETARY, GENERAL_BRANCH, DEPARTMENT = "100001", "100006", "102655"
BRANCH = "文学院教工第一党支部"
FILING = datetime.datetime.fromisoformat("2026-11-23T10:00:00+08:00")
OPENING = datetime.datetime.fromisoformat("2026-12-01T00:20:00+08:00")
HELD = datetime.datetime.fromisoformat("2026-12-11T15:00:00+08:00")
AFTERWARDS = datetime.datetime.fromisoformat("2027-01-04T09:00:00+08:00")


@pytest.fixture
def clock():
    with time_machine.travel(FILING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def university(clock, db, settings):
    settings.DEMO = True
    call_command("seed_calendar", verbosity=0)
    call_command("load_sample", verbosity=0)
    User.objects.update(password=make_password(PASSWORD))


def test_a_branchs_month_goes_from_plan_to_assessment(screen, live_server, university, clock):
    secretary = Person(screen(360), live_server.url, SECRETARY)
    general_branch = Person(screen(1280), live_server.url, GENERAL_BRANCH)
    department = Person(screen(1280), live_server.url, DEPARTMENT)

    the_plan_is_filed_from_the_phone(secretary)
    it_is_returned_once_mended_and_forwarded(secretary, general_branch)
    it_is_accepted(department)

    clock.move_to(OPENING)
    daily_sweep()  # what beat does on the first of the month: December's dues are opened

    clock.move_to(HELD)
    secretary.log_in()
    the_day_is_held_and_attendance_taken(secretary)
    dues_are_verified_on_the_day(secretary)
    minutes_are_written_and_confirmed(secretary)
    the_record_is_handed_in(secretary)

    clock.move_to(AFTERWARDS)
    department.log_in()
    workbook = the_department_assesses_and_downloads(department)
    the_workbook_says_what_was_entered(workbook)


def the_plan_is_filed_from_the_phone(secretary):
    secretary.log_in()
    duty = secretary.page.get_by_role("listitem").filter(has_text="应于 11 月 25 日前办理")
    secretary.follow(duty.get_by_role("link", name="补齐并报送"))
    secretary.reads("各项齐全，可以报送。")
    secretary.press("报送文学院党总支")
    secretary.reads("已报送文学院党总支")


def it_is_returned_once_mended_and_forwarded(secretary, general_branch):
    general_branch.log_in()
    general_branch.open("/plans/review/")
    general_branch.follow(general_branch.page.locator("#queue").get_by_role("link", name=BRANCH))
    general_branch.press("退回")
    general_branch.reads("退回要写明意见，支部才知道改什么。")
    general_branch.page.get_by_label("退回意见", exact=True).fill("地点请改到能坐下九个人的会议室。")
    general_branch.press("退回")

    secretary.open("/")
    secretary.reads("12 月计划被退回")
    secretary.open("/plans/")
    secretary.press("继续填")
    secretary.reads("地点请改到能坐下九个人的会议室。")
    secretary.page.get_by_label("地点").fill("文学院二楼会议室")
    secretary.press("报送文学院党总支")

    general_branch.open("/plans/review/")
    general_branch.follow(general_branch.page.locator("#queue").get_by_role("link", name=BRANCH))
    general_branch.reads("文学院二楼会议室")
    general_branch.press("转报组织部")
    general_branch.reads(f"已转报：{BRANCH} 2026 年 12 月计划。")


def it_is_accepted(department):
    department.log_in()
    department.open("/plans/review/")
    department.follow(department.page.locator("#queue").get_by_role("link", name=BRANCH))
    department.press("备案")
    department.reads(f"已备案：{BRANCH} 2026 年 12 月计划。")


def the_day_is_held_and_attendance_taken(secretary):
    duty = secretary.page.get_by_role("listitem").filter(has_text="开展 12 月活动日").first
    secretary.follow(duty.get_by_role("link").first)
    secretary.press("确认开展，开始点名")
    for name, status, reason in (
        ("易勇艳", "缺席", ""), ("胡娜天", "缺席", ""), ("赖雨", "请假", "病假")
    ):  # fmt: skip
        secretary.page.locator("a.person").filter(has_text=name).click()
        form = secretary.page.get_by_role("group", name=f"{name}的到会情况")
        form.get_by_role("button", name=reason or status, exact=True).click()
        expect(form).to_have_count(0)
    secretary.reads("到 6／9 人，都已保存。")
    secretary.press("点好了，接着办党费")


def dues_are_verified_on_the_day(secretary):
    for name in ("易勇艳", "胡娜天", "赖雨"):  # who was not there did not pay on the spot
        secretary.page.get_by_role("radiogroup", name=f"{name}交纳情况").get_by_text("转账", exact=True).click()
    group = secretary.page.get_by_role("radiogroup", name="曹玉洋交纳情况")
    group.get_by_text("缓交", exact=True).click()
    secretary.press("只查验签认")
    secretary.reads("还有 1 处没有填好")
    secretary.page.get_by_role("row").filter(has_text="曹玉洋").get_by_role("textbox").fill("工资卡更换，下月补交")
    secretary.press("只查验签认")
    secretary.reads("12 月党费已查验签认")


def minutes_are_written_and_confirmed(secretary):
    secretary.press("接着办三会一课")  # each part leads to the next, and begins its minutes
    secretary.page.get_by_label("会议内容").fill("支委会听取了十二月工作情况，讨论了走访困难党员的安排。")
    secretary.press("确认记录")
    secretary.reads("记录已确认，计入三会一课。")


def the_record_is_handed_in(secretary):
    secretary.page.get_by_label("主要内容及特色").fill("集中学习后走访了三位离退休教师。")
    secretary.press("提交记录")
    secretary.reads("已提交")


def the_department_assesses_and_downloads(department):
    department.open("/assessments/?year=2026")
    row = department.page.get_by_role("row").filter(has_text="2026 年 12 月")
    department.follow(row.get_by_role("button", name="计算"))
    department.open("/assessments/2026-12/")
    department.press("编制工作簿")
    department.reads("正在编制")
    work_off(Job.objects.get(kind="compile_report", state=Job.State.PENDING).pk)  # what the worker does
    expect(department.page.get_by_role("link", name="下载工作簿")).to_be_visible(timeout=15_000)
    with department.page.expect_download() as download:
        department.page.get_by_role("link", name="下载工作簿").click()
    return load_workbook(io.BytesIO(download.value.path().read_bytes()), read_only=True)


def the_workbook_says_what_was_entered(workbook):
    result = results_of(workbook["考评结果"])[BRANCH]
    names = ("月计划按时备案", "按备案日期开展", "记录按时提交", "党员到会率", "集中教育", "为民服务", "党费按月查验")
    assert {name: (result[f"{name} 分子"], result[f"{name} 分母"]) for name in (*names, "党费交纳", "三会一课")} == {
        "月计划按时备案": (1, 1),
        "按备案日期开展": (1, 1),
        "记录按时提交": (1, 1),
        "党员到会率": (6, 9),  # 2 absent, 1 on leave
        "集中教育": (1, 1),
        "为民服务": (1, 1),
        "党费按月查验": (1, 1),
        "党费交纳": (8, 9),  # 1 deferred
        "三会一课": (1, 3),  # the committee met; the quarter's general meeting and lesson are owed
    }
    # 6／9 of the 95 % that earn 20 points; 8／9 of 7 points; two of the three meetings missed at 5 points each
    assert (result["党员到会率 得分"], result["党费交纳 得分"], result["三会一课 得分"]) == (14.04, 6.22, 0)
    assert (result["得分"], result["等次"], result["适用分值"]) == (83.3, "良好", 100)

    assert [row[1:] for row in evidence_of(workbook["依据"], "党员到会率")][:3] == [
        ("易勇艳", "缺席", "没完成"), ("胡娜天", "缺席", "没完成"), ("赖雨", "请假：病假", "没完成"),
    ]  # fmt: skip
    assert [row[2:] for row in evidence_of(workbook["依据"], "党员到会率")][3:] == [("到会", "算完成")] * 6
    assert evidence_of(workbook["依据"], "党费交纳") == [
        ("党费交纳", "合计", "应缴 9 人，月底前交清 8 人", "算完成"),
        ("党费交纳", "曹玉洋", "缓交：工资卡更换，下月补交", "没完成"),
    ]


def results_of(sheet):
    """``{branch: {heading: value}}`` of the results sheet: its title, its note, and a head of two rows come first."""
    rows = sheet.iter_rows(min_row=3, values_only=True)
    above, headings, metric = next(rows), [], ""
    for over, name in zip(above, next(rows), strict=True):
        metric = over or metric
        headings.append(f"{metric} {name}".strip())
    return {row[2]: dict(zip(headings, row, strict=True)) for row in rows}


def evidence_of(sheet, *metrics):
    """(metric, what, how it was, counted or not) of the branch."""
    rows = sheet.iter_rows(min_row=3, values_only=True)
    return [(row[2], *row[5:8]) for row in rows if row[1] == BRANCH and row[2] in metrics]
