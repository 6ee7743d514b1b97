"""Ships the structural defaults of 支部工作条例 as data that the organization department may change."""

import datetime

from django.db import migrations


def ship(apps, schema_editor):
    apps.get_model("branches", "StructurePolicy").objects.create(effective_from=datetime.date(2018, 10, 28))


def unship(apps, schema_editor):
    apps.get_model("branches", "StructurePolicy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial")]

    operations = [migrations.RunPython(ship, unship)]
