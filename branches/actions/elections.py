"""换届选举: the old committee goes and the new one comes on one day, in one transaction; and its undoing that day."""

import datetime

from django.db import transaction

from branches.actions.accounts import give_accounts, void_codes
from branches.actions.offices import free_or_stale, taken_or_stale, tell_ended, tell_resumed, tell_started
from branches.models import Appointment, Election, Person, Transfer
from branches.rules import elections as rules
from core import clock
from core.audit import record
from core.workflow import YES, StaleState, lock, lock_all, no, require


@transaction.atomic
def hold_election(organization, *, by, held_on, term_starts_on, term_ends_on, seats, note="", seen=None):
    """Enter an election: ``seats`` are ``(person, office)``. Every committee office ends, the new ones begin that day.

    ``seen`` are the ids of the offices that the page said would end: if others run by now, nothing is done.
    """
    organization = lock(organization)
    require(rules.can_hold_election(by, organization))
    seats = _locked(seats)
    old = list(rules.running(organization, term_starts_on))
    if seen is not None and {row.pk for row in old} != set(seen):
        raise StaleState("您打开这一页以后，这里的任职有了变动，换届还没有登记。请看最新情况后再登记。")
    days = {"held_on": held_on, "term_starts_on": term_starts_on, "term_ends_on": term_ends_on}
    faults = rules.faults_of(organization, by=by, seats=seats, **days)
    free_or_stale(no("".join(fault.sentence for fault in faults)) if faults else YES)
    replaced = {
        "term_ends_on": _text(organization.term_ends_on),
        "appointments": {str(row.pk): _text(row.ends_on) for row in old},
    }
    election = Election.objects.create(organization=organization, by=by, note=note, replaced=replaced, **days)
    ended = [_end(row, term_starts_on, by=by, note=f"{held_on} 换届选举") for row in old]
    with taken_or_stale():
        give_accounts(list({person.pk: person for person, _ in seats}.values()), by=by)
        begun = [_begin(election, person, office, by=by) for person, office in seats]
    _set_term(organization, term_ends_on, "organization.elected", by=by, note=note)
    record(election, "election.held", by=by, note=note)
    _tell(begun, ended, by=by)
    return election


@transaction.atomic
def undo_election(election, *, by, reason):
    """Take back a wrong entry on its day: what ran before runs again. Only while nothing else has changed since."""
    organization, election = lock(election.organization), lock(election)
    require(rules.can_undo_election(by, election))
    began = list(rules.touched(election).filter(election=election))
    ended = [row for row in rules.touched(election) if row.election_id != election.pk]
    _untouched_or_stale(organization, election, began, ended)
    resuming = lock_all(Person.objects.filter(pk__in=[row.person_id for row in ended]).order_by("pk"))
    note = f"换届登记撤销：{reason}"
    began = [_set_end(row, row.starts_on, "appointment.ended", by=by, note=note) for row in began]
    ends = {int(pk): _day(end) for pk, end in election.replaced["appointments"].items()}
    ended = [_set_end(row, ends[row.pk], "appointment.restored", by=by, note=note) for row in ended]
    void_codes(resuming, by=by)
    before = _day(election.replaced["term_ends_on"])
    _set_term(organization, before, "organization.election_undone", by=by, note=reason)
    election.undone_at = clock.now()
    election.save(update_fields=["undone_at"])
    record(election, "election.undone", by=by, note=reason)
    _tell_undone(election, began, ended, by=by)
    return election


def _locked(seats):
    """The seats with their people as they stand now, held until the end; in the order of ids, as everybody locks."""
    ids = {person.pk for person, _ in seats}
    rows = Person.objects.select_for_update(of=("self",)).select_related("organization").filter(pk__in=ids)
    people = {row.pk: row for row in rows.order_by("pk")}
    return [(people[person.pk], office) for person, office in seats]


def _end(row, day, *, by, note):
    """One old office ends on the day; one that was to begin later never begins."""
    return _set_end(row, max(day, row.starts_on), "appointment.ended", by=by, note=note)


def _set_end(row, day, event, *, by, note):
    row = lock(row)
    row.ends_on = day
    row.save(update_fields=["ends_on"])
    record(row, event, by=by, note=note)
    return row


def _begin(election, person, office, *, by):
    row = Appointment.objects.create(
        person=person, organization=election.organization, office=office, starts_on=election.term_starts_on,
        election=election,
    )  # fmt: skip
    record(row, "appointment.started", by=by, note=f"{election.held_on} 换届选举")
    return row


def _set_term(organization, day, event, *, by, note):
    organization.term_ends_on = day
    organization.save(update_fields=["term_ends_on"])
    record(organization, event, by=by, note=note)


def _tell(begun, ended, *, by):
    """Everybody in office learns it; who was elected to the same office again is not told that it ended."""
    again = {(row.person_id, row.office) for row in begun}
    for row in begun:
        tell_started(row, by=by)
    for row in ended:
        if (row.person_id, row.office) not in again:
            tell_ended(row, by=by)


def _tell_undone(election, began, ended, *, by):
    """Everybody whom the election told learns that it does not count; the others learn nothing new."""
    holding = {(row.person_id, row.office) for row in ended}
    elected = {(row.person_id, row.office) for row in began}
    for row in began:
        if (row.person_id, row.office) not in holding:
            tell_ended(row, by=by)
    for row in ended:
        if (row.person_id, row.office) not in elected:
            tell_resumed(row, election, by=by)


def _untouched_or_stale(organization, election, began, ended):
    """Nothing of it has been changed since, no office came beside it, and nobody moved."""
    start = election.term_starts_on
    others = rules.running(organization, start).exclude(election=election)
    people = [row.person for row in (*began, *ended)]
    moved = Transfer.objects.accepted().filter(person__in=people, decided_at__gte=election.at)
    same = (
        all((row.starts_on, row.ends_on) == (start, None) for row in began)
        and all(row.ends_on == max(start, row.starts_on) for row in ended)
        and organization.term_ends_on == election.term_ends_on
        and all(row.person.left_on is None for row in began)
        and not others.exists()
        and not moved.exists()
    )
    if not same:
        raise StaleState("登记以后，这里的任职又有变动，不能整体撤销了。请逐项办理免职、任命或更正。")


def _text(day) -> str | None:
    return day.isoformat() if day else None


def _day(text) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
