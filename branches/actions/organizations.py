"""What becomes of the tree: founded, renamed, moved, closed, reopened. Nothing is ever deleted.

Everything that changes who stands under whom begins with the tree's lock, so that two changes at once are two in turn.
Rights are read from ``path``; a move writes the paths of the whole subtree in one statement, and the rights with them.
"""

import datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from branches import access, rules
from branches.actions.accounts import void_codes
from branches.actions.order import lock_branches
from branches.models import Appointment, Organization, Person, Transfer
from core import clock
from core.audit import history_of, record, record_many
from core.inbox import tell
from core.workflow import StaleState, lock, lock_all, require


@transaction.atomic
def found_organization(parent, *, by, code, name, short_name, kind, founded_on, term_ends_on=None):
    """Set up a committee, general branch or branch under ``parent``."""
    Organization.objects.lock_tree()
    parent = lock(parent)
    require(rules.can_found(by, parent))
    require(rules.why_not_parent(by, kind, parent))
    require(rules.is_a_day_of(founded_on))
    _see_that_nobody_has(code, name)
    row = Organization.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, parent=parent, path=f"new/{code}/",
        founded_on=founded_on, term_ends_on=term_ends_on,
    )  # fmt: skip
    row.path = f"{parent.path}{row.pk}/"
    row.save(update_fields=["path"])
    entry = record(row, "organization.founded", by=by, on=founded_on, parent=parent.pk)
    _tell(_officers(parent), row, entry, f"{parent}下新设{row}")
    return row


@transaction.atomic
def rename_organization(organization, *, by, code, name, short_name, on, reason):
    """Give an organization another name or code; everything that points to it shows the new one from now on."""
    Organization.objects.lock_tree()
    organization = lock(organization)
    require(rules.can_rename(by, organization))
    require(rules.is_a_day_of(on, organization))
    _see_that_nobody_has(code, name, but=organization)
    before = str(organization)
    organization.code, organization.name, organization.short_name = code, name, short_name
    organization.save(update_fields=["code", "name", "short_name"])
    entry = record(organization, "organization.renamed", by=by, note=reason, on=on)
    _tell(_officers(organization), organization, entry, f"{before}更名为{organization}", reason)
    return organization


def _see_that_nobody_has(code, name, but=None):
    """Codes and full names are unique; the form asks first, this is for two who ask at once."""
    others = Organization.objects.exclude(pk=but.pk if but else None).filter(Q(code=code) | Q(name=name))
    if other := others.first():
        raise StaleState(f"编码或全称刚刚已被{other}（{other.code}）使用，请换一个。")


@transaction.atomic
def move_organization(organization, *, by, parent, on, reason):
    """Put an organization with everything below it under another one: who sees and keeps what changes with it."""
    Organization.objects.lock_tree()
    seen, organization, parent = organization.parent_id, lock(organization), lock(parent)
    if organization.parent_id != seen:
        raise StaleState(f"{organization}刚刚已调整到{organization.parent}，请看最新情况后再决定。")
    require(rules.can_move(by, organization))
    require(rules.why_not_parent(by, organization.kind, parent, organization))
    require(rules.is_a_day_of(on, organization))
    left, before, subtree = organization.parent, organization.path, Organization.objects.under(organization)
    along = lock_all(subtree.exclude(pk=organization.pk).order_by("pk"))
    organization.parent, organization.path = parent, f"{parent.path}{organization.pk}/"
    organization.save(update_fields=["parent"])
    subtree.update(path=Concat(Value(organization.path), Substr("path", len(before) + 1)))
    for one in along:
        one.path = organization.path + one.path.removeprefix(before)
    entry = record(organization, "organization.moved", by=by, note=reason, on=on)
    record_many(along, "organization.moved_along", by=by, note=f"随{organization}调整到{parent}")
    told = [*_officers(organization), *_officers(left), *_officers(parent)]
    _tell(told, organization, entry, f"{organization}由{left}调整到{parent}", reason)
    require(rules.can_see_organization(by, organization))
    return organization


@transaction.atomic
def close_organization(organization, *, by, closed_on, reason, people_to=None):
    """Close an organization that nothing stands under; everybody still in it goes to the branch ``people_to``.

    Its offices end that day; who was on their way to it stays where they are. All that it did stays as it was.
    """
    Organization.objects.lock_tree()
    organization, people_to = lock_branches(organization, people_to)
    transfers = _open_transfers_of(organization)
    people = lock_all(Person.objects.of(organization).present().order_by("pk"))
    if organization.closed_on:
        raise StaleState(f"{organization}已经有人撤销了，撤销日期是 {organization.closed_on}。")
    require(rules.can_close(by, organization))
    require(rules.is_a_day_of(closed_on, organization))
    require(rules.why_not_empty(organization.children.open().count(), len(people), people_to))
    told = list(_officers(organization))
    _decline(transfers, organization, by=by)
    if people:
        _take_in(people, organization, people_to, by=by, day=closed_on, reason=reason)
    ended = _end_offices(organization, closed_on, by=by, reason=reason)
    organization.closed_on = closed_on
    organization.save(update_fields=["closed_on"])
    entry = record(
        organization, "organization.closed", by=by, note=reason,
        people=len(people), people_to=people_to.pk if people else None, ended=ended,
    )  # fmt: skip
    told += _officers(people_to) if people else []
    where = f"，{len(people)} 人转入{people_to}" if people else ""
    _tell(told, organization, entry, f"{organization}已撤销{where}", reason)
    return organization


def _open_transfers_of(organization):
    """Transfers under way to it or from it."""
    under_way = Transfer.objects.open().filter(Q(to_organization=organization) | Q(from_organization=organization))
    return lock_all(under_way.select_related("requested_by", "person").order_by("pk"))


def _decline(transfers, organization, *, by):
    """What a closing leaves without a goal or a beginning ends, and whoever asked for it is told."""
    answer = f"{organization}已撤销，这次转接不再办理；需要时请重新提出。"
    for row in transfers:
        row.status, row.answer, row.decided_by, row.decided_at = Transfer.Status.DECLINED, answer, by, clock.now()
    Transfer.objects.bulk_update(transfers, ["status", "answer", "decided_by", "decided_at"], batch_size=500)
    record_many(transfers, "transfer.declined_by_closing", by=by, note=answer)
    for row in transfers:
        key = f"transfer_declined_by_closing:{row.pk}"
        tell([row.requested_by], "transfer_declined", key=key, title=f"{row.person}的转接已退回", text=answer)


def _take_in(people, organization, branch, *, by, day, reason):
    """Everybody moves to another branch, by an accepted transfer each."""
    require(rules.can_receive(by, branch, organization))
    later = Transfer.objects.accepted().filter(person__in=people, moved_on__gt=day).count()
    require(rules.came_before(later, day))
    now = clock.now()
    made = Transfer.objects.bulk_create(
        [
            Transfer(
                person=person, kind=Transfer.Kind.WITHIN, status=Transfer.Status.ACCEPTED, note=reason,
                from_organization=organization, to_organization=branch, moved_on=day,
                requested_by=by, requested_at=now, decided_by=by, decided_at=now,
            )
            for person in people
        ],
        batch_size=500,
    )  # fmt: skip
    for person in people:
        person.organization, person.group = branch, None
    Person.objects.bulk_update(people, ["organization", "group"], batch_size=500)
    record_many(made, "transfer.made_by_closing", by=by, note=reason)
    record_many(people, "person.moved_by_closing", by=by, note=f"{organization}撤销，转入{branch}")


def _end_offices(organization, day, *, by, reason) -> dict[int, str | None]:
    """End what runs or would begin there; gives ``{id: its end before}``, so that a mistake can be taken back."""
    rows = lock_all(Appointment.objects.lasting().filter(organization=organization).order_by("pk"))
    ends = {row.pk: row.ends_on and row.ends_on.isoformat() for row in rows}
    for row in rows:
        row.ends_on = max(row.starts_on, day)  # what would begin later never does
    Appointment.objects.bulk_update(rows, ["ends_on"], batch_size=500)
    record_many(rows, "appointment.ended_by_closing", by=by, note=reason)
    return ends


def _officers(organization):
    """The accounts of those who keep the organization's register there."""
    return Appointment.objects.filling(access.DRAFTERS, [organization]).accounts()


def _tell(users, organization, entry, title, text=""):
    kind = entry.event.replace(".", "_")
    tell(users, kind, key=f"{kind}:{entry.pk}", title=title[:200], text=text, url=organization.get_absolute_url())


@transaction.atomic
def reopen_organization(organization, *, by, reason):
    """Take back a closing: the offices that it ended go on until they would have ended. People come back by transfers.

    Not the actor's own, nor that of somebody who is no longer of the standing that it asks for.
    """
    Organization.objects.lock_tree()
    organization = lock(organization)
    if not organization.closed_on:
        raise StaleState(f"{organization}已经恢复。")
    require(rules.can_reopen(by, organization))
    last = history_of(organization).filter(event="organization.closed").last()
    ends = last.data["ended"] if last else {}
    ended = Appointment.objects.filter(
        pk__in=ends, ends_on__gte=organization.closed_on, organization=organization, person__left_on=None
    ).exclude(person__user=by)
    resuming = {row.pk: row for row in lock_all(Person.objects.filter(pk__in=ended.values("person")).order_by("pk"))}
    rows = [row for row in lock_all(ended.order_by("pk")) if rules.is_enough(resuming[row.person_id], row.office)]
    for row in rows:
        end = ends[str(row.pk)]
        row.ends_on = end and datetime.date.fromisoformat(end)
    Appointment.objects.bulk_update(rows, ["ends_on"], batch_size=500)
    void_codes([resuming[row.person_id] for row in rows], by=by)
    record_many(rows, "appointment.resumed_by_reopening", by=by, note=reason)
    organization.closed_on = None
    organization.save(update_fields=["closed_on"])
    entry = record(organization, "organization.reopened", by=by, note=reason, resumed=[row.pk for row in rows])
    _tell(_officers(organization), organization, entry, f"{organization}已恢复", reason)
    return organization
