"""What became of a row: kept as it was when it was locked, compared when the act is recorded."""

import copy
import datetime
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile

# that they changed is kept, never what they were
UNTOLD = frozenset({"password", "code_hash", "token_hash", "identity_sealed"})
HIDDEN = "（已更改）"
Changes = dict[str, list[Any]]


def remember(*rows) -> None:
    """Keep what rows are now, so that ``record`` can tell what an act made of them. ``lock`` does it by itself."""
    for row in rows:
        row._as_locked = {name: _kept(value) for name, value in _values(row)}


def since(row, earlier) -> None:
    """Tell the changes of ``row`` since ``earlier``, the same record as it was locked before a step of its own."""
    row._as_locked = earlier._as_locked


def is_remembered(row) -> bool:
    return hasattr(row, "_as_locked")


def _values(row):
    loaded = row.__dict__
    return ((field.attname, loaded[field.attname]) for field in row._meta.concrete_fields if field.attname in loaded)


def _kept(value):
    """A value that nobody changes from within meanwhile."""
    if isinstance(value, FieldFile):
        return value.name
    return copy.deepcopy(value) if isinstance(value, list | dict) else value


def changes_of(row) -> Changes:
    """``{field: [before, after]}`` of what differs from the row that was locked; nothing of a row that was not."""
    before = getattr(row, "_as_locked", {})
    return told({name: [before[name], now] for name, now in _values(row) if name in before and before[name] != now})


def loss_of(row) -> Changes:
    """What a row held that is taken away: ``{field: [value, None]}``, without what was empty."""
    held = getattr(row, "_as_locked", None) or dict(_values(row))
    key = row._meta.pk.attname
    return told({name: [value, None] for name, value in held.items() if name != key and value not in (None, "")})


def told(changes: Changes) -> Changes:
    """Changes as the log keeps them: plain JSON, without secrets, without what is the same as plain JSON."""
    pairs = {name: [plain(before), plain(after)] for name, (before, after) in changes.items()}
    differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return {name: [HIDDEN, HIDDEN] if name in UNTOLD else pair for name, pair in differing.items()}


def plain(value):
    """A field's value as JSON keeps it: texts, numbers, lists; dates, moments, months and amounts of money as text."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, list | dict):
        return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    if hasattr(value, "resolve_expression"):
        return HIDDEN  # computed by the database: the row in memory does not know it
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.UTC).isoformat()
    return str(value)
