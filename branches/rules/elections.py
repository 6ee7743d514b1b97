"""Who enters an election, and what must hold of one: days, people, size (支部工作条例、基层组织选举工作条例)."""

from collections import Counter
from dataclasses import dataclass

from branches import access
from branches.access import rule
from branches.models import Appointment, Office, Organization, Person, StructurePolicy
from branches.rules.offices import AHEAD, COMMITTEE, can_give, can_hold, gives, not_own
from core import clock
from core.workflow import YES, no

SINGLE = COMMITTEE - {Office.DEPUTY_SECRETARY, Office.MEMBER}  # one holder each
TERMS = {
    Organization.Kind.BRANCH: "branch_term_years",
    Organization.Kind.GENERAL_BRANCH: "general_branch_term_years",
    Organization.Kind.COMMITTEE: "committee_term_years",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with an entry: the field beside which it is said (empty: the whole), and the sentence."""

    field: str
    sentence: str


def term_years(organization, policy) -> int:
    return getattr(policy, TERMS[organization.kind])


def running(organization, day):
    """The committee's appointments that an election ends on ``day``: those that run then, or begin later."""
    rows = Appointment.objects.filter(organization=organization).of_committee().lasting().during(day)
    return rows.select_related("person", "organization").order_by("pk")


@rule("election.hold")
def can_hold_election(user, organization):
    """Whoever gives the committee's offices, unless the election would end an office of their own."""
    if organization.kind == Organization.Kind.COMMITTEE:
        may = access.is_department(user, organization)
        return YES if may else no("党委的换届由党委组织部登记。")
    verdict = can_give(user, organization, Office.SECRETARY)
    if verdict and access.holds(user, organization, COMMITTEE):
        return no("换届会改变您自己在这里的职务，请由上级的其他同志登记。")
    return verdict


@rule("election.undo")
def can_undo_election(user, election):
    """The day of the entry, by whoever could have made it, and not in one's own matter."""
    if election.undone_at is not None:
        return no("这次登记已经撤销了。")
    if clock.day_of(election.at) != clock.today():
        return no("登记当天才能撤销。之后有变动，请逐项办理免职、任命或更正。")
    organization = election.organization
    if organization.kind != Organization.Kind.COMMITTEE and not gives(user, organization, Office.SECRETARY):
        return no("换届登记由上级党组织撤销。")
    if organization.kind == Organization.Kind.COMMITTEE and not access.is_department(user, organization):
        return no("党委的换届由党委组织部登记和撤销。")
    for row in touched(election):
        if not not_own(user, row.person):
            return no("这次换届涉及您自己的职务，请由其他同志撤销。")
    return YES


def touched(election):
    """The appointments that an election began or ended."""
    ended = [int(pk) for pk in election.replaced.get("appointments", {})]
    rows = Appointment.objects.filter(pk__in=ended) | Appointment.objects.filter(election=election)
    return rows.select_related("person", "organization").order_by("pk")


def faults_of(organization, *, by, held_on, term_starts_on, term_ends_on, seats) -> list[Fault]:
    """Everything that keeps an election from being entered; empty when it can be."""
    policy = StructurePolicy.in_force()
    found = _faults_of_days(organization, policy, held_on, term_starts_on, term_ends_on)
    if organization.kind == Organization.Kind.COMMITTEE:
        return found + ([Fault("", "党委成员的职务不在这里登记，只登记届次。")] if seats else [])
    found += _faults_of_seats(seats) + _faults_of_people(organization, by, seats)
    found += [
        Fault("term_starts_on", f"换届会改变您自己的职务（{row}），请由其他同志登记。")
        for row in running(organization, term_starts_on)
        if not not_own(by, row.person)
    ]
    if organization.is_branch and full_members(organization) >= policy.committee_from:
        size = len({person.pk for person, _ in seats})
        if not policy.least_committee <= size <= policy.most_committee:
            rule_ = f"支委会由 {policy.least_committee} 至 {policy.most_committee} 人组成"
            found.append(Fault("", f"{rule_}，现在选了 {size} 人，请核对。"))
    return found


def _faults_of_days(organization, policy, held_on, term_starts_on, term_ends_on):
    found, today = [], clock.today()
    if held_on > today:
        found.append(Fault("held_on", "选举日期还没有到，选举以后再登记。"))
    if organization.founded_on and held_on < organization.founded_on:
        found.append(Fault("held_on", f"{organization} {organization.founded_on:%Y-%m-%d} 才成立，请核对日期。"))
    if term_starts_on < held_on:
        found.append(Fault("term_starts_on", "任期从选举当天或以后开始，请核对。"))
    if term_starts_on > today + AHEAD:
        found.append(Fault("term_starts_on", "任期起始在一年以后，请核对年份。"))
    years = term_years(organization, policy)
    if term_ends_on <= term_starts_on:
        found.append(Fault("term_ends_on", "届满日期要晚于任期起始。"))
    elif term_ends_on.year - term_starts_on.year > years + 1:
        found.append(Fault("term_ends_on", f"{organization.get_kind_display()}一届 {years} 年，请核对届满日期。"))
    later = organization.elections.standing().filter(term_starts_on__gte=term_starts_on).first()
    if later:
        words = f"{later.term_starts_on:%Y-%m-%d} 起的一届已经登记过，新一届要在这以后开始。"
        found.append(Fault("term_starts_on", words))
    for row in running(organization, term_starts_on):
        if term_starts_on < row.starts_on <= today:
            words = f"{row.person}的{row.label} {row.starts_on:%Y-%m-%d} 才开始，任期起始不能早于这一天。"
            return [*found, Fault("term_starts_on", words)]
    over = Appointment.objects.filter(organization=organization, ends_on__gt=term_starts_on, ends_on__lte=today)
    for row in over.of_committee().during(term_starts_on).select_related("person").order_by("-ends_on")[:1]:
        words = f"{row.person}的{row.label} {row.ends_on:%Y-%m-%d} 才结束，任期起始不能早于这一天。"
        found.append(Fault("term_starts_on", words))
    return found


def _faults_of_seats(seats):
    """One secretary, one holder of each commissioner's office; nobody in two seats that exclude each other."""
    found, count = [], Counter(office for _, office in seats)
    if count[Office.SECRETARY] != 1:
        found.append(Fault("", "请选出书记，而且只选一位。"))
    for office in Office.values:
        if office not in COMMITTEE and count[office]:
            found.append(Fault("", f"“{Office(office).label}”不由换届选举产生，请另行任命。"))
        elif office in SINGLE - {Office.SECRETARY} and count[office] > 1:
            found.append(Fault("", f"{Office(office).label}只能选一位。"))
    held: dict[int, tuple[Person, list[str]]] = {}
    for person, office in seats:
        held.setdefault(person.pk, (person, []))[1].append(office)
    for person, offices in held.values():
        twice = len(set(offices)) < len(offices)
        both = set(offices) >= access.SECRETARIES
        plain = Office.MEMBER in offices and len(offices) > 1
        if twice or both or plain:
            words = "、".join(Office(office).label for office in offices)
            found.append(Fault("", f"{person}选了{words}，这几项不能由一个人担任，请改选。"))
    return found


def _faults_of_people(organization, by, seats):
    """All are full members of here, and nobody enters their own election."""
    found = []
    for person, office in seats:
        verdict = not_own(by, person) and can_hold(person, organization, office)
        if verdict and organization.is_branch and person.organization_id != organization.pk:
            verdict = no(f"{person}不是{organization}的党员，支部选举在本支部党员中产生。")
        if not verdict:
            found.append(Fault("", verdict.why))
    return list(dict.fromkeys(found))


def warnings_of(organization, seats) -> list[str]:
    """What to look at once more; it hinders nothing."""
    policy = StructurePolicy.in_force()
    if not organization.is_branch:
        return []
    full, found = full_members(organization), []
    if full < policy.committee_from and {office for _, office in seats} - access.SECRETARIES:
        few = f"本支部正式党员 {full} 人，不足 {policy.committee_from} 人"
        found.append(f"{few}，一般只设书记（和副书记），不设支委会。")
    return found


def full_members(organization) -> int:
    """Full members present in a branch."""
    return Person.objects.present().of(organization).filter(standing=Person.Standing.FULL).count()
