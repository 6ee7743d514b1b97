"""Who may bring sheets into the register: the organization department, each its own."""

from branches import access
from branches.access import rule
from branches.models import SheetImport
from branches.rules.calendar import can_keep_calendar
from core.workflow import YES, Verdict, no

ONLY = "名册由党委组织部导入。"


@rule("imports.use")
def can_use_imports(user, row=None) -> Verdict:
    """The organization department of a committee."""
    return YES if access.is_department(user) else no(ONLY)


def can_import_kind(user, kind) -> Verdict:
    """The calendar holds for everybody: the department of the committee above all; the register, each department."""
    return can_keep_calendar(user) if kind == SheetImport.Kind.CALENDAR else can_use_imports(user)


@rule("import.confirm")
def can_confirm_import(user, row) -> Verdict:
    """Whoever sent it, when it was compared without a fault; again where writing was given up."""
    if row.by_id != user.pk or not can_use_imports(user):
        return no(ONLY)
    if not (verdict := can_import_kind(user, row.kind)):
        return verdict
    if row.status == SheetImport.Status.READY or (row.status == SheetImport.Status.WRITING and row.is_stuck):
        return YES
    return no("这张表现在不能确认导入。")


@rule("import.drop")
def can_drop_import(user, row) -> Verdict:
    """Whoever sent it, as long as nothing is written or being written."""
    if row.by_id != user.pk or not can_use_imports(user):
        return no(ONLY)
    if row.status in SheetImport.FROM["drop"] and not (row.status == SheetImport.Status.WRITING and row.is_running):
        return YES
    return no("这张表已经导入或正在写入，不能再放弃。")


@rule("import.take_faulty")
def can_take_faulty(user, row) -> Verdict:
    """Whoever sent it, while it is kept and rows of it are faulty."""
    if row.by_id != user.pk or not can_use_imports(user):
        return no(ONLY)
    if row.status == SheetImport.Status.FAULTY and row.counts.get("ROWS") and not row.is_swept:
        return YES
    return no("这张表没有可以下载的差错行。")
