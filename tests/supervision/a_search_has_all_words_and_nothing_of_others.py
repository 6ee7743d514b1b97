"""Search: every word in any text of a thing, found on every floor, and nothing that the user may not see.

Li is secretary of First, Chen its organization commissioner, Zheng a plain member. Zhao leads Second next door. Wang
reviews for the general branch above both, Zhou sits in the organization department, He only reads.
"""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from activities.models import DayItem
from branches.models import Person
from core.contributions import registry
from core.inbox import tell
from core.periods import Month
from dues.actions import open_month
from dues.models import Charge, Entry
from meetings.models import Correction
from supervision.views import search as views
from tests.builders import (
    NOVEMBER,
    OCTOBER,
    make_annual_plan,
    make_branch,
    make_day,
    make_guide,
    make_meeting,
    make_officer,
    make_person,
    make_plan,
    make_summary,
)

SEPTEMBER = OCTOBER.previous


def found(client, user, text, **asked):
    """``{source: {address: what is shown of it}}``."""
    client.force_login(user)
    groups = client.get(reverse("search"), {"q": text, **asked}).context["found"]
    return {group.source.code: {one.url: str(one.places) for one in group.found} for group in groups}


def sources(client, user, text, **asked):
    return set(found(client, user, text, **asked))


def where(client, user, text):
    """What stands around the one thing that was found."""
    [group] = found(client, user, text).values()
    [places] = group.values()
    return places


ITEM = [("EDUCATION", "SPIRIT", "参观黄河博物馆", 40)]


def test_every_text_of_a_plan_is_found(world, client):
    plan = make_plan(
        world.first, status="SUBMITTED", theme="学宪法", place="图书馆报告厅", guests="江映雪", items=ITEM
    )  # fmt: skip
    address = plan.get_absolute_url()
    assert found(client, world.wang, "学宪法")["plans"] == {address: "主题：<mark>学宪法</mark>"}
    assert where(client, world.wang, "报告厅") == "地点：图书馆<mark>报告厅</mark>"
    assert where(client, world.wang, "黄河") == "议程：参观<mark>黄河</mark>博物馆"
    assert where(client, world.wang, "映雪") == "列席：江<mark>映雪</mark>"


def test_every_text_of_a_record_is_found(world, client):
    day = make_day(world.first, status="RECORDED", summary="全体观看了话剧《焦裕禄》", place="大礼堂")
    DayItem.objects.filter(day=day, order=2).update(note="七名党员作了交流")
    missed = make_day(world.second, status="NOT_HELD", not_held_reason="校区停电")
    assert where(client, world.wang, "焦裕禄") == "主要内容及特色：全体观看了话剧《<mark>焦裕禄</mark>》"
    assert where(client, world.wang, "交流") == "各项内容：七名党员作了<mark>交流</mark>"
    address = missed.get_absolute_url()
    assert found(client, world.wang, "停电") == {"days": {address: "未开展原因：校区<mark>停电</mark>"}}
    assert where(client, world.wang, "大礼堂") == "地点：<mark>大礼堂</mark>"


def test_every_text_of_minutes_is_found(world, client):
    meeting = make_meeting(
        make_day(world.first), "GENERAL", "LESSON", topic="换届", content="酝酿候选人", decisions="报党总支审批",
        lecturer="司马教授",
    )  # fmt: skip
    Correction.objects.create(meeting=meeting, text="候选人应为五名", by=world.li)
    address = meeting.get_absolute_url()
    assert found(client, world.wang, "换届") == {"meetings": {address: ""}}  # the title says it
    assert where(client, world.wang, "酝酿") == "内容：<mark>酝酿</mark>候选人"
    assert where(client, world.wang, "审批") == "决议：报党总支<mark>审批</mark>"
    assert where(client, world.wang, "司马") == "主讲人：<mark>司马</mark>教授"
    assert where(client, world.wang, "五名") == "更正：候选人应为<mark>五名</mark>"


def test_papers_of_a_year_and_guides_and_messages_are_found(world, client):
    make_annual_plan(world.first, goals="争创样板支部", measures="结对共建", theme_4="岁末送暖")
    make_summary(world.first, achieved="完成样板验收", shortcomings="骨干偏少", next_steps="抓早抓细")
    make_guide(
        world.arts, world.wang, title="宪法宣传月", text="组织旁听庭审", items=[("SERVICE", "", "义诊进社区", False)]
    )  # fmt: skip
    tell([world.li], "x", key="x", title="请补齐材料", text="缺签到照片")
    assert sources(client, world.li, "样板") == {"annual", "summaries"}
    shown = ["措施", "送暖", "骨干", "抓细", "庭审", "义诊", "照片"]
    assert {word: sorted(sources(client, world.li, word)) for word in ["共建", *shown[1:]]} == {
        "共建": ["annual"], "送暖": ["annual"], "骨干": ["summaries"], "抓细": ["summaries"], "庭审": ["guides"],
        "义诊": ["guides"], "照片": ["notices"],
    }  # fmt: skip
    assert where(client, world.li, "义诊") == "议程：<mark>义诊</mark>进社区"
    assert sources(client, world.wang, "照片") == set()  # whose message it is not


def test_people_are_found_by_name_or_number_and_by_phone_by_those_who_keep_them(world, client):
    person = make_person(world.first, "欧阳海", phone="18812345678")
    Person.objects.filter(pk=person.pk).update(staff_number="N77001")
    address = person.get_absolute_url()
    for typed in ("欧阳", "n77", "Ｎ７７", "欧 海"):
        assert address in found(client, world.chen, typed)["people"], typed
    for user in (world.chen, world.wang, world.zhou):
        assert address in found(client, user, "1881234")["people"]
        assert "1881234" not in client.get(reverse("search"), {"q": "欧阳"}).content.decode()
    for user in (world.xu, world.he):
        assert sources(client, user, "1881234") == set()
    assert sources(client, world.chen, "188123") == set()  # too few digits: they would list a college


def test_all_words_must_be_there_wherever_they_stand(world, client):
    both = make_day(world.first, status="RECORDED", summary="观看电影", place="一号厅")
    DayItem.objects.filter(day=both, order=2).update(note="讨论宪法")
    make_day(world.second, summary="观看话剧", place="二号厅")
    address = both.get_absolute_url()
    asked = ["观看 宪法", "宪法　观看", "观看 宪法 一号厅 第一党支部", "观看 宪法 讨论"]
    assert [list(found(client, world.wang, text).get("days", ())) for text in asked] == [[address]] * 4
    assert sources(client, world.wang, "观看 宪法 二号厅") == set()
    assert found(client, world.wang, "观看 宪法")["days"] == {
        address: "主要内容及特色：<mark>观看</mark>电影　各项内容：讨论<mark>宪法</mark>"
    }


def test_signs_of_either_width_are_the_same_and_wildcards_are_none(world, client):
    wide = make_day(world.first, summary="学习第（１）章，到会１００％")
    narrow = make_day(world.second, summary="学习第(1)章，到会100%")
    both = {wide.get_absolute_url(), narrow.get_absolute_url()}
    for typed in ("（１）", "(1)", "100%", "１００％"):
        assert set(found(client, world.wang, typed)["days"]) == both, typed
    assert {typed: sources(client, world.wang, typed) for typed in ("_", "到%会", "1_0", "\\")} == {
        "_": set(), "到%会": set(), "1_0": set(), "\\": set(),
    }  # fmt: skip
    assert set(found(client, world.wang, "章")["days"]) == both  # one character is a word


def test_nothing_typed_finds_nothing_and_says_what_can_be_typed(world, client):
    make_day(world.first)
    for typed in ("", "　 ", "\t"):
        assert found(client, world.wang, typed) == {}
    assert "想找什么" in client.get(reverse("search")).content.decode()
    assert (
        "人、党组织、计划、记录、会议、微心愿、宣传、工作提示和消息" in client.get(reverse("search")).content.decode()
    )
    assert "少写一个词" in client.get(reverse("search"), {"q": "没有 这样的"}).content.decode()


@pytest.mark.parametrize("who", ["zhao", "qian", "sun", "zheng"])
def test_nothing_of_others_is_found(world, client, who):
    """Everything of First has the word; Zheng holds no office."""
    make_annual_plan(world.first, goals="秘密甲")
    make_summary(world.first, achieved="秘密乙")
    day = make_day(world.first, status="RECORDED", summary="秘密丙", place="秘密处")
    make_plan(world.first, NOVEMBER.next, status="SUBMITTED", theme="秘密丁", items=[("OWN_DESIGN", "", "秘密戊", 10)])
    meeting = make_meeting(day, topic="秘密己")
    Correction.objects.create(meeting=meeting, text="秘密庚", by=world.li)
    DayItem.objects.filter(day=day).update(note="秘密辛")
    make_person(world.first, "秘密人")
    tell([world.li], "x", key="x", title="秘密壬")
    make_branch(world.first.parent, "秘密支部")
    assert sources(client, world.li, "秘密") == {
        "people", "plans", "days", "meetings", "annual", "summaries", "notices",
    }  # fmt: skip
    assert found(client, getattr(world, who), "秘密") == {}
    page = client.get(reverse("search"), {"q": "秘密"}).content.decode()
    assert "秘密甲" not in page
    for source in registry.searches:
        client.force_login(getattr(world, who))
        answer = client.get(reverse("search"), {"q": "秘密", "source": source.code})
        assert answer.context["found"] == []


def test_drafts_and_dues_are_their_own_peoples(world, client):
    make_plan(world.first, theme="还没写完的")
    make_annual_plan(world.first, status="DRAFT", goals="还没写完的")
    make_guide(world.arts, world.wang, title="还没写完的", is_issued=False)
    users = ("li", "wang", "zhou", "zhao")
    assert {name: sorted(sources(client, getattr(world, name), "还没写完")) for name in users} == {
        "li": ["annual", "plans"], "wang": ["guides"], "zhou": [], "zhao": [],
    }  # fmt: skip
    Person.objects.update(category=Person.Category.STUDENT)
    open_month(OCTOBER)
    charge = Charge.objects.filter(person=world.zheng.person).get()
    Entry.objects.create(charge=charge, amount=charge.amount, month_paid=OCTOBER, key="a", by=world.li, note="微信代转")
    assert [sources(client, user, "微信") for user in (world.li, world.xu, world.zhou)] == [set()] * 3


def test_a_group_leader_finds_days_and_no_plans(world, client):
    make_day(world.first, summary="学习宪法", plan=make_plan(world.first, status="ACCEPTED", theme="学习宪法"))
    leader = make_officer(world.first, "GROUP_LEADER", "葛组长")
    assert sources(client, leader, "学习宪法") == {"days"}


def test_a_superseded_plan_is_not_found(world, client):
    make_plan(world.first, status="SUPERSEDED", theme="旧的安排")
    assert sources(client, world.li, "旧的安排") == {"days"}  # of the day that it had opened


def test_the_latest_come_first_and_a_year_narrows(world, client):
    days = [make_day(world.first, month, summary="学用结合") for month in (Month(2025, 12), SEPTEMBER, OCTOBER)]
    make_meeting(days[0], topic="学用结合", held_on=datetime.date(2025, 12, 12))
    make_person(world.first, "学用结合")
    tell([world.li], "x", key="x", title="学用结合")
    latest = [day.get_absolute_url() for day in reversed(days)]
    assert list(found(client, world.li, "学用结合")["days"]) == latest
    assert list(found(client, world.li, "学用结合", year=2026)["days"]) == latest[:2]
    assert sources(client, world.li, "学用结合", year=2026) == {"plans", "days", "notices"}
    assert sources(client, world.li, "学用结合", year=2025) == {"plans", "days", "meetings"}
    assert "people" in sources(client, world.li, "学用结合", year="x")


def test_beyond_ten_a_source_has_pages(world, client, monkeypatch):
    names = [f"司马{number:02d}" for number in range(12)]
    for name in names:
        make_person(world.second, name)
    client.force_login(world.zhao)
    page = client.get(reverse("search"), {"q": "司马"})
    [group] = page.context["found"]
    assert (len(group.found), group.has_more) == (10, True)
    [more] = html.fromstring(page.content.decode()).xpath("//section/footer/a/@href")
    monkeypatch.setattr(views, "PAGE_SIZE", 8)
    shown = [client.get(reverse("search") + more + asked).context["found"] for asked in ("", "&page=2", "&page=99")]
    titles = [[html.fromstring(one.title).text_content() for one in rows] for rows in shown]
    assert titles == [names[:8], names[8:], names[8:]]
    for name in names[:2]:
        Person.objects.filter(name=name).update(name="别人")
    [group] = client.get(reverse("search"), {"q": "司马"}).context["found"]
    assert (len(group.found), group.has_more) == (10, False)
    [group] = client.get(reverse("search"), {"q": "司马", "source": "nonsense"}).context["found"]
    assert group.source.code == "people"


def test_what_was_typed_and_what_was_found_is_escaped(world, client):
    make_day(world.first, summary="前<script>alert(1)</script>后")
    client.force_login(world.li)
    for asked in ({}, {"source": "days"}):
        page = client.get(reverse("search"), {"q": "<script>", **asked}).content.decode()
        assert "前<mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;后" in page
        assert "<script>alert" not in page


def test_a_search_costs_one_query_a_source_whatever_it_finds(world, client):
    client.force_login(world.zhou)

    def cost(**asked):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("search"), {"q": "学 党", **asked})
        return len(queries)

    def fill(branch):
        make_annual_plan(branch, goals="学党章")
        make_summary(branch, achieved="学党章")
        day = make_day(branch, status="RECORDED", summary="学党章")
        DayItem.objects.filter(day=day).update(note="学党章")
        meeting = make_meeting(day, by=world.zhou, topic="学党章")
        Correction.objects.create(meeting=meeting, text="学党章", by=world.zhou)

    fill(world.first)
    make_guide(world.arts, world.wang, title="学党章")
    tell([world.zhou], "x", key="x", title="学党章")
    cost()
    asked = [{}, *({"source": source.code} for source in registry.searches)]
    few = [cost(**one) for one in asked]
    for number in range(4):
        fill(make_branch(world.arts, f"学党章支部{number}", members=2))
        make_guide(world.arts, world.wang, OCTOBER - number, title="学党章")
    assert [cost(**one) for one in asked] == few
    assert few[0] <= 15 and max(few[1:]) <= 8
