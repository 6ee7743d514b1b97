"""The filters and the order of the lists of wishes, pairings, visits, service items and pledges."""

from functools import cached_property

import django_filters
from django.db.models import F, Q

from activities.kinds import ServiceKind
from activities.models import DayItem, Pairing, PairingVisit, Pledge, Wish
from activities.service_spans import Span, span_of, year_span
from branches.forms.places import PLACES, PlaceFilter
from branches.models import Organization, Person
from branches.reports import finding
from branches.words import person_named
from core import clock
from core.pages import head_of

VIEWS = [("claimable", "我可以认领的"), ("mine", "我认领的"), ("posted", "我们发布和我提出的"), ("all", "全部")]
COUNTED = {  # what a figure counts → its word, the moment by which it counts, and to whom it belongs
    "posted": ("发布的", "posted_at", "organization__path"),
    "claimed": ("认领的", "claimed_at", "claiming_branch__path"),
    "confirmed": ("实现的", "confirmed_at", "claiming_branch__path"),
}
PAIRING_STATES = [("running", "进行中"), ("quiet", "太久没有走访"), ("ended", "已结束")]
PLEDGE_STATES = [("open", "待评定"), *Pledge.Result.choices]


class ListFilter(PlaceFilter):
    """What the lists share: words for the sheet's note and the log, the period, and the order by a column."""

    listing_orders: dict[str, str] = {}
    usual = ""
    columns: tuple = ()

    period = django_filters.CharFilter(label="时期", method="filter_period", max_length=20)

    def given(self, name):
        return self._given(name)

    @cached_property
    def span(self) -> Span | None:
        return span_of(self._given("period") or "", self.request.user)

    def filter_period(self, rows, name, value):
        return rows.filter(self.in_span(self.span)) if self.span else rows

    def in_span(self, span) -> Q:
        """The rows of a period."""
        raise NotImplementedError

    def filter_queryset(self, queryset):
        return self._sorted(super().filter_queryset(queryset))

    def _sorted(self, rows):
        by, falls = F(self.listing_orders[self.asked.removeprefix("-")]), self.asked.startswith("-")
        return rows.order_by(by.desc(nulls_last=True) if falls else by.asc(nulls_last=True), "-pk")

    @cached_property
    def asked(self) -> str:
        """By which column, falling with a minus before it."""
        asked = self.data.get("order", "")
        return asked if asked.removeprefix("-") in self.listing_orders else self.usual

    @property
    def heads(self):
        return [head_of(column.name, column.key, self.asked) for column in self.columns]

    @property
    def choices(self):
        """The same on a phone."""
        words = [(column.key, column.name) for column in self.columns if column.key]
        return [one for key, word in words for one in ((key, f"按{word}"), (f"-{key}", f"按{word}，倒序"))]

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        shown = {name: self._word(name, value) for name, value in data.items() if value}
        return {self.form.fields[name].label: word for name, word in shown.items() if word}

    def _word(self, name, value) -> str:
        if name == "period":
            return self.span.word if self.span else ""
        choices = dict(self.form.fields[name].choices) if hasattr(self.form.fields[name], "choices") else {}
        return str(choices.get(value, value) if isinstance(value, str) else value)


def _seen_or_posting(request):
    """The organizations of the user's part, and those that posted a wish that the user sees."""
    posting = Wish.objects.visible_to(request.user).order_by().values("organization")
    own = Organization.objects.visible_to(request.user).order_by().values("pk")
    return Organization.objects.filter(Q(pk__in=posting) | Q(pk__in=own))


class WishFilter(ListFilter):
    """Which wishes: waiting for me, mine, ours, all; by kind, state, branch, words; and what a figure counts."""

    listing_orders = {
        "kind": "kind", "state": "status", "place": "organization__code", "wanted": "wanted_until",
        "posted": "posted_at", "done": "done_on",
    }  # fmt: skip
    usual = "-posted"

    q = django_filters.CharFilter(label="心愿", method="filter_text", max_length=60)
    only = django_filters.ChoiceFilter(label="范围", choices=VIEWS, method="filter_view")
    kind = django_filters.ChoiceFilter(label="类别", choices=ServiceKind.choices, empty_label="全部类别")
    status = django_filters.ChoiceFilter(label="状态", choices=Wish.Status.choices, empty_label="全部状态")
    organization = django_filters.ModelChoiceFilter(
        label=PLACES["organization"], queryset=_seen_or_posting, method="filter_organization"
    )
    counted = django_filters.ChoiceFilter(
        label="统计", choices=[(key, word) for key, (word, *_) in COUNTED.items()], method="filter_counted"
    )

    class Meta:
        model = Wish
        fields = ["q", "only", "kind", "status", "organization", "place", "counted", "period"]

    @property
    def offered(self):
        """The branches that have posted something that the user sees."""
        seen = Wish.objects.visible_to(self.request.user).order_by().values("organization")
        return Organization.objects.filter(pk__in=seen)

    @cached_property
    def view(self) -> str:
        """What stands for itself: what waits for me, unless a figure or a branch is looked at.

        The board's form always sends its view; of what waits nothing is in another state, so that one looks at all.
        """
        only, status = self._given("only"), self._given("status")
        if only == "claimable" and status not in (None, "", Wish.Status.OPEN):
            return "all"
        narrow = self._given("counted") or self._given("organization") or status
        return only or ("all" if narrow else "claimable")

    def _word(self, name, value) -> str:
        return dict(VIEWS)[self.view] if name == "only" else super()._word(name, value)

    @property
    def views(self):
        return VIEWS

    @property
    def _way(self):
        return COUNTED[self._given("counted") or "posted"]

    def filter_queryset(self, queryset):
        user, rows = self.request.user, super().filter_queryset(queryset)
        match self.view:
            case "claimable":
                return rows.claimable_by(user)
            case "mine":
                return rows.claimed_by(user)
            case "posted":
                return rows.posted_by(user)
        return rows

    def filter_view(self, rows, name, value):
        return rows  # one stands for itself too: see ``view``

    def filter_counted(self, rows, name, value):
        return rows.filter(**{f"{self._way[1]}__isnull": False})

    def filter_organization(self, rows, name, value):
        return rows.filter(finding.under([value], self._way[2]))

    def filter_text(self, rows, name, value):
        return rows.filter(Q(title__icontains=value) | Q(text__icontains=value))

    def in_span(self, span):
        return span.of_moments(self._way[1])


class PairingFilter(ListFilter):
    listing_orders = {
        "helper": "helper__name", "place": "organization__code", "since": "starts_on", "visited": "last_visit_on",
    }  # fmt: skip
    usual = "place"

    q = django_filters.CharFilter(label="帮带人或对象", method="filter_text", max_length=60)
    status = django_filters.ChoiceFilter(
        label="状态", choices=PAIRING_STATES, empty_label="全部状态", method="filter_state"
    )

    class Meta:
        model = Pairing
        fields = ["q", "status", "organization", "place", "period"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "helper__") | Q(partner_name__icontains=value))

    def filter_state(self, rows, name, value):
        match value:
            case "running":
                return rows.running()
            case "quiet":
                return rows.quiet()
        return rows.exclude(ended_on=None)

    def in_span(self, span):
        return span.of_days("starts_on")


class VisitFilter(ListFilter):
    paths = ("pairing__organization__path",)
    listing_orders = {"on": "visited_on", "helper": "pairing__helper__name", "place": "pairing__organization__code"}
    usual = "-on"

    q = django_filters.CharFilter(label="帮带人或对象", method="filter_text", max_length=60)

    class Meta:
        model = PairingVisit
        fields = ["q", "organization", "place", "period"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "pairing__helper__") | Q(pairing__partner_name__icontains=value))

    def in_span(self, span):
        return span.of_days("visited_on")


class ItemFilter(ListFilter):
    paths = ("day__organization__path",)
    listing_orders = {"kind": "subtype", "on": "day__held_on", "place": "day__organization__code"}
    usual = "-on"

    q = django_filters.CharFilter(label="服务内容", field_name="content", lookup_expr="icontains", max_length=60)
    kind = django_filters.ChoiceFilter(
        label="类别", choices=ServiceKind.choices, empty_label="全部类别", field_name="subtype"
    )

    class Meta:
        model = DayItem
        fields = ["q", "kind", "organization", "place", "period"]

    def in_span(self, span):
        return span.of_days("day__held_on")


class FigureFilter(ListFilter):
    """Of which branches, and of which span: this year where none is asked for."""

    paths = ("path",)
    listing_orders = {"place": "code"}
    usual = "place"

    class Meta:
        model = Organization
        fields = ["organization", "place", "period"]

    @cached_property
    def span(self) -> Span:
        return span_of(self._given("period") or "", self.request.user) or year_span(clock.today().year)

    def filter_period(self, rows, name, value):
        return rows  # it chooses the figures, not the branches

    @property
    def branches(self):
        """Branches that stood at some time of the span, or stand since."""
        return self.qs.branches().filter(Q(closed_on=None) | Q(closed_on__gt=self.span.starts_on))

    def place_of_all(self, office) -> int | None:
        """The organization under which all that is listed stands: what the sum opens is narrowed to it."""
        chosen = self._given("organization")
        if chosen is not None or self._given("place"):
            return chosen.pk if chosen is not None else None
        return office.organization_id

    @property
    def words(self) -> dict[str, str]:
        return {"时期": self.span.word} | super().words


class PledgeFilter(ListFilter):
    """The pledges of a year: by result, organization and name."""

    listing_orders = {"name": "person__name", "place": "organization__code", "on": "made_on", "result": "result"}
    usual = "place"

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text", max_length=60)
    status = django_filters.ChoiceFilter(
        label="兑现情况", choices=PLEDGE_STATES, empty_label="全部", method="filter_state"
    )

    class Meta:
        model = Pledge
        fields = ["q", "status", "organization", "place", "period"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value, "person__"))

    def filter_state(self, rows, name, value):
        return rows.filter(result="" if value == "open" else value)

    def in_span(self, span):
        return span.of_days("made_on")


class LackingFilter(ListFilter):
    """The members who have made none: the same words and places."""

    listing_orders = {"name": "name", "place": "organization__code"}
    usual = "place"

    q = django_filters.CharFilter(label="姓名或学工号", method="filter_text", max_length=60)

    class Meta:
        model = Person
        fields = ["q", "organization", "place"]

    def filter_text(self, rows, name, value):
        return rows.filter(person_named(value))

    def filter_period(self, rows, name, value):
        return rows  # the year has chosen them already
