"""What goes with the rates becomes data too, with the values that held so far; brackets are kept sensible."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dues", "0007_arrears_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="ratepolicy",
            name="alert_after",
            field=models.PositiveSmallIntegerField(default=6, verbose_name="连续欠缴几个月重点提示"),
        ),
        migrations.AddField(
            model_name="ratepolicy",
            name="base_month",
            field=models.PositiveSmallIntegerField(default=12, verbose_name="基数取上一年几月的工资"),
        ),
        migrations.AddField(
            model_name="ratepolicy",
            name="reductions_by",
            field=models.CharField(
                choices=[("PARENT", "上一级党组织（党总支）"), ("DEPARTMENT", "党委组织部")],
                default="PARENT",
                max_length=10,
                verbose_name="减免由谁批准",
            ),
        ),
        migrations.AddField(
            model_name="ratepolicy",
            name="remind_after",
            field=models.PositiveSmallIntegerField(default=3, verbose_name="连续欠缴几个月提醒"),
        ),
        migrations.AddField(
            model_name="ratepolicy",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddConstraint(
            model_name="bracket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent", None), models.Q(("percent__gt", 0), ("percent__lte", 5)), _connector="OR"
                ),
                name="a_percentage_is_above_0_and_at_most_5",
            ),
        ),
        migrations.AddConstraint(
            model_name="bracket",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                name="a_fixed_amount_is_above_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="bracket",
            constraint=models.CheckConstraint(
                condition=models.Q(("up_to", None), ("up_to__gt", 0), _connector="OR"), name="a_limit_is_above_0"
            ),
        ),
        migrations.AddConstraint(
            model_name="bracket",
            constraint=models.UniqueConstraint(fields=("policy", "category", "up_to"), name="one_bracket_a_limit"),
        ),
        migrations.AddConstraint(
            model_name="bracket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("up_to", None)), fields=("policy", "category"), name="one_bracket_without_a_limit"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("base_month__range", (1, 12))), name="a_base_is_of_a_month_of_the_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("alert_after__gte", models.F("remind_after")), ("alert_after__lte", 24), ("remind_after__gte", 1)
                ),
                name="arrears_are_a_reminder_before_an_alert",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("reductions_by__in", ["PARENT", "DEPARTMENT"])),
                name="reductions_are_approved_above",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratepolicy",
            constraint=models.CheckConstraint(condition=models.Q(("soft_cap__gt", 0)), name="a_soft_cap_is_an_amount"),
        ),
    ]
