"""A secretary of sixty reads what is wrong and what to write; no sentence of a form speaks as programmers do."""

import re

import pytest
from django import forms
from django.urls import get_resolver

from branches.models import Organization

FLOORS = ("core", "branches", "activities", "dues", "meetings", "supervision")
JARGON = re.compile(r"变量|有效|字段|确保|可用的选项|空字符串|系列值|必填项|小于或等于|大于或等于|[A-Za-z]{2,}")
PLACES = re.compile(r"%\(\w+\)[sd]")

WRONG = [
    (forms.CharField(), "", "这一项要填。"),
    (forms.CharField(max_length=120), "长" * 121, "最多 120 个字，现在有 121 个。"),
    (forms.CharField(min_length=2), "短", "至少 2 个字，现在有 1 个。"),
    (forms.CharField(), "一\x00二", "里面有不能保存的字符，请删去这一项重新填写。"),
    (forms.TimeField(), "25:00", "请填写时间，如 15:00。"),
    (forms.DateField(), "十一月十三", "请填写日期，如 2026-11-13。"),
    (forms.IntegerField(), "半", "请填写整数。"),
    (forms.IntegerField(min_value=1), "0", "最小是 1，请改大。"),
    (forms.IntegerField(max_value=600), "601", "最大是 600，请改小。"),
    (forms.DecimalField(), "很多", "请填写数字，如 12.5。"),
    (forms.DecimalField(), "NaN", "请填写数字，如 12.5。"),
    (forms.DecimalField(max_digits=3), "1234", "数字太长，最多 3 位。"),
    (forms.DecimalField(max_digits=5, decimal_places=1), "1.25", "小数点后最多 1 位。"),
    (forms.DecimalField(max_digits=3, decimal_places=1), "125", "小数点前最多 2 位。"),
    (forms.ChoiceField(choices=[("a", "甲")]), "987654", "请从列出的选项里选。"),
    (forms.MultipleChoiceField(choices=[("a", "甲")]), ["987654"], "请从列出的选项里选。"),
    (forms.MultipleChoiceField(choices=[("a", "甲")]), "a", "请从列出的选项里选。"),
    (forms.ModelChoiceField(Organization.objects.none()), "987654", "请从列出的选项里选。"),
]


@pytest.mark.parametrize(("field", "typed", "words"), WRONG, ids=lambda one: None)
def test_a_wrong_value_is_answered_in_plain_words(db, field, typed, words):
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean(typed)
    assert refusal.value.messages == [words]


def test_a_table_that_did_not_arrive_whole_is_filled_in_again():
    lines = forms.formset_factory(forms.Form, max_num=20, absolute_max=30)
    lost, many = lines({}), lines({"form-TOTAL_FORMS": "31", "form-INITIAL_FORMS": "0"})
    assert lost.non_form_errors() == ["页面没有完整提交，请刷新后再填一次。"]
    assert many.non_form_errors() == ["最多 20 项，请删去多出的几项。"]


def own_forms(parent=forms.BaseForm):
    """The site's form classes; reading the addresses has imported them all."""
    for form in parent.__subclasses__():
        if form.__module__.split(".")[0] in FLOORS:
            yield form
        yield from own_forms(form)


def sentences(field):
    """Everything that a field may say of a wrong value, without the places for numbers."""
    words = list(field.error_messages.values())
    for validator in field.validators:
        words += getattr(validator, "messages", {"": getattr(validator, "message", "")}).values()
    return {PLACES.sub("", str(one)) for one in words}


def test_no_field_of_the_site_speaks_otherwise():
    assert get_resolver().url_patterns
    fields = [(form, name, field) for form in own_forms() for name, field in form.base_fields.items()]
    assert len(fields) > 50
    found = {
        f"{form.__name__}.{name}: {words}"
        for form, name, field in fields
        for words in sentences(field)
        if JARGON.search(words)
    }
    assert found == set()
