"""Loads the sample university into an empty database."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from branches.models import Organization
from branches.reports import DEMO_PASSWORD
from core import clock
from supervision.actions import compute_assessment
from supervision.sample.months import load_months
from supervision.sample.register import load_register
from supervision.sample.service import load_service
from supervision.sample.terms import load_terms

TO_TRY = {"0201001"}


class Command(BaseCommand):
    help = "把示例大学装进空的数据库：名册、三个月的记录、本月已开始。"

    def handle(self, *args, **options):
        if Organization.objects.exists():
            raise CommandError("数据库里已有党组织，示例数据只装进空的数据库。")
        today = clock.today()
        with transaction.atomic():
            load_register(today)
            past = load_months(today, TO_TRY)
            load_service(today)
            load_terms(today)
        for month in past:
            compute_assessment(month)
        self.stdout.write(f"示例大学已装好，所有账号的密码：{DEMO_PASSWORD}")
