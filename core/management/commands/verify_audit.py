"""Go through the chain of the audit log and say whether it holds: ``manage.py verify_audit [--head DIGEST]``."""

from django.core.management.base import BaseCommand, CommandError

from core.audit import verify


class Command(BaseCommand):
    help = "核对办理记录的链：有没有记录被改过、删去或调换。"

    def add_arguments(self, parser):
        parser.add_argument("--head", default="", help="以前抄下的链头（64 位），它必须还在链上")

    def handle(self, *args, head, **options):
        chain = verify(head.strip().lower())
        self.stdout.write(f"已封 {chain.count} 条，待封 {chain.unsealed} 条")
        self.stdout.write(f"链头 {chain.head}")
        self.stdout.write("请把链头抄到系统以外的地方，下次用 --head 核对。")
        if chain.first_break:
            raise CommandError(f"链断了 {chain.breaks} 处。第一处：{chain.first_break}。")
        if not chain.knows:
            raise CommandError("链本身对得上，但抄下的链头不在链上：整条链可能被重做过，或末尾被删去。")
        self.stdout.write("链完整，没有发现改动。")
