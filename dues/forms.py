"""HTTP input of dues, turned into clean values."""

from decimal import Decimal

from django import forms

from core.periods import Month
from dues.actions import DEFER, Choice
from dues.bases.rules import OWN
from dues.models import ArrearsNote, Entry

CHOICES = [*Entry.Method.choices, (DEFER, "缓交")]
REASON_LENGTH = 120
CHOOSE = "请选现场、转账、代交或缓交。"


class VerifyForm(forms.Form):
    """The table of the day: for each member who is neither paid nor put off a method, on the spot unless changed.

    Who was not there (``away``: person id → the word for it) cannot have paid on the spot: theirs must be chosen, one
    by one or, where it was the same for all of them, at once (``away_by``, one of ``AWAY_BY``).
    """

    AWAY_BY = (Entry.Method.TRANSFER, Entry.Method.PROXY)

    def __init__(self, rows, *args, away, away_by="", **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, self.away = rows, away
        self.waiting = [row for row in rows if row.is_waiting]
        chosen = away_by if away_by in self.AWAY_BY else None
        for row in self.waiting:
            self.fields[f"method-{row.charge_id}"] = forms.ChoiceField(
                label=f"{row.name}：交纳情况", choices=CHOICES,
                initial=chosen if row.person_id in away else Entry.Method.CASH,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )  # fmt: skip
            self.fields[f"note-{row.charge_id}"] = forms.CharField(
                label=f"{row.name}：缓交原因", max_length=REASON_LENGTH, required=False,
                widget=forms.TextInput(attrs={"placeholder": "缓交原因（要写）"}),
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        for row in self.waiting:
            if data.get(f"method-{row.charge_id}") == DEFER and not data.get(f"note-{row.charge_id}"):
                self.add_error(f"note-{row.charge_id}", f"请写明{row.name}缓交的原因。")
        return data

    @property
    def how_many_away(self) -> int:
        """Of how many a method must be chosen."""
        return sum(row.person_id in self.away for row in self.waiting)

    @property
    def lines(self):
        """(row, method field, note field, how they were away); fields are None where nothing is to be registered."""
        return [
            (row, self[f"method-{row.charge_id}"], self[f"note-{row.charge_id}"], self.away.get(row.person_id, ""))
            if row.is_waiting
            else (row, None, None, "")
            for row in self.rows
        ]

    @property
    def choices(self) -> dict[int, Choice]:
        """``{charge_id: Choice}``; the note is kept for who is put off."""
        found = {}
        for row in self.waiting:
            method = self.cleaned_data[f"method-{row.charge_id}"]
            note = self.cleaned_data[f"note-{row.charge_id}"] if method == DEFER else ""
            found[row.charge_id] = Choice(method, note)
        return found


class BookedForm(forms.Form):
    """A form that promised in which month it books; nonsense promises nothing."""

    booked_in = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_booked_in(self) -> Month | None:
        try:
            return Month.parse(self.cleaned_data["booked_in"])
        except ValueError:
            return None


class PayForm(BookedForm):
    method = forms.ChoiceField(label="方式", choices=Entry.Method.choices, initial=Entry.Method.CASH)
    note = forms.CharField(
        label="备注（可不填）", max_length=REASON_LENGTH, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：委托支部代交"}),
    )  # fmt: skip


class NoteForm(forms.Form):
    finding = forms.ChoiceField(label="情况", choices=ArrearsNote.Finding.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="说明", max_length=200, error_messages={"required": "请写明了解到的情况。"},
        widget=forms.TextInput(attrs={"placeholder": "如：10 月起在外实习，已联系本人，月底前补交"}),
    )  # fmt: skip


class PayTogetherForm(PayForm):
    """Several months of one member, all ticked unless changed."""

    charges = forms.MultipleChoiceField(
        label="补交哪几个月", widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请至少勾选一个月。", "invalid_choice": "勾选的月份刚刚有人登记过，请按下面的最新情况再选。",
        },
    )  # fmt: skip

    def __init__(self, charges, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = [(one.pk, f"{one.month.label}　{one.amount - one.paid} 元") for one in charges]
        self.fields["charges"].choices = words
        self.initial.setdefault("charges", [pk for pk, _ in words])
        self.order_fields(["charges", "method", "note", "booked_in"])


class AnswerForm(BookedForm):
    """A second person's answer to a request; who does not agree says why."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("confirm", "decline", "withdraw")])
    answer = forms.CharField(
        label="不同意的原因", max_length=REASON_LENGTH, required=False,
        widget=forms.TextInput(attrs={"placeholder": "不同意冲正时要写"}),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        if data.get("act") == "decline" and not data.get("answer"):
            self.add_error("answer", "请写明不同意冲正的原因。")
        return data


class FillForm(forms.Form):
    """Bases that are missing, a field a member; members with a known base or a fixed amount need none.

    Nobody fills in their own: ``why_not_own`` says so to whom it concerns.
    """

    reason = forms.CharField(
        label="依据", max_length=REASON_LENGTH, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：2025 年 12 月工资，人事处核定"}),
    )  # fmt: skip

    def __init__(self, lacking, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        people = [one.person for one in lacking if one.needs_base]
        self.people = [person for person in people if person.user_id != by.pk]
        self.why_not_own = OWN if len(self.people) < len(people) else ""
        for person in self.people:
            self.fields[f"base-{person.pk}"] = forms.DecimalField(
                label=f"{person.name}的基数（元）", min_value=0, max_digits=12, decimal_places=2, required=False,
                error_messages={"invalid": "请填金额，如 9640.00。", "min_value": "基数不能是负数。"},
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        if self.bases_of(data) and not data.get("reason"):
            self.add_error("reason", "请写明基数的依据。")
        return data

    def bases_of(self, data) -> dict[int, Decimal]:
        typed = {person.pk: data.get(f"base-{person.pk}") for person in self.people}
        return {pk: amount for pk, amount in typed.items() if amount is not None}

    @property
    def values(self):
        return {"bases": self.bases_of(self.cleaned_data), "reason": self.cleaned_data["reason"]}
