"""The audit log's filters."""

import datetime

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

from branches.forms.places import PlaceFilter
from branches.models import Organization
from branches.reports.audit import USER, subjects
from branches.reports.finding import under
from core import clock
from core.audit import AuditEntry, event_groups

DAYS = 30
IN_OUR_TIME = [MinValueValidator(datetime.date(2000, 1, 1)), MaxValueValidator(datetime.date(2150, 12, 31))]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _events():
    return [(group, list(words.items())) for group, words in event_groups().items()]


def _kinds():
    return [*subjects().items(), (USER, "账号")]


class AuditFilter(PlaceFilter):
    """Newest first; the last thirty days unless a period is given. An unknown value filters nothing."""

    since = django_filters.DateFilter(label="从", method="filter_since", widget=DAY, validators=IN_OUR_TIME)
    until = django_filters.DateFilter(label="到", method="filter_until", widget=DAY, validators=IN_OUR_TIME)
    who = django_filters.CharFilter(label="办理人", method="filter_who")
    event = django_filters.ChoiceFilter(label="事项", choices=_events, empty_label="全部事项")
    kind = django_filters.ChoiceFilter(label="对象", choices=_kinds, empty_label="全部对象", field_name="subject")
    q = django_filters.CharFilter(label="说明", field_name="note", lookup_expr="icontains")

    class Meta:
        model = AuditEntry
        fields = ["since", "until", "who", "event", "kind", "organization", "place", "q"]

    def __init__(self, data, **kwargs):
        data = data.copy()
        if "since" not in data and "until" not in data:
            data["since"] = str(clock.today() - datetime.timedelta(days=DAYS))
        super().__init__(data, **kwargs)

    def filter_since(self, rows, name, value):
        return rows.filter(at__gte=clock.at(value))

    def filter_until(self, rows, name, value):
        return rows.filter(at__lt=clock.at(value + datetime.timedelta(days=1)))

    def filter_who(self, rows, name, value):
        return rows.filter(Q(by__name__icontains=value) | Q(by__username__istartswith=value))

    def filter_organization(self, rows, name, value):
        return self._there(rows, [value])

    def filter_place(self, rows, name, value):
        return self._there(rows, self.places)

    def _there(self, rows, places):
        """The log has no key of an organization, only its number."""
        return rows.filter(organization_id__in=Organization.objects.filter(under(places, "path")).values("pk"))

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        words = {event: word for group in event_groups().values() for event, word in group.items()}
        shown = {"event": words.get(data.get("event", "")), "kind": dict(_kinds()).get(data.get("kind", ""))}
        return {
            str(self.form.fields[name].label): str(shown.get(name) or value) for name, value in data.items() if value
        }
