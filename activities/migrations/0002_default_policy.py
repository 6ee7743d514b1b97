"""Ships the usual deadlines: plan by the 25th of the month before, record within 5 days, months 2 and 8 off.

They hold from the month after the installation: nothing is owed of months that nobody could file here.
"""

from django.db import migrations

from core.periods import Month


def ship(apps, schema_editor):
    apps.get_model("activities", "Policy").objects.create(effective_from=Month.current().next, months_off=[2, 8])


def unship(apps, schema_editor):
    apps.get_model("activities", "Policy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]

    operations = [migrations.RunPython(ship, unship)]
