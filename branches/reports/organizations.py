"""The tree of organizations with its counts, secretaries and remarks; and one organization's page."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q

from branches.models import Appointment, Office, Organization, Person, StructurePolicy
from branches.reports.acts import ORGANIZATION_ACTS, acts_for
from branches.reports.people import masked_phone
from branches.structure import Remark, remarks
from core import clock
from core.audit import history_of

COUNTS = ("full", "probationary", "prospects", "activists")


@dataclass(frozen=True)
class OrganizationLine:
    """An organization with the people in and below it; ``invited`` are prospects and activists."""

    organization: Organization
    full: int
    probationary: int
    invited: int
    secretary: Appointment | None
    remarks: tuple[Remark, ...]

    @property
    def members(self) -> int:
        return self.full + self.probationary

    @property
    def warnings(self) -> int:
        return sum(remark.is_warning for remark in self.remarks)


@dataclass
class OrganizationGroup:
    """A general branch and its branches; ``head`` is None where the user does not see the level above."""

    name: str
    head: OrganizationLine | None = None
    lines: list[OrganizationLine] = field(default_factory=list)

    @property
    def warnings(self) -> int:
        return sum(line.warnings for line in self.rows)

    @property
    def warnings_word(self) -> str:
        return f"{self.warnings} 处提醒"

    @property
    def rows(self) -> list[OrganizationLine]:
        """The head, where it is seen, and the lines, in the order of the page."""
        return ([self.head] if self.head else []) + self.lines


@dataclass(frozen=True)
class Tree:
    """What the page and the workbook both show: committees, then each general branch with its branches."""

    tops: list[OrganizationLine]
    groups: list[OrganizationGroup]

    @property
    def rows(self) -> list[OrganizationLine]:
        return self.tops + [line for group in self.groups for line in group.rows]

    def count(self, kind) -> int:
        return sum(line.organization.kind == kind for line in self.rows)

    @property
    def general_branches(self) -> int:
        return self.count(Organization.Kind.GENERAL_BRANCH)

    @property
    def branches(self) -> int:
        return self.count(Organization.Kind.BRANCH)

    @property
    def members(self) -> int:
        """Full and probationary members of the branches shown."""
        return sum(line.members for line in self.rows if line.organization.is_branch)

    @property
    def warnings(self) -> int:
        return sum(line.warnings for line in self.rows)


def organization_lines(organizations) -> list[OrganizationLine]:
    """Lines for a scoped queryset, in the order of codes: three queries for any number of organizations.

    People count for their organization and for every one above it that is among the rows.
    """
    rows = list(organizations.open().with_headcount().select_related("parent").order_by("code"))
    totals: dict[int, Counter] = {row.pk: Counter() for row in rows}
    for row in rows:
        for pk in {int(part) for part in row.path.strip("/").split("/")} & totals.keys():
            totals[pk].update({name: getattr(row, name) for name in COUNTS})
    secretaries = secretaries_of(organizations.open())
    policy, today = StructurePolicy.in_force(), clock.today()
    return [_line(row, totals[row.pk], secretaries.get(row.pk), policy, today) for row in rows]


def _line(row, count, secretary, policy, today):
    found = remarks(
        policy,
        is_branch=row.is_branch,
        full=count["full"],
        term_ends_on=row.term_ends_on,
        has_secretary=secretary is not None or row.kind == Organization.Kind.COMMITTEE,
        today=today,
    )
    return OrganizationLine(
        row, count["full"], count["probationary"], count["prospects"] + count["activists"], secretary, found
    )


def secretaries_of(organizations) -> dict[int, Appointment]:
    """The secretary in office of each organization, by its id."""
    running = Appointment.objects.active().filter(
        organization__in=organizations, office=Office.SECRETARY, person__left_on=None
    )
    return {row.organization_id: row for row in running.select_related("person").order_by("-pk")}


def organization_tree(user, *, text="", only_warnings=False) -> Tree:
    """The user's part of the tree. ``text`` finds by name or code; a general branch so found keeps its branches."""
    tops: list[OrganizationLine] = []
    groups: dict[int | None, OrganizationGroup] = {}
    for line in organization_lines(Organization.objects.visible_to(user)):
        row = line.organization
        if row.kind == Organization.Kind.COMMITTEE:
            tops.append(line)
        elif row.is_branch:
            groups.setdefault(row.parent_id, OrganizationGroup(row.above_name)).lines.append(line)
        else:
            groups.setdefault(row.pk, OrganizationGroup(row.short_name)).head = line
    if not text and not only_warnings:
        return Tree(tops, list(groups.values()))
    kept = [_narrowed(group, text, only_warnings) for group in groups.values()]
    return Tree([line for line in tops if _fits(line, text, only_warnings)], [group for group in kept if group.rows])


def _narrowed(group, text, only_warnings):
    """The group with the lines that fit; its head stays above them."""
    whole = group.head is not None and _names(group.head, text)
    lines = [line for line in group.lines if _fits(line, "" if whole else text, only_warnings)]
    head = group.head if lines or (group.head and _fits(group.head, text, only_warnings)) else None
    return OrganizationGroup(group.name, head, lines)


def _fits(line, text, only_warnings):
    return _names(line, text) and (line.warnings > 0 or not only_warnings)


def _names(line, text):
    row = line.organization
    return text in row.name or text in row.short_name or row.code.startswith(text)


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


def organization_page(organization: Organization, user) -> dict:
    """Everything on one organization's page."""
    below = Organization.objects.visible_to(user).under(organization)
    lines = {line.organization.pk: line for line in organization_lines(below)}
    parent = organization.parent
    return {
        "organization": organization,
        "line": lines.get(organization.pk),
        "children": [line for line in lines.values() if line.organization.parent_id == organization.pk],
        "parent_is_seen": parent is not None and Organization.objects.visible_to(user).filter(pk=parent.pk).exists(),
        "holders": holders_of(organization, user),
        "groups": groups_of(organization),
        "history": history_of(organization),
        "acts": acts_for(user, organization, ORGANIZATION_ACTS),
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


def groups_of(organization) -> list[dict]:
    """The groups with their leaders and the number of members present."""
    running = Appointment.objects.active().filter(
        organization=organization, office=Office.GROUP_LEADER, person__left_on=None
    )
    leaders = {row.group_id: row.person.name for row in running.select_related("person")}
    groups = organization.groups.annotate(size=Count("people", filter=Q(people__left_on=None)))
    return [{"group": row, "leader": leaders.get(row.pk, ""), "size": row.size} for row in groups]


def find_organizations(text, user):
    """At most ten visible organizations by name or code."""
    rows = Organization.objects.visible_to(user).filter(
        Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__startswith=text)
    )
    return rows.select_related("parent").order_by("code")[:10]
