"""Are the books sound? Every row of dues is gone through and compared with what it must say; nothing is changed.

Rows are read in batches of bounded size with a fixed number of queries each, all of them as of one moment.
"""

from collections.abc import Iterator

from dues.books.charges import check_charges
from dues.books.findings import Finding, Summary, at_one_moment
from dues.books.ledger import check_entries, check_receipts, check_requests
from dues.books.months import check_months

CHECKS = (check_entries, check_receipts, check_requests, check_charges, check_months)


def findings(summary: Summary) -> Iterator[Finding]:
    """Everything that is wrong, row by row as it is found; ``summary`` counts what was gone through."""
    with at_one_moment():
        for check in CHECKS:
            for finding in check(summary):
                summary.findings += 1
                yield finding


__all__ = ["Finding", "Summary", "findings"]
