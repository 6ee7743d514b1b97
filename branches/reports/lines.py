"""Organizations as lists show them: with the people in and below them, who leads them, and what is to be remarked.

Three ways to count, each in a fixed number of queries: ``totals_of_children`` of one organization and ``totals_of`` a
few that do not lie in each other let the database roll up; ``lines_of`` rolls a page or an export up by its paths.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Concat, Length, StrIndex, Substr

from branches import access
from branches.models import Appointment, Office, Organization, Person, StructurePolicy
from branches.structure import Remark, remarks, warned_from
from core import clock

Kind = Organization.Kind
STANDINGS = {"full": "FULL", "probationary": "PROBATIONARY", "prospects": "PROSPECT", "activists": "ACTIVIST"}


@dataclass(frozen=True)
class Totals:
    """Who and what is in and below an organization; ``warnings`` counts the remarks of all of it."""

    full: int = 0
    probationary: int = 0
    prospects: int = 0
    activists: int = 0
    general_branches: int = 0
    branches: int = 0
    warnings: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    @property
    def members(self) -> int:
        return self.full + self.probationary


@dataclass(frozen=True)
class OrganizationLine:
    """An organization with the people in and below it, its secretary in office, and its own remarks."""

    organization: Organization
    totals: Totals
    secretary: Appointment | None
    remarks: tuple[Remark, ...]

    @property
    def warnings(self) -> int:
        return sum(remark.is_warning for remark in self.remarks)


def _counts(prefix="", field="pk"):
    """Aggregates that count present people by standing."""
    here = Q(**{f"{prefix}left_on": None})
    return {
        name: Count(f"{prefix}{field}", filter=here & Q(**{f"{prefix}standing": standing}))
        for name, standing in STANDINGS.items()
    }


def totals_of_children(parent) -> dict[int, Totals]:
    """What each organization directly under ``parent`` has in and below it, by its id; 0 is the parent itself.

    A path goes on after the parent's with the child's id: that is the key by which the database groups.
    """

    def child(field):
        rest = Substr(Concat(field, Value("/")), len(parent.path) + 1)
        return Substr(rest, 1, StrIndex(rest, Value("/")) - 1)

    return _grouped([parent], child)


def totals_of(organizations) -> dict[int, Totals]:
    """What each of a few organizations has in and below it; none of them may lie in another."""
    if not organizations:
        return {}

    def which(field):
        return Case(*(When(access.within(field, one.path), then=Value(one.pk)) for one in organizations))

    return _grouped(organizations, which)


def _grouped(tops, key):
    """Two queries: people by standing, and organizations by kind and remark, both grouped by ``key`` of the path."""
    people = Person.objects.present().filter(_any("organization__path", tops)).annotate(key=key("organization__path"))
    below = with_warnings(Organization.objects.open().filter(_any("path", tops))).annotate(key=key("path"))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for part in (
        people.order_by().values("key").annotate(**_counts()),
        below.order_by()
        .values("key")
        .annotate(
            general_branches=Count("pk", filter=Q(kind=Kind.GENERAL_BRANCH)),
            branches=Count("pk", filter=Q(kind=Kind.BRANCH)),
            remarked=Sum("warnings"),
        ),
    ):
        for row in part:
            found[int(row.pop("key") or 0)] |= row
    return {key: Totals(warnings=row.pop("remarked", 0), **row) for key, row in found.items()}


def _any(field, tops):
    scope = Q(pk__in=[])
    for one in tops:
        scope |= access.within(field, one.path)
    return scope


def with_warnings(organizations):
    """Adds ``warnings`` to open organizations: how many remarks ``structure.remarks`` makes that warn."""
    policy, today = StructurePolicy.in_force(), clock.today()
    here = Appointment.objects.active().filter(organization=OuterRef("pk"), person__left_on=None)
    full = Person.objects.present().filter(organization=OuterRef("pk"), standing=Person.Standing.FULL)
    seated = here.filter(office__in=access.RECORDERS)
    is_branch = Q(kind=Kind.BRANCH)
    lacking = [
        ~Q(kind=Kind.COMMITTEE) & ~Exists(here.filter(office=Office.SECRETARY)),
        is_branch & (Q(own_full__lt=policy.few_members) | Q(own_full__gt=policy.many_members)),
        is_branch & Q(own_full__gte=policy.committee_from, seated__lt=policy.least_committee),
        Q(term_ends_on__lte=warned_from(policy, today)),
    ]
    rows = organizations.annotate(own_full=_number(full), seated=_number(seated, Count("person", distinct=True)))
    return rows.annotate(warnings=sum((Case(When(one, then=1), default=0) for one in lacking), Value(0)))


def _number(rows, count=None):
    """How many ``rows`` there are of an outer organization, as an expression."""
    grouped = rows.order_by().values("organization").annotate(number=count or Count("pk")).values("number")
    return Coalesce(Subquery(grouped), 0, output_field=IntegerField())


def with_full_below(organizations):
    """Adds ``full_below``, the full members in and below each: to sort by."""
    end = Concat(Substr(OuterRef("path"), 1, Length(OuterRef("path")) - 1), Value("0"))
    below = Person.objects.present().filter(
        standing=Person.Standing.FULL, organization__path__gte=OuterRef("path"), organization__path__lt=end
    )
    number = below.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    return organizations.annotate(full_below=Coalesce(Subquery(number), 0))


def lines_of(rows: Iterable[Organization], scope: Q | None = None) -> list[OrganizationLine]:
    """Lines for a page of organizations; for a whole export with ``scope``, the part of the tree in which they lie."""
    rows = list(rows)
    counted: dict[int, Counter] = {row.pk: Counter() for row in rows}
    below = Organization.objects.filter(_any("path", rows) if scope is None else scope).order_by()
    for path, *numbers in below.annotate(**_counts("people__")).values_list("path", *STANDINGS):
        for pk in counted.keys() & access.lineage(path):
            counted[pk].update(dict(zip(STANDINGS, numbers, strict=True)))
    return lines_with(rows, {pk: Totals(**count) for pk, count in counted.items()})


def lines_with(rows, totals) -> list[OrganizationLine]:
    """Lines for organizations whose totals are known: two queries more."""
    policy, today = StructurePolicy.in_force(), clock.today()
    seated = in_committee(rows)
    return [
        OrganizationLine(
            row,
            totals.get(row.pk, Totals()),
            _secretary(seated[row.pk]),
            _remarks(row, totals.get(row.pk, Totals()), seated[row.pk], policy, today),
        )
        for row in rows
    ]


def in_committee(rows) -> dict[int, list[Appointment]]:
    """Who is in office in each organization's committee, the latest appointment last."""
    found: dict[int, list[Appointment]] = defaultdict(list)
    running = Appointment.objects.active().filter(
        organization__in=[row.pk for row in rows], office__in=access.RECORDERS, person__left_on=None
    )
    for one in running.select_related("person").order_by("pk"):
        found[one.organization_id].append(one)
    return found


def _secretary(seated):
    return next((one for one in seated if one.office == Office.SECRETARY), None)


def _remarks(row, totals, seated, policy, today):
    if row.closed_on:
        return ()
    return remarks(
        policy,
        is_branch=row.is_branch,
        full=totals.full,
        committee=len({one.person_id for one in seated}),
        term_ends_on=row.term_ends_on,
        has_secretary=_secretary(seated) is not None or row.kind == Kind.COMMITTEE,
        today=today,
    )
