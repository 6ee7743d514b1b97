"""Imports the sheet of people with their offices and accounts."""

import datetime

from branches.imports import people
from branches.imports.command import ImportCommand


class Command(ImportCommand):
    help = "导入党员信息采集表，含党内职务"
    source = people

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--offices-since", type=datetime.date.fromisoformat, help="任职日期，默认今天")

    def apply(self, plan, options):
        people.apply(plan, by=None, offices_since=options["offices_since"])
