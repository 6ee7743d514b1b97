"""Li, Chen and those above divide First Branch into groups; Xu, Zheng and the neighbours do not."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from activities.kinds import MeetingType
from branches import actions
from branches.actions.persons import version_of
from branches.models import Appointment, Group, Office, Person
from core.audit import AuditEntry
from core.workflow import StaleState
from meetings.duties import coverage
from meetings.forms import MinutesForm
from tests.builders import NOVEMBER, World, fresh, make_day, make_group, make_meeting, make_officer, make_seat

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def group(world):
    """The first group of First Branch: two members and a leader."""
    leader = make_officer(world.first, Office.GROUP_LEADER, "组长甲").person
    made = make_group(world.first, "第一党小组", [world.zheng.person, world.xu.person, leader])
    Appointment.objects.filter(person=leader).update(group=made)
    return made


def address(name, *args):
    return reverse(name, args=args)


def now(row):
    return type(row).objects.get(pk=row.pk)


def test_a_group_is_founded_filled_and_renamed_on_one_page(world: World, client):
    client.force_login(world.li)
    assert client.post(address("group_found", world.first.pk), {"name": " 教师小组 "}).url == address(
        "groups", world.first.pk
    )
    made = Group.objects.get()
    page = client.get(address("groups", world.first.pk))
    people = [person for person, _ in page.context["arrange"].rows]
    assert len(people) == 9

    posted = {f"p{person.pk}": "" for person in people} | {f"initial-p{person.pk}": "" for person in people}
    chosen = [world.zheng.person, world.xu.person]
    answer = client.post(
        address("groups_arrange", world.first.pk), posted | {f"p{person.pk}": str(made.pk) for person in chosen}
    )

    assert answer.url == address("groups", world.first.pk)
    assert set(Person.objects.filter(group=made)) == set(chosen)
    assert AuditEntry.objects.filter(event="person.grouped").count() == 2
    client.post(address("group_rename", world.first.pk, made.pk), {"name": "教工小组"})
    assert [(line.group.name, line.size, line.is_small) for line in page_groups(client, world)] == [
        ("教工小组", 2, True)
    ]


def page_groups(client, world):
    return client.get(world.first.get_absolute_url()).context["groups"]


def test_a_name_is_used_once_among_the_groups_that_exist(world: World, client, group):
    client.force_login(world.li)
    other = make_group(world.first, "第二党小组")

    for where in (address("group_found", world.first.pk), address("group_rename", world.first.pk, other.pk)):
        page = client.post(where, {"name": "第一党小组"})
        assert (page.status_code, page.context["form"].errors["name"]) == (422, ["已经有“第一党小组”，请换一个名称。"])
        assert "第一党小组" in page.content.decode()
    actions.dissolve_group(group, by=world.li)
    assert client.post(address("group_found", world.first.pk), {"name": "第一党小组"}).status_code == 302
    assert Group.objects.filter(name="第一党小组").count() == 2


def test_what_another_has_changed_meanwhile_is_not_put_back(world: World, client, group):
    """Chen's page shows Zheng in the first group; Li takes him out; Chen then only moves Li."""
    shown = {person.pk: str(person.group_id or "") for person in Person.objects.of(world.first).present()}
    actions.arrange_groups(world.first, by=world.li, choices={world.zheng.person.pk: None})
    posted = {f"initial-p{pk}": was for pk, was in shown.items()} | {f"p{pk}": was for pk, was in shown.items()}
    client.force_login(world.chen)

    client.post(address("groups_arrange", world.first.pk), posted | {f"p{world.li.person.pk}": str(group.pk)})

    assert (now(world.zheng.person).group, now(world.li.person).group) == (None, group)


def test_a_dissolved_group_keeps_its_minutes_and_is_offered_nowhere(world: World, client, group):
    day = make_day(world.first)
    meeting = make_meeting(day, MeetingType.GROUP, by=world.li, group=group)
    draft = make_meeting(make_day(world.second), MeetingType.GROUP, status="DRAFT")
    leader = Appointment.objects.get(office=Office.GROUP_LEADER)
    client.force_login(world.li)

    assert client.post(address("group_dissolve", world.first.pk, group.pk)).url == address("groups", world.first.pk)

    assert (now(group).closed_on, now(leader).ends_on) == (TODAY, TODAY)
    assert Person.objects.filter(group=group).count() == 0
    assert (now(meeting).group, now(meeting).group_name) == (group, "第一党小组")
    assert page_groups(client, world) == []
    open_again = make_meeting(day, MeetingType.GROUP, status="DRAFT")
    assert list(MinutesForm(open_again, world.li).fields["group"].queryset) == []
    assert list(MinutesForm(now(meeting), world.li).fields["group"].queryset) == [group]
    assert list(MinutesForm(draft, world.zhao).fields["group"].queryset) == []
    for page in (address("person_edit", world.zheng.person.pk), address("person_new", world.first.pk)):
        assert list(client.get(page).context["form"].fields["group"].queryset) == []
    for act in (
        lambda: actions.dissolve_group(group, by=world.li),
        lambda: actions.rename_group(group, by=world.li, name="新名"),
        lambda: actions.arrange_groups(world.first, by=world.li, choices={world.zheng.person.pk: group}),
    ):
        with pytest.raises(StaleState, match="撤销"), transaction.atomic():
            act()


@pytest.mark.parametrize("group_is", ["dissolved", "of another branch"])
def test_nobody_is_edited_or_entered_into_a_group_that_is_not_there(world: World, group, group_is):
    if group_is == "dissolved":
        actions.dissolve_group(group, by=world.li)
    else:
        group = make_group(world.second, "二支部小组")
    person = now(world.li.person)
    facts = {"staff_number": "N1", "name": "江映雪", "category": "STUDENT", "standing": "ACTIVIST"}
    before = Person.objects.count()
    for act in (
        lambda: actions.edit_person(person, by=world.li, version=version_of(person), group=group),
        lambda: actions.add_person(world.first, by=world.li, group=group, **facts),
    ):
        with pytest.raises(StaleState, match="刚刚被撤销了，请重新选择"), transaction.atomic():
            act()
    assert (now(person).group, Person.objects.count()) == (None, before)


def test_into_a_group_that_is_there_one_is_edited_and_entered(world: World, group):
    person = now(world.li.person)
    actions.edit_person(person, by=world.li, version=version_of(person), group=group)
    added = actions.add_person(
        world.first, by=world.li, group=group, staff_number="N1", name="江映雪", category="STUDENT", standing="ACTIVIST"
    )
    assert (now(person).group, now(added).group) == (group, group)


def test_group_meetings_are_owed_by_groups_that_exist(world: World, group):
    def owed():
        rows = coverage(type(world.first).objects.filter(pk=world.first.pk), [NOVEMBER.next])
        return next(one.not_owed for one in rows if one.type == MeetingType.GROUP)

    assert owed() == ""
    actions.dissolve_group(group, by=world.li)
    assert owed() == "未划分党小组"


@pytest.mark.parametrize("name", ["li", "chen", "xu", "zheng", "zhao", "wang", "qian", "sun", "wu", "zhou", "he"])
def test_keepers_of_the_branch_divide_it_and_nobody_else(world: World, client, group, name):
    user = fresh(getattr(world, name))
    may = name in ("li", "chen", "wang", "zhou")
    acts = [
        lambda: actions.found_group(world.first, by=user, name="新小组"),
        lambda: actions.rename_group(group, by=user, name="改名"),
        lambda: actions.arrange_groups(world.first, by=user, choices={world.zheng.person.pk: None}),
        lambda: actions.dissolve_group(group, by=user),
    ]
    done = []
    for act in acts:
        try:
            with transaction.atomic():
                act()
            done.append(True)
        except PermissionDenied:
            done.append(False)
    assert done == [may] * 4
    client.force_login(user)
    page = client.get(world.first.get_absolute_url())
    buttons = [word for word, _, _ in page.context["acts"]] if page.status_code == 200 else []
    assert ("党小组" in buttons) == may


def test_a_leader_does_not_end_the_own_office_by_dissolving_the_group(world: World, group):
    Appointment.objects.filter(pk=make_seat(world.li, world.first, Office.GROUP_LEADER).pk).update(group=group)

    with pytest.raises(PermissionDenied, match="您是这个小组的组长"):
        actions.dissolve_group(group, by=fresh(world.li))
    assert actions.dissolve_group(group, by=world.chen).closed_on == TODAY


def test_a_neighbours_group_is_not_reached_through_the_own_branch(world: World, client, group):
    client.force_login(world.zhao)
    for name in ("group_rename", "group_dissolve"):
        assert client.post(address(name, world.second.pk, group.pk), {"name": "x"}).status_code == 404
    theirs = {f"p{world.zheng.person.pk}": "", f"initial-p{world.zheng.person.pk}": str(group.pk)}
    client.post(address("groups_arrange", world.second.pk), theirs)
    with pytest.raises(StaleState), transaction.atomic():
        actions.arrange_groups(world.second, by=world.zhao, choices={world.zhao.person.pk: group})
    actions.arrange_groups(world.second, by=world.zhao, choices={world.zheng.person.pk: None})
    assert (now(group).name, now(world.zheng.person).group) == ("第一党小组", group)
