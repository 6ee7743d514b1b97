"""A base keeps the amounts of which it was computed; the items of pay are data."""

import django.db.models.deletion
from django.db import migrations, models

import core.periods


class Migration(migrations.Migration):
    dependencies = [("dues", "0008_rules_of_dues_are_data")]

    operations = [
        migrations.CreateModel(
            name="PayScheme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_from", core.periods.MonthField(unique=True, verbose_name="生效月份")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
            ],
            options={"verbose_name": "基数核算项目", "ordering": ["-effective_from"]},
        ),
        migrations.CreateModel(
            name="PayItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("is_deducted", models.BooleanField(default=False, verbose_name="扣除")),
                ("order", models.PositiveSmallIntegerField(verbose_name="顺序")),
                (
                    "scheme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="dues.payscheme"
                    ),
                ),
            ],
            options={
                "verbose_name": "核算项目",
                "ordering": ["scheme", "order"],
                "constraints": [models.UniqueConstraint(fields=("scheme", "name"), name="an_item_is_named_once")],
            },
        ),
        migrations.CreateModel(
            name="BasePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="项目")),
                ("is_deducted", models.BooleanField(default=False, verbose_name="扣除")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="金额（元）")),
                ("order", models.PositiveSmallIntegerField(verbose_name="顺序")),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="dues.base"
                    ),
                ),
            ],
            options={
                "verbose_name": "基数的组成",
                "ordering": ["base", "order"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(amount__gte=0), name="a_part_is_not_negative"),
                    models.UniqueConstraint(fields=("base", "name"), name="a_part_stands_once"),
                ],
            },
        ),
    ]
