"""Filters of the results, and the scheme's table: one row for each metric that the apps register."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from core.contributions import registry
from core.periods import Month
from supervision import reports, rules, scoring
from supervision.models import Result, Scheme, SchemeLine

DIRECT = "direct"


def year_of(data) -> int:
    """The year that an address asks for; the present one when it asks for none, or for one that has not come."""
    current = Month.current().year
    text = data.get("year", "")
    return min(int(text), current) if text.isascii() and text.isdigit() and int(text) >= 2000 else current


class ResultFilter(forms.Form):
    """What narrows the list of results; an unknown value narrows nothing."""

    above = forms.ChoiceField(label="党总支", required=False)
    grade = forms.ChoiceField(label="等次", required=False, choices=[("", "全部等次"), *Result.Grade.choices])
    short = forms.ChoiceField(label="有扣分的指标", required=False)
    q = forms.CharField(
        label="党支部", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称或编码"}),
    )  # fmt: skip

    def __init__(self, data, *, user, metrics):
        super().__init__(data)
        self.general_branches = {str(row.pk): row for row in reports.general_branches(user)}
        names = [(pk, row.short_name) for pk, row in self.general_branches.items()]
        self.fields["above"].choices = [("", "全部党总支"), *names, (DIRECT, "直属党支部")]
        self.fields["short"].choices = [("", "全部指标"), *((row.metric, f"{row.name}有扣分") for row in metrics)]

    def narrow(self, results):
        """The results that the filter leaves."""
        self.is_valid()
        chosen = self.cleaned_data
        above = chosen.get("above", "")
        return results.matching(
            general_branch=self.general_branches.get(above), direct=above == DIRECT, grade=chosen.get("grade", ""),
            text=chosen.get("q", ""), short=chosen.get("short", ""),
        )  # fmt: skip

    @property
    def is_set(self) -> bool:
        return any(self.cleaned_data.values())


class SchemeForm(forms.Form):
    """The head of a scheme: its name, from which month it holds, and the floors of the grades."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="方案名称", max_length=60)
    effective_from = forms.ChoiceField(label="从哪个月起")
    excellent = forms.DecimalField(label="优秀不低于（分）", max_digits=5, decimal_places=1, min_value=0, max_value=100)
    good = forms.DecimalField(label="良好不低于（分）", max_digits=5, decimal_places=1, min_value=0, max_value=100)
    fair = forms.DecimalField(label="一般不低于（分）", max_digits=5, decimal_places=1, min_value=0, max_value=100)

    def __init__(self, data=None, *, scheme: Scheme):
        initial = {
            "version": scheme.version, "name": scheme.name, "excellent": _trim(scheme.excellent_from),
            "good": _trim(scheme.good_from), "fair": _trim(scheme.fair_from),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.months = months_open_to(scheme)
        choices = [(str(month), month.label) for month in self.months]
        self.fields["effective_from"].choices = choices  # type: ignore[attr-defined]

    def clean_effective_from(self):
        return Month.parse(self.cleaned_data["effective_from"])

    def clean(self):
        values = super().clean()
        floors = [values.get(name) for name in ("excellent", "good", "fair")]
        if None not in floors:
            if not floors[0] > floors[1] > floors[2]:
                raise ValidationError("等次界线要从高到低：优秀 > 良好 > 一般。")
            values["floors"] = scoring.Floors(*floors)
        return values


class LineForm(forms.Form):
    """One metric's row: whether the scheme uses it, its points and how misses count."""

    used = forms.BooleanField(label="采用", required=False)
    points = forms.DecimalField(
        label="分值", max_digits=5, decimal_places=1, min_value=0, max_value=500, required=False
    )
    rule = forms.ChoiceField(label="计分", choices=SchemeLine.Rule.choices)
    per_miss = forms.DecimalField(
        label="每缺扣分", max_digits=5, decimal_places=1, min_value=0, max_value=500, required=False
    )
    full_from = forms.DecimalField(
        label="满分比例（%）", max_digits=5, decimal_places=1, min_value=Decimal("0.1"), max_value=100, required=False
    )

    def __init__(self, data, *, metric, line: SchemeLine | None, order: int):
        line = line or SchemeLine(points=0)
        initial = {
            "used": line.scheme_id is not None, "points": _trim(line.points), "rule": line.rule,
            "per_miss": _trim(line.per_miss), "full_from": _trim(line.full_from),
        }  # fmt: skip
        super().__init__(data, prefix=metric.code, initial=initial)
        self.metric, self.order = metric, order
        self.use_required_attribute = False
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{metric.name}：{field.label}"

    def clean(self):
        values = super().clean()
        if values.get("used"):
            for name in ("points", "per_miss" if values.get("rule") == SchemeLine.Rule.PER_MISS else "full_from"):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, "请填写。")
        return values

    def numbers(self):
        """The fields of the row after its name."""
        return [self[name] for name in ("points", "rule", "per_miss", "full_from")]

    def line(self) -> dict:
        """The row as SchemeLine's fields."""
        values = self.cleaned_data
        return {
            "metric": self.metric.code, "order": self.order, "points": values["points"], "rule": values["rule"],
            "per_miss": values["per_miss"] if values["per_miss"] is not None else Decimal(1),
            "full_from": values["full_from"] or Decimal(100),
        }  # fmt: skip


class SchemeTable:
    """The head and the rows together, as the page shows and posts them."""

    def __init__(self, scheme: Scheme, data=None):
        lines = {line.metric: line for line in scheme.lines.all()}
        ordered = sorted(registry.metrics.values(), key=lambda one: lines[one.code].order if one.code in lines else 999)
        self.scheme, self.head = scheme, SchemeForm(data, scheme=scheme)
        self.rows = [
            LineForm(data, metric=metric, line=lines.get(metric.code), order=order)
            for order, metric in enumerate(ordered, start=1)
        ]
        self.error = ""

    def is_valid(self) -> bool:
        fine = all([self.head.is_valid(), *(row.is_valid() for row in self.rows)])
        if fine and self.total <= 0:
            self.error = "分值合计要大于 0：至少采用一项指标并给它分值。"
        return fine and not self.error

    @property
    def total(self) -> Decimal:
        """The sum of the points of the used rows, as typed; what is not a number counts as 0."""
        if not self.head.is_bound:
            return sum((line.points for line in self.scheme.lines.all()), Decimal(0))
        for row in self.rows:
            row.is_valid()
        return sum(
            (row.cleaned_data.get("points") or Decimal(0) for row in self.rows if row.cleaned_data.get("used")),
            Decimal(0),
        )

    def values(self) -> dict:
        """Keyword arguments of ``actions.edit_scheme``."""
        head = self.head.cleaned_data
        lines = [row.line() for row in self.rows if row.cleaned_data["used"]]
        return {name: head[name] for name in ("version", "effective_from", "name", "floors")} | {"lines": lines}


def months_open_to(scheme: Scheme) -> list[Month]:
    """The months from which an edit of ``scheme`` may hold: its own unless published, and those to come."""
    free, current = rules.first_free_month(), Month.current()
    taken = set(Scheme.objects.exclude(pk=scheme.pk).values_list("effective_from", flat=True))
    start = max(free or current, scheme.effective_from)
    months = {*start.until(max(start, current) + 12)} - taken
    if not free or scheme.effective_from >= free:
        months.add(scheme.effective_from)
    return sorted(months)


def _trim(number) -> str:
    return f"{Decimal(number):f}".rstrip("0").rstrip(".") if "." in f"{Decimal(number):f}" else f"{number}"
