from django.db import migrations, models


class Migration(migrations.Migration):
    """A nullable column and no constraint: SQLite would rebuild the table for one, and lose the triggers of 0003."""

    dependencies = [("meetings", "0003_confirmed_minutes_are_final")]

    operations = [
        migrations.AddField("meeting", "signed_roster", models.JSONField(null=True, verbose_name="签认时的到会")),
    ]
