"""Ships the rates of 中组发〔2008〕3号 (as corrected in 2016 and 2017) as data with an effective month."""

from decimal import Decimal

from django.db import migrations

from core.periods import Month

# (category, base up to and including, percent, fixed amount)
BRACKETS = [
    ("STAFF", "3000", "0.5", None),
    ("STAFF", "5000", "1", None),
    ("STAFF", "10000", "1.5", None),
    ("STAFF", None, "2", None),
    ("RETIRED", "5000", "0.5", None),
    ("RETIRED", None, "1", None),
    ("STUDENT", None, None, "0.20"),
    ("OTHER", None, None, "0.20"),
]


def ship(apps, schema_editor):
    policy = apps.get_model("dues", "RatePolicy").objects.create(effective_from=Month(2017, 1))
    for category, up_to, percent, amount in BRACKETS:
        policy.brackets.create(
            category=category,
            up_to=up_to and Decimal(up_to),
            percent=percent and Decimal(percent),
            amount=amount and Decimal(amount),
        )


def unship(apps, schema_editor):
    apps.get_model("dues", "RatePolicy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("dues", "0001_initial")]

    operations = [migrations.RunPython(ship, unship)]
