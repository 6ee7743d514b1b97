"""撤销: an accepted transfer was a mistake. It is led back on its own day, so that nobody was ever away.

Li is secretary of First Branch, and was taken over by Second on the 10th, where Zhao accepts; Wang stands above both.
Everything that was counted meanwhile stays as it was.
"""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from activities.models import Attendance
from branches import actions
from branches.models import Appointment, Office, Organization, Person, Transfer
from core.audit import history_of
from core.inbox import Notice
from core.periods import Month
from core.workflow import StaleState
from dues.actions import open_month
from dues.models import Charge
from tests.builders import NOVEMBER, fresh, make_day, make_group, make_person, make_seat

D = datetime.date
TODAY = D(2026, 11, 23)
TENTH = D(2026, 11, 10)


@pytest.fixture
def moved(world):
    """Li's transfer to Second Branch, with what each branch had of Li before and has since."""
    li = world.li.person
    make_group(world.first, "第一党小组", [li])
    make_seat(world.li, world.arts, Office.MEMBER)
    row = actions.request_transfer(li, by=world.chen, to=world.second)
    row = actions.accept_transfer(row, by=world.zhao, moved_on=TENTH)
    group = make_group(world.second, "第二党小组", [li])
    Appointment.objects.create(
        person=li, organization=world.second, office=Office.GROUP_LEADER, group=group, starts_on=TENTH
    )
    return row


def undo(row, by):
    return actions.undo_transfer(row, by=by, reason="转错了人")


def homes(person, *days):
    return [Person.objects.with_home(day).get(pk=person.pk).home for day in days]


def test_the_person_is_back_from_the_day_of_the_move_and_both_rows_stay(world, moved):
    back = undo(moved, world.wang)

    li = Person.objects.get(pk=world.li.person.pk)
    assert (li.organization, li.group, li.left_on) == (world.first, None, None)
    assert homes(li, D(2026, 11, 9), TENTH, TODAY) == [world.first.pk] * 3
    assert Person.objects.with_home_in(Month(2026, 11)).get(pk=li.pk).home == world.first.pk
    assert (back.kind, back.status, back.undoes, back.from_organization, back.to_organization, back.moved_on) == (
        "UNDONE", "ACCEPTED", moved, world.second, world.first, TENTH,
    )  # fmt: skip
    assert (Transfer.objects.get(pk=moved.pk).status, back.note) == ("ACCEPTED", "转错了人")
    assert [entry.event for entry in history_of(li)][-2:] == ["person.moved", "person.move_undone"]


def test_offices_that_it_ended_are_given_anew_and_those_of_the_new_branch_end_today(world, moved):
    undo(moved, world.wang)
    assert list(Appointment.objects.filter(person=world.li.person).order_by("pk").values_list("office", "ends_on")) == [
        ("SECRETARY", TENTH), ("MEMBER", None), ("GROUP_LEADER", TODAY),
    ]  # fmt: skip


def test_what_was_counted_meanwhile_stays(world, moved):
    Person.objects.filter(pk=world.li.person.pk).update(category="STUDENT")
    make_day(world.second, held_on=D(2026, 11, 20))
    open_month(Month(2026, 11))
    frozen = [list(model.objects.order_by("pk").values()) for model in (Attendance, Charge)]
    assert Charge.objects.get(person=world.li.person).dues_month.organization == world.second

    undo(moved, world.wang)

    open_month(Month(2026, 11))
    assert [list(model.objects.order_by("pk").values()) for model in (Attendance, Charge)] == frozen


def test_both_branches_are_told(world, moved):
    undo(moved, world.wang)
    told = Notice.objects.filter(kind="transfer_undone").values_list("recipient__name", "title", "text")
    assert set(told) == {
        ("陈组织", "李书记的校内转接已撤销", "原因：转错了人"), ("赵书记", "李书记的校内转接已撤销", "原因：转错了人"),
    }  # fmt: skip


def test_what_was_asked_for_meanwhile_is_withdrawn(world, moved):
    asked = actions.request_transfer(Person.objects.get(pk=world.li.person.pk), by=world.zhao, to=world.direct)
    undo(moved, world.wang)
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("WITHDRAWN", "组织关系已另行变动，本次转接不再办理")
    with pytest.raises(StaleState):
        actions.accept_transfer(asked, by=world.wu)


@pytest.mark.parametrize("later", ["move", "leave"])
def test_not_after_a_later_move(world, client, moved, later):
    li = Person.objects.get(pk=world.li.person.pk)
    if later == "move":
        (last,) = actions.move_many({li: world.direct}, by=world.zhou, moved_on=TENTH)  # on the same day
    else:
        last = actions.release_person(li, by=world.zhao, kind="OUT", left_on=TODAY, place="外校")
    before = list(Transfer.objects.order_by("pk").values())
    client.force_login(world.zhou)

    page = client.get(moved.get_absolute_url()).context["page"]

    assert (bool(page.undo), page.undo.why) == (False, "之后又有变动，这一次不能再撤销。")
    assert client.post(reverse("transfer_undo", args=[moved.pk]), {"reason": "转错了人"}).status_code == 403
    assert list(Transfer.objects.order_by("pk").values()) == before
    undo(last, world.zhou)  # the latest first; then what came before can no more be: the undoing came later
    with pytest.raises(PermissionDenied, match="之后又有变动"):
        undo(moved, world.zhou)


def test_once_and_not_itself(world, moved):
    back = undo(moved, world.wang)
    with pytest.raises(PermissionDenied, match="之后又有变动"):
        undo(moved, world.wang)
    with pytest.raises(PermissionDenied, match="没有可以撤销的"):
        undo(back, world.wang)


def test_not_back_into_a_closed_branch(world, moved):
    Organization.objects.filter(pk=world.first.pk).update(closed_on=TODAY)
    with pytest.raises(PermissionDenied, match="已撤销，不能转回"):
        undo(moved, world.wang)


def test_nobody_the_own(world):
    row = actions.request_transfer(world.wang.person, by=world.zhao, to=world.first)
    actions.accept_transfer(row, by=world.li)
    with pytest.raises(PermissionDenied, match="您本人"):
        undo(row, fresh(world.wang))
    assert undo(row, world.zhou).undoes == row


def test_a_move_of_a_month_that_is_over_stands_but_a_leaving_is_led_back(world, monday):
    stayed, left = make_person(world.first, "转接"), make_person(world.first, "离开")
    (move,) = actions.move_many({stayed: world.second}, by=world.zhou, moved_on=TODAY)
    out = actions.release_person(left, by=world.chen, kind="OUT", left_on=TODAY, place="外校")
    monday.move_to("2026-11-30T23:00:00+08:00")
    (same,) = actions.move_many({make_person(world.first): world.second}, by=world.zhou, moved_on=TODAY)
    assert undo(same, world.wang).undoes == same
    monday.move_to("2026-12-01T00:00:00+08:00")

    with pytest.raises(PermissionDenied, match="本月以前的变动不再撤销"):
        undo(move, world.wang)

    assert homes(stayed, TODAY) == [world.second.pk]
    undo(out, world.chen)
    assert homes(left, D(2026, 11, 22), TODAY, D(2026, 12, 1)) == [world.first.pk] * 3


def test_who_came_back_by_mistake_belongs_to_the_branch_that_they_had_left(world):
    """Left First, was entered into Second, and that is taken back: the month is First's, and so is the record."""
    person = make_person(world.first, "江映雪")
    actions.release_person(person, by=world.zhou, kind="OUT", left_on=D(2026, 11, 10), place="外校")
    back = actions.admit_person(
        world.second, by=world.zhou, staff_number=person.staff_number, name=person.name, moved_on=D(2026, 11, 20)
    )

    undo(back, world.zhou)

    person.refresh_from_db()
    assert (person.organization, person.left_on) == (world.first, D(2026, 11, 10))
    assert homes(person, D(2026, 11, 9), D(2026, 11, 10), TODAY) == [world.first.pk, None, None]
    assert Person.objects.with_home_in(NOVEMBER).get(pk=person.pk).home == world.first.pk
