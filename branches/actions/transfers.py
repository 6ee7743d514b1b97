"""Every move of people: asked for, accepted, registered, undone. Each reads lock · check · change · record · tell.

What is locked before what: see ``order``.
"""

from collections import defaultdict

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction

from branches import access
from branches.actions.order import lock_branches, lock_people
from branches.models import Appointment, Organization, Person, Transfer
from branches.rules import transfers as rules
from core import clock
from core.audit import record, record_many
from core.inbox import tell
from core.workflow import StaleState, found_it_locked, lock, lock_all, require

Kind, Status = Transfer.Kind, Transfer.Status
FROM = {
    "accept": (Status.REQUESTED,),
    "decline": (Status.REQUESTED,),
    "withdraw": (Status.REQUESTED,),
    "undo": (Status.ACCEPTED,),
}
MOST_GRADUATES = 500
OVERTAKEN = "组织关系已另行变动，本次转接不再办理"


@transaction.atomic
def request_transfer(person, *, by, to, note=""):
    """Ask another branch of the university to take somebody over. Nobody has moved until it accepts."""
    (person,), to = lock_people([person.pk], to), lock(to)
    require(rules.can_request_transfer(by, person))
    require(rules.can_receive(to))
    if to.pk == person.organization_id:
        raise StaleState(f"{person.name}就在{to}，不用转接。")
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                person=person, kind=Kind.WITHIN, from_organization=person.organization, to_organization=to, note=note,
                requested_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise StaleState(f"{person.name}的转接已经提出，正等对方接收；要改的，先撤回那一次。") from error
    record(transfer, "transfer.requested", by=by, note=note)
    _tell_branch(
        to, "transfer_requested", transfer, by=by, title=f"{person.name}请求转入{to}",
        text=f"从{transfer.from_organization}转来，请核对后接收或退回。",
    )  # fmt: skip
    return transfer


@transaction.atomic
def accept_transfer(transfer, *, by, moved_on=None):
    """接收: from this day on the person belongs to the receiving branch, and holds no office of the old one."""
    moved_on = moved_on or clock.today()
    _, to = lock_branches(transfer.from_organization, transfer.to_organization)
    transfer = lock(transfer, *FROM["accept"])
    person = lock(transfer.person)
    transfer.person, transfer.to_organization = person, to
    require(rules.why_not_answered(by, transfer))
    if person.left_on or person.organization_id != transfer.from_organization_id:
        raise StaleState(f"{person.name}的组织关系已经另有变动，不能按这一次接收。请退回，由现在的支部重新提出。")
    if not (open_ := rules.can_receive(to)):
        raise StaleState(open_.why)
    require(rules.why_not_on(moved_on, rules.last_moves([person]).get(person.pk), kind=Kind.WITHIN))
    transfer.status, transfer.moved_on = Status.ACCEPTED, moved_on
    transfer.decided_at, transfer.decided_by = clock.now(), by
    transfer.save(update_fields=["status", "moved_on", "decided_at", "decided_by"])
    ended = _carry_out([transfer], by=by)
    record(transfer, "transfer.accepted", by=by)
    record(person, "person.moved", by=by, note=_told(transfer, ended.get(person.pk, [])))
    for organization in (transfer.from_organization, to):
        _tell_branch(
            organization, "transfer_accepted", transfer, by=by, title=f"{person.name}已转入{to}",
            text=f"从{transfer.from_organization}转来，自 {moved_on} 起在{to}过组织生活、交纳党费。",
        )  # fmt: skip
    _tell_person(transfer, "transfer_accepted", f"您的组织关系已转到{to}", f"自 {moved_on} 起。")
    return transfer


def accept_transfers(transfers, *, by):
    """Accept several, each in its own transaction; gives (done, [(transfer, why)])."""
    done, refused = [], []
    for transfer in transfers:
        try:
            done.append(accept_transfer(transfer, by=by))
        except (StaleState, PermissionDenied) as error:
            refused.append((transfer, str(error)))
        except OperationalError as error:
            if not found_it_locked(error):
                raise
            refused.append((transfer, "有人正在办理同一个人或同一个支部的事，请稍后再接收一次。"))
    return done, refused


@transaction.atomic
def decline_transfer(transfer, *, by, answer):
    """退回: the receiving branch does not take the person over, and says why."""
    transfer = lock(transfer, *FROM["decline"])
    require(rules.can_decline_transfer(by, transfer))
    _close(transfer, Status.DECLINED, by, answer)
    record(transfer, "transfer.declined", by=by, note=answer)
    _tell_branch(
        transfer.from_organization, "transfer_declined", transfer, by=by,
        title=f"{transfer.to_organization}退回了{transfer.person.name}的转接", text=f"说明：{answer}",
    )  # fmt: skip
    return transfer


@transaction.atomic
def withdraw_transfer(transfer, *, by, answer=""):
    """撤回: the asking side takes it back before it is answered."""
    transfer = lock(transfer, *FROM["withdraw"])
    require(rules.can_withdraw_transfer(by, transfer))
    _close(transfer, Status.WITHDRAWN, by, answer)
    record(transfer, "transfer.withdrawn", by=by, note=answer)
    _tell_branch(
        transfer.to_organization, "transfer_withdrawn", transfer, by=by,
        title=f"{transfer.from_organization}撤回了{transfer.person.name}的转接", text="不用再接收。",
    )  # fmt: skip
    return transfer


def _close(transfer, status, by, answer):
    transfer.status, transfer.answer = status, answer
    transfer.decided_at, transfer.decided_by = clock.now(), by
    transfer.save(update_fields=["status", "answer", "decided_at", "decided_by"])


@transaction.atomic
def release_person(person, *, by, kind, left_on, place="", note=""):
    """Register that somebody left: where to, died, suspended, expelled. Nothing of the past changes."""
    (person,) = lock_people([person.pk])
    require(rules.can_release_as(by, person, kind))
    require(rules.why_not_on(left_on, rules.last_moves([person]).get(person.pk), kind=kind))
    (transfer,) = _register(
        [Transfer(person=person, kind=kind, from_organization=person.organization, place=place, note=note)],
        by=by, moved_on=left_on,
    )  # fmt: skip
    ended = _carry_out([transfer], by=by)
    record(transfer, "transfer.registered", by=by, note=note)
    record(person, "person.left", by=by, note=_told(transfer, ended.get(person.pk, [])))
    if kind in (Kind.OUT, Kind.GRADUATED):
        _tell_person(transfer, "person_released", f"您的组织关系已从{person.organization}转出", place)
    return transfer


@transaction.atomic
def release_graduates(places: dict[Person, str], *, by, left_on, note=""):
    """毕业转出: many students at once, each to a place (``{person: place}``); all of them or nobody."""
    if len(places) > MOST_GRADUATES:
        raise StaleState(f"一次最多办理 {MOST_GRADUATES} 人，请分几次办理。")
    by_id = {person.pk: place for person, place in places.items()}
    people = lock_people(by_id)
    last = rules.last_moves(people)
    for person in people:
        allowed = rules.can_release_as(by, person, Kind.GRADUATED) and rules.why_not_on(
            left_on, last.get(person.pk), kind=Kind.GRADUATED
        )
        if not allowed:
            raise StaleState(f"没有办理，一个人也没有转出。{person.name}：{allowed.why}")
    rows = [
        Transfer(
            person=person, kind=Kind.GRADUATED, from_organization=person.organization, place=by_id[person.pk], note=note
        )
        for person in people
    ]
    rows = _register(rows, by=by, moved_on=left_on)
    _carry_out(rows, by=by)
    record_many(rows, "transfer.registered", by=by, note=note)
    record_many(people, "person.left", by=by, note=f"{Kind.GRADUATED.label}，{left_on} 起")
    if rows:
        tell(
            [person.user for person in people], "person_released", key=f"person_released:{rows[0].pk}",
            title="您的组织关系已办理毕业转出", text=f"自 {left_on} 起。如有疑问请联系原党支部。",
        )  # fmt: skip
    return rows


@transaction.atomic
def admit_person(organization, *, by, staff_number, name, moved_on, place="", note="", **facts):
    """转入本校: somebody from outside comes into a branch's register with a letter of introduction.

    Who left before comes back under the same number, with their past; ``facts`` are those of somebody new.
    """
    who = Person.objects.filter(staff_number=staff_number).values_list("pk", flat=True)
    known, organization = lock_people(who, organization), lock(organization)
    require(rules.can_admit_people(by, organization))
    kind = Kind.IN
    if not known:
        last = None
        try:
            with transaction.atomic():
                person = Person.objects.create(staff_number=staff_number, name=name, organization=organization, **facts)
        except IntegrityError as error:
            raise StaleState(f"学工号 {staff_number} 刚才已经登记，没有重复登记。") from error
    else:
        person = known[0]
        kind, last = _come_back(person, name, organization, by)
    require(rules.why_not_on(moved_on, last, kind=kind))
    (transfer,) = _register(
        [Transfer(person=person, kind=kind, to_organization=organization, place=place, note=note)],
        by=by, moved_on=moved_on,
    )  # fmt: skip
    _carry_out([transfer], by=by)
    record(transfer, "transfer.registered", by=by, note=note)
    record(person, "person.admitted", by=by, note=_told(transfer, []))
    _tell_person(transfer, "person_admitted", f"您的组织关系已转入{organization}", f"自 {moved_on} 起。")
    return transfer


def _come_back(person, name, organization, by):
    """The kind of a return and the day before which it cannot be; refuses whoever is here, or another person."""
    if person.name != name:
        raise StaleState(f"学工号 {person.staff_number} 在名册里不是{name}，请核对学工号和姓名。")
    if not person.left_on:
        raise StaleState(f"{name}现在就在本校名册里，请由所在党支部提出校内转接。")
    require(rules.can_take_back(by, person, organization))
    gone = rules.last_leaving(person)
    if not Transfer.objects.accepted().filter(person=person, moved_on=person.left_on).exists():
        # the register knew the day alone: keep where they were until then
        row = Transfer(person=person, kind=Kind.OUT, from_organization=person.organization, note="原登记的离开日期")
        _register([row], by=by, moved_on=person.left_on)
    kind = Kind.RESUMED if gone and gone.kind == Kind.SUSPENDED else Kind.IN
    return kind, max(person.left_on, rules.last_moves([person])[person.pk])


@transaction.atomic
def undo_transfer(transfer, *, by, reason):
    """撤销: a mistaken move is led back on its own day, so that the person was never away; both rows stay.

    What was frozen meanwhile stays as it is, and offices that ended by the move do not come back by themselves.
    """
    came = transfer.from_organization is None
    gone = rules.last_leaving(transfer.person) if came else None
    lock_branches(transfer.from_organization, transfer.to_organization, gone and gone.from_organization)
    transfer = lock(transfer, *FROM["undo"])
    transfer.person = person = lock(transfer.person)
    require(rules.can_undo_transfer(by, transfer))
    (back,) = _register(
        [
            Transfer(
                person=person, kind=Kind.UNDONE, undoes=transfer, from_organization=transfer.to_organization,
                to_organization=transfer.from_organization, place=transfer.place, note=reason,
            )
        ],
        by=by, moved_on=transfer.moved_on,
    )  # fmt: skip
    ended = _carry_out([back], by=by, offices_end_on=clock.today())
    if gone:  # who came back by mistake left when they left, and from where
        person.left_on, person.organization = gone.moved_on, gone.from_organization
        person.save(update_fields=["left_on", "organization"])
    record(transfer, "transfer.undone", by=by, note=reason)
    record(person, "person.move_undone", by=by, note=_told(back, ended.get(person.pk, [])) + f"：{reason}")
    for organization in filter(None, (transfer.from_organization, transfer.to_organization)):
        _tell_branch(
            organization, "transfer_undone", transfer, by=by,
            title=f"{person.name}的{transfer.get_kind_display()}已撤销", text=f"原因：{reason}",
        )  # fmt: skip
    return back


@transaction.atomic
def move_many(people_to_branch: dict[Person, Organization], *, by, moved_on, note="") -> list[Transfer]:
    """Move people within the university at once, as a sheet says, whose own rules were asked before.

    Who is there already is passed over; the given objects move too. A fixed number of statements for any number.
    """
    given = {person.pk: person for person in people_to_branch}
    targets = {person.pk: branch for person, branch in people_to_branch.items()}
    people = lock_people(targets, *people_to_branch.values())
    rows = [
        Transfer(
            person=person, kind=Kind.WITHIN, from_organization=person.organization,
            to_organization=targets[person.pk], note=note,
        )
        for person in people
        if person.left_on is None and person.organization_id != targets[person.pk].pk
    ]  # fmt: skip
    rows = _register(rows, by=by, moved_on=moved_on)
    _carry_out(rows, by=by)
    record_many(rows, "transfer.registered", by=by, note=note)
    record_many([row.person for row in rows], "person.moved", by=by, note=note)
    for row in rows:
        given[row.person_id].organization, given[row.person_id].group = targets[row.person_id], None
    return rows


def _register(rows, *, by, moved_on) -> list[Transfer]:
    """Write moves that are decided as they are written; what was asked for these people meanwhile is withdrawn."""
    overtaken = lock_all(Transfer.objects.open().filter(person__in=[row.person for row in rows]).order_by("pk"))
    now = clock.now()
    for row in overtaken:
        row.status, row.answer, row.decided_at, row.decided_by = Status.WITHDRAWN, OVERTAKEN, now, by
    Transfer.objects.bulk_update(overtaken, ["status", "answer", "decided_at", "decided_by"], batch_size=500)
    record_many(overtaken, "transfer.withdrawn", by=by, note=OVERTAKEN)
    for row in rows:
        row.status, row.moved_on = Status.ACCEPTED, moved_on
        row.requested_at, row.requested_by, row.decided_at, row.decided_by = now, by, now, by
    return Transfer.objects.bulk_create(rows, batch_size=500)


def _carry_out(rows, *, by, offices_end_on=None) -> dict[int, list[str]]:
    """What moves do to their people: the register, the group, the day of leaving, offices. Gives the offices ended."""
    for row in rows:
        row.person.group = None
        row.person.left_on = None if row.to_organization_id else row.moved_on
        row.person.organization = row.to_organization or row.person.organization
    people = [row.person for row in rows]
    Person.objects.bulk_update(people, ["organization", "group", "left_on"], batch_size=500)
    left = {row.person_id: row for row in rows if row.from_organization_id}
    held = Appointment.objects.lasting().filter(person__in=left).select_related("organization", "group").order_by("pk")
    ending = [one for one in lock_all(held) if _ends_with(left[one.person_id], one)]
    ended = defaultdict(list)
    for one in ending:  # one that was to begin later never begins
        one.ends_on = max(one.starts_on, offices_end_on or left[one.person_id].moved_on)
        ended[one.person_id].append(str(one))
    Appointment.objects.bulk_update(ending, ["ends_on"], batch_size=500)
    record_many(ending, "appointment.ended", by=by, note="组织关系变动")
    return ended


def _ends_with(row, office) -> bool:
    """Does a move end an office? Leaving ends all of them, moving those of the branch that is left."""
    return row.to_organization_id is None or office.organization_id == row.from_organization_id


def _told(row, ended) -> str:
    """A move in words, for the person's history."""
    ways = [str(one) for one in (row.from_organization or row.place, row.to_organization or row.place) if one]
    offices = f"，不再担任{'、'.join(ended)}" if ended else ""
    return f"{row.get_kind_display()}，{row.moved_on} 起，{' → '.join(ways)}{offices}"


def _tell_branch(organization, kind, transfer, *, by, title, text):
    """Tell who keeps a branch's register; where nobody does, those above it. Not the one who acts."""
    here = Appointment.objects.filling(access.DRAFTERS, [organization.pk]).accounts()
    found = list(here) or list(Appointment.objects.filling(access.KEEPERS, [organization.parent_id]).accounts())
    tell(
        [user for user in found if user.pk != by.pk], kind, key=f"{kind}:{transfer.pk}", title=title, text=text,
        url=transfer.get_absolute_url(), sender=str(by.name),
    )  # fmt: skip


def _tell_person(transfer, kind, title, text):
    tell(
        [transfer.person.user], kind, key=f"{kind}:{transfer.pk}:own", title=title, text=text,
        url=transfer.get_absolute_url(),
    )  # fmt: skip
