"""Opens the account of somebody in the register and prints its activation code: the first account of a site."""

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from branches import actions
from branches.models import Person


class Command(BaseCommand):
    help = "给名册里的人建立账号并打印一次性激活码；已有账号的，重发激活码，原密码作废。"

    def add_arguments(self, parser):
        parser.add_argument("number", help="学工号")

    def handle(self, *args, number, **options):
        person = Person.objects.filter(staff_number=number).select_related("organization").first()
        if person is None:
            raise CommandError(f"名册里没有学工号 {number}，请先用 import_people 导入名册。")
        try:
            code = actions.open_first_account(person)
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person.name}（{person.organization}）　学工号 {number}　激活码 {code}")
        self.stdout.write("请打开网站的 /activate/ 页面，用学工号和激活码设置密码。激活码只显示这一次。")
