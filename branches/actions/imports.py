"""A sheet's way into the register: uploaded, read, looked at, confirmed, written whole; or dropped, and swept."""

import datetime
from functools import partial
from pathlib import PurePath
from uuid import uuid4

from django.db import transaction

from branches.imports.faulty import faulty_book
from branches.imports.kinds import SOURCES
from branches.imports.preview import counts_of, rows_of
from branches.models import SheetImport, SheetRow
from branches.rules import imports as rules
from core import clock
from core.audit import record
from core.jobs import enqueue
from core.workbooks import Fault, SheetError
from core.workflow import StaleState, lock, require

Status = SheetImport.Status
LARGEST_BY_PAGE = 20_000  # rows; more by the command
KEPT_DAYS = 30
OVERTAKEN = "核对之后{book}又有改动，这张表没有写入。下面是按现在的{book}重新核对的结果，请看过再确认。"


@transaction.atomic
def upload_sheet(*, by, kind, file, blanks_overwrite=False):
    """Keep an uploaded sheet under a name of our own, and have it read."""
    require(rules.can_import_kind(by, kind))
    row = SheetImport(kind=kind, name=file.name[-200:], by=by)
    row.blanks_overwrite = blanks_overwrite and kind == SheetImport.Kind.PEOPLE
    row.file.save(f"{uuid4().hex}{PurePath(file.name).suffix.lower()}", file, save=False)
    row.save()
    row.job = enqueue("imports.read", f"imports.read:{row.pk}", by=by, sheet=row.pk)
    row.save(update_fields=["job"])
    record(row, "import.uploaded", by=by, note=row.name)
    return row


def read_import(pk: int, say) -> None:
    """Read and compare an uploaded sheet, and store what it would do. ``say`` takes the progress in percent."""
    row = SheetImport.objects.select_related("by").get(pk=pk)
    if row.status != Status.READING:
        return
    source = SOURCES[row.kind]
    say(5)
    try:
        sheet = source.open_sheet(row.file.path, most_rows=LARGEST_BY_PAGE)
    except SheetError as error:
        _refuse(row, str(error))
        return
    say(30)
    plan = source.compare(
        sheet, by=row.by, blanks=row.blanks_overwrite, progress=lambda share: say(30 + int(30 * share))
    )
    say(60)
    rows = list(rows_of(row, plan))
    say(70)
    with transaction.atomic():
        row = lock(row)
        if row.status == Status.READING:
            _present(row, plan, rows)


@transaction.atomic
def _refuse(row, sentence):
    row = lock(row)
    if row.status == Status.READING:
        row.status, row.error = Status.REFUSED, sentence
        row.save(update_fields=["status", "error"])
        record(row, "import.refused", by=None, note=sentence)


def _present(row, plan, rows, *, error=""):
    """Store the preview in place of an older one; a sheet that says what the register says is done at once."""
    row.rows.all().delete()
    SheetRow.objects.bulk_create(rows, batch_size=500)
    row.status, row.error = (Status.FAULTY if plan.faults else Status.READY), error
    row.counts, row.digest = counts_of(rows, plan), plan.digest
    if not (plan.faults or plan.new or plan.changed):
        row.status, row.done_at = Status.DONE, clock.now()
    row.save(update_fields=["status", "error", "counts", "digest", "done_at"])
    record(row, "import.compared", by=None, **row.counts)


@transaction.atomic
def confirm_import(row, *, by, digest, alike_ok=False):
    """Have written what was looked at; ``digest`` says what that was."""
    row = lock(row, *SheetImport.FROM["confirm"])
    require(rules.can_confirm_import(by, row))
    if row.digest != digest:
        raise StaleState("核对结果刚才有变化，请看过新的结果再确认。")
    if row.counts.get(SheetRow.Outcome.ALIKE) and not alike_ok:
        raise StaleState("有几行像是名册里已有的人，请先逐行核对，并勾选“确是不同的人”。")
    row.status, row.error, row.confirmed_at = Status.WRITING, "", clock.now()
    row.job = enqueue("imports.write", f"imports.write:{row.pk}", by=by, again=True, sheet=row.pk)
    row.save(update_fields=["status", "error", "confirmed_at", "job"])
    record(row, "import.confirmed", by=by, alike_ok=alike_ok, **row.counts)
    return row


def write_import(pk: int, say) -> None:
    """Read the file again, compare again, and write all of it or nothing, in the transaction that says that it is done.

    Where the register has changed since the preview, so that something else would be written, nothing is: the new
    preview waits to be confirmed.
    """
    row = SheetImport.objects.select_related("by").get(pk=pk)
    if row.status != Status.WRITING:
        return
    source = SOURCES[row.kind]
    say(5)
    sheet = source.open_sheet(row.file.path, most_rows=LARGEST_BY_PAGE)
    say(30)
    with transaction.atomic():
        row = lock(row)
        if row.status != Status.WRITING:
            return
        source.lock(sheet)
        plan = source.compare(sheet, by=row.by, blanks=row.blanks_overwrite)
        if plan.faults or plan.digest != row.digest:
            _present(row, plan, list(rows_of(row, plan)), error=OVERTAKEN.format(book=row.book))
            return
        source.apply(plan, by=row.by)
        row.status, row.done_at = Status.DONE, clock.now()
        row.save(update_fields=["status", "done_at"])
        record(row, "import.done", by=row.by, **row.counts)


@transaction.atomic
def drop_import(row, *, by):
    """Give a sheet up: nothing of it was written, and nothing will be."""
    row = lock(row, *SheetImport.FROM["drop"])
    require(rules.can_drop_import(by, row))
    row.status = Status.DROPPED
    row.save(update_fields=["status"])
    record(row, "import.dropped", by=by)
    return row


@transaction.atomic
def take_faulty(row, *, by) -> bytes:
    """The faulty rows with their reasons as a workbook; who took it is kept."""
    require(rules.can_take_faulty(by, row))
    found = row.rows.filter(outcome=SheetRow.Outcome.FAULTY)
    faults = [Fault(one.row, column, message) for one in found for column, message in one.details]
    content = faulty_book(SOURCES[row.kind].open_sheet(row.file.path), faults)
    record(row, "import.faulty_taken", by=by, count=len(found))
    return content


def sweep_imports() -> int:
    """Take away the files and rows of sheets uploaded 30 days ago or earlier: they hold personal data."""
    old = clock.now() - datetime.timedelta(days=KEPT_DAYS)
    ids = list(SheetImport.objects.filter(at__lte=old).exclude(file="").values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            row = lock(SheetImport(pk=pk))
            name, storage = row.file.name, row.file.storage
            row.rows.all().delete()
            if row.status != Status.DONE:
                row.status = Status.DROPPED
            row.file = ""
            row.save(update_fields=["status", "file"])
            record(row, "import.swept", by=None)
            transaction.on_commit(partial(storage.delete, name))
    return len(ids)
