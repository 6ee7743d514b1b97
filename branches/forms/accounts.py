"""Logging in, activating, changing one's own password; the list of accounts and what is written in it."""

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db.models import F

from branches.forms.places import PLACES, PlaceFilter
from branches.models import Person
from branches.reports.accounts import STATES
from branches.reports.finding import in_office
from branches.words import person_named


def password_help() -> str:
    """What a password must be on this site, said before it is typed."""
    mixed = "大小写字母、数字、符号至少要有三种，" if settings.PASSWORD_COMPLEXITY else ""
    return f"至少 10 个字符，不能全是数字，{mixed}也不要用常见的密码。"


class LoginForm(AuthenticationForm):
    """Number and password; one message for everything that is wrong, so that numbers cannot be guessed."""

    error_messages = {
        "invalid_login": "学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。",
        "inactive": "学工号或密码不对，请再看一看。连错 5 次会锁定 30 分钟。",
    }

    def __init__(self, request=None, *args, **kwargs):
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "学工号"
        self.fields["username"].error_messages["required"] = "请填写学工号。"
        self.fields["password"].error_messages["required"] = "请填写密码。"


class PasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "原密码不对，请重新填写。",
        "password_mismatch": "两次填写的新密码不一样，请重新填写。",
        "password_unchanged": "新密码不能和原密码一样，请换一个。",
    }

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = "原密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = password_help()
        self.fields["new_password2"].label = "再填一次新密码"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self):
        """Another one than before, or the password that was handed out would stay."""
        new = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise forms.ValidationError(self.error_messages["password_unchanged"], code="password_unchanged")
        return new


class ActivationForm(forms.Form):
    """Number, activation code, and the own password twice. Whether number and code belong together is not said here."""

    number = forms.CharField(label="学工号", max_length=40, error_messages={"required": "请填写学工号。"})
    code = forms.CharField(
        label="激活码",
        max_length=40,
        help_text="纸条上的 12 个字母和数字，大小写都可以，不用填横线。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": "请填写纸条上的激活码。"},
    )
    new_password1 = forms.CharField(
        label="设一个密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请给自己设一个密码。"},
    )
    new_password2 = forms.CharField(
        label="再填一次密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请把密码再填一次。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = password_help()

    def clean_new_password1(self):
        password_validation.validate_password(self.cleaned_data["new_password1"])
        return self.cleaned_data["new_password1"]

    def clean(self):
        data = super().clean()
        if {"new_password1", "new_password2"} <= set(data) and data["new_password1"] != data["new_password2"]:
            self.add_error("new_password2", "两次填写的密码不一样，请重新填写。")
        return data


class DisableForm(forms.Form):
    """Why an account is taken out of use."""

    reason = forms.CharField(
        label="停用原因",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "如：借调外单位半年"}),
        error_messages={"required": "停用账号要写明原因，原因会留在记录里。"},
    )


ORDERS = {
    "organization": ("按组织排列", ("organization__code", "staff_number")),
    "name": ("按姓名排列", ("name", "staff_number")),
    "number": ("按学工号排列", ("staff_number",)),
    "seen": ("最近登录的在前", (F("user__last_login").desc(nulls_last=True), "staff_number")),
}


class AccountFilter(PlaceFilter):
    """The filters of the list of accounts. Who left is shown only when asked for."""

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text")
    state = django_filters.ChoiceFilter(
        label="账号情况",
        choices=[(key, word) for key, (word, *_) in STATES.items()],
        empty_label="全部情况",
        field_name="account_state",
    )
    office = django_filters.ChoiceFilter(
        label="职务", choices=[("yes", "有党内职务")], empty_label="不限职务", method="filter_office"
    )
    order = django_filters.ChoiceFilter(
        label="排列", choices=[(key, word) for key, (word, _) in ORDERS.items()], empty_label=None, method="sort"
    )

    class Meta:
        model = Person
        fields = ["q", "organization", "place", "state", "office", "order"]

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == "LEFT" else rows.filter(left_on=None)

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))

    def filter_office(self, rows, name, value):
        return in_office(rows)

    def sort(self, rows, name, value):
        return rows.order_by(*ORDERS[value][1])

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the export's note and its log."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        shown = {
            name: str(value) if name in ("q", *PLACES) else dict(self.form.fields[name].choices).get(value, "")
            for name, value in data.items()
            if value
        }
        return {self.form.fields[name].label: word for name, word in shown.items() if word}
