"""Who took which rows out of the site, and why."""

from django.db import transaction

from branches import rules
from core.audit import record
from core.workflow import require


@transaction.atomic
def log_export(sheet, *, by, count, filters, reason=""):
    """Keep who took which rows of a list out of the site; ``sheet`` is organizations, people, plans, days, dues …"""
    return record(by, f"{sheet}.exported", by=by, note=reason, count=count, filters=filters)


@transaction.atomic
def log_phone_export(people, *, by, count, full, filters, reason):
    """The same for people with phone numbers, ``full`` of them unmasked: for who keeps the register, with a reason."""
    require(rules.can_export_phones(by, people))
    return record(by, "people.exported_with_phones", by=by, note=reason, count=count, full=full, filters=filters)
