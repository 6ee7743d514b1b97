"""The database refuses to change or take away a link of the audit log's chain."""

from django.db import migrations

from core.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0004_accounts_and_seals")]

    operations = [append_only("core_auditseal", "the chain of the audit log is append-only")]
