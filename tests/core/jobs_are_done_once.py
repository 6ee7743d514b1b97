"""Work as rows: written with the caller's transaction, claimed by one, swept up when nobody ends it."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import LockNotAvailable

from core import clock, jobs
from core.jobs import Job, claim, enqueue, sweep, work_off
from core.workbooks import SheetError
from core.workflow import BUSY, StaleState


@pytest.fixture
def done(monkeypatch):
    """The keys that the work of kind ``count`` was called with."""
    called = []
    monkeypatch.setitem(jobs._kinds, "count", lambda job: called.append(job.key))
    return called


@pytest.fixture
def sent(monkeypatch):
    """The ids that were sent to the broker."""
    found = []
    monkeypatch.setattr(jobs.run, "apply_async", lambda args, **options: found.extend(args))
    return found


def broken(job):
    raise OSError("磁盘已满")


def test_a_job_of_a_caller_that_fails_is_never_there(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("count", "one")
        raise RuntimeError
    assert not Job.objects.exists()


def test_a_request_never_talks_to_the_broker(db, sent):
    enqueue("count", "one")
    assert sent == []
    assert sweep() == 1
    assert sent == [Job.objects.get().pk]


def test_the_same_key_is_one_job(db, done):
    first, second = enqueue("count", "one"), enqueue("count", "one")
    assert first == second
    work_off(first.pk)
    assert enqueue("count", "one").state == Job.State.DONE  # and stays done unless it is asked for again
    assert enqueue("count", "one", again=True).state == Job.State.PENDING


def test_a_repeated_message_does_the_work_once(db, done):
    job = enqueue("count", "one")
    assert [work_off(job.pk), work_off(job.pk)] == [True, False]
    assert done == ["one"]


def test_one_claim_wins_and_a_dead_workers_lease_runs_out(db, monday, sent):
    job = enqueue("count", "one")
    assert claim(job.pk) == job
    assert claim(job.pk) is None
    assert sweep() == 0
    monday.shift(datetime.timedelta(seconds=61))
    assert sweep() == 1
    assert claim(job.pk).attempts == 2


def test_progress_renews_the_lease(db, monday, sent):
    job = claim(enqueue("count", "one").pk)
    monday.shift(datetime.timedelta(seconds=50))
    job.report_progress(40)
    monday.shift(datetime.timedelta(seconds=50))
    assert sweep() == 0
    assert Job.objects.get().progress == 40


def test_a_fault_is_kept_and_the_work_tried_again_later_but_not_for_ever(db, monday, monkeypatch, sent, caplog):
    monkeypatch.setitem(jobs._kinds, "count", broken)
    job = enqueue("count", "one")
    tries = 0
    while Job.objects.get().is_open:
        assert work_off(job.pk) is True
        assert sweep() == 0  # not at once
        monday.shift(datetime.timedelta(hours=1))
        tries += 1
    assert (tries, Job.objects.get().state, Job.objects.get().error) == (jobs.MAX_ATTEMPTS, "FAILED", jobs.UNEXPECTED)
    assert sweep() == 0


def test_what_is_asked_for_again_begins_anew(db, monkeypatch, done):
    job = enqueue("count", "one")
    Job.objects.update(state=Job.State.FAILED, attempts=5, error="磁盘已满", run_after=clock.now())
    job = enqueue("count", "one", again=True)
    assert (job.state, job.attempts, job.error) == (Job.State.PENDING, 0, "")
    work_off(job.pk)
    assert done == ["one"]


def test_a_job_that_kills_its_workers_is_given_up(db, monday, done, sent):
    job = enqueue("count", "one")
    deaths = 0
    while claim(job.pk):  # the worker dies here: nothing more is heard of it
        monday.shift(datetime.timedelta(seconds=61))
        sweep()
        deaths += 1

    job.refresh_from_db()
    assert (deaths, job.state, job.error) == (jobs.MAX_ATTEMPTS, Job.State.FAILED, jobs.DIED)
    assert len(sent) == jobs.MAX_ATTEMPTS - 1


def test_a_job_for_later_waits(db, monday, done, sent):
    enqueue("count", "one", not_before=clock.now() + datetime.timedelta(hours=2))
    assert sweep() == 0
    monday.shift(datetime.timedelta(hours=2))
    assert sweep() == 1


def locked_out():
    """As Django raises it when a lock was not given in time."""
    error = OperationalError("canceling statement due to lock timeout")
    error.__cause__ = LockNotAvailable()
    return error


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (KeyError("count"), jobs.UNEXPECTED),
        (IntegrityError("UNIQUE constraint failed: branches_person.staff_number"), jobs.UNEXPECTED),
        (OSError("磁盘已满"), jobs.UNEXPECTED),
        (PermissionDenied(), jobs.UNEXPECTED),
        (PermissionDenied("这一页只读。"), "这一页只读。"),
        (StaleState("刚刚有人改过。"), "刚刚有人改过。"),
        (SheetError("打不开这个文件"), "打不开这个文件"),
        (locked_out(), BUSY),
    ],
)
def test_a_job_keeps_a_sentence_for_people_and_the_log_the_fault(db, monkeypatch, caplog, error, kept):
    def fail(job):
        raise error

    monkeypatch.setitem(jobs._kinds, "fail", fail)
    job = enqueue("fail", "one")
    work_off(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("PENDING", kept)
    assert [record.exc_info[1] for record in caplog.records] == [error]


def test_of_a_kind_that_the_worker_does_not_know_no_name_is_shown(db):
    job = enqueue("imports.unheard_of", "one")
    work_off(job.pk)
    job.refresh_from_db()
    assert job.error == jobs.UNEXPECTED
