"""A row of the sheet in words, for the preview: who it is, what a new row brings, what a change replaces.

What the register holds of a phone or birth date is masked here as on every page; what the sheet says, its sender knows.
"""

from collections.abc import Callable
from typing import Any

from branches.imports.people.lines import HEADINGS
from branches.imports.plan import Change
from branches.models import Person
from branches.reports.people import masked_day, masked_phone
from core.workbooks import text

EXTRA = {"organization": "所在党支部", "group": "党小组", "offices_ended": "不再担任", "offices": "新任党内职务"}
CHOICES = {
    "gender": Person.Gender, "standing": Person.Standing, "category": Person.Category,
}  # fmt: skip
MASKS: dict[str, Callable[[Any], str]] = {"phone": masked_phone, "born_on": masked_day}


def key_of(line) -> str:
    return line.values["staff_number"]


def title_of(line) -> str:
    return line.values["name"]


def facts_of(line) -> list[tuple[str, str]]:
    """What a new row brings, heading by heading, as far as it says anything."""
    values = {name: value for name, value in line.values.items() if name not in ("staff_number", "name")}
    found = [("所在党支部", line.branch.short_name)]
    found += [(HEADINGS[name][0], word(name, value)) for name, value in values.items()]
    if line.given:
        found.append(("党内职务", "、".join(map(str, line.given))))
    if line.identity:
        found.append((HEADINGS["identity"][0], "已填"))
    found += [(name, str(value)) for name, value in line.extras.items()]
    return [(heading, said) for heading, said in found if said]


def words_of(line, change: Change) -> tuple[str, str, str]:
    """A change as heading, before, after."""
    heading = EXTRA.get(change.field) or HEADINGS.get(change.field, (change.field,))[0]
    if change.field == "organization":
        return heading, line.existing.organization.short_name, line.branch.short_name
    if change.field == "group":
        return heading, line.existing.group.name, ""
    return heading, held_word(change.field, change.before), word(change.field, change.after)


def held_word(field, value) -> str:
    """What the register holds, as everybody may see it."""
    return MASKS[field](value) if field in MASKS else word(field, value)


def word(field, value) -> str:
    """A value as users read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field in CHOICES:
        return CHOICES[field](value).label
    return str(value)


def named(cells) -> tuple[str, str]:
    """Whom a row is about as it stands in the sheet, readable or not."""
    return text(cells.get("staff_number")), text(cells.get("name"))
