"""The rows of the audit log, the one door through which they are written, and the triggers that keep them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core import clock
from core.audit.changes import Changes, changes_of, is_remembered, loss_of, remember, told

_words: dict[str, str] = {}
_groups: dict[str, dict[str, str]] = {}
_rules: list[Callable[[Any], models.Q]] = []


def name_events(words: dict[str, str], group: str = "其他") -> None:
    """Register what users read for events, under the heading of a group: ``{"plan.returned": "退回"}``."""
    _words.update(words)
    _groups.setdefault(group, {}).update(words)


def event_groups() -> dict[str, dict[str, str]]:
    """``{group: {event: word}}`` of all that can stand in the log."""
    return _groups


def show_entries(rule: Callable[[Any], models.Q]) -> None:
    """Register who sees which entries: core knows no offices. Without a rule nobody sees any."""
    _rules[:] = [rule]


class AuditQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What the user may read of the whole log."""
        return self.filter(_rules[0](user)) if _rules else self.none()

    def about(self, row):
        """The history of one record, oldest first."""
        return self.filter(subject=row._meta.label_lower, subject_id=row.pk).select_related("by").order_by("pk")


class AuditEntry(models.Model):
    """One step in the life of a record. The timeline on a page and the audit log read the same rows."""

    at = models.DateTimeField("时间", default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="办理人")
    event = models.CharField("事项", max_length=60)
    subject = models.CharField("对象类别", max_length=60)
    subject_id = models.BigIntegerField("对象")
    organization_id = models.BigIntegerField("党组织", null=True)  # core knows no organizations: a number, no key
    note = models.TextField("说明", blank=True)
    data = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="audit_by_subject"),
            models.Index(fields=["organization_id", "at"], name="audit_by_organization"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.event} {self.subject}#{self.subject_id}"

    @property
    def is_edit(self) -> bool:
        """One of many saves of a draft: a timeline shows a run of them as one."""
        return self.event.endswith(".saved")

    @property
    def word(self) -> str:
        """The event as users read it."""
        return _words.get(self.event, self.event)


class AuditSeal(models.Model):
    """One link of the chain: the digest of an entry together with the digest of the link before.

    Entries are sealed a moment after they are written, in an order of their own (``pk``), so that no writer waits for
    another's transaction. Whoever changes or takes away a sealed entry breaks the chain from there on.
    """

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "办理记录的链"

    def __str__(self):
        return self.digest


def history_of(row) -> AuditQuerySet:
    """The timeline of a record that the user may see: its steps, oldest first."""
    return AuditEntry.objects.about(row)


def entry_of(row, event, *, by, note="", changes: Changes | None = None, also=(), gone=(), **data) -> AuditEntry:
    """The unsaved audit row of an act; ``changes`` are those of the row since it was locked, unless they are given.

    ``also`` are other rows that the act changed (locked or remembered before; those that stayed the same are left out)
    or made; ``gone`` those that it deletes.
    """
    changes = changes_of(row) if changes is None else told(changes)
    found = [(one, changes_of(one)) for one in also]
    others = [_other(one, its) for one, its in found if its or not is_remembered(one)]
    others += [_other(one, loss_of(one)) for one in gone]
    data |= {"changes": changes} if changes else {}
    data |= {"also": others} if others else {}
    return AuditEntry(
        event=event, subject=row._meta.label_lower, subject_id=row.pk, organization_id=organization_of(row), by=by,
        note=note, data=data,
    )  # fmt: skip


def _other(row, changes):
    pk = row.pk or row._as_locked[row._meta.pk.attname]  # Django takes it from a deleted row
    return {"subject": row._meta.label_lower, "id": pk, "changes": changes}


def organization_of(row) -> int | None:
    """Whose the record is: the organization that it names, or says by ``audit_organization_id``."""
    return getattr(row, "audit_organization_id", None) or getattr(row, "organization_id", None)


def record(row, event, *, by, note="", also=(), gone=(), **data) -> AuditEntry:
    """Write one audit row in the caller's transaction, with what the act made of the locked ``row``, as ``changes``.

    ``by`` is None only for the system's own acts. Other rows that the act changed come as ``also``, deleted ones as
    ``gone``; see ``entry_of``.
    """
    entry = entry_of(row, event, by=by, note=note, also=also, gone=gone, **data)
    entry.save(force_insert=True)
    remember(*[one for one in (row, *also) if is_remembered(one)])  # what is recorded is not recorded again
    return entry


def record_many(rows, event, *, by, note="", changes: dict[int, Changes] | None = None, also=None) -> None:
    """One audit row for each of many records of one model, in one statement.

    ``changes`` are those of each, by its id; without them, what became of the rows since they were locked. ``also`` are
    the other rows that the act changed, by the id of the record to which each belongs: ``{id: [row, …]}``.
    """
    rows, others = list(rows), also or {}
    entries = [
        entry_of(
            row, event, by=by, note=note, changes=changes.get(row.pk, {}) if changes is not None else None,
            also=others.get(row.pk, ()),
        )
        for row in rows
    ]  # fmt: skip
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    remember(*[row for row in rows if is_remembered(row)])


def append_only(table: str, sentence: str):
    """Migration operations that make the database itself refuse UPDATE and DELETE on ``table``, on both databases."""
    from django.db import migrations

    def forwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
                )

    def backwards(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_append_only()")
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb.lower()}")

    return migrations.RunPython(forwards, backwards)
