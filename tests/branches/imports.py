"""Sheets sent by page, as a browser and the worker do it, for the tests of imports."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import branches.tasks  # noqa: F401 - the jobs' kinds
from branches.models import SheetImport, SheetRow
from core.jobs import work_off


def upload(client, path, *, kind="PEOPLE", name="", **fields):
    """Send a file; gives the answer of the page."""
    file = SimpleUploadedFile(name or path.name, path.read_bytes())
    return client.post(reverse("import_upload"), {"kind": kind, "file": file, **fields})


def compared(client, path, **fields):
    """Send a file and have it read; gives the import as it stands then."""
    assert upload(client, path, **fields).status_code == 302
    row = SheetImport.objects.latest("pk")
    assert row.status == "READING"
    work_off(row.job_id)
    row.refresh_from_db()
    return row


def confirm(client, row, **fields):
    return client.post(reverse("import_confirm", args=[row.pk]), {"digest": row.digest, **fields})


def imported(client, row, **fields):
    """Confirm an import and have it written; gives it as it stands then."""
    assert confirm(client, row, **fields).status_code == 302
    row.refresh_from_db()
    work_off(row.job_id)
    row.refresh_from_db()
    return row


def rows(row, outcome):
    """The preview's rows of one outcome, as (row, key, title, details)."""
    assert outcome in SheetRow.Outcome.values
    found = row.rows.filter(outcome=outcome).values_list("row", "key", "title", "details")
    return [(number, key, title, details) for number, key, title, details in found]
