"""Workbooks as offices send them, the commands that read them, and a picture of the whole database."""

import io
import json

from django.apps import apps
from django.core.management import call_command
from openpyxl import Workbook

ORGANIZATION_HEADINGS = ["组织编码", "党组织全称", "简称", "组织类别", "上级组织编码", "成立日期", "本届届满日期"]
PEOPLE = "import_people"
GOOD_PERSON = {
    "学工号": "200001",
    "姓名": "田宏",
    "人员类别": "正式党员",
    "所在党支部": "文学院第一党支部",
    "性别": "女",
    "民族": "汉族",
    "出生日期": "1985-05-20",
    "学历": "大学",
    "加入党组织日期": "2006-07-01",
    "转为正式党员日期": "2007-07-01",
    "工作岗位": "在岗职工",
    "联系电话": "13800000001",
    "党籍状态": "正常",
    "是否为流动党员": "否",
    "是否为失联党员": "否",
    "党内职务": None,
    "党费计算基数(元)": None,
    "是否为党员领导干部": "否",
}
HEADINGS = list(GOOD_PERSON)
NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "faulty": 0}


def counts(**some):
    """What a run counts: nothing but what is named."""
    return NOTHING | some


def write_sheet(path, headings, rows, *, title="", first=()):
    """A workbook of one sheet: a title line where one is given, the headings, the rows. None leaves a cell empty."""
    book = Workbook()
    sheet = book.active
    for line in ([title],) if title else ():
        sheet.append(line)
    for line in (*first, headings, *rows):
        sheet.append(list(line))
    book.save(path)
    return path


def run(command, path, *flags):
    """Run an import with --json: its counts, its faults as the terminal shows them, and its exit status.

    Rows that look like one person are taken for several: these tests copy one good row.
    """
    said, status = told(command, path, *flags, *(["--alike-ok"] if command == PEOPLE else []))
    faults = [(fault["row"], fault["column"], fault["message"]) for fault in said.pop("faults")]
    for name in ("warnings", "alike", "missing"):
        del said[name]
    return said, faults, status


def warned(command, path, *flags):
    """What an import that goes through asks to look at, as (row, column, sentence)."""
    said, status = told(command, path, *flags)
    assert (said["faults"], status) == ([], 0)
    return [(one["row"], one["column"], one["message"]) for one in said["warnings"]]


def told(command, path, *flags):
    """The whole answer of an import with --json, and its exit status."""
    out, status = io.StringIO(), 0
    try:
        call_command(command, str(path), "--json", *flags, stdout=out)
    except SystemExit as stopped:
        status = stopped.code
    return json.loads(out.getvalue()), status


def say(command, path, *flags):
    """What the terminal shows without --json, line by line, but for the one that names who is not in the sheet."""
    out = io.StringIO()
    try:
        call_command(command, str(path), *flags, stdout=out)
    except SystemExit as stopped:
        assert stopped.code == 1
    return [line for line in out.getvalue().splitlines() if not line.startswith("名册里有、表中没有的")]


def database():
    """Every row of every table, to compare before and after."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.managed
    }


def person_row(**changes):
    """A good new member of First Branch, with changes by heading."""
    assert not changes.keys() - GOOD_PERSON.keys()
    return list((GOOD_PERSON | changes).values())
