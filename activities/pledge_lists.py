"""The table of a year's pledges: who has made one, who has none yet, and which ones the reader checks."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from activities.forms.service_filters import LackingFilter, PledgeFilter
from activities.models import Pledge
from activities.rules import service as rules
from activities.service_lists import LACKING, PLEDGES, Listing
from activities.service_spans import Span, span_of, year_span
from branches import access
from branches.models import Person
from core import clock
from core.workflow import no

MOST_CHECKED = 200  # in one act; a page has fewer
SENT = re.compile(r"result-([0-9]{1,18})")


@dataclass(frozen=True)
class PledgeTable:
    """A year's table as an address asks for it: ``filter`` narrows the pledges, or the members without one.

    ``lacking`` are all members of the reader's part who have made none, while one can be written for that year.
    """

    span: Span
    filter: Any
    listing: Listing
    is_lacking: bool
    lacking: Any

    def checkable_among(self, rows, user) -> list[Pledge]:
        """Those of a page's pledges that the user may check."""
        if self.is_lacking:
            return []
        rows = Pledge.objects.visible_to(user).checkable_by(user).filter(pk__in=[row.pk for row in rows])
        return list(rows.select_related("person"))

    @cached_property
    def year(self) -> int:
        return self.span.starts_on.year

    @property
    def is_open(self) -> bool:
        """Can a pledge of this year still be written?"""
        return self.year in rules.years_to_write()

    def writable(self, user) -> set[int]:
        """The organizations for whose members the user may write a pledge of this year, from paper."""
        if not self.is_open:
            return set()
        return {seat.organization_id for seat in access.seats(user) if seat.office in access.RECORDERS}


def table_of(request) -> PledgeTable:
    """By ``period`` (a year, this one by itself) and ``only=none``, narrowed by the filters of either list.

    Of a year for which nothing can be written any more nobody lacks one: who is here today need not have been then.
    """
    user = request.user
    asked = span_of(request.GET.get("period", ""), user)
    span = asked if asked is not None and asked.is_year else year_span(clock.today().year)
    made = Pledge.objects.visible_to(user).filter(year=span.starts_on.year)
    lacking = Person.objects.visible_to(user).present().members().exclude(
        pk__in=Pledge.objects.filter(year=span.starts_on.year).values("person")
    ).select_related("organization")  # fmt: skip
    if span.starts_on.year not in rules.years_to_write():
        lacking = lacking.none()
    is_lacking = request.GET.get("only") == "none" and span.starts_on.year in rules.years_to_write()
    listing, kind, rows = (
        (LACKING, LackingFilter, lacking)
        if is_lacking
        else (PLEDGES, PledgeFilter, made.select_related("person", "organization"))
    )
    chosen = kind(request.GET, queryset=rows, request=request)
    chosen.columns = listing.columns
    return PledgeTable(span, chosen, listing, is_lacking, lacking)


def lines(table, rows, form):
    """Of each row its cells, and the fields of its check where it has them: ``(row, cells, fields)``.

    What was typed for a pledge that the filters no longer show stands first: nobody could see it otherwise.
    """
    rows = list(rows)
    checked = {pledge.pk for pledge in form.pledges}
    if not table.is_lacking:
        shown = {row.pk for row in rows}
        rows = [pledge for pledge in form.changed if pledge.pk not in shown] + rows
    return [
        (row, cells, form.fields_of(row) if not table.is_lacking and row.pk in checked else None)
        for row, cells in zip(rows, table.listing.lines(rows), strict=True)
    ]


def ids_sent(values) -> list[int]:
    """The pledges whose checks a form sends."""
    found = [SENT.fullmatch(name) for name in values]
    return [int(one[1]) for one in found if one][:MOST_CHECKED]


def may_write(user, person, year, pledge):
    """May the user write this person's pledge of the year?"""
    if year not in rules.years_to_write():
        return no(f"现在写 {rules.years_to_write()[0]} 年的承诺；别的年度不能再写。")
    return rules.can_write_pledge(user, person, pledge)
