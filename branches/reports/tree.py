"""The tree: one level below the user's top with everything rolled up, or a list of what fits a filter.

A level opens into the next one where it is asked to; nothing loads a whole tree but an export of it.
"""

from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator

from branches import access
from branches.models import Organization
from branches.reports.lines import (
    OrganizationLine,
    Totals,
    lines_of,
    lines_with,
    totals_of,
    totals_of_children,
    with_full_below,
)

LEVEL_SIZE = 40
# order → (word, order of the database, order among brothers)
ORDERS = {
    "code": ("按编码排列", ("code",), lambda row, totals: row.code),
    "name": ("按名称排列", ("short_name", "code"), lambda row, totals: (row.short_name, row.code)),
    "-full": ("正式党员多的在前", ("-full_below", "code"), lambda row, totals: (-totals.full, row.code)),
    "full": ("正式党员少的在前", ("full_below", "code"), lambda row, totals: (totals.full, row.code)),
}


@dataclass(frozen=True)
class Level:
    """An organization and a page of what stands directly under it; without ``head``, the user's several tops.

    ``totals`` is the sum of it all, whatever the page.
    """

    head: OrganizationLine | None
    page: Page
    totals: Totals
    lines: list[OrganizationLine] = field(default_factory=list)

    @property
    def units(self) -> list[OrganizationLine]:
        """What has a level below it: committees and general branches."""
        return [line for line in self.lines if not line.organization.is_branch]

    @property
    def branches(self) -> list[OrganizationLine]:
        return [line for line in self.lines if line.organization.is_branch]

    @property
    def heads(self) -> list[OrganizationLine]:
        return [self.head] if self.head else []

    @property
    def first_rows(self) -> list[OrganizationLine]:
        """The head, in one table with the branches where nothing but branches stands under it."""
        return self.heads if self.units else self.rows

    @property
    def rows(self) -> list[OrganizationLine]:
        """The head and the lines, in the order of the page."""
        return self.heads + self.units + self.branches


def tree_of(user, *, order="code", number=1) -> Level:
    """The user's part of the tree: the level under the top, or the tops where there are several."""
    mine = Organization.objects.visible_to(user).open()
    tops = list(mine.exclude(parent__in=mine).select_related("parent"))
    if len(tops) == 1 and not tops[0].is_branch:
        return level_under(tops[0], order=order, number=number)
    totals = totals_of(tops)
    return _level(None, tops, totals, order, number)


def level_under(parent, *, order="code", number=1) -> Level:
    """What stands directly under an organization, committees and general branches first."""
    totals = totals_of_children(parent)
    return _level(parent, list(parent.children.open().select_related("parent")), totals, order, number)


def _level(head, rows, totals, order, number):
    key = ORDERS[order][2]
    rows = sorted(rows, key=lambda row: (row.is_branch, key(row, totals.get(row.pk, Totals()))))
    page = Paginator(rows, LEVEL_SIZE).get_page(number)
    whole = sum(totals.values(), Totals())
    shown = ([head] if head else []) + list(page.object_list)
    lines = lines_with(shown, totals | ({head.pk: whole} if head else {}))
    return Level(lines.pop(0) if head else None, page, whole, lines)


def in_order(organizations, order):
    """A queryset in the order that a list was asked for."""
    rows = with_full_below(organizations) if order.endswith("full") else organizations
    return rows.select_related("parent").order_by(*ORDERS[order][1])


def list_of(organizations, *, order="code", number=1) -> tuple[Page, list[OrganizationLine]]:
    """A page of the organizations that fit a filter, wherever they stand."""
    page = Paginator(in_order(organizations, order), LEVEL_SIZE).get_page(number)
    return page, lines_of(page.object_list)


def whole_list(organizations, user, *, order="code") -> list[OrganizationLine]:
    """All pages of that list at once, for its export."""
    return lines_of(in_order(organizations, order), access.reads(user, prefix=""))


def whole_tree(user, *, order="code") -> list[OrganizationLine]:
    """Everything that the tree opens into, for its export: each organization, then what stands under it."""
    mine = Organization.objects.visible_to(user).open().select_related("parent").order_by("code")
    lines = lines_of(mine, access.reads(user, prefix=""))
    key = ORDERS[order][2]
    place = {line.organization.pk: (line.organization.is_branch, key(line.organization, line.totals)) for line in lines}
    return sorted(lines, key=lambda line: [place[pk] for pk in line.organization.lineage if pk in place])
