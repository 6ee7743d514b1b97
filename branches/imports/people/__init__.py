"""The sheet of people: 党员信息采集表 in the forms that offices send. A blank cell never overwrites, unless said so."""

from branches.imports.people.comparison import compare, open_sheet, read
from branches.imports.people.lines import READERS
from branches.imports.people.showing import facts_of, key_of, named, title_of, words_of
from branches.imports.people.writing import apply, lock

__all__ = [
    "READERS",
    "apply",
    "compare",
    "facts_of",
    "key_of",
    "lock",
    "named",
    "open_sheet",
    "read",
    "title_of",
    "words_of",
]
