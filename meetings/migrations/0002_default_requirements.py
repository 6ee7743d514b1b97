"""Ships the numbers of 支部工作条例 (2018): general meeting a quarter, committee and group meetings a month.

党课 has no national number; schools commonly ask for one a quarter. In force from the month after the installation.
"""

from django.db import migrations

from core.periods import Month

REQUIREMENTS = [
    ("GENERAL", "QUARTER", "EVERY_BRANCH"),
    ("COMMITTEE", "MONTH", "WITH_COMMITTEE"),
    ("GROUP", "MONTH", "WITH_GROUPS"),
    ("LESSON", "QUARTER", "EVERY_BRANCH"),
]


def ship(apps, schema_editor):
    Requirement = apps.get_model("meetings", "Requirement")
    for kind, period, owed_by in REQUIREMENTS:
        Requirement.objects.create(
            type=kind, count=1, period=period, owed_by=owed_by, effective_from=Month.current().next
        )


def unship(apps, schema_editor):
    apps.get_model("meetings", "Requirement").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial")]

    operations = [migrations.RunPython(ship, unship)]
