"""The list of bases: who lacks one first, filtered, of the own part alone; and the workbook of exactly what is shown.

Ma of First Branch has 6,000.00 since January 2026, Niu 5,000.00 since 2025, Yang none; students need none.
"""

import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.audit import AuditEntry
from core.periods import Month
from dues import actions
from tests.builders import make_person

LIST = "bases"


@pytest.fixture
def first(world):
    world.first.people.filter(user=None).update(left_on=datetime.date(2026, 1, 1))
    people = {name: make_person(world.first, f"{name}同志") for name in ("马", "牛", "羊")}
    make_person(world.first, "学生", category="STUDENT")
    make_person(world.first, "积极分子", standing="ACTIVIST")
    everybody = {person.pk: Decimal(6000) for person in world.first.people.present() if person.user_id}
    actions.set_bases(everybody | {people["马"].pk: Decimal(6000)}, Month(2026, 1), "年度核定", world.zhou)
    actions.set_bases({people["牛"].pk: Decimal(5000)}, Month(2025, 1), "年度核定", world.zhou)
    actions.set_bases({people["牛"].pk: Decimal(5500)}, Month(2027, 1), "年度核定", world.zhou)
    return people


def shown(client, **filters):
    return [line.person.name for line in client.get(reverse(LIST), filters).context["lines"]]


def test_who_lacks_one_comes_first_and_the_filters_say_what_they_find(world, first, client):
    client.force_login(world.chen)
    assert shown(client) == ["羊同志", "李书记", "陈组织", "许宣传", "郑党员", "马同志", "牛同志", "学生"]
    assert shown(client, state="none") == ["羊同志"]
    assert shown(client, state="open") == ["羊同志", "牛同志"]
    assert shown(client, q="马") == ["马同志"]
    lines = {line.person.name: line for line in client.get(reverse(LIST)).context["lines"]}
    assert (lines["牛同志"].base.amount, lines["牛同志"].coming.amount) == (Decimal("5000.00"), Decimal("5500.00"))
    assert [lines[name].word for name in ("羊同志", "学生")] == ["没有基数", "按定额交纳，不用基数"]
    assert (lines["陈组织"].may, lines["马同志"].may) == (False, True)


def test_above_all_branches_of_the_part_are_there_and_one_is_chosen(world, first, client):
    client.force_login(world.wang)
    names = {line.person.organization.short_name for line in client.get(reverse(LIST)).context["lines"]}
    assert names == {"文学院第一党支部", "文学院第二党支部"}
    assert "马同志" not in shown(client, organization=world.second.pk)
    client.force_login(world.sun)
    assert "马同志" not in shown(client, q="马")
    client.force_login(world.he)
    assert not any(line.may for line in client.get(reverse(LIST)).context["lines"])


@pytest.mark.parametrize("who", ["xu", "zhao"])
def test_others_see_none_of_it(world, first, client, who):
    client.force_login(getattr(world, who))
    assert not {"马同志", "许宣传"} & set(shown(client))


def test_a_member_is_led_to_the_own_page(world, first, client):
    client.force_login(world.zheng)
    assert client.get(reverse(LIST)).url == reverse("me")


def test_the_workbook_holds_what_is_shown_and_is_kept_in_the_log(world, first, client):
    client.force_login(world.chen)
    answer = client.get(reverse("bases_export"), {"state": "open"})
    lines = list(load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(min_row=4, values_only=True))
    assert [(line[1], line[4], line[5], line[6], line[9]) for line in lines] == [
        ("羊同志", None, None, "没有基数", None), ("牛同志", 5000, "2025-01", "年度核定", "2027 年 1 月起 5,500.00"),
    ]  # fmt: skip
    entry = AuditEntry.objects.get(event="bases.exported")
    assert (entry.by, entry.data["count"], entry.data["filters"]) == (world.chen, 2, {"范围": "今年还没有核定"})


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_it_costs_the_same_with_many(world, first, client):
    client.force_login(world.wang)
    client.get(reverse(LIST))  # what is read once a session is read
    few = queries_of(client, reverse(LIST))
    for number in range(25):
        make_person(world.first, f"第{number}人")
    assert queries_of(client, reverse(LIST)) == few <= 15
