"""When rules of dues may still be set, changed and taken back, and who may; a month that is opened is never altered."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

import dues.tasks  # noqa: F401 - what a worker knows
from core.audit import AuditEntry, history_of
from core.inbox import Notice
from core.jobs import Job, work_off
from core.periods import Month
from core.workflow import StaleState
from dues.actions import open_month, set_bases
from dues.models import Bracket, Charge, RatePolicy
from dues.policies import RatePolicies
from dues.policy_actions import drop_rates, set_rates
from dues.policy_rules import can_drop_rates, can_set_rates
from tests.builders import NOVEMBER, OCTOBER, make_person
from tests.rates_builders import bands_of, make_rates

DECEMBER, JANUARY = NOVEMBER + 1, NOVEMBER + 2
VALUES = {
    "rounding": "0.01", "soft_cap": Decimal(1000), "base_month": 12, "remind_after": 3, "alert_after": 6,
    "reductions_by": "PARENT",
}  # fmt: skip
DEARER = {"STAFF": [("", "3", "")]}


def change(world, month, lines=None, by=None, seen=None, **values):
    return set_rates(
        month, by=by or world.zhou, seen=RatePolicies().stamp if seen is None else seen,
        bands=bands_of(**(lines or DEARER)), **VALUES | values,
    )  # fmt: skip


def versions():
    return [(str(row.effective_from), row.version, len(row.bands)) for row in RatePolicies().rows]


def test_a_new_version_holds_from_its_month_on_and_alters_no_month_that_is_opened(world):
    person = make_person(world.first)
    set_bases({person.pk: Decimal("4000")}, OCTOBER, "", None)
    open_month(OCTOBER)
    open_month(NOVEMBER)
    before = list(Charge.objects.order_by("pk").values())

    change(world, DECEMBER)

    open_month(OCTOBER)
    open_month(NOVEMBER)
    assert list(Charge.objects.order_by("pk").values()) == before
    assert open_month(DECEMBER) > 0
    assert list(Charge.objects.filter(person=person).order_by("month").values_list("month", "rate", "amount")) == [
        (OCTOBER, "1%", Decimal("40.00")), (NOVEMBER, "1%", Decimal("40.00")), (DECEMBER, "3%", Decimal("120.00")),
    ]  # fmt: skip


def test_who_comes_late_into_an_opened_month_is_charged_by_the_rules_of_that_month(world):
    open_month(NOVEMBER)
    change(world, DECEMBER)
    late = make_person(world.first)
    set_bases({late.pk: Decimal("4000")}, NOVEMBER, "", None)
    open_month(NOVEMBER)
    assert Charge.objects.get(person=late).amount == Decimal("40.00")


@pytest.mark.parametrize(
    ("opened", "first"), [([], DECEMBER), ([NOVEMBER], DECEMBER), ([DECEMBER], JANUARY), ([NOVEMBER + 3], NOVEMBER + 4)]
)
def test_the_first_month_is_to_come_and_after_every_opened_one(world, opened, first):
    for month in opened:
        open_month(month)
    assert RatePolicies().first_open_month == first
    with pytest.raises(PermissionDenied):
        change(world, first.previous)
    assert change(world, first).effective_from == first


def test_a_coming_version_is_changed_or_taken_back_until_its_month_begins(world, monday):
    change(world, JANUARY)
    policy = change(world, JANUARY, {"STAFF": [("4000", "1", ""), ("", "2", "")]}, remind_after=2)
    assert versions() == [("2017-01", 1, 8), ("2027-01", 2, 6)]
    assert (policy.pk, policy.remind_after) == (RatePolicy.objects.get(effective_from=JANUARY).pk, 2)

    monday.move_to(date(2027, 1, 1))
    why = "2027 年 1 月已经开始，标准不再改动。最早从 2027 年 2 月起另定。"
    assert can_set_rates(world.zhou, JANUARY).why == why
    assert can_drop_rates(world.zhou, policy).why == why
    for act in (lambda: change(world, JANUARY), lambda: drop_rates(policy, by=world.zhou, seen=RatePolicies().stamp)):
        with pytest.raises(PermissionDenied):
            act()
    assert versions() == [("2017-01", 1, 8), ("2027-01", 2, 6)]


@pytest.mark.parametrize("month", [JANUARY, JANUARY + 1])
def test_or_until_its_month_or_a_later_one_is_opened(world, month):
    policy = change(world, JANUARY)
    open_month(month)
    why = f"{month.label}已经开账，2027 年 1 月起的标准不再改动。最早从 {month.next.label}起另定。"
    assert can_drop_rates(world.zhou, policy).why == why
    with pytest.raises(PermissionDenied):
        change(world, JANUARY)
    assert versions() == [("2017-01", 1, 8), ("2027-01", 1, 5)]


def test_what_is_taken_back_leaves_what_held_before(world):
    policy = change(world, JANUARY)
    left = drop_rates(policy, by=world.zhou, seen=RatePolicies().stamp)
    assert (versions(), [row.pk for row in left.rows]) == ([("2017-01", 1, 8)], [RatePolicy.objects.get().pk])
    entry = AuditEntry.objects.get(event="rates.dropped")
    assert (entry.by, entry.note, len(entry.data["also"])) == (world.zhou, "2027 年 1 月起的标准取消", 1 + 5)


def test_the_first_of_all_stays(world):
    RatePolicy.objects.all().delete()
    first = make_rates(JANUARY)
    assert can_drop_rates(world.zhou, first).why == "这是最早的一版标准，不能取消；可以从以后的月份起另定。"


def test_the_department_of_the_top_alone_sets_them(world):
    for user in (world.li, world.chen, world.wang, world.he, world.zheng):
        with pytest.raises(PermissionDenied):
            change(world, JANUARY, by=user)
    assert versions() == [("2017-01", 1, 8)]


def test_an_old_page_changes_nothing(world):
    seen = RatePolicies().stamp
    policy = change(world, JANUARY)
    with pytest.raises(StaleState):
        change(world, DECEMBER, seen=seen)
    with pytest.raises(StaleState):
        drop_rates(policy, by=world.zhou, seen=seen)
    assert versions() == [("2017-01", 1, 8), ("2027-01", 1, 5)]


def test_brackets_that_make_no_sense_are_refused_behind_the_form_too(world):
    with pytest.raises(ValueError, match="最后一行"):
        change(world, JANUARY, {"STAFF": [("3000", "1", "")]})
    assert versions() == [("2017-01", 1, 8)]


def test_the_log_says_who_set_what_in_words_and_which_brackets_went(world):
    change(world, JANUARY)
    policy = change(world, JANUARY, {"STAFF": [("", "4", "")]}, alert_after=7)
    first, second = history_of(policy)
    assert (first.event, first.by, first.word) == ("rates.set", world.zhou, "制定党费标准")
    assert second.note == (
        "在岗职工：不分基数高低，一律 3% → 不分基数高低，一律 4%；"
        "欠缴提示：连续 3 个月没有交的提醒，连续 6 个月的重点提示；只作提示，由支部了解情况 → "
        "连续 3 个月没有交的提醒，连续 7 个月的重点提示；只作提示，由支部了解情况"
    )
    assert second.data["changes"] == {"version": [1, 2], "alert_after": [6, 7]}
    gone = [one["changes"]["percent"] for one in second.data["also"] if "percent" in one["changes"]]
    assert ["3.00", None] in gone


def test_whoever_collects_is_told_once_in_the_background(world, monkeypatch):
    monkeypatch.setattr("activities.policy_telling.BATCH", 2)
    change(world, JANUARY)
    change(world, JANUARY, {"STAFF": [("", "4", "")]})
    old, new = Job.objects.filter(kind="tell_of_rates").order_by("pk")
    assert work_off(old.pk)
    assert not Notice.objects.filter(kind="rates_set").exists()
    for _ in range(2):
        Job.objects.filter(pk=new.pk).update(state="PENDING")
        assert work_off(new.pk)
    told = Notice.objects.filter(kind="rates_set", title="党费标准从 2027 年 1 月起有调整")
    assert sorted(told.values_list("recipient__name", flat=True)) == sorted(
        user.name for user in (world.li, world.chen, world.zhao, world.qian, world.wu, world.wang, world.sun)
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"base_month": 0}, {"base_month": 13}, {"remind_after": 0}, {"alert_after": 2}, {"alert_after": 25},
        {"reductions_by": "NOBODY"}, {"soft_cap": 0},
    ],
)  # fmt: skip
def test_the_database_refuses_rules_that_make_no_sense(db, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RatePolicy.objects.create(effective_from=JANUARY, **fields)


@pytest.mark.parametrize(
    "rows",
    [
        [{"percent": 0}], [{"percent": "5.01"}], [{"amount": 0}], [{"percent": 1, "up_to": 0}],
        [{"percent": 1, "amount": 1}], [{}], [{"amount": 1, "up_to": 100}],
        [{"percent": 1}, {"percent": 2}], [{"percent": 1}, {"amount": 1}],
        [{"percent": 1, "up_to": 100}, {"percent": 2, "up_to": 100}],
    ],
)  # fmt: skip
def test_and_brackets_that_make_none(db, rows):
    policy = RatePolicy.objects.create(effective_from=JANUARY)
    with pytest.raises(IntegrityError), transaction.atomic():
        for row in rows:
            Bracket.objects.create(policy=policy, category="STAFF", **row)
        connection.check_constraints()


def test_what_is_shipped_is_what_held_so_far(db):
    shipped = RatePolicy.objects.get()
    assert (shipped.base_month, shipped.remind_after, shipped.alert_after, shipped.reductions_by) == (
        12,
        3,
        6,
        "PARENT",
    )
    assert shipped.effective_from == Month(2017, 1)
