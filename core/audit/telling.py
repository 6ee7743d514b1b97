"""What entries say of before and after, as users read it: words of fields and choices, names for keys, nothing private.

Names are looked up in bulk, in one query, however many entries there are and of however many models.
"""

import datetime
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from core.audit.changes import HIDDEN
from core.audit.naming import names_of

EMPTY = "（空）"
LONGEST = 300  # letters of a text on a page
_words: dict[str, str] = {}
_masks: dict[str, Callable[[str], str]] = {}


def name_fields(words: dict[str, str]) -> None:
    """Register what users read for fields whose model has no word for them, and for what imports tell."""
    _words.update(words)


def mask_fields(masks: dict[str, Callable[[str], str]]) -> None:
    """Register fields of which everybody sees no more than ``mask(text)``."""
    _masks.update(masks)


@dataclass(frozen=True)
class Told:
    """One field of one row before and after. ``row`` names the row where it is not the entry's own."""

    row: str
    field: str
    before: str
    after: str


def tell(entries: Iterable, *, quiet=False, names=None) -> dict[int, list[Told]]:
    """``{entry id: what it says}``. ``quiet`` leaves out what a timeline says anyway (who signed and when, versions)
    and what is no text: the structure that a signature keeps.

    Whoever needs more names on the same page looks up ``told_of`` together with them and hands them over.
    """
    pieces = {entry.pk: list(_pieces(entry)) for entry in entries}
    names = names_of(_wanted(pieces.values())) if names is None else names
    return {
        pk: [
            Told(_row(names, model, row) if row else "", word_of(model, name), *_both(names, model, name, pair))
            for model, row, changes in found
            for name, pair in _in_order(model, changes)
            if not (quiet and (_is_quiet(model, name) or any(isinstance(value, dict) for value in pair)))
        ]
        for pk, found in pieces.items()
    }


def told_of(entries: Iterable) -> dict[Any, set[int]]:
    """``{model: ids}`` of every record that the entries tell of besides their own."""
    return _wanted(list(_pieces(entry)) for entry in entries)


def fold(told: Iterable[Told]) -> list[Told]:
    """Several acts on one row as one: the first before and the last after of each field."""
    found: dict[tuple[str, str], Told] = {}
    for one in told:
        first = found.get((one.row, one.field), one)
        found[one.row, one.field] = Told(one.row, one.field, first.before, one.after)
    return [one for one in found.values() if one.before != one.after]


def _pieces(entry):
    """``(model, id of another row or None, changes)`` of the entry's own row and of the others that it tells."""
    changes = entry.data.get("changes")
    if isinstance(changes, dict) and changes:
        yield model_of(entry.subject), None, changes
    for one in entry.data.get("also", []):
        if one["changes"]:
            yield model_of(one["subject"]), one["id"], one["changes"]


@cache
def model_of(label: str):
    """The model of a subject; None for one that is no more."""
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


@cache
def _fields(model):
    return {field.attname: field for field in model._meta.concrete_fields} if model else {}


def _in_order(model, changes):
    """Changes in the order of the record's fields: PostgreSQL keeps the keys of JSON in one of its own."""
    places = {name: place for place, name in enumerate(_fields(model))}
    return sorted(changes.items(), key=lambda item: places.get(item[0], len(places)))


@cache
def word_of(model, name: str) -> str:
    """The word for a field: its own, a registered one, or that of the records it points to."""
    field = _fields(model).get(name)
    own = str(field.verbose_name) if field else ""
    if re.search("[\u4e00-\u9fff]", own):
        return own
    registered = _words.get(field.name if field else name)
    related = field.related_model._meta.verbose_name if field is not None and field.is_relation else ""
    return registered or str(related) or name


def _is_quiet(model, name) -> bool:
    field = _fields(model).get(name)
    signs = field is not None and field.is_relation and field.related_model._meta.label == settings.AUTH_USER_MODEL
    return signs or isinstance(field, models.DateTimeField) or name in ("version", "path")


def _wanted(found):
    """``{model: ids}`` of every key and every other row that is told of."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for model, row, changes in (piece for pieces in found for piece in pieces):
        if row and model:
            wanted[model].add(row)
        for name, pair in changes.items():
            field = _fields(model).get(name)
            if field is not None and field.is_relation:
                wanted[field.related_model] |= {value for value in pair if isinstance(value, int)}
    return wanted


def _row(names, model, pk) -> str:
    if model is None:
        return f"第 {pk} 号"
    return f"{model._meta.verbose_name} {names.get((model, pk), f'第 {pk} 号')}"


def _both(names, model, name, pair):
    return [_shown(names, model, name, value) for value in pair]


def _shown(names, model, name, value) -> str:
    if value is None or value == "":
        return EMPTY
    if value == HIDDEN:
        return HIDDEN
    if name in _masks:
        return _masks[name](str(value))
    field = _fields(model).get(name)
    if field is None:
        return str(value)
    if field.is_relation:
        return names.get((field.related_model, value), f"第 {value} 号")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plainly(field, value)


def _plainly(field, value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, models.DateTimeField):
        return f"{timezone.localtime(datetime.datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……（共 {len(text)} 字）"
