"""What was done to somebody's record: who, when, with which words, and which fields became what."""

import datetime
from dataclasses import dataclass

from django.utils.dateparse import parse_date

from branches.models import Group, Organization, Person
from branches.reports.people import masked_day, masked_phone
from core.audit import history_of

MOST = 50
FIELDS = {field.attname: field for field in Person._meta.concrete_fields}


@dataclass(frozen=True)
class Change:
    """One field of a step: its word, what it was, what it became."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One entry of the log about a person."""

    word: str
    at: datetime.datetime
    by: str
    note: str
    changes: list[Change]


def history_of_person(person, *, full) -> list[Step]:
    """The latest steps, newest first; phones and birth dates in them are masked as they are on the page."""
    entries = list(history_of(person).order_by("-pk")[:MOST])
    changes = [entry.data.get("changes", {}) for entry in entries]
    names = {"organization_id": _names(Organization, "organization_id", changes)}
    names["group_id"] = _names(Group, "group_id", changes)
    return [
        Step(
            entry.word,
            entry.at,
            entry.by.name if entry.by else "系统",
            entry.note,
            [
                Change(_field_word(field), *(_word(field, value, names, full) for value in changed[field]))
                for field in sorted(changed, key=_place)
            ],
        )
        for entry, changed in zip(entries, changes, strict=True)
    ]


def _names(model, field, changes):
    ids = {value for changed in changes for value in changed.get(field, []) if isinstance(value, int)}
    return {row.pk: str(row) for row in model.objects.filter(pk__in=ids)} if ids else {}


def _place(field) -> int:
    """Where a field stands in the register: a database keeps no order within a JSON value."""
    return list(FIELDS).index(field) if field in FIELDS else len(FIELDS)


def _field_word(field) -> str:
    return str(FIELDS[field].verbose_name) if field in FIELDS else field


def _word(field, value, names, full) -> str:
    if value in (None, ""):
        return "空"
    if field in names:
        return names[field].get(value, str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if not full and field == "phone":
        return masked_phone(str(value))
    if not full and field == "born_on":
        return masked_day(parse_date(str(value)[:10]))
    choices = dict(FIELDS[field].flatchoices) if field in FIELDS else {}
    return str(choices.get(value, value))
