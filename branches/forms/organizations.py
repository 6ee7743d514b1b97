"""What the tree's pages take: filters, the facts of an organization, a place under another one, a closing."""

import django_filters
from django import forms
from django.db.models import Q

from branches import access, rules
from branches.models import Organization, Person, Transfer
from branches.reports.lines import with_warnings
from branches.reports.tree import ORDERS
from branches.structure import kinds_under
from branches.words import organization_named
from core import clock

Kind = Organization.Kind
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SUGGESTED = 300  # names that a field suggests while it is typed; every other one is found by its code or name
KINDS = {
    "COMMITTEE": ("党委", Q(kind=Kind.COMMITTEE)),
    "GENERAL_BRANCH": ("党总支", Q(kind=Kind.GENERAL_BRANCH)),
    "BRANCH": ("党支部（含直属）", Q(kind=Kind.BRANCH)),
    "DIRECT": ("直属党支部", Q(kind=Kind.BRANCH, parent__kind=Kind.COMMITTEE)),
}
ONLY = {"warnings": "只看有提醒的", "closed": "含已撤销的"}


class OrganizationFilter(django_filters.FilterSet):
    """The tree's filters and order; an unknown value filters nothing. ``closed`` adds those that are closed."""

    q = django_filters.CharFilter(label="名称或编码", method="filter_text", max_length=60)
    under = django_filters.ModelChoiceFilter(
        label="上级", queryset=lambda request: Organization.objects.visible_to(request.user), method="filter_under"
    )
    kind = django_filters.ChoiceFilter(
        label="类别",
        choices=[(key, word) for key, (word, _) in KINDS.items()],
        empty_label="全部类别",
        method="of_kind",
    )
    only = django_filters.ChoiceFilter(
        label="范围", choices=list(ONLY.items()), empty_label="现有的全部", method="filter_only"
    )
    order = django_filters.ChoiceFilter(
        label="排列", choices=[(key, word) for key, (word, *_) in ORDERS.items()], empty_label=None, method="unsorted"
    )

    def filter_text(self, rows, name, value):
        return rows.filter(organization_named(value.strip()))

    def filter_under(self, rows, name, value):
        return rows.filter(access.within("path", value.path)).exclude(pk=value.pk)

    def of_kind(self, rows, name, value):
        return rows.filter(KINDS[value][1])

    def filter_only(self, rows, name, value):
        return with_warnings(rows.open()).filter(warnings__gt=0) if value == "warnings" else rows

    def unsorted(self, rows, name, value):
        """The reports sort: a level of the tree and a list do it in two ways."""
        return rows

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("only") == "closed" else rows.open()

    @property
    def asked(self) -> dict:
        """What is asked for; values that make no sense are left out."""
        self.form.is_valid()  # reads them, once
        return self.form.cleaned_data

    @property
    def sorting(self) -> str:
        return self.asked.get("order") or "code"

    @property
    def is_narrowed(self) -> bool:
        """Is anything but the order asked for? Then the page is a list and no tree."""
        return any(value for name, value in self.asked.items() if name != "order")

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        choices = {name: dict(self.form.fields[name].choices) for name in ("kind", "only", "order")}
        return {
            self.form.fields[name].label: str(choices[name][value] if name in choices else value)
            for name, value in self.asked.items()
            if value
        }


class OrganizationField(forms.CharField):
    """An organization named by its code, its full name or its short name; ``rows`` are those that may be meant."""

    rows: object
    hint = "写全称、简称或组织编码；打几个字，会列出可选的。"

    def __init__(self, **kwargs):
        super().__init__(max_length=120, help_text=self.hint, **kwargs)

    def offer(self, rows, list_id):
        """Say which ones may be named, and suggest the first of them."""
        self.rows = rows
        self.suggestions = list(rows.order_by("code").values_list("name", "code")[:SUGGESTED])
        self.widget.attrs |= {"list": list_id, "autocomplete": "off"}

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(self.rows.filter(Q(code=text) | Q(name=text) | Q(short_name=text)).select_related("parent")[:2])
        if len(found) > 1:
            raise forms.ValidationError(f"有不止一个组织叫“{text}”，请写编码或全称。")
        if not found:
            raise forms.ValidationError(f"没有找到“{text}”，请从列出的里面选，或写组织编码。")
        return found[0]


class ReasonForm(forms.Form):
    """Why something is done: kept with the act."""

    reason = forms.CharField(
        label="原因或依据", max_length=200, error_messages={"required": "请写明原因或批复文号，会留在变更记录里。"},
        widget=forms.TextInput(attrs={"placeholder": "如：校党〔2026〕31 号批复"}),
    )  # fmt: skip


class _ActForm(forms.Form):
    """An act on one organization by one user."""

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization, self.user = organization, user

    def ask(self, name, verdict):
        """Show a rule's refusal beside the field that it is about."""
        if not verdict and name not in self.errors:
            self.add_error(name, verdict.why)


class _DatedForm(_ActForm):
    """An act with its day and its reason."""

    on = forms.DateField(label="日期", widget=DAY, initial=clock.today, error_messages={"required": "请选日期。"})
    reason = ReasonForm.base_fields["reason"]

    def clean_on(self):
        day = self.cleaned_data["on"]
        verdict = rules.is_a_day_of(day, self.organization)
        if not verdict:
            raise forms.ValidationError(verdict.why)
        return day


class _NamesForm(_ActForm):
    """Code, full name and short name, each free."""

    code = forms.CharField(label="组织编码", max_length=40, error_messages={"required": "请填写组织编码。"})
    name = forms.CharField(label="党组织全称", max_length=120, error_messages={"required": "请填写全称。"})
    short_name = forms.CharField(
        label="简称", max_length=60, error_messages={"required": "请填写简称。"}, help_text="页面和名单上用的短名称。"
    )
    but: int | None = None

    def clean_code(self):
        return self._free("code", "这个编码")

    def clean_name(self):
        return self._free("name", "这个全称")

    def _free(self, field, word):
        value = self.cleaned_data[field]
        other = Organization.objects.filter(**{field: value}).exclude(pk=self.but).first()
        if other is not None:
            raise forms.ValidationError(f"{word}已经有组织在用，请换一个。")
        return value


class FoundForm(_NamesForm):
    """A new organization under ``organization``."""

    kind = forms.ChoiceField(label="组织类别", error_messages={"required": "请选组织类别。"})
    founded_on = forms.DateField(
        label="成立日期", widget=DAY, initial=clock.today, error_messages={"required": "请选成立日期。"}
    )
    term_ends_on = forms.DateField(
        label="本届届满日期", widget=DAY, required=False, help_text="还没有选举产生委员会的，可以不填。"
    )
    field_order = ["kind", "name", "short_name", "code", "founded_on", "term_ends_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = kinds_under(self.organization.kind)
        self.fields["kind"].choices = [(kind, word) for kind, word in reversed(kinds.items())]

    def clean(self):
        data = super().clean()
        if founded_on := data.get("founded_on"):
            self.ask("founded_on", rules.is_a_day_of(founded_on))
            if data.get("term_ends_on") and data["term_ends_on"] <= founded_on:
                self.add_error("term_ends_on", "届满日期要在成立日期之后。")
        if data.get("kind"):
            self.ask("kind", rules.why_not_parent(self.user, data["kind"], self.organization))
        return data


class RenameForm(_NamesForm, _DatedForm):
    """Another name or code."""

    field_order = ["name", "short_name", "code", "on", "reason"]

    def __init__(self, organization, user, *args, **kwargs):
        names = {field: getattr(organization, field) for field in ("code", "name", "short_name")}
        super().__init__(organization, user, *args, initial=names, **kwargs)
        self.but = organization.pk

    def clean(self):
        data = super().clean()
        names = {field: data.get(field) for field in ("code", "name", "short_name")}
        if all(names.values()) and names == {field: getattr(self.organization, field) for field in names}:
            self.add_error("name", "名称和编码都没有改动。")
        return data


class MoveForm(_DatedForm):
    """Another parent. ``was`` is the parent that the page showed."""

    parent = OrganizationField(label="新的上级组织", error_messages={"required": "请写新的上级组织。"})
    was = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["parent", "on", "reason", "was"]

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(organization, user, *args, initial={"was": organization.parent_id}, **kwargs)
        rows = Organization.objects.visible_to(user).open().exclude(access.within("path", organization.path))
        self.fields["parent"].offer(rows.exclude(kind=Kind.BRANCH), "parents")

    def clean(self):
        data = super().clean()
        if parent := data.get("parent"):
            kind = self.organization.kind
            self.ask("parent", rules.why_not_parent(self.user, kind, parent, self.organization))
        if "was" in data and data["was"] != self.organization.parent_id:
            self.add_error("parent", f"刚刚有人已把它调整到{self.organization.parent}，请看清楚再决定。")
        return data

    @property
    def values(self) -> dict:
        """What ``move_organization`` takes."""
        return {name: self.cleaned_data[name] for name in ("parent", "on", "reason")}


class CloseForm(_DatedForm):
    """A closing; where people are, the branch that they go to."""

    people_to = OrganizationField(label="人员转到", required=False)
    field_order = ["people_to", "on", "reason"]

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(organization, user, *args, **kwargs)
        self.fields["on"].label = "撤销日期"
        self.people = Person.objects.of(organization).present().count()
        self.branches = organization.children.open().count()
        if self.people:
            rows = Organization.objects.visible_to(user).open().branches().exclude(pk=organization.pk)
            self.fields["people_to"].offer(rows, "branches")
        else:
            del self.fields["people_to"]

    def clean(self):
        data = super().clean()
        receiving = data.get("people_to")
        if "people_to" in self.fields:
            self.ask("people_to", rules.why_not_empty(0, self.people, receiving))
        if receiving:
            self.ask("people_to", rules.can_receive(self.user, receiving, self.organization))
        if self.people and data.get("on"):
            came = Transfer.objects.accepted().filter(person__organization=self.organization, moved_on__gt=data["on"])
            self.ask("on", rules.came_before(came.filter(person__left_on=None).count(), data["on"]))
        if self.branches:
            self.add_error(None, rules.why_not_empty(self.branches, 0, None).why)
        return data

    @property
    def values(self) -> dict:
        """What ``close_organization`` takes."""
        data = self.cleaned_data
        return {"closed_on": data["on"], "reason": data["reason"], "people_to": data.get("people_to")}


class GroupForm(forms.Form):
    """A group's name, which no other group of the branch has."""

    name = forms.CharField(
        label="名称", max_length=60, error_messages={"required": "请填写党小组的名称。"},
        widget=forms.TextInput(attrs={"placeholder": "如：第一党小组"}),
    )  # fmt: skip

    def __init__(self, branch, *args, but=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.branch, self.but = branch, but

    def clean_name(self):
        name = self.cleaned_data["name"]
        if self.branch.groups.open().exclude(pk=self.but).filter(name=name).exists():
            raise forms.ValidationError(f"已经有“{name}”，请换一个名称。")
        return name


class ArrangeForm(forms.Form):
    """Each member's group. What the page showed travels along, so that only what was changed here is changed."""

    def __init__(self, branch, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.groups = {str(group.pk): group for group in branch.groups.open()}
        choices = [("", "不编组"), *((key, group.name) for key, group in self.groups.items())]
        self.people = list(Person.objects.of(branch).present().members().order_by("group__order", "staff_number"))
        for person in self.people:
            self.fields[f"p{person.pk}"] = forms.ChoiceField(
                label=person.name, choices=choices, required=False, initial=str(person.group_id or ""),
                show_hidden_initial=True, error_messages={"invalid_choice": "这个党小组已撤销，请另选。"},
            )  # fmt: skip

    @property
    def rows(self):
        """``(person, field)`` for the page."""
        return [(person, self[f"p{person.pk}"]) for person in self.people]

    @property
    def choices(self) -> dict:
        """``{person_id: Group or None}`` of those that were changed."""
        return {int(name[1:]): self.groups.get(self.cleaned_data[name]) for name in self.changed_data}
