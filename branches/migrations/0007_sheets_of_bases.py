from django.db import migrations, models

KINDS = [("ORGANIZATIONS", "党组织"), ("PEOPLE", "人员"), ("CALENDAR", "工作日历"), ("BASES", "党费基数")]


class Migration(migrations.Migration):
    dependencies = [("branches", "0006_terms")]

    operations = [
        migrations.AlterField(
            model_name="sheetimport",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=13, verbose_name="种类"),
        ),
    ]
