"""The dated steps of somebody's standing. Each changes what is from its day on; what was frozen before stays."""

from django.db import transaction
from django.db.models import Max

from branches import rules
from branches.actions.order import lock_people
from branches.models import Person, StandingChange, StructurePolicy, Transfer
from branches.standing import STEPS, Facts, correction_faults, faults
from core import clock
from core.audit import record
from core.workflow import YES, StaleState, lock, lock_all, no, require

Kind = StandingChange.Kind
KEPT = "名册原有的记载"
FIELDS = ("standing", "joined_on", "confirmed_on", "probation_until", "left_on", "group")


def last_step(person):
    """The latest entry of somebody's standing, or None."""
    return person.standing_changes.order_by("changed_on", "pk").last()


def facts_of(person) -> Facts:
    """What the table of steps asks about a person. A correction is no step: the day of the next one is free of it."""
    last = person.standing_changes.steps().order_by("changed_on", "pk").last()
    return Facts(
        born_on=person.born_on, joined_on=person.joined_on, probation_until=person.probation_until,
        last_on=last and last.changed_on, moved_on=_last_move(person),
        probation_months=StructurePolicy.in_force().probation_months,
    )  # fmt: skip


def _last_move(person):
    return person.transfers.accepted().aggregate(last=Max("moved_on"))["last"]


@transaction.atomic
def change_standing(person, *, by, kind, changed_on, until=None, note=""):
    """Register one step: prospect, admitted, confirmed, probation extended or cancelled, no longer developed."""
    (person,), step = lock_people([person.pk]), STEPS[kind]
    require(rules.can_take_step(by, person, kind))
    if person.standing not in step.before:
        raise StaleState(f"现在的类别是“{person.get_standing_display()}”，不能{step.word}。请看最新情况后再决定。")
    wrong = faults(kind, facts_of(person), changed_on=changed_on, until=until, note=note, today=clock.today())
    require(no(" ".join(wrong.values())) if wrong else YES)
    require(_holds_nothing(person, kind))
    before = person.standing
    also = _keep_the_admission(person) if kind == Kind.CANCELLED else []
    also += _take(person, kind, changed_on, until, by)
    person.save(update_fields=FIELDS)
    row = StandingChange.objects.create(
        person=person, kind=kind, before=before, after=person.standing, changed_on=changed_on, until=until, note=note,
        by=by,
    )  # fmt: skip
    record(
        person, "standing.changed", by=by, note=_words(row), also=[row, *also], kind=kind, changed_on=changed_on,
        until=until,
    )  # fmt: skip
    return person


def _take(person, kind, changed_on, until, by) -> list:
    """What becomes of the person; gives the other rows that were made."""
    person.standing = STEPS[kind].after or person.standing
    match kind:
        case Kind.ADMITTED:
            person.joined_on = changed_on
        case Kind.CONFIRMED:
            person.confirmed_on = changed_on
        case Kind.EXTENDED:
            person.probation_until = until
        case Kind.CANCELLED:
            person.joined_on = person.probation_until = None
        case Kind.DROPPED:
            person.left_on, person.group = changed_on, None
            gone = Transfer.objects.create(
                person=person, kind=Transfer.Kind.DROPPED, status=Transfer.Status.ACCEPTED, moved_on=changed_on,
                from_organization=person.organization, requested_by=by, decided_by=by, decided_at=clock.now(),
            )  # fmt: skip
            return [gone]
    return []


def _keep_the_admission(person) -> list:
    """Who was imported as admitted has no entry of it: the day is kept as one before the person's own is cleared."""
    if not person.joined_on or person.standing_changes.filter(kind=Kind.ADMITTED, changed_on=person.joined_on):
        return []
    kept = StandingChange.objects.create(
        person=person, kind=Kind.ADMITTED, before=Person.Standing.PROSPECT, after=Person.Standing.PROBATIONARY,
        changed_on=person.joined_on, note=KEPT, by=None,
    )  # fmt: skip
    return [kept]


def _holds_nothing(person, kind):
    """Who stops being a member, or leaves, gives up the offices first: an act of its own, with its own answer."""
    if kind in (Kind.CANCELLED, Kind.DROPPED) and person.appointments.lasting().exists():
        return no(f"{person}还担任党内职务，请先免去职务再登记。")
    if kind == Kind.DROPPED and person.transfers.open().exists():
        return no(f"{person}的组织关系正在转接，请等对方办结或先撤回，再登记。")
    return YES


def _may_keep_offices(person):
    """Who is less than an office asks for gives it up first, here too: by an act of its own, with its own answer."""
    for row in person.appointments.lasting().select_related("organization"):
        if not (enough := rules.is_enough(person, row.office)):
            return no(f"{enough.why}{person}还担任{row}，请先免去这项职务，再登记。")
    return YES


@transaction.atomic
def undo_standing(person, *, by, note):
    """Take back the latest step, which was a mistake: what was before stands again. The log keeps both."""
    dropped = lock_all(person.transfers.accepted().filter(kind=Transfer.Kind.DROPPED).order_by("pk"))
    person = lock(person)
    last = last_step(person)
    require(rules.can_undo_standing(by, person, last))
    person.standing, also, lost = last.before, [], [last]
    match last.kind:
        case Kind.ADMITTED:
            person.joined_on = None
        case Kind.CONFIRMED:
            person.confirmed_on = None
        case Kind.EXTENDED:
            person.probation_until = None
        case Kind.CANCELLED:
            lost += _restore_the_probation(person)
        case Kind.DROPPED:
            person.left_on = None
            also = [gone for gone in dropped if gone.moved_on == last.changed_on]
            for gone in also:
                gone.status, gone.answer = Transfer.Status.WITHDRAWN, note
                gone.save(update_fields=["status", "answer"])
    require(_may_keep_offices(person))
    person.save(update_fields=FIELDS)
    record(
        person, "standing.undone", by=by, note=f"{_words(last)}；撤回原因：{note}", kind=last.kind,
        changed_on=last.changed_on, until=last.until, also=also, gone=lost,
    )  # fmt: skip
    for row in lost:
        row.delete()
    return person


def _restore_the_probation(person) -> list:
    """The days of the probation as they were; gives the entry that was kept for the cancelling alone, if there is."""
    admitted = person.standing_changes.filter(kind=Kind.ADMITTED).order_by("changed_on", "pk").last()
    if admitted is None:
        return []  # the register never knew the day
    person.joined_on = admitted.changed_on
    extended = person.standing_changes.filter(kind=Kind.EXTENDED, changed_on__gte=admitted.changed_on).last()
    person.probation_until = extended and extended.until
    return [admitted] if admitted.by_id is None and admitted.note == KEPT else []


@transaction.atomic
def correct_standing(person, *, by, standing, joined_on, confirmed_on, note):
    """Put right what stood wrongly in the register from the beginning: the standing and its days, as they truly were.

    It is no step: ``with_standing_on`` passes over it, so that a day before it is answered by what is true.
    """
    person = lock(person)
    require(rules.can_correct_standing(by, person, person.standing_changes.steps().exists()))
    wrong = correction_faults(
        standing, born_on=person.born_on, joined_on=joined_on, confirmed_on=confirmed_on, today=clock.today()
    )
    require(no(" ".join(wrong.values())) if wrong else YES)
    before = person.standing
    person.standing, person.joined_on, person.confirmed_on = standing, joined_on, confirmed_on
    require(_may_keep_offices(person))
    person.save(update_fields=FIELDS)
    row = StandingChange.objects.create(
        person=person, kind=Kind.CORRECTED, before=before, after=standing, changed_on=clock.today(), note=note, by=by
    )
    record(person, "standing.corrected", by=by, note=_words(row), also=[row])
    return person


def _words(row) -> str:
    """A step in words, for the log."""
    until = f"至 {row.until:%Y-%m-%d}" if row.until else ""
    change = f"（{row.get_before_display()}→{row.get_after_display()}）" if row.before != row.after else ""
    return "，".join(filter(None, [f"{row.get_kind_display()}{until}{change}", f"{row.changed_on:%Y-%m-%d}", row.note]))
