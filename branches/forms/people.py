"""The register's filters, and the reasons for which personal data is shown or taken out in full."""

from functools import cached_property

import django_filters
from django import forms

from branches import identity
from branches.forms.places import PlaceFilter
from branches.models import Office, Organization, Person
from branches.reports import finding
from branches.reports.people import COLUMNS, Column, columns_chosen, columns_offered
from branches.words import person_named

NO_GROUP = "none"
SIZES = ("30", "50", "100")
TICK = {"class": "form-check-input"}  # boxes that the page lays out one by one


class ExportReasonForm(forms.Form):
    """Personal data leaves the site in full only with a reason, which is kept."""

    reason = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "如：11 月活动日通知"}),
        error_messages={"required": "导出完整信息要写明用途，用途会留在记录里。"},
    )


class RevealForm(forms.Form):
    """Why somebody's data is looked at in full: one of the usual reasons, or another one in words."""

    OTHER = "其他"
    why = forms.ChoiceField(
        label="为什么要看",
        choices=[(word, word) for word in ("联系本人", "核对信息", "办理组织关系", OTHER)],
        widget=forms.RadioSelect(attrs=TICK),
        error_messages={"required": "请选一个原因，原因会留在记录里。"},
    )
    words = forms.CharField(label="其他原因", max_length=100, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("why") == self.OTHER and not cleaned.get("words"):
            self.add_error("words", "选了“其他”，请写明原因。")
        return cleaned

    @property
    def reason(self) -> str:
        """What is kept: the chosen word, with what was written to it."""
        return "：".join(filter(None, (self.cleaned_data["why"], self.cleaned_data["words"])))


STATES = {
    "present": ("在册", lambda rows: rows.present()),
    "left": ("已离开", lambda rows: rows.departed()),
    "all": ("在册和已离开", lambda rows: rows),
}
MARKS = {
    "floating": ("流动党员", lambda rows: rows.filter(is_floating=True)),
    "lost": ("失联党员", lambda rows: rows.filter(is_lost_contact=True)),
    "cadre": ("党员领导干部", lambda rows: rows.filter(is_leading_cadre=True)),
    "excluded": ("今天不计入应到", finding.not_expected),
    "probation": ("预备期已满，还没有转正", finding.probation_over),
}
OFFICES = {
    "any": ("有党内职务", finding.in_office),
    "none": ("没有党内职务", finding.without_office),
}
ORDERS = {
    "organization": "按组织排列",
    "name": "按姓名排列",
    "number": "按学工号排列",
    "standing": "按人员类别排列",
    "category": "按工作岗位排列",
    "joined": "入党早的在前",
    "-joined": "入党晚的在前",
    "confirmed": "转正早的在前",
    "-confirmed": "转正晚的在前",
    "left": "离开早的在前",
    "-left": "离开晚的在前",
}
ORDERS |= {f"-{key}": f"{word}，倒序" for key, word in ORDERS.items() if word.startswith("按")}


def _words(table):
    return [(key, word) for key, (word, _) in table.items()]


def _day(label, lookup):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "aria-label": label})
    return django_filters.DateFilter(field_name="joined_on", lookup_expr=lookup, label=label, widget=widget)


class PersonFilter(PlaceFilter):
    """The register's filters, order and columns, all of them in the address; an unknown value filters nothing.

    Organizations come from the user's part of the tree, groups from the one branch that is chosen or seen.
    """

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    group = django_filters.CharFilter(label="党小组", method="filter_group")
    standing = django_filters.MultipleChoiceFilter(
        label="类别", choices=Person.Standing.choices, widget=forms.CheckboxSelectMultiple(attrs=TICK), distinct=False
    )
    category = django_filters.ChoiceFilter(label="岗位", choices=Person.Category.choices, empty_label="全部岗位")
    office = django_filters.ChoiceFilter(
        label="党内职务",
        choices=[*_words(OFFICES), *Office.choices],
        empty_label="不限职务",
        method="filter_office",
    )
    mark = django_filters.MultipleChoiceFilter(
        label="特点", choices=_words(MARKS), widget=forms.CheckboxSelectMultiple(attrs=TICK), method="filter_mark"
    )
    joined_from = _day("入党不早于", "gte")
    joined_to = _day("入党不晚于", "lte")
    state = django_filters.ChoiceFilter(label="范围", choices=_words(STATES), empty_label=None, method="as_they_are")
    order = django_filters.ChoiceFilter(
        label="排列", choices=list(ORDERS.items()), empty_label=None, method="as_they_are"
    )
    columns = django_filters.MultipleChoiceFilter(
        label="列", choices=[(column.key, column.name) for column in COLUMNS], method="as_they_are"
    )
    size = django_filters.ChoiceFilter(label="每页", choices=[(size, size) for size in SIZES], method="as_they_are")

    class Meta:
        model = Person
        fields: list[str] = []

    def filter_queryset(self, queryset):
        """By every filter in the address; who has left is not meant unless the address says so."""
        rows = STATES[self._chosen("state", "present")][1](super().filter_queryset(queryset))
        return finding.ordered(rows, self.order_key)

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))

    def filter_group(self, rows, name, value):
        if value not in dict(self.groups):
            return rows
        return rows.filter(group=None, organization=self.branch) if value == NO_GROUP else rows.filter(group=value)

    def filter_office(self, rows, name, value):
        return OFFICES[value][1](rows) if value in OFFICES else finding.in_office(rows, value)

    def filter_mark(self, rows, name, value):
        """Several marks mean people who have all of them."""
        for mark in value:
            rows = MARKS[mark][1](rows)
        return rows

    def as_they_are(self, rows, name, value):
        """What decides the view and not who is in it, or is decided for all at once."""
        return rows

    def _chosen(self, name, otherwise=None):
        return self.form.cleaned_data.get(name) or otherwise

    @property
    def order_key(self) -> str:
        return self._chosen("order", "organization")

    @property
    def sizes(self) -> list[int]:
        return [int(size) for size in SIZES]

    @property
    def page_size(self) -> int:
        return int(self._chosen("size", SIZES[0]))

    @property
    def columns_shown(self) -> list[Column]:
        return columns_chosen(self._chosen("columns", ()), with_departed=self._chosen("state") in ("left", "all"))

    @property
    def columns_to_choose(self) -> list[tuple[Column, bool]]:
        """Every column that may be shown, and whether it is."""
        shown = self.columns_shown
        return [(column, column in shown) for column in columns_offered()]

    @cached_property
    def branch(self) -> Organization | None:
        """The one branch about which this is: chosen, or the only one that the user sees."""
        only = self.few_organizations[0] if len(self.few_organizations) == 1 else None
        found = self._chosen("organization", only)
        return found if found and found.is_branch else None

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """The groups of that branch, as the select offers them."""
        rows = [(str(row.pk), row.name) for row in self.branch.groups.all()] if self.branch else []
        return [*rows, (NO_GROUP, "没有编组")] if rows else []

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the page, the export's note and its log."""
        data = self.form.cleaned_data
        shown = {
            "q": identity.without_numbers(data.get("q") or ""),
            "organization": str(data.get("organization") or ""),
            "place": identity.without_numbers(data.get("place") or ""),
            "group": dict(self.groups).get(data.get("group"), ""),
            "joined_from": str(data.get("joined_from") or ""),
            "joined_to": str(data.get("joined_to") or ""),
            "state": "" if data.get("state") == "present" else self._labels("state"),
        } | {name: self._labels(name) for name in ("standing", "category", "office", "mark")}
        return {self.form.fields[name].label: shown[name] for name in self.form.fields if shown.get(name)}

    def _labels(self, name) -> str:
        value = self.form.cleaned_data.get(name) or []
        chosen = [value] if isinstance(value, str) else value
        return "、".join(str(word) for key, word in self.form.fields[name].choices if key and key in chosen)

    @property
    def view(self) -> list[tuple[str, str]]:
        """Columns and size in the address, which the form of the filters carries along."""
        return self._in_address(lambda key: key in ("columns", "size"))

    @property
    def narrowing(self) -> list[tuple[str, str]]:
        """Everything else in the address, which the form of the columns carries along."""
        return self._in_address(lambda key: key not in ("columns", "page"))

    def _in_address(self, wanted):
        return [(key, one) for key, values in self.data.lists() if wanted(key) for one in values if one]

    @property
    def has_more(self) -> bool:
        """Is one of the filters in force that the page folds away?"""
        return any(self._chosen(name) for name in ("group", "standing", "mark", "joined_from", "joined_to"))

    @property
    def faults(self) -> list[str]:
        """What is wrong with the dates that were typed."""
        return [str(error) for name in ("joined_from", "joined_to") for error in self.form.errors.get(name, [])]
