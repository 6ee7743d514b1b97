"""The list of what was published: filtered, counted by channel, sorted, and taken out as it is shown."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.audit import AuditEntry
from tests.activities.lists_go_out_as_they_are_shown import rows_of
from tests.builders import OCTOBER, make_day
from tests.publicity_builders import make_publicity


@pytest.fixture
def rows(world):
    day = datetime.date
    make_publicity(world.first, world.li, title="甲", channel="PRESS", published_on=day(2026, 9, 1))
    make_publicity(world.first, world.li, title="乙", channel="WECHAT", published_on=day(2026, 10, 31))
    make_publicity(
        world.second, world.zhao, title="丙", channel="OTHER", channel_name="校园广播", published_on=day(2026, 10, 1)
    )
    make_publicity(world.other, world.qian, title="丁", channel="WECHAT", published_on=day(2026, 11, 2))
    make_publicity(world.arts, world.wang, title="戊", channel="BOARD", published_on=day(2026, 11, 3))
    return world


def titles(client, **asked):
    """What the page lists, after a look that the workbook lists the same in the same order."""
    page = [row.title for row in client.get(reverse("publicity"), asked).context["page"]]
    assert [row[1] for row in rows_of(client.get(reverse("publicity_export"), asked))] == page
    return "".join(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "戊丁乙丙甲"),
        ({"order": "on"}, "甲丙乙丁戊"),
        ({"order": "code"}, "戊乙甲丙丁"),
        ({"order": "-channel"}, "丙丁乙戊甲"),
        ({"order": "nonsense"}, "戊丁乙丙甲"),
        ({"channel": "WECHAT"}, "丁乙"),
        ({"since": "2026-10"}, "戊丁乙丙"),
        ({"since": "2026-10", "until": "2026-10"}, "乙丙"),
        ({"until": "2026-09"}, "甲"),
        ({"since": "never", "channel": "x"}, "戊丁乙丙甲"),
        ({"q": "广播"}, "丙"),
        ({"q": "历史"}, "丁"),
        ({"q": "没有这样的"}, ""),
    ],
)
def test_the_department_finds_what_it_asks_for(rows, client, asked, found):
    client.force_login(rows.zhou)
    assert titles(client, **asked) == found


def test_above_means_itself_and_all_right_below_and_an_organization_itself_alone(rows, client):
    client.force_login(rows.zhou)
    assert titles(client, above=rows.arts.pk) == "戊乙丙甲"
    assert titles(client, organization=rows.arts.pk) == "戊"
    assert titles(client, organization=rows.first.pk) == "乙甲"


@pytest.mark.parametrize(
    ("who", "found"), [("li", "乙甲"), ("zhao", "丙"), ("wang", "戊乙丙甲"), ("sun", "丁"), ("wu", "")]
)
def test_everybody_finds_the_own_part(rows, client, who, found):
    client.force_login(getattr(rows, who))
    assert titles(client) == found


def test_each_count_opens_as_many_rows(rows, client):
    client.force_login(rows.zhou)
    address = reverse("publicity")
    shown = client.get(address, {"since": "2026-10", "channel": "BOARD"}).context["counts"]
    assert [(one.word, one.count) for one in shown] == [
        ("合计", 4), ("报刊", 0), ("宣传栏", 1), ("校园网", 0), ("微信", 2), ("其他", 1),
    ]  # fmt: skip
    opened = [client.get(f"{address}?{one.query}").context["page"].paginator.count for one in shown]
    assert opened == [one.count for one in shown]


def test_an_export_is_logged_with_its_filters(rows, client):
    client.force_login(rows.wang)
    answer = client.get(reverse("publicity_export"), {"channel": "WECHAT", "since": "2026-10"})
    assert [(row[1], row[2], row[4]) for row in rows_of(answer)] == [("乙", "微信", "文学院第一党支部")]
    entry = AuditEntry.objects.get(event="publicity.exported")
    assert (entry.by, entry.data["count"]) == (rows.wang, 1)
    assert entry.data["filters"] == {"渠道": "微信", "时间": "2026 年 10 月至"}


def test_the_search_finds_a_title_within_the_own_part(rows, client):
    for who, number in (("li", 1), ("zhao", 0)):
        client.force_login(getattr(rows, who))
        found = client.get(reverse("search"), {"q": "甲"}).context["found"]
        assert [group.source.code for group in found].count("publicity") == number


def test_many_rows_cost_as_many_queries_as_few(rows, client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("publicity"))
        return len(queries)

    client.force_login(rows.zhou)
    cost()  # the first page of a session reads more
    few = cost()
    day = make_day(rows.first, OCTOBER)
    for number in range(8):
        make_publicity(rows.first, rows.li, title=f"第{number}条", day=day)
    assert cost() == few <= 15
