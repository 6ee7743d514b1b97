"""HTTP input about an election: its days and its seats, and why it is taken back."""

from django import forms

from branches.forms.choosing import Choosing
from branches.forms.offices import DAY
from branches.models import Office, Organization, Person, StructurePolicy
from branches.reports.offices import may_be_elected
from branches.rules import elections
from branches.structure import months_later
from core import clock


class UndoForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因", max_length=200, widget=forms.TextInput(attrs={"placeholder": "如：人选录错"}),
        error_messages={"required": "请写明撤销原因，会留在记录里。"},
    )  # fmt: skip


ROWS = [(Office.SECRETARY, 1), (Office.DEPUTY_SECRETARY, 2), (Office.ORGANIZATION_COMMISSIONER, 1),
        (Office.PUBLICITY_COMMISSIONER, 1), (Office.DISCIPLINE_COMMISSIONER, 1),
        (Office.UNITED_FRONT_COMMISSIONER, 1), (Office.MEMBER, 4)]  # fmt: skip
SEATS = {f"{office.lower()}_{number}": office for office, count in ROWS for number in range(1, count + 1)}


class ElectionForm(forms.Form):
    """换届选举: the days, and a row a seat, filled with the present committee to begin with."""

    held_on = forms.DateField(label="选举日期", widget=DAY)
    term_starts_on = forms.DateField(label="任期起始（权限从这天起变更）", widget=DAY)
    term_ends_on = forms.DateField(label="届满日期", widget=DAY)
    note = forms.CharField(
        label="批复文号或说明（可不填）", max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": "如：党总支批复〔2026〕12 号"}),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, organization, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.organization, self.user = organization, user
        self.seats_shown = {} if organization.kind == Organization.Kind.COMMITTEE else SEATS
        self.choosing = Choosing(may_be_elected(organization, user), organization)
        self.present = list(elections.running(organization, clock.today()))
        self._start_days()
        for name, office in self.seats_shown.items():
            label = office.label if office != Office.MEMBER else f"委员（{name[-1]}）"
            self.fields[name] = self.choosing.field(label=label, required=name == "secretary_1")
        if self.seats_shown:
            self.fields["secretary_1"].error_messages["required"] = "请选书记。"
            self._start_seats()

    def _start_days(self):
        today = clock.today()
        years = elections.term_years(self.organization, StructurePolicy.in_force())
        self.fields["held_on"].initial = self.fields["term_starts_on"].initial = today
        self.fields["term_ends_on"].initial = months_later(today, 12 * years)
        self.fields["term_ends_on"].help_text = f"{self.organization.get_kind_display()}一届 {years} 年。"

    def _start_seats(self):
        """The present committee stands in its seats, as far as it can be elected again."""
        able = {person.pk: person for person in self.choosing.few}
        if self.choosing.is_typed:
            able = self.choosing.people.in_bulk([row.person_id for row in self.present])
        free = list(self.seats_shown.items())
        for row in self.present:
            name = next((name for name, office in free if office == row.office), None)
            if name and row.person_id in able:
                free.remove((name, row.office))
                self.fields[name].initial = self.fields[name].start(able[row.person_id])

    @property
    def seat_fields(self):
        return [self[name] for name in self.seats_shown]

    @property
    def seats(self) -> list[tuple[Person, str]]:
        chosen = [(self.cleaned_data.get(name), office) for name, office in self.seats_shown.items()]
        return [(person, office) for person, office in chosen if person]

    def clean_seen(self):
        parts = self.cleaned_data["seen"].split(",")
        return {int(part) for part in parts if part.isascii() and part.isdigit()}

    def clean(self):
        data = super().clean()
        if not self.errors:
            days = {name: data[name] for name in ("held_on", "term_starts_on", "term_ends_on")}
            for fault in elections.faults_of(self.organization, by=self.user, seats=self.seats, **days):
                self.add_error(fault.field or None, fault.sentence)
        return data

    @property
    def values(self):
        names = ("held_on", "term_starts_on", "term_ends_on", "note", "seen")
        return {"seats": self.seats} | {name: self.cleaned_data[name] for name in names}
