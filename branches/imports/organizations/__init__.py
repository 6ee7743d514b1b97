"""The sheet of organizations: 党组织基本信息表, and our own export of them. A blank cell never overwrites."""

from branches.imports.organizations.comparison import compare, open_sheet, read
from branches.imports.organizations.showing import facts_of, key_of, named, title_of, words_of
from branches.imports.organizations.writing import apply, lock

__all__ = ["apply", "compare", "facts_of", "key_of", "lock", "named", "open_sheet", "read", "title_of", "words_of"]
