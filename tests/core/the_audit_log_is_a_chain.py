"""Whoever owns the database can switch its triggers off and change the log; the chain of digests says where."""

import io
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import audit
from core.audit import AuditEntry, AuditSeal, record, record_many, remember, seal, verify
from core.audit.seals import BEGINNING, head, unsealed
from tests.builders import World
from tests.threads import move_to_a_file, together


@contextmanager
def triggers_off():
    """What only the owner of the database can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'core_audit%'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            yield cursor
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            for verb in ("DISABLE", "ENABLE"):
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come is not altered
                for table in ("core_auditentry", "core_auditseal"):
                    cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {table}_append_only")
                if verb == "DISABLE":
                    yield cursor


@pytest.fixture
def entries(world):
    """Ten acts of several kinds, sealed."""
    person = world.li.person
    for number in range(8):
        remember(person)
        person.ethnicity = f"第{number}族"
        record(person, "person.changed", by=world.chen, note="改“民族” \u2028 🙂", share=0.1, also=[world.zheng.person])
    record_many([world.first, world.second], "organization.tested", by=None)
    assert seal() == 10
    return list(AuditEntry.objects.order_by("pk"))


def told(**options):
    """What the command prints, and the sentence with which it fails."""
    out = io.StringIO()
    try:
        call_command("verify_audit", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_an_untouched_log_holds(entries):
    out, error = told()
    assert error == ""
    assert out.splitlines()[:2] == ["已封 10 条，待封 0 条", f"链头 {AuditSeal.objects.get(pk=10).digest}"]
    assert (verify().holds, verify().count) == (True, 10)


@pytest.mark.parametrize("attack", ["UPDATE core_auditseal SET digest = 'x'", "DELETE FROM core_auditseal"])
def test_the_database_refuses_to_touch_a_link(entries, attack):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert verify().holds


def test_a_log_without_entries_holds(db):
    assert (verify().holds, verify().head, seal()) == (True, BEGINNING, 0)


@pytest.mark.parametrize(
    "change",
    ["note = 'x'", "by_id = NULL", "event = 'x'", "subject = 'x'", "subject_id = 0", "organization_id = NULL",
     "data = '{}'", "at = '2020-01-01 00:00:00'"],
)  # fmt: skip
def test_a_changed_entry_is_named(entries, change):
    victim = entries[3]
    with triggers_off() as cursor:
        cursor.execute(f"UPDATE core_auditentry SET {change} WHERE id = {victim.pk}")
    chain = verify()
    assert (chain.breaks, chain.first_break.entry, chain.first_break.what) == (1, victim.pk, "内容被改过")
    assert told()[1] == f"链断了 1 处。第一处：链上第 4 环，办理记录第 {victim.pk} 号：内容被改过。"


def test_a_deleted_entry_is_named(entries):
    victim = entries[4]
    with triggers_off() as cursor:
        cursor.execute(f"DELETE FROM core_auditseal WHERE entry_id = {victim.pk}")
        cursor.execute(f"DELETE FROM core_auditentry WHERE id = {victim.pk}")
    chain = verify()
    assert (chain.breaks, chain.first_break.link, chain.first_break.entry) == (1, 5, victim.pk)
    assert chain.first_break.what == f"在第 {victim.pk - 1} 号和第 {victim.pk + 1} 号之间被删去了"


def test_a_link_whose_entry_is_gone_names_it(entries, monkeypatch):
    """Databases with their keys switched off leave the link behind."""
    victim, whole = entries[4].pk, AuditEntry.objects.filter
    monkeypatch.setattr(AuditEntry.objects, "filter", lambda *args, **found: whole(*args, **found).exclude(pk=victim))
    chain = verify()
    assert (chain.breaks, chain.first_break.entry, chain.first_break.what) == (1, victim, "被删去了")


def test_two_that_changed_places_are_named(entries):
    one, other = entries[2].pk, entries[3].pk
    with triggers_off() as cursor:
        cursor.execute("DELETE FROM core_auditseal WHERE id = 4")
        cursor.execute("UPDATE core_auditseal SET entry_id = %s WHERE id = 3", [other])
        cursor.execute("INSERT INTO core_auditseal (id, entry_id, digest) VALUES (4, %s, %s)", [one, "f" * 64])
    chain = verify()
    assert (chain.first_break.link, chain.first_break.entry) == (3, other)
    assert chain.first_break.what == f"次序被调换，这里原来是第 {one} 号"


def test_an_entry_that_is_put_in_later_stands_at_the_end(entries, world):
    """A forged act with an early date cannot get in between."""
    AuditEntry.objects.create(at=entries[0].at, event="plan.accepted", subject="x.y", subject_id=1, by=world.zhou)
    assert (verify().unsealed, seal()) == (1, 1)
    assert AuditSeal.objects.order_by("-pk").first().entry.event == "plan.accepted"


def test_a_chain_made_anew_lacks_the_head_that_was_noted(entries):
    noted = head().digest
    with triggers_off() as cursor:
        cursor.execute("DELETE FROM core_auditseal")
        cursor.execute(f"UPDATE core_auditentry SET note = 'x' WHERE id = {entries[3].pk}")
    assert seal() == 10
    assert verify().holds
    assert told(head=noted)[1] == "链本身对得上，但抄下的链头不在链上：整条链可能被重做过，或末尾被删去。"


def test_an_old_head_stays_in_the_chain(entries, world):
    noted = head().digest
    record(world.first, "organization.tested", by=None)
    assert seal() == 1
    assert told(head=noted.upper() + " ")[1] == ""
    assert head().digest != noted


def test_a_late_entry_with_an_early_number_is_sealed_too(entries, world):
    """A transaction that was slow commits entries whose ids lie behind sealed ones."""
    late = AuditEntry.objects.create(pk=entries[0].pk - 1, event="plan.saved", subject="x.y", subject_id=1)
    assert (seal(), AuditSeal.objects.get(pk=11).entry, verify().holds) == (1, late, True)


def test_what_piled_up_is_sealed_in_batches_and_runs(world, monkeypatch):
    monkeypatch.setattr(audit.seals, "BATCH", 3)
    record_many([world.first] * 11, "organization.tested", by=None)
    assert [seal(2), unsealed().count(), seal(), seal(), verify().holds] == [6, 5, 5, 0, True]


def test_sealers_at_one_moment_never_fork_the_chain(transactional_db, tmp_path, monkeypatch):
    back = move_to_a_file(tmp_path)
    world = World()
    monkeypatch.setattr(audit.seals, "BATCH", 5)
    with transaction.atomic():
        record_many([world.first] * 60, "organization.tested", by=None)
    together(*[seal] * 6)
    seal()
    assert (AuditSeal.objects.count(), verify().holds, verify().count) == (60, True, 60)
    back()
