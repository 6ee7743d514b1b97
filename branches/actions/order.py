"""The one order in which the acts of the register lock its rows: two acts at once wait for each other, never both.

The tree · organizations · groups · transfers · people · appointments and exclusions · accounts; rows of a kind by id.
A row that points at another holds that one too while it is written, so a branch to which a move will point is locked
before the person who moves.
"""

from django.db.models import Q

from branches.models import Organization, Person, Transfer
from core.workflow import StaleState, lock_all


def lock_people(ids, *branches) -> list[Person]:
    """People by id under a lock, with what the rules ask of them; before them their branches, and those given.

    So nobody moves in or out of these branches meanwhile, and what was asked for these people waits too.
    """
    ids = list(ids)
    here = list(Person.objects.filter(pk__in=ids).order_by().values_list("organization", flat=True).distinct())
    given = Q(pk__in={branch.pk for branch in branches})
    held = {row.pk for row in lock_all(Organization.objects.filter(Q(pk__in=here) | given).order_by("pk"))}
    lock_all(Transfer.objects.open().filter(person__in=ids).order_by("pk"))
    people = lock_all(Person.objects.filter(pk__in=ids).select_related("organization", "user").order_by("pk"))
    for person in people:
        if person.organization_id not in held:
            raise StaleState(f"{person.name}的组织关系刚刚有变动，这次没有办理。请看最新情况后再决定。")
    return people


def lock_branches(*branches) -> list[Organization]:
    """Branches by their id under a lock, given back in the order in which they are named; None stays None."""
    asked = [one.pk for one in branches if one is not None]
    rows = {row.pk: row for row in lock_all(Organization.objects.filter(pk__in=asked).order_by("pk"))}
    return [one and rows[one.pk] for one in branches]
