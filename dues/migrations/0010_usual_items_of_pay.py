"""Ships the items of pay of which bases are usually made, as data with an effective month."""

from django.db import migrations

from core.periods import Month

ITEMS = [("岗位工资", False), ("薪级工资", False), ("基础绩效", False), ("五险一金", True), ("个人所得税", True)]


def ship(apps, schema_editor):
    scheme = apps.get_model("dues", "PayScheme").objects.create(effective_from=Month(2017, 1))
    for order, (name, is_deducted) in enumerate(ITEMS, start=1):
        scheme.items.create(name=name, is_deducted=is_deducted, order=order)


def unship(apps, schema_editor):
    apps.get_model("dues", "PayScheme").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("dues", "0009_bases_explain_themselves")]

    operations = [migrations.RunPython(ship, unship)]
