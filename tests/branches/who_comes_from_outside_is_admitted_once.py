"""转入本校: somebody new comes with a letter of introduction; who was here before comes back to the own past.

Chen keeps First Branch, Zhao leads Second; Wang stands above both, Zhou sits in the department.
"""

import datetime
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from activities.models import Attendance
from branches import actions
from branches.models import Organization, Person, Transfer
from core.audit import history_of
from core.periods import Month
from core.workflow import StaleState
from dues.actions import open_month
from dues.models import Charge
from tests.builders import make_day, make_person

D = datetime.date
TODAY, SECOND = D(2026, 11, 23), D(2026, 11, 2)
NEW = {"staff_number": "N2026", "name": "新同志", "place": "复旦大学"}


def admit(branch, by, moved_on=TODAY, **facts):
    return actions.admit_person(branch, by=by, moved_on=moved_on, **(NEW | facts))


def back(person, branch, by, moved_on=TODAY, **facts):
    return admit(branch, by, moved_on, staff_number=person.staff_number, name=person.name, **facts)


def gone(world, kind, left_on=SECOND):
    person = make_person(world.first, "老同志", category="STUDENT")
    actions.release_person(person, by=world.zhou, kind=kind, left_on=left_on, place="外校", note="x")
    person.refresh_from_db()
    return person


def homes(person, *days):
    return [Person.objects.with_home(day).get(pk=person.pk).home for day in days]


def test_somebody_new_is_in_the_register_from_the_day_on(world):
    row = admit(world.first, world.chen, D(2026, 11, 3), standing="FULL", category="STAFF", joined_on=D(2020, 7, 1))

    person = Person.objects.get(staff_number="N2026")
    assert (person.organization, person.standing, person.joined_on, person.left_on, person.user) == (
        world.first, "FULL", D(2020, 7, 1), None, None,
    )  # fmt: skip
    assert (row.kind, row.status, row.from_organization, row.to_organization, row.moved_on, row.place) == (
        "IN", "ACCEPTED", None, world.first, D(2026, 11, 3), "复旦大学",
    )  # fmt: skip
    assert homes(person, D(2026, 11, 2), D(2026, 11, 3)) == [None, world.first.pk]
    months = (Month(2026, 10), Month(2026, 11))
    assert [Person.objects.with_home_in(month).get(pk=person.pk).home for month in months] == [None, world.first.pk]
    assert [entry.event for entry in history_of(person)] == ["person.admitted"]
    with pytest.raises(StaleState, match="现在就在本校名册里"):
        admit(world.second, world.zhao)
    assert Person.objects.filter(staff_number="N2026").count() == 1


@pytest.mark.parametrize(
    ("kind", "returns_as", "by_whom"),
    [
        ("OUT", "IN", {"li", "chen", "wang", "zhou"}),
        ("GRADUATED", "IN", {"li", "chen", "wang", "zhou"}),
        ("SUSPENDED", "RESUMED", {"wang", "zhou"}),
        ("DIED", "", set()),
        ("LEFT", "", set()),
    ],
)
def test_who_left_comes_back_by_decision_of_whoever_may_and_who_cannot_does_not(world, kind, returns_as, by_whom):
    person = gone(world, kind)
    found = {}
    for name in ("li", "chen", "xu", "zhao", "wang", "qian", "he", "zhou"):
        with suppress(PermissionDenied), transaction.atomic():
            found[name] = back(person, world.first, getattr(world, name)).kind
            person.refresh_from_db()
            assert (person.left_on, person.organization) == (None, world.first)
            transaction.set_rollback(True)
    assert found == dict.fromkeys(by_whom, returns_as)


def test_who_comes_back_elsewhere_keeps_the_own_past(world):
    person = make_person(world.first, "老同志", category="STUDENT")
    make_day(world.first, Month(2026, 10), held_on=D(2026, 10, 15))
    open_month(Month(2026, 10))
    frozen = [list(model.objects.order_by("pk").values()) for model in (Attendance, Charge)]
    actions.release_person(person, by=world.chen, kind="OUT", left_on=D(2026, 10, 20), place="外校")

    back(person, world.second, world.zhao, D(2026, 11, 5), standing="ACTIVIST", phone="1")

    person.refresh_from_db()
    assert (person.organization, person.left_on, person.standing) == (
        world.second,
        None,
        "FULL",
    )  # facts of the new only
    assert homes(person, D(2026, 10, 19), D(2026, 10, 20), D(2026, 11, 4), D(2026, 11, 5)) == [
        world.first.pk, None, None, world.second.pk,
    ]  # fmt: skip
    assert [list(model.objects.order_by("pk").values()) for model in (Attendance, Charge)] == frozen


def test_of_whom_the_register_knows_the_day_alone_the_leaving_is_written_down_first(world):
    person = make_person(world.first, "早已离开", left_on=D(2025, 6, 30))

    back(person, world.second, world.zhao)

    rows = list(person.transfers.order_by("pk").values_list("kind", "from_organization", "to_organization", "moved_on"))
    assert rows == [
        ("OUT", world.first.pk, None, D(2025, 6, 30)), ("IN", None, world.second.pk, TODAY),
    ]  # fmt: skip
    assert homes(person, D(2025, 6, 29), D(2025, 6, 30), TODAY) == [world.first.pk, None, world.second.pk]


def test_a_number_under_another_name_is_nobody_who_comes_back(world):
    person = gone(world, "OUT")
    with pytest.raises(StaleState, match="请核对学工号和姓名"):
        admit(world.first, world.chen, staff_number=person.staff_number, name="别人")
    person.refresh_from_db()
    assert person.left_on == D(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (D(2026, 11, 24), "日期还没有到，请填今天或以前的日期。"),
        (D(2026, 10, 31), "请填本月的日期（2026-11-01 起）：以前月份的名单和党费已经定了。"),
        (D(2026, 11, 1), ""),
    ],
)
def test_nobody_comes_into_a_month_that_is_over(world, client, day, words):
    client.force_login(world.chen)
    sent = NEW | {"moved_on": day, "standing": "FULL", "category": "STAFF", "joined_on": "2020-07-01"}

    page = client.post(reverse("person_admit", args=[world.first.pk]), sent)

    if words:
        assert (page.status_code, page.context["form"].errors["moved_on"]) == (422, [words])
        with pytest.raises(PermissionDenied):
            admit(world.first, world.chen, day)
    assert list(Transfer.objects.values_list("moved_on", flat=True)) == ([] if words else [day])


def test_nobody_comes_back_before_they_left_nor_into_a_closed_branch(world):
    person = gone(world, "OUT", D(2026, 11, 12))
    with pytest.raises(PermissionDenied, match="不能早于上一次变动（2026-11-12）"):
        back(person, world.first, world.chen, D(2026, 11, 11))
    Organization.objects.filter(pk=world.second.pk).update(closed_on=TODAY)
    with pytest.raises(PermissionDenied, match="已撤销"):
        back(person, world.second, world.wang)
    assert back(person, world.first, world.chen, D(2026, 11, 12)).moved_on == D(2026, 11, 12)


def test_a_return_by_mistake_is_led_back_to_the_day_of_leaving(world):
    person = gone(world, "OUT")
    row = back(person, world.second, world.zhao, D(2026, 11, 10))

    actions.undo_transfer(row, by=world.zhao, reason="不是本人")

    person.refresh_from_db()
    assert (person.left_on, homes(person, D(2026, 11, 1), D(2026, 11, 2), TODAY)) == (
        D(2026, 11, 2), [world.first.pk, None, None],
    )  # fmt: skip
    assert back(person, world.first, world.chen, D(2026, 11, 20)).kind == "IN"


def test_a_first_entry_by_mistake_leaves_nobody_in_the_branch(world):
    row = admit(world.first, world.chen, D(2026, 11, 10), standing="FULL", category="STUDENT")

    actions.undo_transfer(row, by=world.chen, reason="登记到别的学校了")

    person = Person.objects.get(staff_number="N2026")
    assert homes(person, D(2026, 11, 9), D(2026, 11, 10), TODAY) == [None, None, None]
    assert list(Person.objects.of(world.first).present().filter(pk=person.pk)) == []
