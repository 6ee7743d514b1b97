"""签到表: before the day it has whom the day would expect, afterwards its roster with who was not there and why.

Li is secretary of First, Chen its organization commissioner, Xu its publicity commissioner, Zheng a plain member.
"""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import actions, sign_in
from activities.models import Attendance, Guest
from branches.actions import approve_exclusion, move_many, propose_exclusion
from branches.models import Person
from core import clock
from core.audit import AuditEntry
from tests.attendance_builders import make_leave
from tests.builders import OCTOBER, make_day, make_group, make_person, make_plan
from tests.papers import document_papers, page_papers


def sheet(client, day):
    """The sheet on its page, which the document repeats."""
    [shown] = page_papers(client.get(reverse("day_sign_in", args=[day.pk])).content.decode())
    assert document_papers(client.get(reverse("day_sign_in_document", args=[day.pk])).getvalue()) == [shown]
    return shown


def rows(paper):
    """The rows of the sheet as plain texts."""
    return [[cell[0] for cell in row] for row in paper[2]]


def names(paper):
    return [row[1] for row in rows(paper)[1:] if len(row) == 5 and row[0]]


def planned(world, **fields):
    return make_plan(world.first, status="ACCEPTED", **fields).day


def test_before_the_day_it_has_whom_it_would_expect(world, client):
    group = make_group(world.first, "第一党小组", [world.zheng.person, world.xu.person])
    make_person(world.first, "积极分子", standing=Person.Standing.ACTIVIST)
    joins_later = make_person(world.first, "后来同志", joined_on=datetime.date(2026, 11, 20))
    apart = make_person(world.first, "病休同志")
    since = datetime.date(2026, 11, 1)
    approve_exclusion(propose_exclusion(apart, by=world.li, reason="因病", starts_on=since), by=world.wang)
    gone = make_person(world.first, "转走同志")
    move_many({gone: world.second}, by=world.zhou, moved_on=datetime.date(2026, 11, 10))
    taken = make_person(world.first, "已在别处名单")
    Attendance.objects.create(day=make_day(world.second), person=taken, standing=taken.standing)
    day = planned(world, guests="江映雪、沈来宾", guest_groups=["FLOATING"])
    client.force_login(world.li)

    paper = sheet(client, day)

    assert paper[:2] == [
        "党员活动日签到表", "党支部：文学院第一党支部\t2026 年 11 月 13 日（周五）15:00　201 会议室",
    ]  # fmt: skip
    table = rows(paper)
    assert table[0] == ["序号", "姓名", "党小组", "党内职务", "签到"]
    assert table[1] == ["未编入党小组（7 人）"]
    assert table[2:4] == [["1", "李书记", "", "书记", ""], ["2", "陈组织", "", "组织委员", ""]]
    assert table[9:12] == [
        [f"{group.name}（2 人）"], ["8", "许宣传", "第一党小组", "宣传委员", ""], ["9", "郑党员", "第一党小组", "", ""],
    ]  # fmt: skip
    assert table[12:] == [
        ["列席"], ["", "流动党员", "", "", ""], ["", "江映雪", "", "", ""], ["", "沈来宾", "", "", ""],
        *[["", "", "", "", ""]] * sign_in.BLANK_LINES,
    ]  # fmt: skip
    assert not {joins_later.name, gone.name, "积极分子", apart.name, taken.name} & set(names(paper))
    assert paper[-1] == (
        "应到 9 人，名单按 2026 年 11 月 23 日（周一）的名册生成；另有 1 人经批准不计入应到：病休同志。"
    )


def test_leave_that_was_asked_stands_where_others_sign(world, client):
    day = planned(world)
    make_leave(day, world.zheng.person, "出差")
    make_leave(day, world.xu.person, withdrawn_at=clock.now())
    client.force_login(world.li)

    signed = {row[1]: row[4] for row in rows(sheet(client, day))[1:] if len(row) == 5 and row[0]}
    assert {name: word for name, word in signed.items() if word} == {"郑党员": "请假：出差"}


def test_it_expects_whom_the_day_then_expects(world, client):
    day = planned(world)
    client.force_login(world.li)
    before = names(sheet(client, day))
    assert Attendance.objects.count() == 0  # looking freezes nothing
    facts = {name: getattr(day.plan, name) for name in ("starts_at", "place", "host", "recorder")}
    day = actions.hold_day(day, by=world.li, held_on=day.plan.planned_on, **facts)

    assert names(sheet(client, day)) == before != []


def test_afterwards_it_keeps_the_roster_and_says_who_was_not_there(world, client):
    day = make_day(world.first)
    for name, status, reason, office in (
        ("李书记", "PRESENT", "", "书记"), ("陈组织", "ON_LEAVE", "因公出差", ""), ("许宣传", "ABSENT", "", ""),
        ("郑党员", "NOT_COUNTED", "因病", ""),
    ):  # fmt: skip
        Attendance.objects.filter(day=day, person__name=name).update(status=status, reason=reason, office_label=office)
    Guest.objects.create(day=day, name="江映雪", capacity="入党积极分子")
    make_person(world.first, "后来同志")
    client.force_login(world.li)

    paper = sheet(client, day)

    assert rows(paper)[1:4] == [
        ["1", "李书记", "", "书记", ""], ["2", "陈组织", "", "", "请假：因公出差"], ["3", "许宣传", "", "", "缺席"],
    ]  # fmt: skip
    assert ["", "江映雪（入党积极分子）", "", "", ""] in rows(paper)
    assert not {"郑党员", "后来同志"} & set(names(paper))
    assert paper[-1] == "应到 8 人，名单为当天固定的名单；另有 1 人经批准不计入应到：郑党员。"


def test_groups_stand_in_their_own_order_and_not_in_that_of_their_names(world, client):
    for number, name in enumerate(("第一党小组", "第二党小组", "第三党小组")):
        make_group(world.first, name, world.first.people.order_by("pk")[number * 3 : number * 3 + 3])
    client.force_login(world.li)
    for day in (planned(world), make_day(world.first, OCTOBER)):
        shown = [row[0] for row in rows(sheet(client, day)) if len(row) == 1]
        assert shown == ["第一党小组（3 人）", "第二党小组（3 人）", "第三党小组（3 人）", "列席"]


def test_whoever_sees_the_day_has_it_and_taking_it_out_is_logged(world, client):
    day = planned(world)
    client.force_login(world.zhao)
    for name in ("day_sign_in", "day_sign_in_document"):
        assert client.get(reverse(name, args=[day.pk])).status_code == 404
    client.force_login(world.li)
    assert f'href="{reverse("day_sign_in", args=[day.pk])}"' in client.get(day.get_absolute_url()).content.decode()
    client.get(reverse("day_sign_in_document", args=[day.pk]))
    entry = AuditEntry.objects.get(event="sign_in_sheets.exported")
    assert entry.data["filters"] == {"党支部": "文学院第一党支部", "月份": "2026 年 11 月"}


def test_sixty_names_cost_what_nine_do(world, client):
    client.force_login(world.li)

    def cost(day):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("day_sign_in", args=[day.pk]))
        return len(asked)

    to_come, held = planned(world), make_day(world.second)
    client.force_login(world.wang)
    cost(to_come)
    few = cost(to_come), cost(held)
    for branch in (world.first, world.second):
        make_group(branch, "第一党小组", [make_person(branch) for _ in range(50)])
    for person in world.second.people.filter(attendance=None):
        Attendance.objects.create(day=held, person=person, standing=person.standing)
    assert (cost(to_come), cost(held)) == few
    assert max(few) <= 15
