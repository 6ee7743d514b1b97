"""Facts of a person, a person's first entry, and one's own phone and e-mail."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from branches import rules
from branches.actions.persons import FACTS, version_of
from branches.imports.cells import read_phone
from branches.models import Group, Person
from branches.reports.people import masked_day, masked_phone
from branches.reports.persons import alike, holder_of
from branches.standing import order_faults
from core import clock

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CHOOSE = [("", "请选择")]


def callable_number(typed) -> None:
    """A validator: what a sheet may bring as a phone can be typed, and nothing else."""
    try:
        found = read_phone(typed)
    except ValueError:
        found = ""
    if not found:  # also what an export has masked
        raise forms.ValidationError("请填电话号码：11 位手机号，或者带区号的固定电话；有几个的，中间用顿号。")


def plain_number(typed: str) -> str:
    """A staff or student number as it is kept: no wide letters, nothing between."""
    number = unicodedata.normalize("NFKC", typed).strip()
    if re.search(r"\s", number):
        raise forms.ValidationError("学工号中间不能有空格。")
    return number


@dataclass(frozen=True)
class Difference:
    """One fact: as typed here, and as it stands now."""

    name: str
    typed: str
    now: str


class FactsForm(forms.ModelForm):
    """What both forms of a person's facts share."""

    class Meta:
        model = Person
        fields = ["name", "gender", "ethnicity", "born_on", "education", "category", "phone", "group"]
        widgets = {"born_on": DAY}

    def __init__(self, organization, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.open().filter(organization=organization)
        self.fields["group"].empty_label = "不分小组"
        self.fields["gender"].choices = [*CHOOSE, *Person.Gender.choices]
        self.fields["phone"].validators.append(callable_number)
        self.fields["ethnicity"].widget.attrs["placeholder"] = "如：汉族"
        self.fields["education"].widget.attrs["placeholder"] = "如：硕士研究生"


# personal data: seen whole only with a reason, so a form is not filled with them; empty means as it is, and what is to
# go is ticked
KEPT_IF_EMPTY: dict[str, Callable[[Any], str]] = {"phone": masked_phone, "born_on": masked_day}


class PersonForm(FactsForm):
    """The facts of somebody in the register; ``version`` tells whether they are still what the page showed."""

    version = forms.CharField(widget=forms.HiddenInput, max_length=16)
    phone_cleared = forms.BooleanField(label="清除现有的电话", required=False)
    born_on_cleared = forms.BooleanField(label="清除现有的出生日期", required=False)

    class Meta(FactsForm.Meta):
        fields = list(FACTS)

    def __init__(self, person, *args, **kwargs):
        self.person = person
        shown = [name for name in FACTS if name not in KEPT_IF_EMPTY]
        initial = {name: getattr(person, Person._meta.get_field(name).attname) for name in shown}
        super().__init__(person.organization, *args, initial=initial | {"version": version_of(person)}, **kwargs)
        for name, masked in KEPT_IF_EMPTY.items():
            if held := masked(getattr(person, name)):
                self.fields[name].help_text = f"现在是 {held}，不改就空着"
            else:
                del self.fields[f"{name}_cleared"]
        self.fields["membership_state"].widget.attrs["placeholder"] = "如：正常"

    def clean(self):
        data = super().clean()
        for name in KEPT_IF_EMPTY:
            if name in self.errors:
                continue
            if not data.get(f"{name}_cleared"):
                data[name] = data.get(name) or getattr(self.person, name)
            elif data.get(name):
                self.add_error(name, "填了新的，又勾了清除，请只选一样。")
        found = order_faults(data.get("born_on"), self.person.joined_on, self.person.confirmed_on, clock.today())
        if "born_on" in found and "born_on" not in self.errors:
            self.add_error("born_on", found["born_on"])
        return data

    @property
    def traits(self):
        """What is said by a tick alone."""
        return [self[name] for name in FACTS if isinstance(self.fields[name], forms.BooleanField)]

    @property
    def values(self):
        """What ``edit_person`` takes."""
        return {name: self.cleaned_data[name] for name in ("version", *FACTS)}

    def differences(self, person) -> list[Difference]:
        """Fact by fact, what was typed and differs from what stands now."""
        found = []
        for name in FACTS:
            typed, now = self.cleaned_data[name], getattr(person, name)
            left_as_it_is = name in KEPT_IF_EMPTY and not (self.data.get(name) or self.data.get(f"{name}_cleared"))
            if typed != now and not left_as_it_is:
                word = KEPT_IF_EMPTY[name](now) or "未填" if name in KEPT_IF_EMPTY else self._word(name, now)
                found.append(Difference(str(self.fields[name].label), self._word(name, typed), word))
        return found

    def _word(self, name, value) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        choices = dict(getattr(self.fields[name], "choices", ())) if name != "group" else {}
        return str(choices.get(value, value) or "未填")

    def renew(self, person) -> None:
        """After a conflict: the next save is made knowing what stands now."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = version_of(person)
        self.data = data


class NewPersonForm(FactsForm):
    """Somebody's first entry: the number and the standing with the facts.

    ``alike`` are people who may be the same one: then the form is sent a second time, with ``sure``.
    """

    staff_number = forms.CharField(label="学工号", max_length=40)
    standing = forms.ChoiceField(label="人员类别")
    joined_on = forms.DateField(label="加入党组织日期", required=False, widget=DAY)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ["staff_number", "name", "standing", "joined_on"]

    def __init__(self, user, organization, *args, **kwargs):
        super().__init__(organization, *args, **kwargs)
        self.alike = []
        standings = [Person.Standing.ACTIVIST, Person.Standing.PROSPECT]
        someone = Person(organization=organization)
        if rules.can_take_step(user, someone, "ADMITTED"):
            standings.append(Person.Standing.PROBATIONARY)
        else:
            del self.fields["joined_on"]
        self.fields["standing"].choices = [(one.value, one.label) for one in standings]
        if "joined_on" in self.fields:
            self.fields["joined_on"].help_text = "只有预备党员要填：支部大会通过的日期。"

    def clean_staff_number(self):
        number = plain_number(self.cleaned_data["staff_number"])
        if holder := holder_of(number):
            gone = "，已离开名册" if holder.left_on else ""
            raise forms.ValidationError(
                f"这个学工号已经在{holder.organization}的名册里{gone}。请核对号码；同一个人请办理转接，不要重复登记。"
            )
        return number

    def clean(self):
        data = super().clean()
        joined_on, is_member = data.get("joined_on"), data.get("standing") == Person.Standing.PROBATIONARY
        if "joined_on" in self.fields and "joined_on" not in self.errors and is_member != bool(joined_on):
            words = "请填预备党员的入党日期。" if is_member else "积极分子和发展对象还没有入党，请清空这一项。"
            self.add_error("joined_on", words)
        for name, words in order_faults(data.get("born_on"), joined_on, None, clock.today()).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, words)
        if not self.errors and not data.get("sure"):
            self.alike = alike(data["name"], data.get("born_on"), data.get("phone"))
        return data

    @property
    def values(self):
        """What ``add_person`` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


class OwnForm(forms.Form):
    """The own phone and e-mail."""

    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    email = forms.EmailField(
        label="邮箱", required=False, help_text="填了邮箱，消息会同时发到邮箱。",
        error_messages={"invalid": "邮箱的写法不对，中间要有一个 @。"},
    )  # fmt: skip

    def clean_phone(self):
        """What the register holds already is not asked about: only the e-mail may have been changed."""
        phone = self.cleaned_data["phone"]
        if phone and phone != self.initial.get("phone"):
            callable_number(phone)
        return phone
