"""Imports the sheet of people with their offices and accounts."""

import datetime

from branches.imports import people
from branches.imports.command import ImportCommand

ALIKE = "有 {count} 行像是名册里已有的人，什么都没有写入。核对后确是不同的人，请加 --alike-ok 再导入。"


class Command(ImportCommand):
    help = "导入党员信息采集表，含党内职务"
    source = people

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--offices-since", type=datetime.date.fromisoformat, help="任职日期，默认今天")
        parser.add_argument(
            "--blanks-overwrite", action="store_true", help="空格表示清空（学工号、姓名、党支部等除外）"
        )
        parser.add_argument("--alike-ok", action="store_true", help="已核对：像是同一人的行确是不同的人")

    def compare(self, sheet, options):
        return people.compare(sheet, blanks=options["blanks_overwrite"])

    def why_not(self, plan, options):
        return "" if options["alike_ok"] or not plan.alike else ALIKE.format(count=len(plan.alike))

    def apply(self, plan, options):
        people.apply(plan, by=None, offices_since=options["offices_since"])
