"""A filter by organization: chosen among few, or found by name or code where a select would hold thousands."""

from functools import cached_property

import django_filters

from branches.models import Organization
from branches.reports import finding

MOST_OPTIONS = 400  # a select of more organizations is no help: then they are looked for by name
PLACES = {"organization": "党组织", "place": "组织名称或编码"}


class PlaceFilter(django_filters.FilterSet):
    """What every list by organization shares; ``paths`` lead from a row to the paths of its organizations.

    An organization means everything below it too. The page shows it by ``branches/place_filter.html``.
    """

    paths: tuple[str, ...] = ("organization__path",)

    organization = django_filters.ModelChoiceFilter(
        label=PLACES["organization"],
        queryset=lambda request: Organization.objects.visible_to(request.user),
        method="filter_organization",
    )
    place = django_filters.CharFilter(label=PLACES["place"], method="filter_place", max_length=60)

    def filter_organization(self, rows, name, value):
        return rows.filter(finding.under([value], *self.paths))

    def filter_place(self, rows, name, value):
        return rows.filter(finding.under(self.places, *self.paths))

    @property
    def offered(self):
        """The organizations among which the user chooses or looks."""
        return Organization.objects.visible_to(self.request.user)

    def _given(self, name):
        return self.form.cleaned_data.get(name) if self.form.is_valid() else None

    @cached_property
    def few_organizations(self) -> list[Organization]:
        """The user's organizations, if a select can hold them."""
        rows = list(self.offered.open().order_by("code")[: MOST_OPTIONS + 1])
        return rows if len(rows) <= MOST_OPTIONS else []

    @cached_property
    def places(self) -> list[Organization]:
        """The organizations that the words in ``place`` find."""
        text = self._given("place")
        return finding.places_named(self.offered, text) if text else []

    @property
    def organizations(self) -> list[Organization]:
        """What the select offers: all, or of very many those that were looked for; and the one that is chosen."""
        chosen = self._given("organization")
        rows = self.few_organizations or self.places
        return rows if chosen is None or chosen in rows else [chosen, *rows]

    @property
    def asks_for_place(self) -> bool:
        return not self.few_organizations
