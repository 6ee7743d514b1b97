"""支部工作手册: a branch's year in the sections that the floors give, on a page and as a Word document.

Li is secretary of First, Xu its publicity commissioner (who sees no dues), Zheng a plain member. Zhao leads Second next
door. Wang reviews for the general branch above both. Ge leads a group of First.
"""

import datetime
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from activities.models import Attendance, DayItem, Guest
from branches.actions import move_many
from branches.models import Appointment, Person
from core.audit import AuditEntry
from core.contributions import registry
from core.periods import Month
from dues.actions import open_month
from dues.models import Base, Charge, Entry
from meetings.models import Correction
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_annual_plan,
    make_branch,
    make_day,
    make_group,
    make_meeting,
    make_officer,
    make_person,
    make_plan,
    make_summary,
)
from tests.papers import document_papers, page_breaks, page_papers

EVERYTHING = ["branch", "annual", "months", "minutes", "dues", "summary"]


def read(client, branch, *parts, year=2026):
    """``{title: what stands below}`` of the handbook, after a look that page and document say the same."""
    asked = {"part": parts or EVERYTHING}
    page = client.get(reverse("handbook_print", args=[branch.pk, year]), asked).content.decode()
    papers = page_papers(page)
    content = client.get(reverse("handbook_document", args=[branch.pk, year]), asked).getvalue()
    assert document_papers(content) == papers
    assert page_breaks(content) == len(papers) - 1
    return {title: rest for title, *rest in papers}


def below(section, heading):
    """What stands below a heading, up to the next text."""
    return section[section.index(heading) + 1]


def values(table):
    cells = [cell for row in table for cell in row]
    return {"".join(name): "\n".join(lines) for name, lines in zip(cells[::2], cells[1::2], strict=True)}


@pytest.fixture
def year(world):
    """First Branch has a year; Second next door has one that must not be in it."""
    make_annual_plan(world.first, goals="每月按时开展", theme_4="以学促干")
    make_summary(world.first, achieved="全年十一次")
    make_summary(world.second, achieved="别处的总结")
    day = make_day(world.first, OCTOBER, status="RECORDED", absent=1, summary="气氛认真")
    make_day(world.first, Month(2025, 10), summary="去年的")
    make_day(world.second, OCTOBER, summary="别处的记录")
    meeting = make_meeting(day, by=world.li, topic="换届准备", content="酝酿人选", decisions="报党总支")
    Correction.objects.create(meeting=meeting, text="应为三人", by=world.li)
    make_meeting(day, status="DRAFT", topic="还没有确认的")
    make_meeting(world.second.days.get(), topic="别处的会议")
    make_plan(world.first, NOVEMBER, status="SUBMITTED", theme="冬学")
    return day


def test_the_cover_names_the_branch_and_leads_to_what_was_chosen(world, year, client):
    client.force_login(world.li)
    book = read(client, world.first)
    table, heading, *contents, foot = book["党支部工作手册"]
    assert values(table) == {
        "党支部": "中共测试学院文学院第一党支部", "所属组织": "文学院党总支", "年度": "2026 年", "书记": "李书记",
        "整理日期": "2026 年 11 月 23 日（周一）",
    }  # fmt: skip
    assert (heading, contents) == ("目录", list(book)[1:])
    assert contents == [
        "一、支部概况", "二、年度计划", "三、每月计划和活动记录", "四、会议记录", "五、党费收缴", "六、年终总结",
    ]  # fmt: skip
    assert foot.startswith("本手册由系统")
    assert list(read(client, world.first, "summary", "minutes", "nonsense")) == [
        "党支部工作手册", "一、会议记录", "二、年终总结",
    ]  # fmt: skip
    page = client.get(reverse("handbook_print", args=[world.first.pk, 2026]), {"part": EVERYTHING}).content.decode()
    links = [one.removeprefix("#") for one in html.fromstring(page).xpath("//p[@class='contents']/a/@href")]
    assert links == html.fromstring(page).xpath("//article/@id") == [f"part-{code}" for code in EVERYTHING]


def test_the_branch_has_its_offices_groups_and_members_and_nothing_personal(world, client):
    group = make_group(world.first, "第一党小组", [world.zheng.person, world.xu.person])
    leader = make_officer(world.first, "GROUP_LEADER", "葛组长").person
    Person.objects.filter(pk=leader.pk).update(group=group)
    Appointment.objects.filter(person=leader).update(group=group)
    Appointment.objects.filter(person=world.chen.person).update(ends_on=datetime.date(2026, 7, 1))
    make_person(world.first, "新预备", standing=Person.Standing.PROBATIONARY, phone="13955556666")
    make_person(world.first, "积极分子", standing=Person.Standing.ACTIVIST)
    client.force_login(world.li)

    [facts, note, *rest] = read(client, world.first, "branch")["一、支部概况"]

    told = values(facts)
    assert (told["书记"], told["预备党员"], told["入党积极分子"]) == ("李书记", "1 人：新预备", "1 人：积极分子")
    assert told["正式党员"].startswith("10 人：") and "葛组长" in told["正式党员"]
    assert note == "按 2026 年 11 月 23 日（周一）的名册。"
    offices, groups = below(rest, "任职"), below(rest, "党小组")
    assert [[cell[0] for cell in row] for row in offices] == [
        ["职务", "姓名", "任职起止"],
        ["书记", "李书记", "2024 年 1 月 1 日（周一）起，现任"],
        ["组织委员", "陈组织", "2024 年 1 月 1 日（周一）起，2026 年 6 月 30 日（周二）止"],
        ["宣传委员", "许宣传", "2024 年 1 月 1 日（周一）起，现任"],
        ["第一党小组组长", "葛组长", "2024 年 1 月 1 日（周一）起，现任"],
    ]
    assert groups[1:] == [[["第一党小组"], ["葛组长"], ["3 人"], ["许宣传、郑党员、葛组长"]]]
    page = client.get(reverse("handbook_print", args=[world.first.pk, 2026]), {"part": "branch"}).content.decode()
    assert [secret in page for secret in ("13955556666", "2010", leader.staff_number)] == [False] * 3


def test_a_year_that_is_over_has_the_members_of_its_end(world, client):
    make_person(world.first, "今年新进", joined_on=datetime.date(2010, 7, 1))
    past = make_person(world.second, "去年在一支部")
    Person.objects.filter(pk=past.pk).update(organization=world.first)
    move_many({Person.objects.get(pk=past.pk): world.second}, by=world.zhou, moved_on=datetime.date(2026, 5, 1))
    client.force_login(world.li)
    told = values(read(client, world.first, "branch", year=2025)["一、支部概况"][0])
    assert "去年在一支部" in told["正式党员"]
    assert "去年在一支部" not in values(read(client, world.first, "branch")["一、支部概况"][0])["正式党员"]


def test_months_have_their_plan_and_their_record(world, year, client):
    client.force_login(world.li)
    section = read(client, world.first, "months")["一、每月计划和活动记录"]
    assert [one for one in section if isinstance(one, str)] == [
        *[part for number in range(1, 10) for part in (f"{number} 月", "没有计划和记录。")], "10 月", "11 月",
    ]  # fmt: skip
    october, november = values(below(section, "10 月")), values(below(section, "11 月"))
    assert (october["计划主题"], october["计划状态"], october["记录状态"]) == ("学用结合", "已备案", "已记录")
    assert october["计划议程"].splitlines()[0] == "1．党费：集中交纳并查验党费（10 分钟）"
    assert (october["实到"], october["缺席"]) == ("8 人（正式 8，预备 0）", "1 人（正式 1，预备 0）")
    assert october["主要内容及特色"] == "气氛认真"
    assert (november["计划主题"], november["计划状态"], november["活动日"]) == ("冬学", "待总支审核", "待开展")


def test_a_month_called_off_or_not_held_says_why(world, client):
    make_plan(world.first, OCTOBER, status="ACCEPTED", cancels=True, reason="暑期实践", theme="不该在的")
    make_day(world.first, NOVEMBER, status="NOT_HELD", not_held_reason="停电")
    client.force_login(world.li)
    section = read(client, world.first, "months")["一、每月计划和活动记录"]
    october, november = values(below(section, "10 月")), values(below(section, "11 月"))
    assert october == {"计划": "本月不开展，原因：暑期实践", "计划状态": "不开展", "活动日": "待开展"}
    assert november["活动日"] == "未开展：停电"


def test_minutes_are_the_confirmed_ones_with_what_was_appended(world, year, client):
    client.force_login(world.li)
    heading, table, note = read(client, world.first, "minutes")["一、会议记录"]
    told = values(table)
    assert heading == "10 月 9 日　党员大会"
    assert (told["议题"], told["会议内容"], told["形成决议"]) == ("换届准备", "酝酿人选", "报党总支")
    assert (told["应到"], told["实到"]) == ("9 人（正式 9，预备 0）", "8 人（正式 8，预备 0）")
    assert told["更正"] == "应为三人（李书记，2026 年 11 月 23 日（周一））"
    assert note == "李书记于 2026 年 10 月 9 日（周五）确认。"


def test_a_years_papers_say_what_stands(world, year, client):
    make_annual_plan(world.first, goals="修订的目标", status="SUBMITTED", revision=2, reason="补充")
    client.force_login(world.li)
    book = read(client, world.first, "annual", "summary")
    plan = book["一、年度计划"]
    assert below(plan, "工作目标") == "每月按时开展"
    assert below(plan, "季度主题")[-1] == [["第四季度"], ["以学促干"]]
    assert plan[-1] == "状态：已备案。"
    assert below(book["二、年终总结"], "完成情况") == "全年十一次"


def dues_of(client, branch, **asked):
    return read(client, branch, "dues", **asked)["一、党费收缴"]


def test_dues_stand_by_member_and_month_and_add_up(world, client):
    Person.objects.exclude(pk=world.li.person.pk).update(category=Person.Category.STUDENT)
    Base.objects.create(person=world.li.person, amount=Decimal("9414.67"), from_month=OCTOBER)
    for month in (OCTOBER, NOVEMBER):
        open_month(month)
    ours = Charge.objects.filter(dues_month__organization=world.first)
    paid = ours.get(month=OCTOBER, person=world.li.person)
    Entry.objects.create(charge=paid, amount=Decimal("141.22"), month_paid=OCTOBER, key="a", by=world.li)
    late = ours.get(month=OCTOBER, person=world.zheng.person)
    Entry.objects.create(charge=late, amount=late.amount, month_paid=Month(2027, 1), key="b", by=world.li)
    client.force_login(world.li)

    table, note = dues_of(client, world.first)

    rows = {row[1][0]: [cell[0] for cell in row] for row in table}
    assert rows["姓名"] == ["序号", "姓名", *(f"{number}月" for number in range(1, 13)), "全年应缴", "全年实缴"]
    assert rows["李书记"] == ["1", "李书记", *[""] * 9, "141.22", "141.22", "", "282.44", "141.22"]
    assert rows["郑党员"][-4:] == ["0.20", "", "0.40", "0.00"]  # what came in the next year is not of this one
    assert rows["合计"][-5:] == ["142.82", "142.82", "", "285.64", "141.22"]
    assert len(rows) == world.first.people.count() + 2
    assert "全年实缴" in note


def test_whoever_may_not_see_dues_has_none_and_is_told(world, client):
    Person.objects.update(category=Person.Category.STUDENT)
    open_month(OCTOBER)
    client.force_login(world.xu)
    [told] = dues_of(client, world.first)
    assert told == "党费由支部书记、副书记和组织委员查验。您的职务不查看党费，本册略去党费收缴表。"
    for seen_by in (world.li, world.wang, world.he):
        client.force_login(seen_by)
        assert len(dues_of(client, world.first)) == 2


def test_a_group_leader_has_the_days_but_neither_plans_nor_dues(world, year, client):
    make_plan(world.first, Month(2026, 9), status="SUBMITTED", theme="不该看到的计划")
    client.force_login(make_officer(world.first, "GROUP_LEADER", "葛组长"))
    book = read(client, world.first)
    october = values(below(book["三、每月计划和活动记录"], "10 月"))
    assert ("计划主题" in october, october["主要内容及特色"]) == (False, "气氛认真")
    assert book["五、党费收缴"][0].endswith("本册略去党费收缴表。")
    assert book["六、年终总结"] == ["还没有年终总结。"]
    assert "不该看到的计划" not in str(book)


def test_an_empty_year_says_what_is_not_there(world, client):
    client.force_login(world.li)
    book = read(client, world.first)
    assert {title: rest[-1] for title, rest in book.items()} == {
        "党支部工作手册": "本手册由系统按各月的计划、记录、会议和党费汇编，与各自的原件一致。",
        "一、支部概况": "没有划分党小组。", "二、年度计划": "还没有年度计划。",
        "三、每月计划和活动记录": "没有计划和记录。", "四、会议记录": "本年度还没有已确认的会议记录。",
        "五、党费收缴": "本年度还没有应缴党费。", "六、年终总结": "还没有年终总结。",
    }  # fmt: skip


def test_nothing_of_others_is_in_it_and_others_have_none(world, year, client):
    client.force_login(world.wang)
    text = str(read(client, world.first))
    assert [word in text for word in ("别处的", "去年的", "还没有确认的")] == [False] * 3
    names = ("handbook", "handbook_print", "handbook_document")
    for user in (world.zhao, world.sun, world.zheng):
        client.force_login(user)
        assert [client.get(reverse(name, args=[world.first.pk, 2026])).status_code for name in names] == [404] * 3
    client.force_login(world.wang)
    for branch, when in ((world.arts, 2026), (world.first, 1999), (world.first, 2101)):
        assert [client.get(reverse(name, args=[branch.pk, when])).status_code for name in names] == [404] * 3


def test_the_choice_comes_first_and_every_way_leads_to_it(world, client):
    client.force_login(world.li)
    chooser = reverse("handbook", args=[world.first.pk, 2026])
    assert client.get(reverse("handbook_home")).url == chooser
    page = html.fromstring(client.get(chooser).content.decode())
    assert page.xpath("//input[@name='part' and @checked]/@value") == EVERYTHING
    for name in ("handbook_print", "handbook_document"):
        answer = client.get(reverse(name, args=[world.first.pk, 2026]), {"part": "nonsense"})
        assert (answer.status_code, answer.url) == (302, chooser)
    for name in ("days", "days_calendar"):
        assert f'href="{reverse("handbook_home")}"' in client.get(reverse(name)).content.decode()
    assert f'href="{chooser}"' in client.get(reverse("year", args=[world.first.pk, 2026])).content.decode()
    client.force_login(world.wang)
    assert client.get(reverse("handbook_home")).url == reverse("year", args=[world.arts.pk, 2026])


def test_what_goes_out_is_logged(world, client):
    client.force_login(world.wang)
    answer = client.get(reverse("handbook_document", args=[world.first.pk, 2026]), {"part": ["branch", "dues"]})
    client.get(reverse("handbook_print", args=[world.first.pk, 2026]), {"part": ["branch"]})
    name = unquote(answer["Content-Disposition"].removeprefix("attachment; filename*=utf-8''"))
    assert name == "文学院第一党支部2026年党支部工作手册.docx"
    entry = AuditEntry.objects.get(event="handbooks.exported")
    assert entry.data["filters"] == {"党支部": "文学院第一党支部", "年度": "2026 年", "内容": "支部概况、党费收缴"}


def test_a_full_year_of_many_costs_the_queries_of_one_month(world, client):
    """Every section has its own few queries; all of them together do not grow."""
    branch = make_branch(world.arts, "满的支部", members=3)
    make_officer(branch, "SECRETARY", "满书记")

    def fill(months, members):
        people = [make_person(branch) for _ in range(members)]
        make_group(branch, f"党小组{members}", people)
        for month in months:
            day = make_day(branch, month, status="RECORDED", absent=1, on_leave=1)
            DayItem.objects.filter(day=day).update(leader=day.host)
            day.plan.items.update(leader=day.host)
            Guest.objects.create(day=day, name="来宾")
            Correction.objects.create(meeting=make_meeting(day, by=world.zhou), text="更正", by=world.zhou)
            open_month(month)

    def costs():
        found = {}
        for section in registry.handbook:
            with CaptureQueriesContext(connection) as asked:
                list(section.blocks(branch, 2026, world.zhou))
            found[section.code] = len(asked)
        return found

    fill([OCTOBER], 3)
    costs()
    few = costs()
    fill([Month(2026, number) for number in (3, 4, 5, 6, 9)], 20)
    assert Attendance.objects.filter(day__organization=branch).count() > 100
    assert costs() == few == {"branch": 2, "annual": 1, "months": 8, "minutes": 3, "dues": 1, "summary": 1}
