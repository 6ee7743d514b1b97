"""Fields in which somebody in the register is chosen: from a list of few, or by name or number among many."""

from django import forms
from django.core.exceptions import ValidationError

from branches.models import Person
from branches.reports.offices import by_name_or_number

FEW = 50  # people that a list shows; more are found by name or number
SUGGESTED = 500  # names that the browser offers while one is typed


def in_words(person, home=None) -> str:
    """A person in a list of choices; where somebody is registered is said when it is elsewhere than ``home``."""
    parts = [person.staff_number]
    if home is None or person.organization_id != home.pk:
        parts.append(person.organization.short_name)
    if person.standing != Person.Standing.FULL:
        parts.append(person.get_standing_display())
    return f"{person.name}（{'，'.join(parts)}）"


class PersonSelect(forms.TypedChoiceField):
    """One of a few people."""

    def __init__(self, people, home, **kwargs):
        known = {str(person.pk): person for person in people}
        none = ("", "请选择" if kwargs.get("required", True) else "没有")
        choices = [none, *((pk, in_words(person, home)) for pk, person in known.items())]
        super().__init__(choices=choices, coerce=known.__getitem__, empty_value=None, **kwargs)

    @staticmethod
    def start(person):
        return str(person.pk)


class PersonTyped(forms.CharField):
    """One of many, found by name or number; who shares a name is told apart by number."""

    def __init__(self, people, home, **kwargs):
        widget = forms.TextInput(
            attrs={"list": "people", "placeholder": "填姓名或学工号", "autocomplete": "off"}
        )  # fmt: skip
        super().__init__(widget=widget, max_length=120, **kwargs)
        self.people, self.home = people, home

    def clean(self, value):
        name, _, rest = super().clean(value).partition("（")  # as suggested: 姓名（学工号，党支部）
        if not name.strip():
            return None
        found = by_name_or_number(self.people, rest.rstrip("）").split("，")[0].strip() or name.strip())
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到“{value}”。请填可选人员的姓名或学工号；自己的职务由别人办理。")
        raise ValidationError(f"有几位相近：{'；'.join(map(in_words, found))}。请改填学工号。")

    def start(self, person):
        return in_words(person, self.home)


class Choosing:
    """Makes the fields in which people are chosen: a list of few, or a line to type in, for all seats alike."""

    def __init__(self, people, home):
        self.people, self.home = people, home
        self.few = list(people[: FEW + 1])
        self.is_typed = len(self.few) > FEW

    def field(self, **kwargs):
        if self.is_typed:
            return PersonTyped(self.people, self.home, **kwargs)
        return PersonSelect(self.few, self.home, **kwargs)

    @property
    def suggestions(self) -> list[str]:
        return [in_words(person, self.home) for person in self.people[:SUGGESTED]] if self.is_typed else []
