"""The accounts that the log-in page of a demonstration offers: one of each part, found by their appointments."""

from dataclasses import dataclass

from branches.models import Appointment, Office, Person

DEMO_PASSWORD = "huodongri-2026"


@dataclass(frozen=True)
class DemoAccount:
    """One row: the log-in number, the name, the office and where it is held."""

    number: str
    name: str
    office: str
    organization: str


def demo_accounts() -> list[DemoAccount]:
    """At most seven: two officers each of a branch and of the one above, the department, a direct branch, a member."""
    running = (
        Appointment.objects.active()
        .filter(person__user__is_active=True, person__left_on=None, organization__closed_on=None)
        .filter(office__in=[Office.SECRETARY, Office.ORGANIZATION_COMMISSIONER, Office.ORGANIZATION_DEPARTMENT])
        .select_related("person__user", "organization__parent")
        .order_by("organization__code", "pk")
    )
    held: dict[tuple[int, str], Appointment] = {}
    for row in running:
        held.setdefault((row.organization_id, row.office), row)
    chosen = _branch_and_above(held)
    chosen += [row for row in held.values() if row.office == Office.ORGANIZATION_DEPARTMENT][:1]
    chosen += [row for row in held.values() if row.organization.is_direct and row.office == Office.SECRETARY][:1]
    accounts = [
        DemoAccount(row.person.user.username, row.person.name, row.label, row.organization.short_name) for row in chosen
    ]
    return accounts + _plain_member(chosen)


def _branch_and_above(held):
    """The officers of the first branch that has both of them, then those of the general branch above it."""
    both = (Office.SECRETARY, Office.ORGANIZATION_COMMISSIONER)
    for row in held.values():
        branch = row.organization
        if branch.is_branch and not branch.is_direct and all((branch.pk, office) in held for office in both):
            places = [(branch.pk, office) for office in both] + [(branch.parent_id, office) for office in both]
            return [held[place] for place in places if place in held]
    return []


def _plain_member(chosen):
    """Somebody without an office in the branch that comes first."""
    if not chosen:
        return []
    members = Person.objects.of(chosen[0].organization).present().members().filter(user__is_active=True)
    plain = members.exclude(pk__in=Appointment.objects.active().values("person")).select_related("user", "organization")
    return [DemoAccount(row.user.username, row.name, "党员", row.organization.short_name) for row in plain[:1]]
