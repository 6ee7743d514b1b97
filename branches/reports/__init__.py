"""What the pages of the register show: frozen rows from scoped querysets, in a fixed number of queries."""

from branches.reports.demo import DEMO_PASSWORD, demo_accounts

__all__ = ["DEMO_PASSWORD", "demo_accounts"]
