"""Opening a month: what should stand, what stands, write the difference. Run twice, nothing happens."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Organization, Person
from core.audit import AuditEntry
from core.periods import Month
from dues import actions
from dues.models import Base, Charge, DuesMonth, RatePolicy
from dues.owing import without_charge
from tests.builders import NOVEMBER, OCTOBER, make_branch, make_day, make_person

JANUARY = Month(2026, 1)


def set_base(person, amount, from_month=JANUARY):
    return actions.set_bases({person.pk: Decimal(amount)}, from_month, "年度核定", None)


def charges(**lookup):
    rows = Charge.objects.filter(**lookup).order_by("person")
    return list(rows.values_list("person__name", "base", "rate", "amount", "category", "standing"))


@pytest.fixture
def branch(world):
    return make_branch(world.arts, "新党支部")


def test_a_charge_freezes_base_rate_and_standing(branch):
    set_base(make_person(branch, "在岗"), "9640.00")
    set_base(make_person(branch, "退休", category="RETIRED"), "4870.00")
    make_person(branch, "学生", category="STUDENT", standing="PROBATIONARY", joined_on=datetime.date(2026, 5, 1))
    make_person(branch, "积极分子", standing="ACTIVIST", category="STUDENT")

    actions.open_month(NOVEMBER, Organization.objects.filter(pk=branch.pk))

    assert charges(month=NOVEMBER) == [
        ("在岗", Decimal("9640.00"), "1.5%", Decimal("144.60"), "STAFF", "FULL"),
        ("退休", Decimal("4870.00"), "0.5%", Decimal("24.35"), "RETIRED", "FULL"),
        ("学生", None, "0.20 元", Decimal("0.20"), "STUDENT", "PROBATIONARY"),
    ]


def test_opening_twice_changes_nothing(world, branch):
    for person in Person.objects.members():
        set_base(person, "5000.00")
    first = actions.open_month(NOVEMBER)
    standing = list(Charge.objects.order_by("pk").values()), AuditEntry.objects.count(), DuesMonth.objects.count()

    assert first == Person.objects.members().count()
    assert actions.open_month(NOVEMBER) == 0
    assert standing == (
        list(Charge.objects.order_by("pk").values()), AuditEntry.objects.count(), DuesMonth.objects.count(),
    )  # fmt: skip


def test_every_open_branch_gets_its_month_and_no_other_organization(world, branch):
    make_branch(world.arts, "已撤销").__class__.objects.filter(short_name="已撤销").update(
        closed_on=datetime.date(2026, 1, 1)
    )
    Organization.objects.filter(pk=branch.pk).update(founded_on=datetime.date(2026, 12, 1))

    actions.open_month(NOVEMBER)

    opened = set(DuesMonth.objects.for_month(NOVEMBER).values_list("organization__short_name", flat=True))
    assert opened == {"文学院第一党支部", "文学院第二党支部", "历史学院党支部", "图书馆直属党支部"}


def test_a_probationary_member_owes_from_the_month_of_admission(branch):
    person = make_person(branch, category="STUDENT", standing="PROBATIONARY", joined_on=datetime.date(2026, 11, 30))
    for month in (OCTOBER, NOVEMBER):
        actions.open_month(month)

    assert list(Charge.objects.filter(person=person).values_list("month", flat=True)) == [NOVEMBER]


def test_a_member_who_moves_in_mid_month_owes_that_month_to_one_branch(world, branch):
    person = make_person(world.first, category="STUDENT")
    actions.open_month(NOVEMBER)
    person.organization = branch
    person.save(update_fields=["organization"])

    actions.open_month(NOVEMBER)
    actions.open_month(NOVEMBER.next)

    rows = Charge.objects.filter(person=person).order_by("month")
    assert [(row.month, row.dues_month.organization) for row in rows] == [
        (NOVEMBER, world.first),
        (NOVEMBER.next, branch),
    ]


def test_who_left_owes_nothing_more(branch):
    person = make_person(branch, category="STUDENT", left_on=datetime.date(2026, 11, 2))
    actions.open_month(NOVEMBER)

    assert not Charge.objects.filter(person=person).exists()


def test_a_member_without_a_base_is_charged_once_it_is_set(branch):
    person = make_person(branch, "无基数")
    here = Organization.objects.filter(pk=branch.pk)
    assert actions.open_month(NOVEMBER, here) == 0
    assert list(without_charge(NOVEMBER, here)) == [person]

    set_base(person, "5000.01")

    assert actions.open_month(NOVEMBER, here) == 1
    assert charges(person=person) == [("无基数", Decimal("5000.01"), "1.5%", Decimal("75.00"), "STAFF", "FULL")]
    assert list(without_charge(NOVEMBER, here)) == []


def test_a_new_base_and_new_rules_alter_no_month_that_stands(branch):
    person = make_person(branch)
    set_base(person, "3000.00")
    actions.open_month(OCTOBER)
    set_base(person, "12000.00", NOVEMBER)
    dearer = RatePolicy.objects.create(effective_from=NOVEMBER)
    dearer.brackets.create(category="STAFF", percent=Decimal(3))

    actions.open_month(OCTOBER)
    actions.open_month(NOVEMBER)

    rows = Charge.objects.filter(person=person).order_by("month")
    assert list(rows.values_list("month", "rate", "amount")) == [
        (OCTOBER, "0.5%", Decimal("15.00")),
        (NOVEMBER, "3%", Decimal("360.00")),
    ]


def test_a_base_is_added_only_where_it_differs_from_the_one_in_force(branch):
    person, other = make_person(branch), make_person(branch)
    set_base(person, "5000.00")

    added = actions.set_bases({person.pk: Decimal("5000"), other.pk: Decimal("1")}, NOVEMBER, "导入", None)

    assert added == 1
    assert list(Base.objects.order_by("pk").values_list("person", "amount", "from_month")) == [
        (person.pk, Decimal("5000.00"), JANUARY),
        (other.pk, Decimal("1.00"), NOVEMBER),
    ]


def test_the_month_is_tied_to_its_activity_day_where_that_is_known(world):
    day = make_day(world.first)
    actions.open_month(NOVEMBER)

    tied = dict(DuesMonth.objects.for_month(NOVEMBER).values_list("organization__short_name", "day"))
    assert tied["文学院第一党支部"] == day.pk
    assert tied["文学院第二党支部"] is None


def test_a_charge_added_to_a_verified_month_opens_it_again(world):
    for person in world.second.people.all():
        set_base(person, "0.00")
    actions.open_month(NOVEMBER)
    verified = DuesMonth.objects.get(organization=world.second, month=NOVEMBER)
    actions.verify_month(verified, choices={}, by=world.zhao)
    make_person(world.second, "新来的学生", category="STUDENT")

    actions.open_month(NOVEMBER)

    verified.refresh_from_db()
    assert (verified.status, verified.verified_at, verified.verified_by) == ("OPEN", None, None)
    assert AuditEntry.objects.about(verified).last().event == "dues.reopened"


def test_opening_costs_the_same_whatever_the_number_of_members(world):
    make_person(world.first, category="STUDENT")
    costs = []
    for month in (OCTOBER, NOVEMBER):
        with CaptureQueriesContext(connection) as queries:
            actions.open_month(month)
        costs.append((len(queries), Charge.objects.filter(month=month).count()))
        for _ in range(40):
            make_person(world.first, category="STUDENT")

    assert costs == [(costs[0][0], 1), (costs[0][0], 41)]
