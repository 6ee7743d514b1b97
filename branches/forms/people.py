"""The register's filters, and the reason of an export."""

import django_filters
from django import forms

from branches import access
from branches.models import Organization, Person
from branches.reports.people import in_office, named


class ExportReasonForm(forms.Form):
    """Full phone numbers leave the site only with a reason, which is kept."""

    reason = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "如：11 月活动日通知"}),
        error_messages={"required": "导出完整电话要写明用途，用途会留在记录里。"},
    )


ORDERS = {
    "organization": ("按组织排列", ("organization__code", "staff_number")),
    "name": ("按姓名排列", ("name", "staff_number")),
    "number": ("按学工号排列", ("staff_number",)),
    "joined": ("入党早的在前", ("joined_on", "staff_number")),
    "-joined": ("入党晚的在前", ("-joined_on", "staff_number")),
}
MARKS = {
    "invited": ("积极分子和发展对象", lambda rows: rows.filter(standing__in=["PROSPECT", "ACTIVIST"])),
    "floating": ("流动党员", lambda rows: rows.filter(is_floating=True)),
    "lost": ("失联党员", lambda rows: rows.filter(is_lost_contact=True)),
    "cadre": ("党员领导干部", lambda rows: rows.filter(is_leading_cadre=True)),
    "office": ("有党内职务", in_office),
}


def _words(table):
    return [(key, word) for key, (word, _) in table.items()]


class PersonFilter(django_filters.FilterSet):
    """The register's filters and order; an unknown value filters nothing. Organizations come from the user's part."""

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    organization = django_filters.ModelChoiceFilter(
        label="党组织",
        queryset=lambda request: Organization.objects.visible_to(request.user).open().order_by("code"),
        empty_label="全部组织",
        method="filter_organization",
    )
    standing = django_filters.ChoiceFilter(label="类别", choices=Person.Standing.choices, empty_label="全部类别")
    category = django_filters.ChoiceFilter(label="岗位", choices=Person.Category.choices, empty_label="全部岗位")
    mark = django_filters.ChoiceFilter(
        label="特点", choices=_words(MARKS), empty_label="不限特点", method="filter_mark"
    )
    order = django_filters.ChoiceFilter(label="排列", choices=_words(ORDERS), empty_label=None, method="sort")

    class Meta:
        model = Person
        fields = ["q", "organization", "standing", "category", "mark", "order"]

    def filter_text(self, rows, name, value):
        return named(rows, value)

    def filter_organization(self, rows, name, value):
        """Everybody there and below."""
        return rows.filter(access.within("organization__path", value.path))

    def filter_mark(self, rows, name, value):
        return MARKS[value][1](rows)

    def sort(self, rows, name, value):
        return rows.order_by(*ORDERS[value][1])

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        shown = {
            name: str(value) if name in ("q", "organization") else dict(self.form.fields[name].choices).get(value, "")
            for name, value in data.items()
            if value
        }
        return {self.form.fields[name].label: word for name, word in shown.items() if word}
