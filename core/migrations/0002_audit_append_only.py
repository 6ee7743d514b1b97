"""The database refuses to change or delete what the audit log says, on SQLite and PostgreSQL alike."""

from django.db import migrations

from core.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [append_only("core_auditentry", "the audit log is append-only")]
