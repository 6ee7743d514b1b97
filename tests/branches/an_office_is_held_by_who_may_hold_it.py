"""Whoever becomes less than an office asks for gives it up first, by whichever act; a group has one leader.

Li leads First Branch, Wang answers for the general branch above it, Zhou is the department.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from branches import actions
from branches.actions.accounts import give_accounts
from branches.models import Office, Person
from core.workflow import StaleState
from tests.branches.standings import change, someone, state
from tests.builders import make_group, make_person, make_seat

D = datetime.date
TODAY = D(2026, 11, 23)


def officer(world, standing, office, **fields):
    """Somebody of First of a standing, with an account and an office there."""
    person = someone(world.first, standing, **fields)
    give_accounts([person], by=world.zhou)
    person.refresh_from_db()
    make_seat(person.user, world.first, office)
    return person


def test_a_confirmation_is_not_taken_back_from_under_a_seat_in_the_committee(world):
    person = someone(world.first, "PROBATIONARY", name="江映雪")
    change(person, world.zhou, "CONFIRMED")
    seat = actions.appoint(
        world.first, by=world.wang, person=person, office=Office.PUBLICITY_COMMISSIONER, starts_on=TODAY
    )
    before = state(person)

    with pytest.raises(
        PermissionDenied, match="宣传委员要由正式党员担任。江映雪还担任文学院第一党支部宣传委员，请先免去这项职务"
    ):
        actions.undo_standing(person, by=world.zhou, note="登记错了")

    assert state(person) == before
    actions.end_appointment(seat, by=world.wang, ends_on=TODAY, reason="登记错了")
    assert actions.undo_standing(person, by=world.zhou, note="登记错了").standing == "PROBATIONARY"


def test_an_admission_is_not_taken_back_from_under_a_group_leader(world):
    group = make_group(world.first, "第一党小组")
    person = someone(world.first, "PROSPECT")
    change(person, world.zhou, "ADMITTED")
    seat = actions.appoint(
        world.first, by=world.li, person=person, office=Office.GROUP_LEADER, starts_on=TODAY, group=group
    )
    with pytest.raises(PermissionDenied, match="发展对象，不能任职"):
        actions.undo_standing(person, by=world.zhou, note="登记错了")
    actions.end_appointment(seat, by=world.li, ends_on=TODAY, reason="登记错了")
    assert actions.undo_standing(person, by=world.zhou, note="登记错了").standing == "PROSPECT"


@pytest.mark.parametrize(("standing", "confirmed_on"), [("PROBATIONARY", None), ("ACTIVIST", None)])
def test_a_correction_does_not_leave_an_office_with_who_may_not_hold_it(world, standing, confirmed_on):
    person = officer(world, "FULL", Office.ORGANIZATION_COMMISSIONER)
    joined = person.joined_on if standing == "PROBATIONARY" else None
    with pytest.raises(PermissionDenied, match="组织委员要由正式党员担任"):
        actions.correct_standing(
            person, by=world.zhou, standing=standing, joined_on=joined, confirmed_on=confirmed_on, note="录错了"
        )
    assert Person.objects.get(pk=person.pk).standing == "FULL"


def test_a_correction_does_not_hinder_the_true_day_of_the_next_step(world):
    """It was entered today that somebody was a probationary member all along; confirmed they were a week ago."""
    person = someone(world.first, "ACTIVIST")
    actions.correct_standing(
        person, by=world.zhou, standing="PROBATIONARY", joined_on=D(2025, 11, 10), confirmed_on=None, note="录错了"
    )
    confirmed = change(person, world.zhou, "CONFIRMED", changed_on=D(2026, 11, 16))
    assert (confirmed.standing, confirmed.confirmed_on) == ("FULL", D(2026, 11, 16))


def test_who_is_dropped_is_in_no_group_any_more(world):
    person = someone(world.first, "ACTIVIST")
    make_group(world.first, "第一党小组", [person])
    change(person, world.li, "DROPPED")
    assert Person.objects.get(pk=person.pk).group is None


def test_a_group_has_one_leader_and_each_group_its_own(world):
    one, two = make_group(world.first, "第一党小组"), make_group(world.first, "第二党小组")
    first, second = make_person(world.first, "江映雪"), make_person(world.first, "白亦尘")

    def lead(person, group):
        return actions.appoint(
            world.first, by=world.li, person=person, office=Office.GROUP_LEADER, starts_on=TODAY, group=group
        )

    held = lead(first, one)
    with pytest.raises(StaleState, match="第一党小组已有组长江映雪（2026-11-23 起），请先免职，再任命新的组长。"):
        lead(second, one)
    assert lead(second, two).group == two
    actions.end_appointment(held, by=world.li, ends_on=TODAY, reason="改选")
    assert lead(make_person(world.first), one).group == one
