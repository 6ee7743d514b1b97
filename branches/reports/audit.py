"""The audit log as a page and a workbook show it: whose record, with a way to it, and before and after in words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.http import Http404
from django.urls import reverse

from branches.models import Organization
from core.accounts import User
from core.audit import AuditEntry, tell
from core.audit.naming import everywhere, name_of, named, rows_of
from core.audit.telling import Told, model_of, told_of
from core.workbooks import MOST_ROWS

CHUNK = 500
USER = "core.user"
NOT_SHOWN = {"core.notice", "core.auditentry", "branches.sheetimport"}


@cache
def subjects() -> dict[str, str]:
    """``{kind: word}`` of the records that the log is about and that people see."""
    found = {
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if hasattr(model._default_manager, "visible_to")
    }
    return {kind: word for kind, word in found.items() if kind not in NOT_SHOWN}


@dataclass(frozen=True)
class AuditLine:
    """One entry: what it is about (with ``url`` where the user may open it), where, and what it changed."""

    entry: AuditEntry
    kind: str
    name: str
    url: str
    organization: str
    told: list[Told]


def audit_lines(entries, user) -> list[AuditLine]:
    """Lines for a page of a scoped queryset: one query, of however many kinds of record."""
    entries, about = list(entries), defaultdict(set)
    for entry in entries:
        about[entry.subject].add(entry.subject_id)
    own = [_seen(kind, ids, user) for kind, ids in about.items() if kind in subjects()]
    found = rows_of([*own, *everywhere(_named(entries))])
    seen = {(rows.model, pk): row for rows, its in zip(own, found, strict=False) for pk, row in its.items()}
    names = named(found[len(own) :])
    told = tell(entries, names=names)
    return [
        AuditLine(
            entry=entry, kind=_kind(entry), name=_name(seen, names, entry), url=_url(seen, entry),
            organization=names.get((Organization, entry.organization_id), ""), told=told[entry.pk],
        )
        for entry in entries
    ]  # fmt: skip


def _seen(kind, ids, user):
    """The records of one kind that still exist and that the user may see."""
    return model_of(kind).objects.visible_to(user).filter(pk__in=ids)


def _named(entries):
    """``{model: ids}`` of what everybody who reads an entry sees by name: organizations, accounts, what it tells of."""
    wanted = told_of(entries)
    for entry in entries:
        if entry.organization_id:
            wanted[Organization].add(entry.organization_id)
        if entry.subject == USER:
            wanted[User].add(entry.subject_id)
    return wanted


def _kind(entry) -> str:
    model = model_of(entry.subject)
    return str(model._meta.verbose_name) if model else entry.subject


def _name(seen, names, entry) -> str:
    key = model_of(entry.subject), entry.subject_id
    if key in seen:
        return name_of(seen[key])
    return names.get(key, f"第 {entry.subject_id} 号") if entry.subject == USER else f"第 {entry.subject_id} 号"


def _url(seen, entry) -> str:
    """The record's own page; for one that has none, its history."""
    row = seen.get((model_of(entry.subject), entry.subject_id))
    if row is None:
        return ""
    if hasattr(row, "get_absolute_url"):
        return row.get_absolute_url()
    return reverse("audit_of", args=[entry.subject, entry.subject_id])


def ids_to_export(entries) -> list[int]:
    """The entries of a scoped queryset that a workbook takes, in its order."""
    return list(entries.values_list("pk", flat=True)[:MOST_ROWS])


def exported_lines(ids, user) -> Iterator[AuditLine]:
    """The lines of a workbook, read piece by piece."""
    for start in range(0, len(ids), CHUNK):
        rows = AuditEntry.objects.select_related("by").in_bulk(ids[start : start + CHUNK])
        yield from audit_lines([rows[pk] for pk in ids[start : start + CHUNK]], user)


def subject_of(kind: str):
    """The records of a kind, of which the address names one; raises Http404 for a kind that nobody sees."""
    if kind not in subjects():
        raise Http404("没有这一类记录。")
    return model_of(kind)
