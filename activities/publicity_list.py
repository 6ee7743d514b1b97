"""What was published: the list as it is asked for, how much for each channel, what a day's page shows of it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Case, Count, F, Q, Value, When
from django.urls import reverse

from activities.models import Publicity
from activities.reports import numbers, organization_above
from activities.row_orders import RowOrder
from branches.access import can
from branches.models import Organization
from branches.words import organization_named
from core.periods import Month

COLUMNS = (("日期", "on"), ("标题", "title"), ("渠道", "channel"), ("党组织", "code"))
CHANNEL_PLACE = Case(*[When(channel=value, then=Value(place)) for place, value in enumerate(Publicity.Channel.values)])
BY = {"on": F("published_on"), "title": F("title"), "channel": CHANNEL_PLACE, "code": F("organization__code")}


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to. ``above`` is an organization and all right below it, ``organization`` one alone."""

    channel: str = ""
    organization: Organization | None = None
    above: Organization | None = None
    since: Month | None = None
    until: Month | None = None
    text: str = ""

    @classmethod
    def of(cls, user, values) -> "Asked":
        """As an address says it; nonsense narrows nothing."""
        channel = values.get("channel", "")
        organization = values.get("organization", "")
        return cls(
            channel if channel in Publicity.Channel.values else "",
            organization_above(user, organization) if organization else None,
            organization_above(user, values.get("above", "")) if numbers(values.get("above", "")) else None,
            _month(values.get("since", "")),
            _month(values.get("until", "")),
            values.get("q", "").strip(),
        )

    @property
    def is_narrow(self) -> bool:
        return self != Asked()

    def among(self, rows, *, any_channel=False):
        """Those of the rows that are asked for; of whatever channel, where the channels are counted."""
        if self.channel and not any_channel:
            rows = rows.filter(channel=self.channel)
        if self.organization:
            rows = rows.filter(organization=self.organization)
        if self.above:
            rows = rows.filter(Q(organization=self.above) | Q(organization__parent=self.above))
        if self.since:
            rows = rows.filter(published_on__gte=self.since.first)
        if self.until:
            rows = rows.filter(published_on__lte=self.until.last)
        if self.text:
            words = Q(title__icontains=self.text) | Q(channel_name__icontains=self.text)
            rows = rows.filter(words | organization_named(self.text, "organization__"))
        return rows

    @property
    def words(self) -> dict[str, str]:
        """The filters in force as users read them, for the sheet's note and the log."""
        found = {"渠道": dict(Publicity.Channel.choices).get(self.channel, "全部")}
        if self.organization:
            found["党组织"] = str(self.organization)
        if self.above:
            found["所属"] = f"{self.above}及下级"
        if self.since or self.until:
            ends = [month.label if month else "" for month in (self.since, self.until)]
            found["时间"] = "至".join(ends)
        return found | ({"查找": self.text} if self.text else {})


def _month(text) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class ChannelCount:
    """How many rows of the list are of a channel; ``query`` narrows the list to them."""

    word: str
    count: int
    query: str


def listed(user, asked: Asked, order: RowOrder):
    """The rows that are asked for, in the order that is asked for."""
    rows = asked.among(Publicity.objects.visible_to(user)).in_full()
    return order.rows(rows, BY, "-published_on", "-pk")


def counts(user, asked: Asked, values) -> list[ChannelCount]:
    """How many for each channel, under all filters but the channel, and in all; one query."""
    rows = asked.among(Publicity.objects.visible_to(user), any_channel=True).order_by()
    found = dict(rows.values_list("channel").annotate(Count("pk")))
    rest = {name: value for name, value in values.items() if name not in ("channel", "page")}
    by_channel = [
        ChannelCount(word, found.get(value, 0), urlencode(rest | {"channel": value}))
        for value, word in Publicity.Channel.choices
    ]
    return [ChannelCount("合计", sum(found.values()), urlencode(rest)), *by_channel]


@dataclass(frozen=True)
class DayPart:
    """The publicity of a day on its page; ``add_url`` is empty for whoever only reads."""

    rows: list[Publicity]
    add_url: str


def part_of(day, user) -> DayPart:
    """What was published of a day, the latest first."""
    may = day.happened and can(user, "publicity.add", day.organization)
    url = f"{reverse('publicity_add', args=[day.organization_id])}?day={day.pk}" if may else ""
    return DayPart(list(Publicity.objects.visible_to(user).filter(day=day)), url)
