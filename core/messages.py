"""What a form says of a wrong value: one plain sentence, with an example where one helps.

Django's own sentences speak of variables, fields and valid values. A form that knows better words for its own field
gives them itself (``error_messages``); everything else reads what stands here. ``core.apps`` sets it at start-up,
before any form of the site is read.
"""

from django import forms
from django.core import validators

CHOOSE = "请从列出的选项里选。"

OF_FIELDS: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "这一项要填。"},
    forms.DateField: {"invalid": "请填写日期，如 2026-11-13。"},
    forms.TimeField: {"invalid": "请填写时间，如 15:00。"},
    forms.IntegerField: {"invalid": "请填写整数。"},
    forms.DecimalField: {"invalid": "请填写数字，如 12.5。"},
    forms.ChoiceField: {"invalid_choice": CHOOSE},
    forms.MultipleChoiceField: {"invalid_choice": CHOOSE, "invalid_list": CHOOSE},
    forms.ModelChoiceField: {"invalid_choice": CHOOSE},
    forms.ModelMultipleChoiceField: {"invalid_choice": CHOOSE, "invalid_list": CHOOSE, "invalid_pk_value": CHOOSE},
}
OF_VALIDATORS: dict[type, str] = {
    validators.EmailValidator: "邮箱的写法不对，中间要有一个 @。",
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MinLengthValidator: "至少 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MaxValueValidator: "最大是 %(limit_value)s，请改小。",
    validators.MinValueValidator: "最小是 %(limit_value)s，请改大。",
    validators.ProhibitNullCharactersValidator: "里面有不能保存的字符，请删去这一项重新填写。",
}
OF_DECIMALS = {
    "invalid": "请填写数字，如 12.5。",
    "max_digits": "数字太长，最多 %(max)s 位。",
    "max_decimal_places": "小数点后最多 %(max)s 位。",
    "max_whole_digits": "小数点前最多 %(max)s 位。",
}
OF_FORMSETS = {
    "missing_management_form": "页面没有完整提交，请刷新后再填一次。",
    "too_many_forms": "最多 %(num)d 项，请删去多出的几项。",
}


def speak_plainly() -> None:
    """Put the site's sentences in the place of Django's."""
    for field, words in OF_FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **words}
    for validator, sentence in OF_VALIDATORS.items():
        validator.message = sentence  # type: ignore[attr-defined]
    validators.DecimalValidator.messages = OF_DECIMALS
    forms.BaseFormSet.default_error_messages = {**forms.BaseFormSet.default_error_messages, **OF_FORMSETS}
