"""One list of a person's time from all floors, latest first. Zhao leads the person's branch; Xu sees no dues."""

import datetime
from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.actions import hold_election, undo_election
from branches.models import Appointment, Exclusion, Office, Person, StandingChange, Transfer
from branches.reports import timeline
from core.contributions import in_batches, registry
from core.periods import Month
from dues.actions import open_month
from dues.models import Charge, Deferral, Entry
from tests.builders import NOVEMBER, OCTOBER, World, make_day, make_meeting, make_officer, make_person

DAY = datetime.date
SOURCES = ["党籍与任职", "活动日", "为民服务", "党费", "三会一课"]


def page_of(client, person, **data):
    return client.get(reverse("person_timeline", args=[person.pk]), data).context["timeline"]


def entries(client, person, **data):
    return [(entry.day, entry.what) for entry in page_of(client, person, **data).entries]


@pytest.fixture
def person(world: World):
    """A life: developed, admitted, confirmed, come from elsewhere, moved, ill, in office, gone."""
    row = make_officer(
        world.second, Office.MEMBER, "委员甲", joined_on=DAY(2012, 6, 1), confirmed_on=DAY(2013, 6, 1)
    ).person
    Appointment.objects.filter(person=row).update(ends_on=DAY(2026, 1, 1))
    Appointment.objects.create(
        person=row, organization=world.second, office="PUBLICITY_COMMISSIONER", starts_on=DAY(2026, 1, 1),
        is_acting=True,
    )  # fmt: skip
    for kind, before, after, on, until, note in (
        ("PROSPECT", "ACTIVIST", "PROSPECT", DAY(2011, 11, 1), None, "支委会讨论"),
        ("ADMITTED", "PROSPECT", "PROBATIONARY", DAY(2012, 6, 1), None, "支部党员大会"),
        ("EXTENDED", "PROBATIONARY", "PROBATIONARY", DAY(2013, 5, 30), DAY(2013, 6, 1), ""),
    ):
        StandingChange.objects.create(
            person=row, kind=kind, before=before, after=after, changed_on=on, until=until, note=note
        )
    done = {"person": row, "status": "ACCEPTED"}
    Transfer.objects.create(kind="IN", to_organization=world.first, place="某某大学", moved_on=DAY(2015, 9, 1), **done)
    Transfer.objects.create(
        kind="WITHIN", from_organization=world.first, to_organization=world.second, moved_on=DAY(2020, 3, 2),
        note="调动", **done,
    )  # fmt: skip
    Transfer.objects.create(person=row, kind="OUT", from_organization=world.second, place="未办的")
    Exclusion.objects.create(
        person=row, reason="出国", status="APPROVED", starts_on=DAY(2022, 1, 1), last_on=DAY(2022, 12, 31),
        decided_at="2022-01-01T08:00:00+08:00",
    )  # fmt: skip
    Exclusion.objects.create(person=row, reason="未批准的", starts_on=DAY(2023, 1, 1))
    return row


WITHIN = (DAY(2020, 3, 2), "校内转接：文学院第一党支部 → 文学院第二党支部（调动）")
LIFE = [
    (DAY(2026, 1, 1), "任文学院第二党支部代理宣传委员（2026-01-01 至 今）"),
    (DAY(2026, 1, 1), "不再担任文学院第二党支部委员"),
    (DAY(2024, 1, 1), "任文学院第二党支部委员（2024-01-01 至 2026-01-01）"),
    (DAY(2022, 1, 1), "不计入应到（2022-01-01 至 2022-12-31）：出国"),
    WITHIN,
    (DAY(2013, 6, 1), "转为正式党员"),
    (DAY(2013, 5, 30), "延长预备期至 2013-06-01"),
    (DAY(2012, 6, 1), "接收为预备党员：支部党员大会"),
    (DAY(2011, 11, 1), "列为发展对象：支委会讨论"),
]


def test_the_register_tells_a_whole_life_once(world, person, client):
    client.force_login(world.zhao)
    assert entries(client, person) == LIFE


def test_where_somebody_came_from_is_told_to_who_may_see_it(world, person, client):
    """Wang reads both branches; the person reads all of the own life."""
    whole = [*LIFE[:5], (DAY(2015, 9, 1), "转入本校：文学院第一党支部"), *LIFE[5:]]
    for user in (world.wang, person.user):
        client.force_login(user)
        assert entries(client, person) == whole


@pytest.mark.parametrize(
    "kind, place, what",
    [
        ("OUT", "某某市委党校党委", "转出本校：文学院第二党支部 → 某某市委党校党委"),
        ("DIED", "", "去世：文学院第二党支部"),
        (None, "", "离开所在党支部名册"),
    ],
)
def test_leaving_is_told_once(world, client, kind, place, what):
    row = make_person(world.second, joined_on=None, left_on=DAY(2026, 5, 1))
    if kind:
        Transfer.objects.create(
            person=row, kind=kind, status="ACCEPTED", from_organization=world.second, place=place,
            moved_on=DAY(2026, 5, 1),
        )  # fmt: skip
    client.force_login(world.zhao)
    assert entries(client, row) == [(DAY(2026, 5, 1), what)]


def test_an_election_that_was_taken_back_is_no_office_of_anybodys_life(world, client):
    new, days = world.zheng.person, {"held_on": DAY(2026, 11, 23), "term_starts_on": DAY(2026, 11, 23)}
    client.force_login(world.li)
    before = entries(client, new), entries(client, world.li.person)
    seats = [
        (new, "SECRETARY"), (world.chen.person, "ORGANIZATION_COMMISSIONER"),
        (world.xu.person, "PUBLICITY_COMMISSIONER"),
    ]  # fmt: skip
    election = hold_election(world.first, by=world.wang, seats=seats, note="", term_ends_on=DAY(2029, 11, 23), **days)
    client.force_login(world.zheng)
    assert entries(client, new) == [(DAY(2026, 11, 23), "任文学院第一党支部书记（2026-11-23 至 今）"), *before[0]]

    undo_election(election, by=world.wang, reason="选票要重新清点")

    client.force_login(world.li)
    assert (entries(client, new), entries(client, world.li.person)) == before


@pytest.fixture
def member(world: World):
    """Zheng with two months of days, dues and meetings: October's dues paid, November's not, September's put off."""
    row = world.zheng.person
    Person.objects.filter(pk=row.pk).update(category="STUDENT")
    for month in (OCTOBER, NOVEMBER):
        make_meeting(make_day(world.first, month, held_on=month.first + datetime.timedelta(days=9)), by=world.li)
    for month in (Month(2026, 9), OCTOBER, NOVEMBER):
        open_month(month)
    charges = {charge.month: charge for charge in Charge.objects.filter(person=row)}
    Entry.objects.create(
        charge=charges[OCTOBER], amount=charges[OCTOBER].amount, month_paid=OCTOBER, key="k", by=world.li,
        method="CASH", at="2026-10-12T09:00:00+08:00",
    )  # fmt: skip
    Deferral.objects.create(charge=charges[Month(2026, 9)], reason="出差", at="2026-09-20T09:00:00+08:00")
    return row


TOGETHER = [
    (DAY(2026, 11, 10), "活动日"), (DAY(2026, 11, 10), "三会一课"), (DAY(2026, 11, 1), "党费"),
    (DAY(2026, 10, 12), "党费"), (DAY(2026, 10, 10), "活动日"), (DAY(2026, 10, 10), "三会一课"),
    (DAY(2026, 9, 20), "党费"), (DAY(2010, 7, 1), "党籍与任职"),
]  # fmt: skip


def test_all_floors_stand_in_one_list_and_each_can_be_asked_for_alone(world, member, client):
    client.force_login(world.chen)
    assert [(entry.day, entry.source) for entry in page_of(client, member).entries] == TOGETHER
    for source in SOURCES:
        page = page_of(client, member, source=source)
        assert [(entry.day, entry.source) for entry in page.entries] == [one for one in TOGETHER if one[1] == source]
        assert (page.source, page.sources) == (source, SOURCES)
    assert page_of(client, member, source="没有这一类").source == ""
    assert [entry.what for entry in page_of(client, member, source="党费").entries] == [
        "2026 年 11 月党费应缴 0.20 元：未登记", "交纳 2026 年 10 月党费 0.20 元（现场）",
        "2026 年 9 月党费缓交：出差",
    ]  # fmt: skip


def test_who_sees_no_dues_sees_none_here(world, member, client):
    client.force_login(world.xu)
    assert page_of(client, member, source="党费").entries == []
    client.force_login(world.zheng)
    assert len(page_of(client, member, source="党费").entries) == 3


@pytest.mark.parametrize("source", ["", "活动日", "三会一课"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(world, member, client, source, monkeypatch):
    for number in range(2, 14):
        month = NOVEMBER - number
        make_meeting(make_day(world.first, month, held_on=month.first), by=world.li)
    monkeypatch.setattr(timeline, "PAGE_LENGTH", 100)
    client.force_login(world.chen)
    whole = page_of(client, member, source=source)
    assert whole.has_next is False

    monkeypatch.setattr(timeline, "PAGE_LENGTH", 5)
    found, number = [], 1
    while True:
        page = page_of(client, member, source=source, page=number)
        found += page.entries
        if not page.has_next:
            break
        assert len(page.entries) == 5
        number += 1
    assert found == whole.entries
    assert len(found) == {"": 32, "活动日": 14, "三会一课": 14}[source]


@pytest.mark.parametrize("number", ["0", "-1", "x", "９", "9" * 30, "499"])
def test_a_page_that_is_none_breaks_nothing(world, member, client, number):
    client.force_login(world.chen)
    answer = client.get(reverse("person_timeline", args=[member.pk]), {"page": number})
    assert (answer.status_code, len(answer.context["timeline"].entries)) == (200, 0 if number in ("９", "499") else 8)


def test_a_page_does_not_load_all_years(world, member, client):
    """A row more in the past costs nothing on the first page, and no floor is read beyond one batch."""
    client.force_login(world.chen)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            page_of(client, member)
        return len(captured)

    page_of(client, member)  # the first request of a minute also notes that the session is in use
    before = asked()
    for number in range(2, 80):
        make_day(world.first, NOVEMBER - number)
    assert asked() == before <= 15


def test_a_batch_is_read_when_somebody_asks_for_it(world):
    for _ in range(5):
        make_person(world.other)
    rows = world.other.people.order_by("pk")
    with CaptureQueriesContext(connection) as captured:
        first = list(islice(in_batches(rows, 2), 2))
    assert (first, len(captured)) == (list(rows[:2]), 1)
    assert list(in_batches(rows, 2)) == list(in_batches(rows, 100)) == list(rows)


def test_every_floor_gives_its_entries_latest_first(world, member):
    for source in registry.timelines:
        days = [day for day, _, _ in source.rows(member, world.chen)]
        assert (source.name, days) == (source.name, sorted(days, reverse=True))


@pytest.mark.parametrize("name, status", [("zheng", 200), ("li", 200), ("zhao", 404), ("sun", 404)])
def test_it_opens_for_who_sees_the_person(world, client, name, status):
    client.force_login(getattr(world, name))
    assert client.get(reverse("person_timeline", args=[world.zheng.person.pk])).status_code == status
