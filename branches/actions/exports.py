"""Who took which rows out of the site, or saw somebody's data in full, and why."""

from django.db import transaction

from branches import rules
from core.audit import record
from core.workflow import lock, require


@transaction.atomic
def log_export(sheet, *, by, count, filters, columns=(), reason=""):
    """Keep who took which rows of a list out of the site; ``sheet`` is organizations, people, plans, days, dues …"""
    chosen = {"columns": list(columns)} if columns else {}
    return record(by, f"{sheet}.exported", by=by, note=reason, count=count, filters=filters, **chosen)


@transaction.atomic
def log_full_export(people, *, by, count, filters, columns, reason):
    """The same for people whose phones, birth dates and identity numbers are whole, ``count`` of them."""
    require(rules.can_export_full(by, people))
    return record(
        by, "people.exported_in_full", by=by, note=reason, count=count, filters=filters, columns=list(columns)
    )


@transaction.atomic
def reveal_person(person, *, by, reason, fields):
    """Keep who saw which of somebody's data in full, and why; gives the row as it is at that moment."""
    person = lock(person)
    require(rules.can_reveal_person(by, person))
    record(person, "person.unmasked", by=by, note=reason, fields=list(fields))
    return person
