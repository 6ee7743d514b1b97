"""What the pages and the workbooks of dues show: frozen rows, made in a fixed number of queries. All amounts are 元."""

from dues.reports.members import bases_of, lines_of_a_member, own_dues, rates_now
from dues.reports.months import Lacking, MonthPage, Row, away_on, month_page, yearly
from dues.reports.stated import branch_of, months_of, stated, stated_total
from dues.reports.sums import LIST_FILTERS, Part, Sums, month_list, sums_of, total, total_of

__all__ = [
    "LIST_FILTERS",
    "Lacking",
    "MonthPage",
    "Part",
    "Row",
    "Sums",
    "away_on",
    "bases_of",
    "branch_of",
    "lines_of_a_member",
    "month_list",
    "month_page",
    "months_of",
    "own_dues",
    "rates_now",
    "stated",
    "stated_total",
    "sums_of",
    "total",
    "total_of",
    "yearly",
]
