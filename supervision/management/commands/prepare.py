"""What ``make run`` does before the site starts, said on the terminal: migrate, calendar, sample, static files."""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from branches.models import CalendarDay, Organization
from branches.reports import DEMO_PASSWORD, demo_accounts


class Command(BaseCommand):
    help = "Prepare the database and the static files, and say where the site will be."

    def add_arguments(self, parser):
        parser.add_argument("--port", default="8000")

    def handle(self, *args, port, **options):
        began = time.monotonic()
        self._say("数据库 database", settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1])
        call_command("migrate", verbosity=0)
        if not CalendarDay.objects.exists():
            self._say("日历 calendar", "公众假期")
            call_command("seed_calendar", stdout=self.stdout)
        if settings.DEMO and not Organization.objects.exists():
            self._say("示例 sample", "装入示例大学，约半分钟 loading the sample university, about half a minute")
            call_command("load_sample", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        self._say("就绪 ready", f"{time.monotonic() - began:.1f} s")
        if settings.DEMO:
            self._accounts()
        self._say("网址 address", f"http://127.0.0.1:{port}　（Ctrl-C 停止 stops）")

    def _accounts(self):
        self._say("演示账号 accounts", f"密码 password {DEMO_PASSWORD}")
        for account in demo_accounts():
            self.stdout.write(f"    {account.number:<12} {account.name}  {account.organization} {account.office}")

    def _say(self, what, text):
        self.stdout.write(f"== {what}: {text}")
        self.stdout.flush()
