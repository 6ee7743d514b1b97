"""What is written from the register's pages: the own password, notices read, exports logged."""

from django.db import transaction

from branches import rules
from core.audit import record
from core.inbox import Notice, read
from core.workflow import require


@transaction.atomic
def change_password(user, *, by, password):
    """Set the own password; every other session of the account ends with it."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(user, "password.changed", by=by)
    return user


@transaction.atomic
def read_notice(notice, *, by):
    """Note that the recipient has opened a notice."""
    require(rules.can_see_notice(by, notice))
    return read(Notice.objects.visible_to(by).filter(pk=notice.pk))


@transaction.atomic
def read_all_notices(*, by):
    """Mark all own notices as read; returns how many were not."""
    return read(Notice.objects.visible_to(by))


@transaction.atomic
def log_export(sheet, *, by, count, filters, reason=""):
    """Keep who took which rows of a list out of the site; ``sheet`` is organizations, people, plans, days, dues …"""
    return record(by, f"{sheet}.exported", by=by, note=reason, count=count, filters=filters)


@transaction.atomic
def log_phone_export(people, *, by, count, full, filters, reason):
    """The same for people with phone numbers, ``full`` of them unmasked: for who keeps the register, with a reason."""
    require(rules.can_export_phones(by, people))
    return record(by, "people.exported_with_phones", by=by, note=reason, count=count, full=full, filters=filters)
