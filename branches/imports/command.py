"""What both import commands share: read, say, and write unless it is a dry run or something is wrong."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand

from branches.imports.plan import Plan
from core.workbooks import Fault, SheetError

WORDS = {"new": "新增", "changed": "有改动", "unchanged": "无变化", "faulty": "有差错"}


class ImportCommand(BaseCommand):
    """``manage.py import_… FILE``: all or nothing; exit status 1 when anything is wrong."""

    source: object

    def add_arguments(self, parser):
        parser.add_argument("file", help="Excel 工作簿（.xlsx 或 .xls）")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")

    def apply(self, plan, options):
        self.source.apply(plan, by=None)

    def handle(self, *args, **options):
        try:
            plan = self.source.read(options["file"])
        except SheetError as error:
            self._say(Plan(faults=[Fault(0, "", str(error))]), options)
            sys.exit(1)
        if not plan.faults and not options["dry_run"]:
            self.apply(plan, options)
        self._say(plan, options)
        if plan.faults:
            sys.exit(1)

    def _say(self, plan, options):
        if options["json"]:
            said = {"faults": list(map(asdict, plan.faults)), "warnings": list(map(asdict, plan.warnings))}
            self.stdout.write(json.dumps({**plan.counts, **said}, ensure_ascii=False))
            return
        self.stdout.write("，".join(f"{WORDS[name]} {count}" for name, count in plan.counts.items()))
        for fault in plan.faults:
            self.stdout.write(str(fault))
        for warning in plan.warnings:
            self.stdout.write(f"请留意：{warning}")
        if plan.faults:
            self.stdout.write("有差错，什么都没有写入。请改好后再导入。")
        elif options["dry_run"]:
            self.stdout.write("只是核对，什么都没有写入。")
