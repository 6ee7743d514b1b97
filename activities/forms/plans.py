"""The form of a month's plan and the lines of its run."""

from django import forms

from activities.filing.drafts import shut_fields
from activities.forms.overtaken import Difference
from activities.forms.papers import differing, lines_apart
from activities.kinds import ITEM_CHOICES, GuestGroup, ItemKind, MeetingType, ServiceForm, code_of, read_code
from activities.models import MonthlyPlan, PlanItem
from activities.parts import names_of, run_words, words_of
from activities.prefill import members_of
from branches.models import Person

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
ITEMS = words_of(MonthlyPlan)["items"]
TICKS = forms.CheckboxSelectMultiple


class PlanForm(forms.ModelForm):
    """A plan's fields. A draft may have gaps; a date outside the month is an error at once.

    Of a plan that was returned on single parts only those are open: the others show what was filed and take nothing.
    ``members`` are ``members_of`` the branch and the plan where they have been read already.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    guest_groups = forms.MultipleChoiceField(
        label="按类别邀请列席", choices=GuestGroup.choices, widget=TICKS, required=False
    )
    cadres = forms.ModelMultipleChoiceField(
        label="参加的党员领导干部", queryset=Person.objects.none(), widget=TICKS, required=False
    )

    class Meta:
        model = MonthlyPlan
        fields = ["planned_on", "starts_at", "place", "host", "recorder", "theme", "guest_groups", "guests"]
        widgets = {"planned_on": DAY, "starts_at": TIME}

    def __init__(self, branch, month, *args, members=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.month = month
        plan = self.instance if self.instance.pk else None
        self.members = members_of(branch, plan) if members is None else members
        choices = [("", "请选择"), *((person.pk, str(person)) for person in self.members)]  # read once for both
        members = Person.objects.of(branch).present().members()
        for name in ("host", "recorder"):
            self.fields[name].queryset = members
            self.fields[name].choices = choices
        leading = [person for person in self.members if person.is_leading_cadre]
        self.fields["cadres"].queryset = members.filter(is_leading_cadre=True)
        self.fields["cadres"].choices = [(person.pk, person.name) for person in leading]
        if leading and self.instance.pk and "cadres" not in self.initial:
            self.initial["cadres"] = [person.pk for person in leading if person.is_coming]
        self.fields["place"].widget.attrs["placeholder"] = "如：文学院 201 会议室"
        self.fields["guests"].widget.attrs["placeholder"] = "如：校团委王老师、社区李主任"
        self.shut = shut_fields(self.instance) if self.instance.pk else set()
        for name in self.shut & set(self.fields):
            self.fields[name].disabled = True
            if name in ("host", "recorder") and (person := getattr(self.instance, name)):
                self._offer_alone(name, {person.pk: str(person)})
        if "cadres" in self.shut:
            coming = {one.person_id: one.person.name for one in self.instance.cadres.select_related("person")}
            self._offer_alone("cadres", coming)
            self.initial["cadres"] = list(coming)

    def _offer_alone(self, field, words):
        """A field that is shut offers those who were named when it was filed, whatever has become of them since."""
        self.fields[field].queryset = Person.objects.filter(pk__in=words)
        self.fields[field].choices = list(words.items())

    def clean_planned_on(self):
        day = self.cleaned_data["planned_on"]
        if day and day not in self.month:
            raise forms.ValidationError(f"活动日期要在 {self.month.label}之内。")
        return day

    def differences(self, plan, rows) -> list[Difference]:
        """Part by part, what was typed and differs from what the plan says now; ``rows`` are the typed lines."""
        here = {person.pk: person for person in self.members}
        items = [PlanItem(**row) for row in rows]
        for item in items:
            if item.leader_id in here:
                item.leader = here[item.leader_id]
        cadres = self.cleaned_data["cadres"].order_by("staff_number")
        found = differing(self.instance, plan, items=run_words(items), cadres=names_of(cadres))
        return [lines_apart(one) if one.name == ITEMS else one for one in found]

    @property
    def values(self):
        """The model fields alone."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


CHOOSE_KIND = "请选这一项的类别。"


class ItemForm(forms.Form):
    """One line of the run: what it is (kind, subtype and form of education in one choice), its words, minutes, leader.

    ``service_form`` goes with service alone and ``own_kind`` with what is designed by the branch: of a line that has
    become something else meanwhile they are dropped. ``also`` says which types of 三会一课 the same event is besides.
    """

    what = forms.ChoiceField(
        label="类别", choices=[("", "请选类别"), *ITEM_CHOICES], required=False,
        error_messages={"invalid_choice": CHOOSE_KIND},
    )  # fmt: skip
    content = forms.CharField(
        label="内容", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 1, "class": "text"})
    )
    minutes = forms.IntegerField(label="时长", min_value=0, max_value=600, required=False, initial=20)
    leader = forms.TypedChoiceField(label="负责人", required=False, coerce=int, empty_value=None)
    service_form = forms.ChoiceField(label="服务形式", choices=[("", "不指定"), *ServiceForm.choices], required=False)
    own_kind = forms.CharField(
        label="自主设计的类别", max_length=40, required=False,
        widget=forms.TextInput(attrs={"list": "own-kinds", "placeholder": "如：读书分享"}),
    )  # fmt: skip
    also = forms.MultipleChoiceField(
        label="同时作为", choices=MeetingType.choices, widget=TICKS(attrs={"class": "form-check-input"}),
        required=False,
    )  # fmt: skip

    def __init__(self, *args, initial=None, members=(), shut=False, **kwargs):
        if initial and "kind" in initial:
            kind, form = initial["kind"], initial.get("form", "")
            initial = {**initial, "what": code_of(kind, initial["subtype"], form)}
            initial["service_form"] = form if kind == ItemKind.SERVICE else ""
            initial["leader"] = initial.get("leader_id")
        super().__init__(*args, initial=initial, **kwargs)
        self.empty_permitted = False  # a line that kept itself meanwhile has not changed, and is no empty one
        if members is None:
            del self.fields["leader"]
        else:
            choices = [("", "未定"), *((person.pk, person.name) for person in members)]
            named = (initial or {}).get("leader")
            if shut and named not in dict(choices):
                choices.append((named, "已调出"))  # a line that is shut keeps who has left since
            self.fields["leader"].choices = choices
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
            field.disabled = shut
        if not initial:
            self.fields["content"].widget.attrs |= {"placeholder": "这一项做什么"}

    def clean_own_kind(self):
        """The same word typed with other spaces is the same kind."""
        return " ".join(self.cleaned_data["own_kind"].split())

    def clean(self):
        """A line of which nothing is chosen nor written is not kept; of one half written, the rest is asked for."""
        data = super().clean()
        if data.get("content") and not data.get("what") and "what" not in self.errors:
            self.add_error("what", CHOOSE_KIND)
        if data.get("what") and not data.get("content") and "content" not in self.errors:
            self.add_error("content", "请写这一项做什么。")
        return data

    @property
    def row(self):
        """The line as fields of an item; None for one without words."""
        data = self.cleaned_data
        if not data.get("content"):
            return None
        kind, subtype, form = read_code(data["what"])
        own = [subtype] if kind == ItemKind.MEETING else []
        led = {"leader_id": data["leader"]} if "leader" in data else {}
        return led | {
            "kind": kind, "subtype": subtype, "content": data["content"], "minutes": data["minutes"] or 0,
            "form": data["service_form"] if kind == ItemKind.SERVICE else form,
            "own_kind": data["own_kind"] if kind == ItemKind.OWN_DESIGN else "",
            "also": [one for one in data["also"] if one not in own],
        }  # fmt: skip


MOST_ITEMS = 20


class BaseItems(forms.BaseFormSet):
    @property
    def is_full(self) -> bool:
        """Does the run take no further line?"""
        return self.total_form_count() >= self.max_num

    @property
    def rows(self):
        """The filled lines as dicts of PlanItem fields, in their order."""
        return [form.row for form in self.forms if form.row]


def items_form(data=None, *, rows=(), blank=False, members=(), shut=False):
    """The lines of the run; ``blank`` adds an empty one to be written, ``members`` are who can be in charge.

    Without ``members`` (None, of a template) nobody can.
    ``shut`` lines show what was filed and take nothing.
    """
    extra = int(blank and len(rows) < MOST_ITEMS)
    made = forms.formset_factory(ItemForm, BaseItems, extra=extra, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS + 10)
    return made(data, initial=list(rows), prefix="i", form_kwargs={"members": members, "shut": shut})
