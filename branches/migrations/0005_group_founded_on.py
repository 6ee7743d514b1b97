from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branches", "0004_exclusion_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="group",
            name="founded_on",
            field=models.DateField(blank=True, null=True, verbose_name="设立日期"),
        ),
    ]
