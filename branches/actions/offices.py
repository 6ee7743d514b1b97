"""Appointing, dismissing, correcting. Rights follow the rows: they begin and end on the day that is written here.

The organization's row is locked first by whoever writes about its offices: one secretary, whoever is faster.
"""

from collections import defaultdict
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.urls import reverse

from branches import access
from branches.actions.accounts import give_accounts
from branches.models import Appointment, Office
from branches.rules import offices as rules
from core.audit import record
from core.inbox import notices, tell, tell_all
from core.workflow import StaleState, lock, no, require

MOST_NAMED = 10  # in a notice about many


@transaction.atomic
def appoint(organization, *, by, person, office, starts_on, is_acting=False, title="", group=None):
    """Give a person an office from a day on; an acting holder has the same rights. An account is made if needed."""
    organization, person = lock(organization), lock(person)
    require(rules.can_give(by, organization, office))
    require(rules.not_own(by, person))
    require(rules.can_hold(person, organization, office))
    require(rules.can_start(organization, starts_on))
    group = _group_of(organization, office, group)
    free_or_stale(rules.is_free(person, organization, office, starts_on, group=group))
    with taken_or_stale():
        appointment = Appointment.objects.create(
            person=person, organization=organization, office=office, starts_on=starts_on, is_acting=is_acting,
            title=title, group=group,
        )  # fmt: skip
        give_accounts([person], by=by)
    record(appointment, "appointment.started", by=by, note=f"{person} {appointment}，{starts_on} 起")
    tell_started(appointment, by=by)
    return appointment


@transaction.atomic
def end_appointment(appointment, *, by, ends_on, reason):
    """Take an office away: from ``ends_on`` on the person holds it no more. Today means at once."""
    lock(appointment.organization)
    appointment = lock(appointment)
    if appointment.is_over:
        raise StaleState(f"{appointment.person}已于 {appointment.ends_on} 起不再担任{appointment}，不用再办。")
    require(rules.can_end(by, appointment))
    require(rules.can_end_on(appointment, ends_on))
    if appointment.ends_on and ends_on > appointment.ends_on:
        free_or_stale(_is_free_until(appointment, appointment.starts_on, ends_on))
    appointment.ends_on = ends_on
    appointment.save(update_fields=["ends_on"])
    record(appointment, "appointment.ended", by=by, note=f"{appointment.person} {appointment}，{ends_on} 起：{reason}")
    tell_ended(appointment, by=by)
    return appointment


@transaction.atomic
def correct_appointment(appointment, *, by, starts_on, title, is_acting, reason):
    """Mend a wrong first day, title or 'acting' of an entry; who holds what until when is not touched."""
    lock(appointment.organization)
    appointment = lock(appointment)
    require(rules.can_correct(by, appointment))
    require(rules.can_start_instead(appointment, starts_on))
    if starts_on < appointment.starts_on:
        free_or_stale(_is_free_until(appointment, starts_on, appointment.ends_on))
    appointment.starts_on, appointment.title, appointment.is_acting = starts_on, title, is_acting
    appointment.save(update_fields=["starts_on", "title", "is_acting"])
    record(appointment, "appointment.corrected", by=by, note=f"{appointment.person} {appointment}：{reason}")
    return appointment


@contextmanager
def taken_or_stale():
    """What an import wrote at the same moment is found by the database: nothing is saved, and the user is told."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise StaleState("刚刚有人登记了同样的任职或账号，这次没有保存。请看最新情况后再决定。") from error


def free_or_stale(verdict) -> None:
    """A seat that is taken is no lack of rights: somebody was there before."""
    if not verdict:
        raise StaleState(verdict.why)


def tell_started(appointment, *, by) -> None:
    """The person learns of the office, and from when on it counts."""
    tell_all(_notice_of_start(appointment, by))


def tell_many_started(appointments, *, by) -> None:
    """The same of the many that an import begins; whoever keeps the register above learns it, in one notice each.

    The appointments come with their people, these with their accounts. ``by`` is None for a command.
    """
    rows = [one for appointment in appointments for one in _notice_of_start(appointment, by)]
    tell_all(rows + _notices_above(appointments, by))


def _notice_of_start(appointment, by):
    acting = "代理" if appointment.is_acting else ""
    return notices(
        [appointment.person.user],
        "appointment_started",
        key=f"appointment:{appointment.pk}:started",
        title=f"您自 {appointment.starts_on} 起任{appointment.organization}{acting}{appointment.label}",
        text="从这一天起，可以办理这个职务的事。换过职务后，请从页面上方选择要用的职务。",
        url=reverse("me") if appointment.is_coming else appointment.organization.get_absolute_url(),
        sender=by.name if by else "",
    )


def _notices_above(appointments, by):
    """Not to the one who acts: of each that began, whoever keeps the register in the organization above it."""
    above = defaultdict(list)
    for one in appointments:
        above[one.organization.parent_id].append(one)
    keepers = Appointment.objects.filling(access.KEEPERS, [pk for pk in above if pk]).select_related(
        "organization", "person__user"
    )
    told: dict[int, dict[int, Appointment]] = defaultdict(dict)
    seats = {}
    for seat in keepers.order_by("pk"):
        if by is None or seat.person.user_id != by.pk:
            seats.setdefault(seat.person.user_id, seat)
            told[seat.person.user_id] |= {one.pk: one for one in above[seat.organization_id]}
    return [one for pk, seat in seats.items() for one in _notice_above(seat, list(told[pk].values()), by)]


def _notice_above(seat, begun, by):
    names = "、".join(f"{one.person}任{one}" for one in begun[:MOST_NAMED])
    names += " 等" if len(begun) > MOST_NAMED else ""
    return notices(
        [seat.person.user],
        "appointments_imported",
        key=f"appointments:{begun[0].pk}:imported",
        title=f"随名册导入，{seat.organization}下面新任 {len(begun)} 项职务",
        text=f"自 {begun[0].starts_on} 起：{names}。如有不对，请办理免职或更正。",
        url=seat.organization.get_absolute_url(),
        sender=by.name if by else "",
    )


def tell_ended(appointment, *, by) -> None:
    """The person learns that the office is over, and from when on."""
    tell(
        [appointment.person.user],
        "appointment_ended",
        key=f"appointment:{appointment.pk}:ended:{appointment.ends_on}",
        title=f"您自 {appointment.ends_on} 起不再担任{appointment}",
        text="从这一天起，这个职务的页面不再打开。您自己的情况仍在“我的”里。",
        url=reverse("me"),
        sender=by.name,
    )


def tell_resumed(appointment, election, *, by) -> None:
    """The person learns that an office which an election had ended goes on."""
    tell(
        [appointment.person.user],
        "appointment_resumed",
        key=f"appointment:{appointment.pk}:resumed:{election.pk}",
        title=f"您仍担任{appointment}",
        text=f"{election.held_on:%Y-%m-%d} 的换届登记有误，已经撤销；原来的任职照旧，没有中断。",
        url=appointment.organization.get_absolute_url(),
        sender=by.name,
    )


def _group_of(organization, office, group):
    """A group leader leads a group of this branch; no other office has one."""
    if office != Office.GROUP_LEADER:
        return None
    if group is None or group.organization_id != organization.pk or group.closed_on is not None:
        require(no("请选本支部的党小组。没有分党小组的支部，先分小组再任命组长。"))
    return group


def _is_free_until(appointment, starts_on, ends_on):
    return rules.is_free(
        appointment.person,
        appointment.organization,
        appointment.office,
        starts_on,
        ends_on,
        but=appointment,
        group=appointment.group,
    )
