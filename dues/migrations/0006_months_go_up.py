"""A month goes up and is settled; payments get a receipt and a seal; a payment is taken back by two people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import core.clock
from core.audit import append_only

LEDGER = append_only("dues_entry", "the ledger is append-only")
MONEY = {"max_digits": 12, "decimal_places": 2}
UP = ["SUBMITTED", "FORWARDED", "SETTLED"]


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _user(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **more
    )


def _to(model, related_name, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0006_terms"),
        ("dues", "0005_a_signature_has_a_first_one"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes a changed table anew, without its triggers: they are lifted before, and come back at the end
        migrations.RunPython(LEDGER.reverse_code, LEDGER.code),
        migrations.AlterField(
            model_name="duesmonth",
            name="status",
            field=models.CharField(
                choices=[
                    ("OPEN", "待查验"), ("VERIFIED", "已查验"), ("SUBMITTED", "已上报"), ("FORWARDED", "已转报"),
                    ("SETTLED", "已结清"),
                ],
                default="OPEN",
                max_length=9,
                verbose_name="状态",
            ),
        ),
        migrations.AddField("duesmonth", "first_submitted_at", models.DateTimeField("首次上报时间", null=True)),
        migrations.AddField("duesmonth", "submitted_at", models.DateTimeField("上报时间", null=True)),
        migrations.AddField("duesmonth", "submitted_by", _user(null=True)),
        migrations.AddField("duesmonth", "settled_at", models.DateTimeField("结清时间", null=True)),
        migrations.AddField("duesmonth", "settled_by", _user(null=True)),
        migrations.AddConstraint(
            "duesmonth",
            models.CheckConstraint(
                name="a_month_that_went_up_was_handed_in",
                condition=~Q(status__in=UP) | Q(submitted_at__isnull=False, first_submitted_at__isnull=False),
            ),
        ),
        migrations.AddConstraint(
            "duesmonth",
            models.CheckConstraint(
                name="a_settled_month_has_its_day", condition=~Q(status="SETTLED") | Q(settled_at__isnull=False)
            ),
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                _id(),
                ("dues_month", _to("dues.duesmonth", "statements")),
                ("act", models.CharField("事项", max_length=9, choices=[("VERIFIED", "查验签认"), ("SUBMITTED", "上报")])),
                ("day_on", models.DateField("活动日", null=True)),
                ("by", _user(null=True)),
                ("at", models.DateTimeField("时间", default=core.clock.now)),
                ("owed", models.DecimalField("应缴（元）", **MONEY)),
                ("owed_people", models.PositiveIntegerField("应缴人数")),
                ("paid", models.DecimalField("本月实缴（元）", **MONEY)),
                ("paid_people", models.PositiveIntegerField("本月实缴人数")),
                ("deferred", models.DecimalField("缓交（元）", **MONEY)),
                ("deferred_people", models.PositiveIntegerField("缓交人数")),
                ("arrears", models.DecimalField("往月补缴（元）", **MONEY)),
                ("arrears_people", models.PositiveIntegerField("往月补缴人数")),
            ],
            options={"verbose_name": "党费签认单", "ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                _id(),
                ("branch", _to("branches.organization", "dues_receipts", verbose_name="党支部")),
                ("year", models.PositiveSmallIntegerField("年度")),
                ("number", models.PositiveIntegerField("收据号")),
                ("person", _to("branches.person", "dues_receipts", verbose_name="交款人")),
                ("by", _user(null=True)),
                ("at", models.DateTimeField("开具时间", default=core.clock.now)),
            ],
            options={
                "verbose_name": "党费收据",
                "ordering": ["branch", "-year", "-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["branch", "year", "number"], name="a_receipt_has_a_number_of_its_own"
                    ),
                    models.CheckConstraint(name="receipts_are_numbered_from_one", condition=Q(number__gte=1)),
                ],
            },
        ),
        migrations.AddField(
            "entry", "receipt", _to("dues.receipt", "entries", null=True, blank=True)
        ),
        migrations.AddField("entry", "second", _user(null=True)),
        migrations.AddField("entry", "seal", models.CharField("封签", max_length=64, null=True, editable=False)),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                name="a_reversal_takes_two_people",
                condition=Q(reverses=None)
                | Q(seal=None)
                | (Q(by__isnull=False, second__isnull=False) & ~Q(second=F("by"))),
            ),
        ),
        migrations.CreateModel(
            name="ReversalRequest",
            fields=[
                _id(),
                ("entry", _to("dues.entry", "requests")),
                ("reason", models.CharField("冲正原因", max_length=120)),
                ("by", _user()),
                ("at", models.DateTimeField("提出时间", default=core.clock.now)),
                (
                    "outcome",
                    models.CharField(
                        "结果", max_length=9, blank=True,
                        choices=[("DONE", "已冲正"), ("DECLINED", "未同意"), ("WITHDRAWN", "已撤回")],
                    ),
                ),
                ("answer", models.CharField("答复", max_length=120, blank=True)),
                ("answered_by", _user(null=True)),
                ("answered_at", models.DateTimeField("办理时间", null=True)),
            ],
            options={
                "verbose_name": "冲正申请",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["entry"], condition=Q(outcome=""), name="one_waiting_request_a_payment"
                    ),
                    models.CheckConstraint(
                        name="nobody_confirms_their_own_request", condition=~Q(outcome="DONE", answered_by=F("by"))
                    ),
                    models.CheckConstraint(name="a_request_has_its_reason", condition=~Q(reason="")),
                ],
            },
        ),
        append_only("dues_entry", "the ledger is append-only"),
        append_only("dues_receipt", "a receipt is never changed"),
        append_only("dues_statement", "a statement is never changed"),
    ]
