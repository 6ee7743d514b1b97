"""Imports the sheet of organizations."""

from branches.imports import organizations
from branches.imports.command import ImportCommand


class Command(ImportCommand):
    help = "导入党组织基本信息表（先于人员）"
    source = organizations
