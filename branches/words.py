"""What somebody types into a box to find organizations or people, as a filter: one meaning on every list."""

from django.db.models import Q


def organization_named(text: str, prefix="") -> Q:
    """The name or short name has the text in it, or the code begins with it; ``prefix`` leads there (``parent__``)."""
    names = Q(**{f"{prefix}name__icontains": text}) | Q(**{f"{prefix}short_name__icontains": text})
    return names | Q(**{f"{prefix}code__istartswith": text})


def person_named(text: str, prefix="") -> Q:
    """The name has the text in it, or the number begins with it."""
    return Q(**{f"{prefix}name__icontains": text}) | Q(**{f"{prefix}staff_number__istartswith": text})
