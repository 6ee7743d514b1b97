"""What one writes of oneself: the own password, notices read."""

from django.db import transaction

from branches import rules
from core.audit import record
from core.inbox import Notice, read
from core.workflow import lock, require


@transaction.atomic
def change_password(user, *, by, password):
    """Set the own password; every other session of the account ends with it."""
    user = lock(user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "password_set_at", "must_change_password"])
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
