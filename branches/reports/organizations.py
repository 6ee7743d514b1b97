"""One organization's page: counts, office holders, groups, what stands under it, its history."""

from dataclasses import dataclass

from django.db.models import Count, Q

from branches import access
from branches.models import Appointment, Group, Office, Organization, Person, StructurePolicy
from branches.models.people import MEMBERS
from branches.reports.acts import ORGANIZATION_ACTS, acts_for
from branches.reports.lines import lines_of
from branches.reports.people import masked_phone
from branches.reports.tree import level_under
from core.audit import history_of


def secretaries_of(organizations) -> dict[int, Appointment]:
    """The secretary in office of each organization, by its id."""
    running = Appointment.objects.active().filter(
        organization__in=organizations, office=Office.SECRETARY, person__left_on=None
    )
    return {row.organization_id: row for row in running.select_related("person").order_by("-pk")}


@dataclass(frozen=True)
class Holder:
    """An office holder; ``is_seen`` says whether the user may open the person and read the phone."""

    appointment: Appointment
    is_seen: bool

    @property
    def phone(self) -> str:
        """In full for the person's own chain alone: an officer may be registered in quite another branch."""
        phone = self.appointment.person.phone
        return phone if self.is_seen else masked_phone(phone)


def organization_page(organization: Organization, user, *, number=1) -> dict:
    """Everything on one organization's page; ``number`` is the page of what stands under it."""
    parent = organization.parent
    level = None if organization.is_branch else level_under(organization, number=number)
    return {
        "organization": organization,
        "level": level,
        "line": level.head if level else lines_of([organization])[0],
        "closed_below": 0 if organization.is_branch else organization.children.exclude(closed_on=None).count(),
        "parent_is_seen": parent is not None and bool(access.can(user, "organization.see", parent)),
        "holders": holders_of(organization, user),
        "groups": groups_of(organization) if organization.is_branch else [],
        "history": history_of(organization),
        "acts": acts_for(user, organization, ORGANIZATION_ACTS),
        "reopen": access.can(user, "organization.reopen", organization) if organization.closed_on else None,
    }


def holders_of(organization, user) -> list[Holder]:
    """Who is in office, highest first."""
    running = Appointment.objects.active().filter(organization=organization, person__left_on=None)
    rows = sorted(running.select_related("person", "group"), key=lambda row: (Office.values.index(row.office), row.pk))
    return _as_seen(rows, user)


def heads_of(organizations, user) -> dict[int, Holder]:
    """The secretary of each organization as the user may see and call them, by its id."""
    return {one.appointment.organization_id: one for one in _as_seen(secretaries_of(organizations).values(), user)}


def _as_seen(rows, user):
    people = Person.objects.visible_to(user).filter(pk__in=[row.person_id for row in rows])
    seen = set(people.values_list("pk", flat=True))
    return [Holder(row, row.person_id in seen) for row in rows]


@dataclass(frozen=True)
class GroupLine:
    """A group with its leader and the number of members present; ``is_small`` where it has too few (a warning)."""

    group: Group
    leader: str
    size: int
    is_small: bool


def groups_of(organization) -> list[GroupLine]:
    """The groups that have not been dissolved."""
    running = Appointment.objects.active().filter(
        organization=organization, office=Office.GROUP_LEADER, person__left_on=None
    )
    leaders = {row.group_id: row.person.name for row in running.select_related("person")}
    least = StructurePolicy.in_force().least_group
    members = Count("people", filter=Q(people__left_on=None, people__standing__in=MEMBERS))
    groups = organization.groups.open().annotate(size=members)
    return [GroupLine(row, leaders.get(row.pk, ""), row.size, row.size < least) for row in groups]
