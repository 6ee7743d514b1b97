"""The list of guides: an organization's year of them, by month, and what those below have issued."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from activities.models import MonthGuide
from activities.models.guides import WRITERS
from activities.reports import numbers
from branches.access import within
from branches.models import Organization
from branches.words import organization_named
from core.periods import Month


@dataclass(frozen=True)
class GuideMonth:
    """A month of the list: its guides, the nearest last, and whether the reader may begin one of the own."""

    month: Month
    guides: list[MonthGuide]
    can_begin: bool


@dataclass(frozen=True)
class Asked:
    """What a year's list is narrowed to: one month, one organization's guides, words of title, text or organization."""

    number: int | None = None
    organization: int | None = None
    text: str = ""

    @classmethod
    def of(cls, values) -> "Asked":
        """As an address says it; nonsense narrows nothing."""
        number, organization = (values.get(name, "") for name in ("number", "organization"))
        return cls(
            int(number) if number in {str(one) for one in range(1, 13)} else None,
            next(iter(numbers(organization)), None),
            values.get("q", "").strip(),
        )

    @property
    def is_narrow(self) -> bool:
        return self != Asked()

    def among(self, rows):
        """Those of a year's guides that are asked for."""
        if self.organization:
            rows = rows.filter(organization=self.organization)
        if self.text:
            words = Q(title__icontains=self.text) | Q(text__icontains=self.text)
            rows = rows.filter(words | organization_named(self.text, "organization__"))
        return rows


def months_of(user, office, year: int, asked: Asked) -> list[GuideMonth]:
    """A year's months in which the user, working in ``office``, finds guides of the own line or may write one."""
    line = office.lineage
    rows = asked.among(_of_year(user, year, asked)).filter(organization__in=line).order_by("organization__path")
    by_month: dict[Month, list[MonthGuide]] = {}
    for row in rows:
        by_month.setdefault(row.month, []).append(row)
    writes = office.office in WRITERS.get(office.kind, ()) and not asked.text
    writes, found = writes and asked.organization in (None, office.organization_id), []
    for month in _months(year, asked):
        guides = by_month.get(month, [])
        is_begun = any(guide.organization_id == office.organization_id for guide in guides)
        can_begin = writes and not is_begun and month >= Month.current()
        if guides or can_begin:
            found.append(GuideMonth(month, guides, can_begin))
    return found


def issued_below(user, office, year: int, asked: Asked) -> QuerySet[MonthGuide]:
    """What organizations below the office's own have issued in a year, the latest month first."""
    rows = asked.among(_of_year(user, year, asked)).filter(within("organization__path", office.path))
    return rows.exclude(organization=office.organization_id).order_by("-month", "organization__code")


def issuers(user, year: int) -> list[Organization]:
    """The organizations of which the user finds a guide in the year."""
    rows = MonthGuide.objects.visible_to(user).filter(month__in=_months(year, Asked())).order_by()
    return list(Organization.objects.filter(pk__in=rows.values("organization")).order_by("path"))


def _months(year, asked):
    return [month for month in Month(year, 1).until(Month(year, 12)) if asked.number in (None, month.number)]


def _of_year(user, year, asked):
    rows = MonthGuide.objects.visible_to(user).filter(month__in=_months(year, asked))
    return rows.with_counts().select_related("organization")
