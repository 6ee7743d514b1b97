"""The sheet of people: 党员信息采集表 in the forms that offices send. A blank cell never overwrites."""

from branches.imports.people.comparison import read
from branches.imports.people.lines import READERS
from branches.imports.people.writing import apply

__all__ = ["READERS", "apply", "read"]
