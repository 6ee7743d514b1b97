"""What every plan must contain; a version, so that two editors cannot overtake each other; numbers within reason."""

from django.db import migrations, models

RANGES = {
    "plan_due_day": (1, 31),
    "record_due_days": (0, 60),
    "correction_days": (1, 30),
    "lapse_working_days": (1, 30),
    "pattern_nth": (1, 5),
    "pattern_weekday": (0, 6),
    "pattern_day": (1, 31),
}


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_papers_on_one_road")]

    operations = [
        migrations.AddField("policy", "required_items", models.JSONField(default=list, verbose_name="必备内容")),
        migrations.AddField("policy", "version", models.PositiveIntegerField(default=1, verbose_name="版本")),
        *(
            migrations.AddConstraint(
                "policy",
                models.CheckConstraint(
                    condition=models.Q(**{f"{field}__range": (low, high)}), name=f"{field}_is_sensible"
                ),
            )
            for field, (low, high) in RANGES.items()
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('annual_due_month__range', (1, 12))), name='annual_due_month_is_sensible'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('annual_due_day__range', (1, 31))), name='annual_due_day_is_sensible'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('summary_due_day__range', (1, 31))), name='summary_due_day_is_sensible'),
        ),
    ]
