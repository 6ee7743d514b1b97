"""A dues month keeps the moment at which it was signed first; so far only the latest signature stood on it.

Of a month that was opened again the first one is in the audit log; any other month has but the one that stands.
"""

from django.db import migrations, models
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    steps = apps.get_model("core", "AuditEntry").objects.filter(subject="dues.duesmonth", subject_id=OuterRef("pk"))
    first = steps.filter(event="dues.verified").order_by("pk").values("at")[:1]
    months = apps.get_model("dues", "DuesMonth").objects
    months.update(first_verified_at=F("verified_at"))
    reopened = months.filter(Exists(steps.filter(event="dues.reopened")))
    reopened.update(first_verified_at=Coalesce(Subquery(first), "verified_at"))


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("dues", "0003_ledger_append_only")]

    operations = [
        migrations.AddField(
            model_name="duesmonth",
            name="first_verified_at",
            field=models.DateTimeField(null=True, verbose_name="首次查验时间"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
