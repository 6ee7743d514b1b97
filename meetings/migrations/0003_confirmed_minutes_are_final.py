"""The database refuses to change or delete confirmed minutes, their types, and corrections, on both databases.

A later migration that makes SQLite rebuild one of these tables must make its triggers again.
"""

from django.db import migrations

from core.audit import append_only

SENTENCE = "confirmed minutes are never edited"
MEETING = "OLD.status = 'CONFIRMED'"
KIND = "(SELECT status FROM meetings_meeting WHERE id = OLD.meeting_id) = 'CONFIRMED'"
GUARDS = {"meetings_meeting": MEETING, "meetings_meetingkind": KIND}


def forwards(apps, schema_editor):
    for table, final in GUARDS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE FUNCTION {table}_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {final} THEN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_final()"
            )
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_final_{verb.lower()} BEFORE {verb} ON {table} "
                    f"WHEN {final} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )


def backwards(apps, schema_editor):
    for table in GUARDS:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_final ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_final()")
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER {table}_final_{verb.lower()}")


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_default_requirements")]

    operations = [
        append_only("meetings_correction", "corrections are append-only"),
        migrations.RunPython(forwards, backwards),
    ]
