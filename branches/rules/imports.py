"""Who may send sheets: of the register the organization department, of dues who keeps a part of it; each its own."""

from branches import access
from branches.access import can, rule
from branches.models import SheetImport
from branches.rules.calendar import can_keep_calendar
from core.workflow import YES, Verdict, no

ONLY = "名册由党委组织部导入。"


@rule("imports.use")
def can_use_imports(user, row=None) -> Verdict:
    """The organization department of a committee."""
    return YES if access.is_department(user) else no(ONLY)


def can_import_kind(user, kind) -> Verdict:
    """The calendar holds for everybody: the department of the committee above all; the register, each department.

    Who sends bases of dues, the floor of dues says.
    """
    if kind == SheetImport.Kind.BASES:
        return can(user, "imports.bases", None)
    return can_keep_calendar(user) if kind == SheetImport.Kind.CALENDAR else can_use_imports(user)


def _is_sender(user, row) -> Verdict:
    """Whoever sent it, while such sheets are theirs to send."""
    return can_import_kind(user, row.kind) if row.by_id == user.pk else no(ONLY)


@rule("import.confirm")
def can_confirm_import(user, row) -> Verdict:
    """Whoever sent it, when it was compared without a fault; again where writing was given up."""
    if not (verdict := _is_sender(user, row)):
        return verdict
    if row.status == SheetImport.Status.READY or (row.status == SheetImport.Status.WRITING and row.is_stuck):
        return YES
    return no("这张表现在不能确认导入。")


@rule("import.drop")
def can_drop_import(user, row) -> Verdict:
    """Whoever sent it, as long as nothing is written or being written."""
    if not (verdict := _is_sender(user, row)):
        return verdict
    if row.status in SheetImport.FROM["drop"] and not (row.status == SheetImport.Status.WRITING and row.is_running):
        return YES
    return no("这张表已经导入或正在写入，不能再放弃。")


@rule("import.take_faulty")
def can_take_faulty(user, row) -> Verdict:
    """Whoever sent it, while it is kept and rows of it are faulty."""
    if not (verdict := _is_sender(user, row)):
        return verdict
    if row.status == SheetImport.Status.FAULTY and row.counts.get("ROWS") and not row.is_swept:
        return YES
    return no("这张表没有可以下载的差错行。")
