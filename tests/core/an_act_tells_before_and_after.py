"""``lock`` keeps what a row was, and ``record`` writes what the act made of it: before and after, field by field."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from activities.models import Attendance
from branches.models import Group, Person
from core.audit import AuditEntry, history_of, record, record_many, remember
from core.workflow import lock, lock_all
from dues.models import Charge
from supervision.models import Report
from tests.builders import make_day, make_group, make_person


@pytest.fixture(autouse=True)
def in_one_transaction(db):
    with transaction.atomic():
        yield


def test_what_a_locked_row_became_is_told_by_itself(world):
    person = lock(world.li.person)
    person.name, person.left_on, person.standing = "李明", datetime.date(2026, 11, 20), Person.Standing.PROBATIONARY
    person.save(update_fields=["name", "left_on", "standing"])
    assert record(person, "person.changed", by=world.chen).data == {
        "changes": {
            "name": ["李书记", "李明"], "standing": ["FULL", "PROBATIONARY"], "left_on": [None, "2026-11-20"],
        },
    }  # fmt: skip


def test_where_nothing_differs_nothing_is_told(world):
    person = lock(world.li.person)
    person.standing = "FULL"  # the text that the choice stands for
    assert record(person, "person.changed", by=world.chen).data == {}


def test_a_row_that_was_not_locked_is_a_new_one(world):
    made = make_person(world.first)
    made.name = "改了"
    assert record(made, "person.made", by=world.li).data == {}


def test_what_is_recorded_once_is_not_recorded_again(world):
    person = lock(world.li.person)
    person.name = "李明"
    record(person, "person.renamed", by=world.chen)
    person.ethnicity = "满族"
    assert record(person, "person.changed", by=world.chen).data == {"changes": {"ethnicity": ["", "满族"]}}


def test_dates_moments_months_and_money_are_plain_json_and_come_back_the_same(world):
    day = lock(make_day(world.first))
    day.starts_at, day.month = datetime.time(9, 30), day.month.next
    day.recorded_at = datetime.datetime(2026, 11, 23, 18, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    charge = Charge(pk=7, amount=Decimal("3.00"))
    remember(charge)
    charge.amount = Decimal("12.50")
    entry = record(day, "day.saved", by=world.li, also=[charge])
    entry.refresh_from_db()
    assert entry.data == {
        "changes": {
            "month": ["2026-11", "2026-12"], "starts_at": ["15:00:00", "09:30:00"],
            "recorded_at": [None, "2026-11-23T10:00:00+00:00"],
        },
        "also": [{"subject": "dues.charge", "id": 7, "changes": {"amount": ["3.00", "12.50"]}}],
    }  # fmt: skip


def test_a_list_that_is_changed_from_within_and_a_file_are_noticed(world):
    from activities.models import Policy

    policy = lock(Policy.objects.first())
    policy.months_off.append(7)
    assert record(policy, "policy.changed", by=world.zhou).data["changes"]["months_off"] == [[2, 8], [2, 8, 7]]
    report = Report(pk=1)
    remember(report)
    report.file.save("a.xlsx", ContentFile(b"x"), save=False)
    assert record(report, "report.compiled", by=None).data["changes"] == {"file": ["", "reports/a.xlsx"]}


def test_a_secret_is_said_to_have_changed_and_no_more(world):
    user = lock(world.li)
    user.set_password("a-new-one")
    person = lock(world.li.person)
    person.identity_sealed = "sealed"
    hidden = ["（已更改）", "（已更改）"]
    data = record(user, "password.changed", by=user, also=[person]).data
    assert data["changes"]["password"] == hidden
    assert data["also"] == [{"subject": "branches.person", "id": person.pk, "changes": {"identity_sealed": hidden}}]


def test_what_is_deleted_is_told_as_it_was_before_or_after_it_goes(world):
    group = make_group(world.first, "第一党小组")
    gone = {"organization_id": [world.first.pk, None], "name": ["第一党小组", None], "order": [1, None]}
    told = [{"subject": "branches.group", "id": group.pk, "changes": gone}]
    assert record(world.first, "group.dropped", by=world.li, gone=[group]).data == {"also": told}
    group = lock(group)
    group.delete()
    assert record(world.first, "group.dropped", by=world.li, gone=[group]).data == {"also": told}


def test_what_was_empty_is_no_loss(world):
    person = make_person(world.first, "江映雪", ethnicity="", left_on=None)
    changes = record(world.first, "person.dropped", by=world.li, gone=[person]).data["also"][0]["changes"]
    assert changes["name"] == ["江映雪", None]
    assert [name for name, (before, _) in changes.items() if before in ("", None)] == []


def test_of_many_each_tells_its_own(world):
    people = lock_all(Person.objects.filter(organization=world.first).order_by("pk"))
    for place, person in enumerate(people[:2]):
        person.ethnicity = f"族{place}"
    Person.objects.bulk_update(people, ["ethnicity"])
    record_many(people[:3], "person.changed", by=world.li)
    told = [entry.data for entry in AuditEntry.objects.order_by("pk")]
    assert told == [{"changes": {"ethnicity": ["", "族0"]}}, {"changes": {"ethnicity": ["", "族1"]}}, {}]


def test_of_a_bulk_update_the_changes_are_given(world):
    day = make_day(world.first)
    rows = Attendance.objects.filter(day=day).order_by("pk")[:2]
    given = {rows[0].pk: {"status": ["PRESENT", Attendance.Status.ABSENT]}}
    record_many(rows, "attendance.marked", by=world.li, changes=given)
    assert [entry.data for entry in AuditEntry.objects.order_by("pk")] == [
        {"changes": {"status": ["PRESENT", "ABSENT"]}}, {},
    ]  # fmt: skip


def test_an_entry_belongs_to_the_organization_of_its_record(world):
    day = make_day(world.first)
    rows = [world.second, day, day.attendance.first(), day.items.first(), world.qian, world.zheng.person]
    for row in rows:
        record(row, "thing.touched", by=world.zhou)
    assert [history_of(row).get().organization_id for row in rows] == [
        world.second.pk, *[world.first.pk] * 3, world.other.pk, world.first.pk,
    ]  # fmt: skip
    group = Group(organization=world.first)
    assert record(group.organization, "thing.touched", by=None).organization_id == world.first.pk


def test_the_diff_costs_no_query(world):
    with CaptureQueriesContext(connection) as locking:
        person = lock(world.li.person)
    person.name = "李明"
    with CaptureQueriesContext(connection) as recording:
        record(person, "person.changed", by=world.chen)
    assert (len(locking), len(recording)) == (1, 1)
