"""不计入应到: the branch proposes, the level above decides, and it ends on its day or earlier."""

import datetime

from django.db import transaction

from branches import access, rules
from branches.models import Appointment, Exclusion
from core import clock
from core.audit import record
from core.inbox import tell
from core.workflow import YES, StaleState, lock, no, require

Status = Exclusion.Status
FROM = {"decide": (Status.PROPOSED,), "withdraw": (Status.PROPOSED,), "end": (Status.APPROVED,)}


@transaction.atomic
def propose_exclusion(person, *, by, reason, starts_on, last_on=None):
    """Ask the level above not to count somebody from a day on; what was frozen before that stays counted."""
    person = lock(person)
    require(rules.can_propose_exclusion(by, person))
    if other := person.exclusions.overlapping(starts_on, last_on).first():
        raise StaleState(overlap_words(other))
    row = Exclusion.objects.create(person=person, reason=reason, starts_on=starts_on, last_on=last_on, proposed_by=by)
    record(row, "exclusion.proposed", by=by, note=reason)
    tell(
        _deciders(row), "exclusion_proposed", key=f"exclusion_proposed:{row.pk}",
        title=f"{person.organization}申请：{person}不计入应到", text=f"{span_words(row)}，原因：{reason}",
        url=row.get_absolute_url(), sender=person.organization.short_name,
    )  # fmt: skip
    return row


@transaction.atomic
def approve_exclusion(exclusion, *, by, answer=""):
    """From its first day on the person is not expected; rosters that are frozen already stay as they are."""
    exclusion = _decide(exclusion, by, Status.APPROVED, answer)
    record(exclusion, "exclusion.approved", by=by, note=answer)
    _tell_proposer(exclusion, by, "已批准", answer)
    return exclusion


@transaction.atomic
def decline_exclusion(exclusion, *, by, answer):
    """Refuse a proposal, saying why."""
    exclusion = _decide(exclusion, by, Status.DECLINED, answer)
    record(exclusion, "exclusion.declined", by=by, note=answer)
    _tell_proposer(exclusion, by, "没有批准", answer)
    return exclusion


def _decide(exclusion, by, status, answer):
    person = lock(exclusion.person)  # the person first, as a proposal does: two of one person are one after the other
    exclusion = lock(exclusion, *FROM["decide"])
    exclusion.person = person
    require(rules.can_decide_exclusion(by, exclusion))
    exclusion.status, exclusion.answer = status, answer
    exclusion.decided_by, exclusion.decided_at = by, clock.now()
    exclusion.save(update_fields=["status", "answer", "decided_by", "decided_at"])
    return exclusion


@transaction.atomic
def withdraw_exclusion(exclusion, *, by):
    """Take a proposal back before it is decided: the person goes on being expected."""
    exclusion = lock(exclusion, *FROM["withdraw"])
    require(rules.can_withdraw_exclusion(by, exclusion))
    exclusion.status = Status.WITHDRAWN
    exclusion.save(update_fields=["status"])
    record(exclusion, "exclusion.withdrawn", by=by)
    organization = exclusion.person.organization
    tell(
        _deciders(exclusion), "exclusion_withdrawn", key=f"exclusion_withdrawn:{exclusion.pk}",
        title=f"{organization}撤回了申请：{exclusion.person}不计入应到", text="不用再批复。",
        url=exclusion.get_absolute_url(), sender=organization.short_name,
    )  # fmt: skip
    return exclusion


@transaction.atomic
def end_exclusion(exclusion, *, by, last_on):
    """The person counts again after ``last_on``, earlier than was approved."""
    exclusion = lock(exclusion, *FROM["end"])
    require(rules.can_end_exclusion(by, exclusion))
    require(end_is_within(exclusion, last_on))
    before, exclusion.last_on = exclusion.last_on, last_on
    exclusion.save(update_fields=["last_on"])
    record(exclusion, "exclusion.ended", by=by, note=f"{last_on:%Y-%m-%d} 结束", before=before, after=last_on)
    person = exclusion.person
    tell(
        Appointment.objects.filling(access.DRAFTERS, [person.organization_id]).accounts().exclude(pk=by.pk),
        "exclusion_ended", key=f"exclusion_ended:{exclusion.pk}:{last_on}",
        title=f"{person}自 {last_on + datetime.timedelta(days=1):%Y-%m-%d} 起计入应到",
        text=f"不计入应到（{exclusion.reason}）提前到 {last_on:%Y-%m-%d} 结束。",
        url=exclusion.get_absolute_url(), sender=by.name,
    )  # fmt: skip
    return exclusion


def end_is_within(exclusion, last_on):
    """An end is put forward, not back: between the first day and the approved last one."""
    if last_on < exclusion.starts_on:
        return no(f"{exclusion.starts_on:%Y-%m-%d} 才开始，不能早于这一天结束。")
    if exclusion.last_on and last_on > exclusion.last_on:
        return no(f"批准到 {exclusion.last_on:%Y-%m-%d}，只能提前；要延长，请到期后另行申请。")
    return YES


def overlap_words(other) -> str:
    """Why a span cannot be proposed beside another one of the same person."""
    state = "已经批准" if other.status == Status.APPROVED else "已经提出，正等上级批复"
    return f"{span_words(other)}不计入应到{state}，时间重叠，不用重复申请。"


def span_words(row) -> str:
    """From when to when, in words."""
    return f"{row.starts_on:%Y-%m-%d} 至 {row.last_on:%Y-%m-%d}" if row.last_on else f"{row.starts_on:%Y-%m-%d} 起"


def _deciders(row):
    """The officers next above who may decide it; where there are none, the organization department."""
    organization = row.person.organization
    barred = [pk for pk in (row.proposed_by_id, row.person.user_id) if pk]
    above = organization.parent_id if organization.parent and not organization.is_direct else None
    near = Appointment.objects.filling(access.DRAFTERS, [above]).accounts().exclude(pk__in=barred)
    if above and near:
        return near
    return Appointment.objects.filling(access.DEPARTMENT, organization.lineage).accounts().exclude(pk__in=barred)


def _tell_proposer(row, by, word, answer):
    tell(
        [row.proposed_by], "exclusion_decided", key=f"exclusion_decided:{row.pk}",
        title=f"{row.person}不计入应到的申请{word}",
        text="，".join(filter(None, [span_words(row), f"批复：{answer}" if answer else ""])),
        url=row.get_absolute_url(), sender=by.name,
    )  # fmt: skip
