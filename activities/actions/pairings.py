"""结对帮带 begins, is visited, and ends. lock · check · change · record · tell."""

from django.db import transaction

from activities.models import Pairing, PairingVisit
from activities.rules import service as rules
from core.audit import record
from core.inbox import tell
from core.workflow import lock, no, require


@transaction.atomic
def begin_pairing(organization, *, by, helper, **values):
    """Write down that a member of the branch stands by somebody; ``values`` by field name."""
    require(rules.can_begin(by, organization))
    if helper.organization_id != organization.pk or helper.left_on:
        require(no("帮带人要是本支部在册的同志。"))
    pairing = Pairing.objects.create(organization=organization, helper=helper, begun_by=by, **values)
    record(pairing, "pairing.begun", by=by)
    if helper.user is not None and helper.user != by:
        tell(
            [helper.user], "pairing_begun", key=f"pairing_begun:{pairing.pk}",
            title=f"请您与{pairing.partner_name}结对帮带：{pairing.purpose}"[:200], url=pairing.get_absolute_url(),
            sender=organization.short_name,
        )  # fmt: skip
    return pairing


@transaction.atomic
def visit_pairing(pairing, *, by, visited_on, minutes, note):
    """记一次走访."""
    pairing = lock(pairing)
    require(rules.can_visit(by, pairing))
    visit = PairingVisit.objects.create(pairing=pairing, visited_on=visited_on, minutes=minutes, note=note, by=by)
    record(pairing, "pairing.visited", by=by, note=note, also=[visit])
    return visit


@transaction.atomic
def drop_visit(visit, *, by):
    """Take back a visit that was written down by mistake; what it said stays in the log."""
    pairing = lock(visit.pairing)
    visit = lock(visit)
    visit.pairing = pairing
    require(rules.can_drop_visit(by, visit))
    record(pairing, "pairing.visit_dropped", by=by, note=str(visit), gone=[visit])
    visit.delete()
    return pairing


@transaction.atomic
def end_pairing(pairing, *, by, ended_on, reason):
    """结束结对, saying why; the visits stay."""
    pairing = lock(pairing)
    require(rules.can_end(by, pairing))
    pairing.ended_on, pairing.end_reason = ended_on, reason
    pairing.save(update_fields=["ended_on", "end_reason"])
    record(pairing, "pairing.ended", by=by, note=reason)
    if pairing.helper.user is not None and pairing.helper.user != by:
        tell(
            [pairing.helper.user], "pairing_ended", key=f"pairing_ended:{pairing.pk}",
            title=f"与{pairing.partner_name}的结对已结束"[:200], text=f"原因：{reason}",
            url=pairing.get_absolute_url(), sender=pairing.organization.short_name,
        )  # fmt: skip
    return pairing
