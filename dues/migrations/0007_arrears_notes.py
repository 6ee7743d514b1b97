"""What branches find out about members who owe months."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import core.clock
from core.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0006_terms"),
        ("dues", "0006_months_go_up"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArrearsNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="arrears_notes", to="branches.person"
                    ),
                ),
                (
                    "finding",
                    models.CharField(
                        "情况", max_length=10,
                        choices=[("ASKING", "正在了解"), ("PROPER", "有正当理由"), ("NOT_PROPER", "没有正当理由")],
                    ),
                ),
                ("text", models.CharField("说明", max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("at", models.DateTimeField("登记时间", default=core.clock.now)),
            ],
            options={
                "verbose_name": "欠缴说明",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(name="an_arrears_note_says_something", condition=~Q(text="")),
                ],
            },
        ),
        append_only("dues_arrearsnote", "an arrears note is never changed"),
    ]
