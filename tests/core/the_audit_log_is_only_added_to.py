"""Audit rows are never edited nor deleted: the database itself refuses, on SQLite and on PostgreSQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit import AuditEntry, history_of, record, record_many


@pytest.fixture
def entry(world):
    return record(world.first, "plan.submitted", by=world.li, note="一次")


ATTACKS = {
    "save": lambda entry: AuditEntry(pk=entry.pk, event="x", subject="y", subject_id=1).save(),
    "update": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(note="改写"),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([_edited(entry)], ["note"]),
    "delete": lambda entry: entry.delete(),
    "bulk delete": lambda entry: AuditEntry.objects.all().delete(),
    "raw update": lambda entry: _raw("UPDATE core_auditentry SET note = 'x'"),
    "raw delete": lambda entry: _raw("DELETE FROM core_auditentry"),
}


def _edited(entry):
    entry.note = "改写"
    return entry


def _raw(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=list(ATTACKS))
def test_the_database_refuses(entry, attack):
    before = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        attack(entry)
    assert list(AuditEntry.objects.values()) == before


def test_whoever_did_something_cannot_be_deleted(world, entry):
    with pytest.raises(DatabaseError), transaction.atomic():
        world.li.delete()
    assert AuditEntry.objects.get(pk=entry.pk).by == world.li


def test_a_history_is_that_of_one_record_in_order(world, entry):
    record(world.second, "plan.submitted", by=world.zhao)
    record_many([world.first, world.second], "plan.accepted", by=world.zhou)
    assert [(one.event, one.by) for one in history_of(world.first)] == [
        ("plan.submitted", world.li), ("plan.accepted", world.zhou),
    ]  # fmt: skip


def test_steps_are_read_in_chinese(entry):
    assert entry.word == "报送"


def test_every_recorded_event_has_its_word():
    """Events stand as literals in the sources; each must be named, or a timeline would show English."""
    from tests.house.the_code_keeps_the_house_rules import SOURCES

    events = set()
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for call in ("record(", "record_many("):
            for piece in text.split(call)[1:]:
                events |= {word for word in piece[:160].split('"')[1:2] if "." in word and " " not in word}
    assert len(events) > 25
    assert sorted(event for event in events if AuditEntry(event=event).word == event and "{" not in event) == []
