"""Moves of people as lists and pages show them, and where a branch's students go."""

from dataclasses import dataclass

from django.db.models import Q

from branches import access
from branches.models import Appointment, Exclusion, Organization, Person, Transfer
from branches.reports.people import masked_phone
from branches.rules import transfers as rules
from branches.words import organization_named
from core import clock
from core.audit import history_of
from core.workflow import Verdict

MOST_FOUND = 50
STYLES = {"REQUESTED": ("wait", "clock"), "ACCEPTED": ("done", "check"), "DECLINED": ("late", "back")}


@dataclass(frozen=True)
class TransferLine:
    """A row of the list; ``way`` is from where to where; only whom the user may see has a link."""

    transfer: Transfer
    came_from: str
    goes_to: str
    style: tuple[str, str]
    is_seen: bool
    is_mine: bool  # may the user accept it now?


def transfer_lines(rows, user) -> list[TransferLine]:
    """Lines for a page of visible transfers, in two queries."""
    rows = list(rows)
    seen = set(
        Person.objects.visible_to(user).filter(pk__in=[row.person_id for row in rows]).values_list("pk", flat=True)
    )
    mine = set(
        Transfer.objects.awaiting(user).filter(pk__in=[row.pk for row in rows]).order_by().values_list("pk", flat=True)
    )
    return [
        TransferLine(
            row, came_from(row), goes_to(row), style_of(row), row.person_id in seen, row.pk in mine
        )
        for row in rows
    ]  # fmt: skip


def came_from(row) -> str:
    """Where somebody comes from: a branch, a place outside, or nothing that is known."""
    if row.from_organization:
        return str(row.from_organization)
    return "名册外" if row.kind == Transfer.Kind.UNDONE else row.place or "校外"


def goes_to(row) -> str:
    """Where somebody goes: a branch, or a place outside where there is one."""
    if row.to_organization:
        return str(row.to_organization)
    return row.place or "—"


def style_of(row) -> tuple[str, str]:
    return STYLES.get(row.status, ("none", "minus"))


@dataclass(frozen=True)
class TransferPage:
    """One move: what there is to know of the person before somebody answers, and what the user may do."""

    came_from: str
    goes_to: str
    style: tuple[str, str]
    phone: str
    is_seen: bool
    offices: list[str]
    exclusions: list[Exclusion]
    accept: Verdict
    decline: Verdict
    withdraw: Verdict
    undo: Verdict
    history: object


def transfer_page(transfer, user) -> TransferPage:
    """Everything on the page of one move. Offices are those that end when it is accepted."""
    is_open = transfer.status == Transfer.Status.REQUESTED
    running = Exclusion.objects.running_on(clock.today()).filter(person=transfer.person_id) if is_open else []
    return TransferPage(
        came_from=came_from(transfer),
        goes_to=goes_to(transfer),
        style=style_of(transfer),
        phone=masked_phone(transfer.person.phone),
        is_seen=Person.objects.visible_to(user).filter(pk=transfer.person_id).exists(),
        offices=offices_at(transfer.person, transfer.from_organization) if is_open else [],
        exclusions=list(running),
        accept=access.can(user, "transfer.accept", transfer),
        decline=access.can(user, "transfer.decline", transfer),
        withdraw=access.can(user, "transfer.withdraw", transfer),
        undo=access.can(user, "transfer.undo", transfer),
        history=history_of(transfer),
    )


def offices_at(person, organization=None) -> list[str]:
    """The offices that somebody holds at an organization, or anywhere: what a move ends."""
    held = Appointment.objects.lasting().filter(person=person).select_related("organization")
    return [str(one) for one in (held if organization is None else held.filter(organization=organization))]


def find_branches(person, text):
    """At most fifty open branches to which somebody can go: by name or code, else those of the same general branch."""
    rows = Organization.objects.branches().open().exclude(pk=person.organization_id).select_related("parent")
    wanted = organization_named(text) if text else Q(parent=person.organization.parent_id)
    return rows.filter(wanted).order_by("code")[:MOST_FOUND]


def students_of(organization, user):
    """The present students there and below, whom the user may let go; not the user."""
    below = access.within("organization__path", organization.path)
    rows = Person.objects.kept_by(user).present().filter(below, category=Person.Category.STUDENT)
    return rows.exclude(user=user).select_related("organization").order_by("organization__code", "staff_number")


def officers_among(people) -> dict[int, str]:
    """The offices of those of ``people`` (ids) who hold any."""
    found: dict[int, list[str]] = {}
    for row in Appointment.objects.lasting().filter(person__in=people).select_related("organization"):
        found.setdefault(row.person_id, []).append(str(row))
    return {pk: "、".join(words) for pk, words in found.items()}


def first_days(transfer):
    """From which day on a transfer can have taken place, for the form's note."""
    last = Transfer.objects.accepted().filter(person=transfer.person_id).order_by("-moved_on").first()
    return rules.first_day(last.moved_on if last else None, kind=transfer.kind)
