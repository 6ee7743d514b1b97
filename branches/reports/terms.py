"""Vacancies and terms of the user's part of the tree, the most urgent first: one query a page, whatever its size."""

from dataclasses import dataclass

from django.db.models import Case, Count, Q, Value, When
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
    """An organization with what to look at: ``states`` are (style, word); ``acts`` are (word, address).

    ``full`` are its full members, ``seated`` how many sit in its committee.
    """

    organization: Organization
    secretary: Appointment | None
    full: int
    seated: int
    states: list[tuple[str, str]]
    acts: list[tuple[str, str]]

    @property
    def words(self) -> str:
        return "；".join(word for _, word in self.states)


def _full_members():
    """Present full members, by organization."""
    return Person.objects.present().filter(standing=Person.Standing.FULL).order_by().values("organization")


def _committees():
    """Those who sit in a committee today, by organization."""
    return Appointment.objects.active().held().of_committee().order_by().values("organization")


def _vacant() -> Q:
    """Has no secretary; a committee's own is kept nowhere."""
    led = Appointment.objects.active().held().filter(office=Office.SECRETARY).values("organization")
    return ~Q(kind=Kind.COMMITTEE) & ~Q(pk__in=led)


def term_rows(user):
    """The user's organizations with ``term``, to be filtered by ``is_vacant``, ``is_lacking``, ``term`` and ``urgency``
    (9: nothing to do).

    Each condition is a set that the database makes once, not a count for each row; and none is a column, for Django
    writes the whole condition out again wherever it is asked for: with 50,000 branches that took eight seconds.
    """
    policy, today = StructurePolicy.in_force(), clock.today()
    warned = months_later(today, policy.term_warning_months)
    large = _full_members().annotate(number=Count("pk")).filter(number__gte=policy.committee_from)
    complete = _committees().annotate(number=Count("person", distinct=True)).filter(number__gte=policy.least_committee)
    lacking = Q(kind=Kind.BRANCH, pk__in=large.values("organization")) & ~Q(pk__in=complete.values("organization"))
    rows = Organization.objects.visible_to(user).open().select_related("parent")
    rows = rows.alias(
        is_vacant=Case(When(_vacant(), then=Value(True)), default=Value(False)),
        is_lacking=Case(When(lacking, then=Value(True)), default=Value(False)),
    ).annotate(
        term=Case(
            When(term_ends_on=None, then=Value("unset")),
            When(term_ends_on__lt=today, then=Value("ended")),
            When(term_ends_on__lte=warned, then=Value("ending")),
            default=Value("running"),
        ),
    )
    return rows.alias(
        urgency=Case(
            When(is_vacant=True, then=Value(0)),
            When(term="ended", then=Value(1)),
            When(is_lacking=True, then=Value(2)),
            When(term="ending", then=Value(3)),
            When(term="unset", then=Value(4)),
            default=Value(9),
        )
    ).order_by("urgency", "term_ends_on", "code")


def term_lines(rows, user) -> list[TermLine]:
    """Lines for ``term_rows`` or a page of them, in four queries."""
    rows, policy = list(rows), StructurePolicy.in_force()
    ids = [row.pk for row in rows]
    secretaries = secretaries_of(ids)
    full = _by_organization(_full_members(), ids, Count("pk"))
    seated = _by_organization(_committees(), ids, Count("person", distinct=True))
    return [
        _line(row, secretaries.get(row.pk), full.get(row.pk, 0), seated.get(row.pk, 0), policy, user) for row in rows
    ]


def _line(row, secretary, full, seated, policy, user) -> TermLine:
    is_vacant = row.kind != Kind.COMMITTEE and secretary is None
    is_lacking = row.kind == Kind.BRANCH and full >= policy.committee_from and seated < policy.least_committee
    states = list(_states(row, is_vacant, is_lacking, seated, policy))
    return TermLine(row, secretary, full, seated, states, list(_acts(row, is_vacant, user)))


def _by_organization(grouped, ids, count) -> dict[int, int]:
    found = grouped.filter(organization__in=ids).annotate(number=count)
    return dict(found.values_list("organization", "number"))


def _states(row, is_vacant, is_lacking, seated, policy):
    if is_vacant:
        yield "late", "书记空缺"
    if row.term == "ended":
        yield "late", "已届满"
    if is_lacking:
        yield "due", f"应设支委会，现有 {seated} 人"
    if row.term == "ending":
        yield "due", f"{policy.term_warning_months} 个月内届满"
    if row.term == "unset":
        yield "none", "没有登记任期"


def _acts(row, is_vacant, user):
    if can(user, "election.hold", row):
        yield "换届选举", reverse("election_hold", args=[row.pk])
    if is_vacant and can(user, "office.appoint", row):
        yield "任命书记", f"{reverse('office_appoint', args=[row.pk])}?office={Office.SECRETARY}"


def pressing(user):
    """Organizations without a secretary or with a term that is over, for those who answer for branches below them.

    The same as "pressing" of ``CONDITIONS``, without what only the list shows.
    """
    if not any(seat.office in access.KEEPERS and seat.kind != Kind.BRANCH for seat in access.seats(user)):
        return Organization.objects.none()
    return Organization.objects.visible_to(user).open().filter(_vacant() | Q(term_ends_on__lt=clock.today()))
