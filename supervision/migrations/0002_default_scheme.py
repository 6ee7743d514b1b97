"""Ships a scheme of 100 points as data: no score sheet for the activity day alone was found, so it is named a default."""

from decimal import Decimal

from django.db import migrations

from core.periods import Month

# (metric, points, rule, points off a miss, full marks from percent)
LINES = [
    ("plan_in_time", "10", "SHARE", "1", "100"),
    ("held_on_filed_day", "20", "SHARE", "1", "100"),
    ("record_in_time", "10", "SHARE", "1", "100"),
    ("attendance", "20", "SHARE", "1", "95"),
    ("education", "8", "SHARE", "1", "100"),
    ("service", "5", "SHARE", "1", "100"),
    ("leading_cadres", "5", "SHARE", "1", "100"),
    ("dues_verified", "5", "SHARE", "1", "100"),
    ("dues_paid", "7", "SHARE", "1", "100"),
    ("meetings", "10", "PER_MISS", "5", "100"),
]


def ship(apps, schema_editor):
    scheme = apps.get_model("supervision", "Scheme").objects.create(
        name="默认百分制方案", effective_from=Month(2017, 1)
    )
    for order, (metric, points, rule, per_miss, full_from) in enumerate(LINES, start=1):
        scheme.lines.create(
            metric=metric,
            order=order,
            points=Decimal(points),
            rule=rule,
            per_miss=Decimal(per_miss),
            full_from=Decimal(full_from),
        )


def unship(apps, schema_editor):
    apps.get_model("supervision", "Scheme").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]

    operations = [migrations.RunPython(ship, unship)]
