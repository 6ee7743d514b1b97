"""The rotation of the key under which identity numbers are stored."""

from django.db import transaction

from branches import identity
from branches.models import Person
from core.audit import record_many

BATCH = 500


@transaction.atomic
def reseal_numbers(*, by):
    """Seal every stored number with the first key: all of them or, with one that no key opens, none."""
    count, last = 0, 0
    stored = Person.objects.exclude(identity_sealed="").only("identity_sealed").order_by("pk").select_for_update()
    while rows := list(stored.filter(pk__gt=last)[:BATCH]):
        for row in rows:
            row.identity_sealed = identity.reseal(row.identity_sealed)
        Person.objects.bulk_update(rows, ["identity_sealed"])
        record_many(rows, "person.resealed", by=by)
        count, last = count + len(rows), rows[-1].pk
    return count
