"""The database refuses to change or delete an entry of the ledger, a frozen charge or a base, on both databases."""

from django.db import migrations

from core.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("dues", "0002_default_rates")]

    operations = [
        append_only("dues_entry", "the ledger is append-only"),
        append_only("dues_charge", "a charge is frozen"),
        append_only("dues_base", "a base is added, never changed"),
    ]
