"""Seals all identity numbers with the first key, so that the others can be taken out of ``IDENTITY_KEY``."""

from django.core.management.base import BaseCommand, CommandError

from branches.actions.identity import reseal_numbers
from branches.identity import IdentityKeyError


class Command(BaseCommand):
    help = "换密钥：新密钥写在 IDENTITY_KEY 最前面，用逗号接旧密钥，重启，再执行本命令；完成后即可去掉旧密钥"

    def handle(self, *args, **options):
        try:
            count = reseal_numbers(by=None)
        except IdentityKeyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} 个身份证号已改用第一个密钥。")
