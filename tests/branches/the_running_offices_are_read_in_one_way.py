"""The offices behind every right are read in SQL of their own: the same as the models' own words find, to the day."""

import datetime
from itertools import product

from branches.access import seats
from branches.models import Appointment, Office, Organization, Person
from tests.builders import fresh, make_branch, make_group, make_officer, make_seat

TODAY = datetime.date(2026, 11, 23)
DAYS = [TODAY - datetime.timedelta(days=1), TODAY, TODAY + datetime.timedelta(days=1)]


def as_models_say(user):
    """The user's running appointments as the columns of a seat, as the models ask for them."""
    rows = Appointment.objects.active().filter(person__user=user, person__left_on=None, organization__closed_on=None)
    return {
        (row.pk, row.office, row.title or row.get_office_display(), row.organization_id, row.organization.short_name,
         row.organization.parent.short_name if row.organization.parent else "", row.organization.kind,
         row.organization.path, row.group_id)
        for row in rows.select_related("organization__parent")
    }  # fmt: skip


def as_read(user):
    return {
        (one.id, one.office, one.label, one.organization_id, one.organization, one.above, one.kind, one.path,
         one.group_id)
        for one in seats(fresh(user))
    }  # fmt: skip


def test_every_span_of_an_office_is_read_as_the_models_say(world):
    user = make_officer(world.first, Office.MEMBER, "多职同志")
    Appointment.objects.filter(person__user=user).delete()
    for number, (starts, ends) in enumerate(product(DAYS, [*DAYS, None])):
        if ends is None or starts < ends:
            branch = make_branch(world.arts, f"任职支部{number}")
            seat = make_seat(user, branch, Office.SECRETARY)
            Appointment.objects.filter(pk=seat.pk).update(starts_on=starts, ends_on=ends)
    found = as_read(user)
    assert found == as_models_say(user)
    assert len(found) == 4  # begun yesterday or today, and over tomorrow or never


def test_every_column_is_read_as_the_models_say(world):
    """A title of its own, a group, an office at the top, where nothing stands above."""
    group = make_group(world.first, "第一党小组", [world.li.person])
    seat = make_seat(world.li, world.first, Office.GROUP_LEADER)
    Appointment.objects.filter(pk=seat.pk).update(group=group, title="第一党小组组长")
    make_seat(world.li, world.committee, Office.LEADER)
    found = as_read(world.li)
    assert found == as_models_say(world.li)
    assert {one[2] for one in found} == {"书记", "第一党小组组长", Office.LEADER.label}
    assert {one[5] for one in found} == {world.arts.short_name, ""}


def test_who_left_and_what_is_closed_has_no_seat(world):
    make_seat(world.li, world.second, Office.MEMBER)
    Organization.objects.filter(pk=world.second.pk).update(closed_on=TODAY)
    assert {one[3] for one in as_read(world.li)} == {world.first.pk}
    assert as_read(world.li) == as_models_say(world.li)
    Person.objects.filter(user=world.li).update(left_on=TODAY)
    assert as_read(world.li) == as_models_say(world.li) == set()
