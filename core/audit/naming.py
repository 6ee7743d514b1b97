"""Rows of many models in one query: a page names everything that it speaks of at the same cost, whatever that is.

Each model gives its id and, as JSON, the fields that are read for a name; one UNION ALL brings them together. A field
that was left out is loaded when somebody reads it, as Django does for any deferred field.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, JSONField, QuerySet, Value
from django.db.models.functions import JSONObject

from core.audit.changes import UNTOLD

Names = dict[tuple[Any, int], str]


def names_of(wanted: dict[Any, set[int]]) -> Names:
    """``{(model, id): name}`` of those of ``{model: ids}`` that still exist: one query."""
    return named(rows_of(everywhere(wanted)))


def everywhere(wanted: dict[Any, set[int]]) -> list[QuerySet]:
    """The rows of ``{model: ids}``, whoever may see them."""
    return [model._base_manager.filter(pk__in=ids) for model, ids in wanted.items()]


def named(found: Iterable[dict[int, Any]]) -> Names:
    return {(row._meta.model, pk): name_of(row) for rows in found for pk, row in rows.items()}


def name_of(row) -> str:
    """A person's row of a list goes by the person's name: its state is what changes."""
    parts = {part.name for part in parts_of_the_name(row._meta.model)}
    return str(row.person if "person" in parts and row.person else row)


def rows_of(querysets: Iterable[QuerySet]) -> list[dict[int, Any]]:
    """``{id: row}`` of each of several querysets, each row with the rows that its name needs: one query for all."""
    querysets = list(querysets)
    found: list[dict[int, Any]] = [{} for _ in querysets]
    for place, pk, read in _read_together(querysets):
        found[place][pk] = _row(querysets[place].model, read)
    return found


def _read_together(querysets):
    """``(place of the queryset, id, fields)`` of every row."""
    selects = [
        rows.order_by().annotate(_place=Value(place), _read=_as_json(rows.model)).values_list("_place", "pk", "_read")
        for place, rows in enumerate(querysets)
    ]
    return selects[0].union(*selects[1:], all=True) if selects else ()


def _as_json(model) -> JSONObject:
    own = {field.attname: F(field.attname) for field in _fields(model)}
    parts = {part.name: _part_as_json(part) for part in parts_of_the_name(model)}
    return JSONObject(own=JSONObject(**own), parts=JSONObject(**parts))


def _part_as_json(part) -> JSONObject:
    return JSONObject(**{field.attname: F(f"{part.name}__{field.attname}") for field in _fields(part.related_model)})


def _row(model, read):
    row = _made(model, read["own"])
    for part in parts_of_the_name(model):
        values = read["parts"][part.name]
        if values[part.related_model._meta.pk.attname] is not None:
            setattr(row, part.name, _made(part.related_model, values))
    return row


def _made(model, values):
    fields = _fields(model)
    return model.from_db(None, [field.attname for field in fields], [_value(field, values) for field in fields])


def _value(field, values):
    """What the database put into JSON, as the field reads it: a day is a text there."""
    read_by = field.target_field if field.is_relation else field
    return read_by.to_python(values[field.attname])


@cache
def _fields(model) -> list[Any]:
    """The fields that a name may be made of: neither secrets nor what is long and never a name."""
    own = model._meta.concrete_fields
    return [field for field in own if field.name not in UNTOLD and not isinstance(field, JSONField | models.FileField)]


@cache
def parts_of_the_name(model) -> list[Any]:
    """The keys without which a name takes a query a row."""
    return [
        field for field in model._meta.concrete_fields
        if field.many_to_one and field.name in ("organization", "person", "user", "assessment")
    ]  # fmt: skip
