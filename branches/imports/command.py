"""What both import commands share: read, say, and write unless it is a dry run or something is wrong."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from branches.imports.faulty import faulty_book
from branches.imports.plan import Plan
from core.workbooks import Fault, SheetError

NAMED = 10
WORDS = {"new": "新增", "changed": "有改动", "unchanged": "无变化", "faulty": "有差错"}


class ImportCommand(BaseCommand):
    """``manage.py import_… FILE``: all or nothing; exit status 1 when anything is wrong."""

    source: Any

    def add_arguments(self, parser):
        parser.add_argument("file", help="Excel 工作簿（.xlsx 或 .xls）")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")
        parser.add_argument("--errors", metavar="FILE", help="有差错时，把差错行和原因写成可以改好再导入的工作簿")

    def compare(self, sheet, options) -> Plan:
        return self.source.compare(sheet)

    def apply(self, plan, options):
        self.source.apply(plan, by=None)

    def why_not(self, plan, options) -> str:
        """Why a plan without faults is not written all the same; empty when it may be."""
        return ""

    def handle(self, *args, **options):
        try:
            sheet = self.source.open_sheet(options["file"])
        except SheetError as error:
            self._say(Plan(faults=[Fault(0, "", f"{error}：{options['file']}")]), options, "")
            sys.exit(1)
        with transaction.atomic():
            if not options["dry_run"]:
                self.source.lock(sheet)
            plan = self.compare(sheet, options)
            stopped = self.why_not(plan, options)
            if not (plan.faults or stopped or options["dry_run"]):
                self.apply(plan, options)
        if plan.faults and options["errors"]:
            Path(options["errors"]).write_bytes(faulty_book(sheet, plan.faults))
        self._say(plan, options, stopped)
        if plan.faults or stopped:
            sys.exit(1)

    def _say(self, plan, options, stopped):
        if options["json"]:
            names = ("faults", "warnings", "alike", "missing")
            lists = {name: list(map(asdict, getattr(plan, name))) for name in names}
            self.stdout.write(json.dumps({**plan.counts, **lists}, ensure_ascii=False))
            return
        self.stdout.write("，".join(f"{WORDS[name]} {count}" for name, count in plan.counts.items()))
        for fault in plan.faults:
            self.stdout.write(str(fault))
        for warning in plan.warnings:
            self.stdout.write(f"请留意：{warning}")
        for one in plan.alike:
            self.stdout.write(f"像是同一人：{one}")
        if plan.missing:
            names = "、".join(one.title for one in plan.missing[:NAMED]) + " 等" * (len(plan.missing) > NAMED)
            self.stdout.write(f"名册里有、表中没有的 {len(plan.missing)} 个，不会改动：{names}")
        if plan.faults:
            self.stdout.write("有差错，什么都没有写入。请改好后再导入。")
        elif stopped:
            self.stdout.write(stopped)
        elif options["dry_run"]:
            self.stdout.write("只是核对，什么都没有写入。")
