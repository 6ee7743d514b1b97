"""A document lies under a name that nobody can guess, leaves as a download, and is swept when nothing holds it."""

import datetime
import hashlib
import inspect
import os

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import transaction
from django.http import Http404
from django.urls import get_resolver

from core.accounts import User
from core.documents import StoredFile, attachment, drop, keep, sweep
from core.jobs import Job, work_off
from supervision.tasks import daily_sweep
from tests.builders import PDF

MONDAY = datetime.datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.fixture
def user(db):
    return User.objects.create(username="1", name="周组织部")


def send(user, name="工作提示.pdf", content=PDF):
    return keep(SimpleUploadedFile(name, content), by=user)


def later(**time):
    return time_machine.travel(MONDAY + datetime.timedelta(**time), tick=False)


def aged(path):
    """The content lies there since Monday, by the clock of the tests."""
    os.utime(default_storage.path(path), (MONDAY.timestamp(), MONDAY.timestamp()))
    return path


def content(file):
    with default_storage.open(file.path) as stored:
        return stored.read()


def lying_there():
    """Every path below the folder of documents."""
    root = default_storage.path("documents")
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names)


def test_what_is_kept_is_what_was_sent(user):
    file = send(user)
    assert (file.name, file.kind, file.size, file.by) == ("工作提示.pdf", "pdf", len(PDF), user)
    assert file.digest == hashlib.sha256(PDF).hexdigest()
    folder, _, name = file.path.rpartition("/")
    assert (folder, len(name), "." in name) == ("documents/2026/11", 32, False)
    assert content(file) == PDF


def test_a_large_upload_that_django_put_on_the_disk_is_kept_as_well(user):
    sent = TemporaryUploadedFile("提示.pdf", "application/pdf", len(PDF), None)
    sent.write(PDF)
    sent.seek(0)
    assert content(keep(sent, by=user)) == PDF
    sent.close()  # as Django does after the request, although the file has moved away


def test_no_address_leads_to_the_content(user, client):
    file = send(user)
    client.force_login(user)
    for address in (f"/{file.path}", f"/files/{file.path}", f"/media/{file.path}", f"/static/{file.path}"):
        assert client.get(address).status_code == 404


def test_a_download_is_told_to_stay_one(user):
    answer = attachment(send(user, "工作提示“十二月”.pdf"))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%B7%A5")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (answer["Cache-Control"], answer["Content-Length"]) == ("private, no-store", str(len(PDF)))
    assert answer.getvalue() == PDF
    answer.close()


def test_content_that_is_gone_is_a_404_and_a_line_in_the_log(user, caplog):
    file = send(user)
    default_storage.delete(file.path)
    with pytest.raises(Http404):
        attachment(file)
    assert f"the content of stored file {file.pk} is gone" in caplog.text


def test_a_dropped_document_goes_with_its_content_when_that_is_committed(user, django_capture_on_commit_callbacks):
    file = send(user)
    with django_capture_on_commit_callbacks() as later_on:
        drop(file)
    assert (StoredFile.objects.count(), len(lying_there())) == (0, 1)
    for callback in later_on:
        callback()
    assert lying_there() == []


@pytest.mark.django_db(transaction=True)
def test_a_failed_act_leaves_content_that_the_sweep_takes():
    user = User.objects.create(username="1")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        path = aged(send(user).path)
        raise ZeroDivisionError
    assert (StoredFile.objects.count(), default_storage.exists(path)) == (0, True)
    with later(hours=23):
        assert sweep() == 0
    with later(days=1, seconds=1):
        assert (sweep(), default_storage.exists(path)) == (1, False)
        assert sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_that_nothing_holds_goes_with_its_content_after_a_day():
    user = User.objects.create(username="1")
    aged(send(user).path)
    with later(days=1, seconds=1):
        new = send(user)
        assert sweep() == 1
    assert list(StoredFile.objects.all()) == [new]
    assert lying_there() == [default_storage.path(new.path)]


def test_the_daily_sweep_asks_for_it_once_a_day(user, django_capture_on_commit_callbacks):
    aged(send(user).path)
    with later(days=2):
        daily_sweep()
        daily_sweep()
        [job] = Job.objects.filter(kind="documents.sweep")
        with django_capture_on_commit_callbacks(execute=True):
            assert work_off(job.pk)
        job.refresh_from_db()
    assert (job.state, lying_there()) == ("DONE", [])


def test_nothing_to_sweep_is_no_fault(db):
    assert sweep() == 0


def test_the_store_has_no_page_of_its_own():
    """Each address leads to a view of the app whose document it is: nothing of the store is a view."""
    modules, patterns = set(), [*get_resolver().url_patterns]
    while patterns:
        one = patterns.pop()
        patterns += getattr(one, "url_patterns", [])
        if callback := getattr(one, "callback", None):
            modules.add(inspect.unwrap(callback).__module__)
    assert "activities.views.guides" in modules  # whose documents lie in the store
    assert [name for name in modules if name.startswith("core.documents")] == []
