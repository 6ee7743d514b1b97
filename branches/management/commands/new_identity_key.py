"""Prints a key with which identity numbers are sealed."""

from django.core.management.base import BaseCommand

from branches.identity import new_key


class Command(BaseCommand):
    help = "生成一个身份证号密钥，填入环境变量 IDENTITY_KEY；丢了密钥，存着的号码就打不开了"
    requires_system_checks = ()  # it is asked for when the key in force is none

    def handle(self, *args, **options):
        self.stdout.write(new_key())
