"""Vacancies and terms of the user's part of the tree, the most urgent first: one query a page, whatever its size."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from branches import access
from branches.access import can
from branches.models import Appointment, Office, Organization, Person, StructurePolicy
from branches.reports.organizations import secretaries_of
from branches.structure import months_later
from core import clock

Kind = Organization.Kind
CONDITIONS = {  # filter value → condition on a row of ``term_rows``
    "": Q(urgency__lt=9),
    "pressing": Q(is_vacant=True) | Q(term="ended"),
    "vacant": Q(is_vacant=True),
    "lacking": Q(is_lacking=True),
    "ended": Q(term="ended"),
    "ending": Q(term="ending"),
    "unset": Q(term="unset"),
    "all": Q(),
}


@dataclass(frozen=True)
class TermLine:
    """An organization with what to look at: ``states`` are (style, word); ``acts`` are (word, address)."""

    organization: Organization
    secretary: Appointment | None
    states: list[tuple[str, str]]
    acts: list[tuple[str, str]]

    @property
    def words(self) -> str:
        return "；".join(word for _, word in self.states)


@dataclass(frozen=True)
class Terms:
    """How many terms of the user's part are over, end within the months of the policy, or were never entered."""

    ended: int
    ending: int
    unset: int


def _count(rows):
    """A sub-query that counts ``rows`` of the outer organization; 0 for none."""
    counted = rows.filter(organization=OuterRef("pk")).order_by().values("organization")
    counted = counted.annotate(number=Count("person" if rows.model is Appointment else "pk", distinct=True))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def term_rows(user):
    """The user's organizations with ``is_vacant``, ``is_lacking``, ``term`` and ``urgency`` (9: nothing to do)."""
    policy, today = StructurePolicy.in_force(), clock.today()
    warned = months_later(today, policy.term_warning_months)
    running = Appointment.objects.active().held()
    secretary = running.filter(organization=OuterRef("pk"), office=Office.SECRETARY)
    full = Person.objects.present().filter(standing=Person.Standing.FULL)
    should_have = Q(kind=Kind.BRANCH, full__gte=policy.committee_from, seated__lt=policy.least_committee)
    rows = (
        Organization.objects.visible_to(user)
        .open()
        .select_related("parent")
        .annotate(has_secretary=Exists(secretary), full=_count(full), seated=_count(running.of_committee()))
    )
    rows = rows.annotate(
        is_vacant=Case(When(~Q(kind=Kind.COMMITTEE) & Q(has_secretary=False), then=Value(True)), default=Value(False)),
        is_lacking=Case(When(should_have, then=Value(True)), default=Value(False)),
        term=Case(
            When(term_ends_on=None, then=Value("unset")),
            When(term_ends_on__lt=today, then=Value("ended")),
            When(term_ends_on__lte=warned, then=Value("ending")),
            default=Value("running"),
        ),
    )
    return rows.annotate(
        urgency=Case(
            When(is_vacant=True, then=Value(0)),
            When(term="ended", then=Value(1)),
            When(is_lacking=True, then=Value(2)),
            When(term="ending", then=Value(3)),
            When(term="unset", then=Value(4)),
            default=Value(9),
        )
    ).order_by("urgency", "term_ends_on", "code")


def organizations_named(rows, text):
    """Those of ``rows`` whose name has the text in it, or whose code begins with it."""
    return rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__startswith=text))


def term_lines(rows, user) -> list[TermLine]:
    """Lines for ``term_rows`` or a page of them, in two queries."""
    rows, policy = list(rows), StructurePolicy.in_force()
    secretaries = secretaries_of([row.pk for row in rows])
    return [TermLine(row, secretaries.get(row.pk), list(_states(row, policy)), list(_acts(row, user))) for row in rows]


def _states(row, policy):
    if row.is_vacant:
        yield "late", "书记空缺"
    if row.term == "ended":
        yield "late", "已届满"
    if row.is_lacking:
        yield "due", f"应设支委会，现有 {row.seated} 人"
    if row.term == "ending":
        yield "due", f"{policy.term_warning_months} 个月内届满"
    if row.term == "unset":
        yield "none", "没有登记任期"


def _acts(row, user):
    if can(user, "election.hold", row):
        yield "换届选举", reverse("election_hold", args=[row.pk])
    if row.is_vacant and can(user, "office.appoint", row):
        yield "任命书记", f"{reverse('office_appoint', args=[row.pk])}?office={Office.SECRETARY}"


def pressing(user):
    """Organizations without a secretary or with a term that is over, for those who answer for branches below them.

    The same as "pressing" of ``CONDITIONS``, without what only the list shows.
    """
    if not any(seat.office in access.KEEPERS and seat.kind != Kind.BRANCH for seat in access.seats(user)):
        return Organization.objects.none()
    secretary = Appointment.objects.active().held().filter(organization=OuterRef("pk"), office=Office.SECRETARY)
    vacant = ~Q(kind=Kind.COMMITTEE) & ~Exists(secretary)
    return Organization.objects.visible_to(user).open().filter(vacant | Q(term_ends_on__lt=clock.today()))


def vacancies_below(user) -> int:
    """How many organizations of the user's part have no secretary, or a committee that lacks members."""
    return term_rows(user).filter(Q(is_vacant=True) | Q(is_lacking=True)).count()


def terms_below(user) -> Terms:
    """The terms of the user's part, counted in one query."""
    rows = term_rows(user).order_by()
    return Terms(
        **rows.aggregate(**{name: Count("pk", filter=CONDITIONS[name]) for name in ("ended", "ending", "unset")})
    )
