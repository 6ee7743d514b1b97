"""The counter of changed rows, for the tests of the audit log."""

from tests.counting import counter

__all__ = ["counter"]
