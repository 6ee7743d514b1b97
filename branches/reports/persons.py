"""Who in the whole register might be the one that is just being entered."""

from django.db.models import Q

from branches.models import Person


def holder_of(staff_number):
    """Who has a number already, wherever that is; or None."""
    return Person.objects.filter(staff_number__iexact=staff_number).select_related("organization").first()


def alike(name, born_on, phone):
    """People of the same name who share the birth date or the phone: at most five, wherever they are."""
    same = Q(pk__in=[])
    if born_on:
        same |= Q(born_on=born_on)
    if phone:
        same |= Q(phone=phone)
    return list(Person.objects.filter(same, name=name).select_related("organization")[:5])
