"""党小组: founded, renamed, filled and dissolved by the branch. A dissolved group stays for what it did."""

from django.db import transaction
from django.db.models import Max

from branches import rules
from branches.models import Appointment, Group, Office, Person
from core import clock
from core.audit import record, record_many
from core.workflow import StaleState, lock, lock_all, require


@transaction.atomic
def found_group(branch, *, by, name):
    """A new group of a branch, after those that it has."""
    branch = lock(branch)
    require(rules.can_arrange_groups(by, branch))
    _see_that_it_is_free(branch, name)
    last = branch.groups.aggregate(last=Max("order"))["last"] or 0
    group = Group.objects.create(organization=branch, name=name, order=last + 1, founded_on=clock.today())
    record(group, "group.founded", by=by)
    record(branch, "organization.grouped", by=by, note=f"新设{name}")
    return group


@transaction.atomic
def rename_group(group, *, by, name):
    """Another name from now on; minutes and rosters keep the one that they were written under."""
    branch, group = lock(group.organization), lock(group)
    _see_that_it_is_open(group)
    require(rules.can_arrange_groups(by, branch))
    _see_that_it_is_free(branch, name, but=group)
    before, group.name = group.name, name
    group.save(update_fields=["name"])
    record(group, "group.renamed", by=by)
    record(branch, "organization.grouped", by=by, note=f"{before}更名为{name}")
    return group


@transaction.atomic
def arrange_groups(branch, *, by, choices) -> int:
    """Put people into groups: ``choices`` is ``{person_id: Group or None}``; gives how many changed."""
    branch = lock(branch)
    require(rules.can_arrange_groups(by, branch))
    groups = {group.pk: group for group in branch.groups.open()}
    changed = []
    for person in lock_all(Person.objects.of(branch).present().filter(pk__in=choices).order_by("pk")):
        wanted = choices[person.pk]
        if wanted is not None and wanted.pk not in groups:
            raise StaleState(f"{wanted}刚刚被撤销了，请重新选择。")
        if person.group_id != (wanted.pk if wanted else None):
            person.group = wanted
            changed.append(person)
    Person.objects.bulk_update(changed, ["group"], batch_size=500)
    for group in [*groups.values(), None]:
        record_many(
            [person for person in changed if person.group == group],
            "person.grouped", by=by, note=f"编入{group}" if group else "不编入党小组",
        )  # fmt: skip
    return len(changed)


@transaction.atomic
def dissolve_group(group, *, by):
    """Dissolve a group today: its people are in none, its leader's office ends, its minutes keep its name."""
    branch, group = lock(group.organization), lock(group)
    _see_that_it_is_open(group)
    require(rules.can_dissolve(by, group))
    today = clock.today()
    people = lock_all(Person.objects.filter(group=group).order_by("pk"))
    leaders = lock_all(Appointment.objects.lasting().filter(group=group, office=Office.GROUP_LEADER).order_by("pk"))
    for leader in leaders:
        leader.ends_on = max(leader.starts_on, today)
    Appointment.objects.bulk_update(leaders, ["ends_on"])
    record_many(leaders, "appointment.ended_by_dissolving", by=by, note=f"{group}撤销")
    for person in people:
        person.group = None
    Person.objects.bulk_update(people, ["group"], batch_size=500)
    record_many(people, "person.grouped", by=by, note=f"{group}撤销")
    group.closed_on = today
    group.save(update_fields=["closed_on"])
    record(group, "group.dissolved", by=by)
    record(branch, "organization.grouped", by=by, note=f"撤销{group}")
    return group


def _see_that_it_is_open(group):
    if group.closed_on:
        raise StaleState(f"{group}已于 {group.closed_on} 撤销。")


def _see_that_it_is_free(branch, name, but=None):
    if branch.groups.open().exclude(pk=but.pk if but else None).filter(name=name).exists():
        raise StaleState(f"刚刚已经有了“{name}”，请换一个名称。")
