"""HTTP input of wishes, pairings and pledges, turned into clean values."""

import datetime

from django import forms
from django.db.models import Q

from activities.forms.overtaken import Difference
from activities.forms.plans import DAY
from activities.kinds import ItemKind
from activities.models import DayItem, Pairing, PairingVisit, Pledge, Wish
from branches.models import Organization, Person
from core import clock

DAYS_BACK = 92  # the service items among which a wish's day is looked for: those of the last three months


class OrganizationField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return "本支部" if obj.is_branch else str(obj)


def _not_to_come(day):
    if day and day > clock.today():
        raise forms.ValidationError("这一天还没有到。")
    return day


class WishForm(forms.ModelForm):
    """What is wished, by whom, by when, and who may make it come true."""

    open_to = OrganizationField(
        label="谁可以认领", queryset=Organization.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "请选谁可以认领。"}, help_text="选上级的，下面各党支部和党员都可以认领。",
    )  # fmt: skip

    class Meta:
        model = Wish
        fields = ["title", "kind", "text", "wanted_until", "open_to", "asker", "asker_name", "contact"]
        widgets = {
            "title": forms.TextInput(attrs={"placeholder": "一句话，如：想有人陪我去医院复查"}),
            "text": forms.Textarea(attrs={"rows": 3, "placeholder": "需要什么帮助、在哪里、什么时候方便"}),
            "wanted_until": DAY,
        }
        help_texts = {
            "text": "认领以前大家都看得到，请不要写提出人的姓名和电话。",
            "asker_name": "名册里没有的写姓名或称呼；选了名册中的同志可以不填。",
            "contact": "姓名和联系方式只有本支部、上级和认领的同志看得到。",
        }

    def __init__(self, organization, data=None, like=None):
        """``like`` is an earlier wish whose words are there to begin with."""
        super().__init__(data, initial=self._words_of(like) if like else {"open_to": organization.pk})
        self.fields["open_to"].queryset = Organization.objects.above(organization).open().order_by("-path")
        asker = self.fields["asker"]
        asker.queryset = Person.objects.of(organization).present().order_by("name")
        asker.empty_label, asker.required = "不在名册中", False
        self.fields["kind"].choices = [("", "请选择"), *self.fields["kind"].choices[1:]]
        self.fields["asker_name"].required = False

    def _words_of(self, wish):
        found = forms.model_to_dict(wish, self._meta.fields)
        is_over = found["wanted_until"] and found["wanted_until"] < clock.today()
        return found | ({"wanted_until": None} if is_over else {})

    def clean_wanted_until(self):
        day = self.cleaned_data["wanted_until"]
        if day and day < clock.today():
            raise forms.ValidationError("这一天已经过去。")
        return day

    def clean(self):
        data = super().clean()
        if data.get("asker"):
            data["asker_name"] = data["asker"].name
        elif not data.get("asker_name"):
            self.add_error("asker_name", "请写是谁提出的，办好后要请本人确认。")
        return data


class FinishForm(forms.ModelForm):
    """When it was done, what, how long it took, how many helped, and on which activity day."""

    class Meta:
        model = Wish
        fields = ["done_on", "deed", "minutes", "helpers", "day_item"]
        widgets = {"done_on": DAY, "deed": forms.Textarea(attrs={"rows": 2, "placeholder": "做了什么，结果怎样"})}

    def __init__(self, wish, *args, **kwargs):
        initial = {
            "done_on": wish.done_on or clock.today(), "helpers": wish.helpers or 1, "day_item": wish.day_item_id,
        }  # fmt: skip
        super().__init__(*args, instance=Wish(deed=wish.deed, minutes=wish.minutes), initial=initial, **kwargs)
        self.posted_on = clock.day_of(wish.posted_at)
        for name in ("done_on", "deed", "minutes", "helpers"):
            self.fields[name].required = True
        item = self.fields["day_item"]
        since = clock.today() - datetime.timedelta(days=DAYS_BACK)
        items = DayItem.objects.filter(  # one that was named before stays: without it the time would count twice
            Q(day__held_on__gte=since) | Q(pk=wish.day_item_id),
            day__organization=wish.claiming_branch_id, kind=ItemKind.SERVICE,
        )  # fmt: skip
        item.queryset = items.select_related("day").order_by("-day__held_on", "order")
        item.empty_label, item.label_from_instance = "不是在活动日办的", _item_word
        item.label = "在哪次活动日办的（可不选）"

    def clean_done_on(self):
        return _not_to_come(self.cleaned_data["done_on"])

    def clean(self):
        """It was done on its activity day; without one, not before it was wished."""
        data = super().clean()
        done_on, item = data.get("done_on"), data.get("day_item")
        if done_on and item and done_on != item.day.held_on:
            self.add_error("done_on", f"选的活动日是 {item.day.held_on}，办好日期请填这一天。")
        elif done_on and not item and done_on < self.posted_on:
            self.add_error("done_on", f"心愿是 {self.posted_on} 发布的，办好日期不能早于这一天。")
        return data


def _item_word(item):
    return f"{item.day.held_on:%m-%d} {item.content}"


class BackForm(forms.Form):
    """Why a claim is given back."""

    reason = forms.CharField(
        label="为什么退回", max_length=200, error_messages={"required": "请写明原因，支部好另请同志认领。"}
    )


class ConfirmForm(forms.Form):
    """Whose confirmation it is; the asker's own needs no name."""

    confirmed_for = forms.CharField(label="谁确认的", max_length=60, error_messages={"required": "请写明是谁确认的。"})

    def __init__(self, wish, *args, by_asker=False, **kwargs):
        super().__init__(*args, initial={"confirmed_for": wish.asker_name}, **kwargs)
        if by_asker:
            del self.fields["confirmed_for"]


class SendBackForm(forms.Form):
    note = forms.CharField(label="哪里还没办好", max_length=200, error_messages={"required": "请写一句哪里还没办好。"})


class PairingForm(forms.ModelForm):
    """Who stands by whom, for what, from when."""

    class Meta:
        model = Pairing
        fields = ["helper", "partner_name", "partner_is", "purpose", "starts_on"]
        widgets = {
            "starts_on": DAY,
            "partner_is": forms.TextInput(attrs={"placeholder": "如：大二学生，家庭经济困难"}),
            "purpose": forms.TextInput(attrs={"placeholder": "如：每两周辅导一次高等数学"}),
        }

    def __init__(self, organization, *args, **kwargs):
        super().__init__(*args, initial={"starts_on": clock.today()}, **kwargs)
        helper = self.fields["helper"]
        helper.queryset = Person.objects.of(organization).present().members().order_by("name")
        helper.empty_label = "请选择"

    def clean_starts_on(self):
        return _not_to_come(self.cleaned_data["starts_on"])


class VisitForm(forms.ModelForm):
    class Meta:
        model = PairingVisit
        fields = ["visited_on", "minutes", "note"]
        widgets = {"visited_on": DAY, "note": forms.TextInput(attrs={"placeholder": "谈了什么、做了什么"})}

    def __init__(self, pairing, *args, **kwargs):
        super().__init__(*args, initial={"visited_on": clock.today(), "minutes": 60}, **kwargs)
        self.pairing = pairing

    def clean_visited_on(self):
        day = _not_to_come(self.cleaned_data["visited_on"])
        if day < self.pairing.starts_on:
            raise forms.ValidationError(f"结对从 {self.pairing.starts_on} 开始，走访不能早于这一天。")
        return day


class EndPairingForm(forms.Form):
    ended_on = forms.DateField(label="结束日期", widget=DAY)
    reason = forms.CharField(label="结束原因", max_length=200, error_messages={"required": "请写明结束的原因。"})

    def __init__(self, pairing, *args, **kwargs):
        super().__init__(*args, initial={"ended_on": clock.today()}, **kwargs)
        self.pairing = pairing

    def clean_ended_on(self):
        day = _not_to_come(self.cleaned_data["ended_on"])
        if day < self.pairing.starts_on:
            raise forms.ValidationError(f"结对从 {self.pairing.starts_on} 开始，不能在这以前结束。")
        last = self.pairing.visits.first()
        if last is not None and last.visited_on > day:
            raise forms.ValidationError(f"{last.visited_on} 还有一次走访，结束日期不能早于它。")
        return day


class PledgeForm(forms.ModelForm):
    class Meta:
        model = Pledge
        fields = ["text", "made_on"]
        widgets = {
            "made_on": DAY,
            "text": forms.Textarea(attrs={"rows": 5, "placeholder": "今年为师生办的几件实事，写得年底能对照"}),
        }

    def __init__(self, year, pledge, *args, **kwargs):
        last = datetime.date(year, 12, 31)
        made_on = pledge.made_on if pledge else min(clock.today(), last)
        initial = {"text": pledge.text if pledge else "", "made_on": made_on}
        super().__init__(*args, initial=initial, **kwargs)
        self.year = year

    def clean_made_on(self):
        day = _not_to_come(self.cleaned_data["made_on"])
        if day.year != self.year:
            raise forms.ValidationError(f"承诺日期要在 {self.year} 年内。")
        return day


class CheckForm(forms.Form):
    """The check of one pledge: a result, and a word where it was not kept in full."""

    result = forms.ChoiceField(
        label="兑现情况", choices=Pledge.Result.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选兑现情况。"},
    )  # fmt: skip
    word = forms.CharField(label="说明", max_length=200, required=False, help_text="没有完全兑现的要写明情况。")

    def clean(self):
        data = super().clean()
        if data.get("result") in (Pledge.Result.PARTLY, Pledge.Result.NOT_KEPT) and not data.get("word"):
            self.add_error("word", "没有完全兑现的，请写明情况。")
        return data


class ChecksForm(forms.Form):
    """The checks of a table: a result and a word for each of ``pledges``, and beside them what the page showed.

    A row that is sent as it was shown is left alone, whatever stands there by now.
    """

    def __init__(self, pledges, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.pledges = list(pledges)
        self.overtaken = []
        for pledge in self.pledges:
            choices = Pledge.Result.choices if pledge.is_checked else [("", "未评定"), *Pledge.Result.choices]
            self.fields[f"result-{pledge.pk}"] = forms.ChoiceField(
                label=f"{pledge.person}：兑现情况", choices=choices, required=False, initial=pledge.result
            )
            self.fields[f"word-{pledge.pk}"] = forms.CharField(
                label=f"{pledge.person}：说明", max_length=200, required=False, initial=pledge.word,
                widget=forms.TextInput(attrs={"placeholder": "写明情况"}),
            )  # fmt: skip
            self.fields[f"was-{pledge.pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=_written(pledge.result, pledge.word)
            )

    def clean(self):
        data = super().clean()
        for pledge in self.pledges:
            result, word = (data.get(f"{name}-{pledge.pk}") for name in ("result", "word"))
            if result in (Pledge.Result.PARTLY, Pledge.Result.NOT_KEPT) and not word:
                self.add_error(f"word-{pledge.pk}", "请写明情况。")
            if result == "" and word:
                self.add_error(f"result-{pledge.pk}", "请先选兑现情况。")
        return data

    def fields_of(self, pledge):
        """The result and the word of one row, and what the page showed, for the page."""
        return self[f"result-{pledge.pk}"], self[f"word-{pledge.pk}"], self[f"was-{pledge.pk}"]

    def _sent(self, pledge) -> tuple[str, str]:
        return self.data.get(f"result-{pledge.pk}", ""), self.data.get(f"word-{pledge.pk}", "").strip()

    def _shown(self, pledge) -> tuple[str, str]:
        result, _, word = self.data.get(f"was-{pledge.pk}", "").partition(":")
        return result, word.strip()

    @property
    def changed(self) -> list[Pledge]:
        """The pledges whose rows were sent otherwise than the page showed them."""
        return [one for one in self.pledges if self.is_bound and self._sent(one) != self._shown(one)]

    @property
    def refused(self) -> list[Pledge]:
        """The pledges at whose rows something is wrong."""
        return [one for one in self.pledges if any(field.errors for field in self.fields_of(one))]

    @property
    def checks(self) -> list:
        """(pledge, what the page showed, result, word) of every row that was changed to a result."""
        data = self.cleaned_data
        return [
            (one, self._shown(one), data[f"result-{one.pk}"], data[f"word-{one.pk}"])
            for one in self.changed
            if data[f"result-{one.pk}"]
        ]

    def renewed(self, pledges):
        """The same to be looked at again, ``pledges`` as they stand now: their rows as typed, or as they are now.

        What stands otherwise than the page showed it is told in ``overtaken``; the next save is made knowing it.
        """
        data, changed, overtaken, pledges = self.data.copy(), self.changed, [], list(pledges)
        for one in pledges:
            stands = one.result, one.word
            if one not in changed:
                data[f"result-{one.pk}"], data[f"word-{one.pk}"] = stands
            elif stands not in (self._shown(one), self._sent(one)):
                name = f"{one.person}（{one.checked_by.name}评定）" if one.checked_by else str(one.person)
                overtaken.append(Difference(name, _words(*self._sent(one)), _words(*stands)))
            data[f"was-{one.pk}"] = _written(*stands)
        form = ChecksForm(pledges, data)
        form.overtaken = overtaken
        return form


def _written(result, word) -> str:
    return f"{result}:{word}"


def _words(result, word) -> str:
    return "　".join(filter(None, [dict(Pledge.Result.choices).get(result, "未评定"), word]))
