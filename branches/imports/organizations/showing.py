"""A row of the sheet in words, for the preview: which organization, what a new row brings, what a change replaces."""

from branches.imports.organizations.comparison import HEADINGS
from branches.imports.plan import Change
from branches.models import Organization
from core.workbooks import text


def key_of(line) -> str:
    return line.values["code"]


def title_of(line) -> str:
    return line.values["name"]


def facts_of(line) -> list[tuple[str, str]]:
    """What a new row brings, heading by heading, as far as it says anything."""
    values = {name: value for name, value in line.values.items() if name not in ("code", "name", "kind")}
    found = [(HEADINGS["kind"][0], line.word), (HEADINGS["parent"][0], line.parent_code)]
    found += [(HEADINGS[name][0], word(name, value)) for name, value in values.items()]
    return [(heading, said) for heading, said in found if said]


def words_of(line, change: Change) -> tuple[str, str, str]:
    """A change as heading, before, after."""
    heading = HEADINGS[change.field][0]
    if change.field == "parent":
        before = line.existing.parent.code if line.existing.parent else ""
        return heading, before, line.parent_code
    return heading, word(change.field, change.before), word(change.field, change.after)


def word(field, value) -> str:
    if field == "kind":
        return Organization.Kind(value).label
    return str(value) if value else ""


def named(cells) -> tuple[str, str]:
    """Whom a row is about as it stands in the sheet, readable or not."""
    return text(cells.get("code")), text(cells.get("name"))
