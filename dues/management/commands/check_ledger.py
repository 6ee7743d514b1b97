"""Prove the books of dues: ``manage.py check_ledger``. It changes nothing; exit code 1 when anything is wrong."""

from django.core.management.base import BaseCommand, CommandError

from dues.books import Summary, findings


class Command(BaseCommand):
    help = "核对党费的账：封签、冲正、应缴、收据、各级合计、上报后不变的数，不对的逐行列出。"

    def handle(self, *args, **options):
        summary = Summary()
        for finding in findings(summary):
            self.stdout.write(str(finding))
        self.stdout.write(str(summary))
        if summary.findings:
            raise CommandError(f"账有 {summary.findings} 处不对，见上面逐行所列。")
        self.stdout.write("账是对的，没有发现差错。")
