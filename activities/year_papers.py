"""年度计划 and 年终总结 as lists for those above: every organization with the state of its paper, filed or not."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from activities import year_duties
from activities.models import AnnualPlan, Filing, Policies
from activities.orders import PAPER_COLUMNS, Order, state_of, value_of
from activities.reports import OWED, STATUSES, UNFILED, numbers
from branches.models import Organization
from branches.words import organization_named
from core import clock
from core.periods import Month

LATE = "LATE"
FILTERS = [(UNFILED, "未报"), *STATUSES, (LATE, "逾期报送"), (OWED, "应报的")]


@dataclass(frozen=True)
class Row:
    """An organization with its paper of a year, or None."""

    organization: Organization
    paper: Filing | None
    due_on: date
    not_owed: str

    @property
    def state(self) -> tuple[str, str] | None:
        """(style, word) where there is no paper whose own status says it."""
        if self.paper is not None:
            return None
        if self.not_owed:
            return "none", self.not_owed
        return ("late", "逾期未报") if self.due_on < clock.today() else ("due", "未报")

    @property
    def is_late(self) -> bool:
        """Was it owed, and sent after its day?"""
        return self.paper is not None and self.paper.is_late and not self.not_owed

    @property
    def word(self) -> str:
        if self.paper is not None:
            return self.paper.get_status_display()
        return self.state[1] if self.state else ""


class Papers:
    """The organizations that the user sees, in pages, each with its standing paper of a year."""

    def __init__(self, user, model, year: int, *, status="", text="", above="", order=""):
        self.model, self.year, self.policies = model, year, Policies()
        self.due_on = year_duties.due_on(model, year, self.policies)
        self.seen = model.objects.visible_to(user).standing().filter(year=year)
        whose = self.seen.values("organization")
        month = Month.of(self.due_on)
        seen = Organization.objects.visible_to(user)
        rows = seen.existing_in(month) | seen.filter(pk__in=whose)
        if status in (UNFILED, OWED):
            rows = self._owing(seen.existing_in(month))
        if status == UNFILED:
            rows = rows.exclude(pk__in=self.seen.exclude(status__in=Filing.OPEN).values("organization"))
        elif status == LATE:
            late = self.seen.filter(first_submitted_on__gt=F("due_on"))
            rows = self._owing(rows).filter(pk__in=late.values("organization"))
        elif status in dict(STATUSES):
            rows = rows.filter(pk__in=self.seen.filter(status=status).values("organization"))
        if text:
            rows = rows.filter(organization_named(text))
        if numbers(above):
            rows = rows.filter(Q(parent__in=numbers(above)) | Q(pk__in=numbers(above)))
        self.order = Order(PAPER_COLUMNS, order)
        by = {"state": state_of(self.seen), "sent": value_of(self.seen, "first_submitted_on")}
        self.organizations = self.order.sort(rows.select_related("parent"), by)

    @property
    def nothing_owed(self) -> str:
        """Why nobody owes the year's paper: it fell due before the site was in use."""
        return year_duties.why_not_owed(self.model, self.year, self.policies, None, None)

    def _owing(self, rows):
        """``why_not_owed`` as a filter of those who exist when it is due."""
        if self.nothing_owed:
            return rows.none()
        return rows.exclude(founded_on__gt=min(self.due_on, date(self.year, 12, 31)))

    def count(self) -> int:
        return self.organizations.count()

    def __len__(self):
        return self.count()

    def __getitem__(self, part) -> list[Row]:
        organizations = list(self.organizations[part])
        papers = {row.organization_id: row for row in self.seen.filter(organization__in=organizations)}
        return [self._row(one, papers.get(one.pk)) for one in organizations]

    def _row(self, one, paper) -> Row:
        why = year_duties.why_not_owed(self.model, self.year, self.policies, one.founded_on, one.closed_on)
        return Row(one, paper, paper.due_on if paper else self.due_on, why)


def kind_of(text: str):
    """The kind of paper that an address asks for; a plan for nonsense."""
    return year_duties.MODELS.get(text, AnnualPlan)
