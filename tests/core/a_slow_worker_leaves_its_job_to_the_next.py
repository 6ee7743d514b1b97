"""A worker is alive but slower than its lease. The next one has the job; what the first still does changes nothing.

Each test puts the second worker into the middle of the first one's work, as the sweep would.
"""

import datetime

import pytest

from core import jobs
from core.jobs import Job, LostClaim, claim, enqueue, work_off

LONGER = datetime.timedelta(seconds=61)


@pytest.fixture
def second(monkeypatch, monday, db):
    """Makes kind ``slow``: its first worker outlasts the lease, a second claims the job, then the first goes ``on``."""

    def set_up(on):
        claims = []

        def work(job):
            monday.shift(LONGER)
            claims.append(claim(job.pk))
            on(job)

        monkeypatch.setitem(jobs._kinds, "slow", work)
        job = enqueue("slow", "one")
        assert work_off(job.pk) is True
        return claims[0], Job.objects.get()

    return set_up


def fail(job):
    raise OSError("磁盘已满")


ENDS = {"ends well": lambda job: None, "fails": fail, "reports": lambda job: job.report_progress(90)}


@pytest.mark.parametrize("end", ENDS)
def test_however_the_first_ends_the_job_stays_the_seconds(second, end, caplog):
    second_claim, row = second(ENDS[end])
    assert (row.state, row.attempts, row.progress, row.error) == (Job.State.RUNNING, 2, 0, "")
    assert row.lease_until == second_claim.lease_until


def test_nobody_is_given_the_job_a_third_time(second, caplog):
    second_claim, _ = second(fail)
    assert not Job.objects.runnable(jobs.clock.now()).exists()
    assert claim(second_claim.pk) is None


def test_control_without_the_token_the_first_takes_it_from_the_second(second, monkeypatch, caplog, monday):
    monkeypatch.setattr(jobs.JobQuerySet, "held_under", lambda rows, claim: rows.filter(pk=claim.pk))
    second_claim, row = second(fail)
    assert (row.state, row.lease_until) == (Job.State.PENDING, None)
    monday.shift(LONGER)
    assert claim(second_claim.pk).attempts == 3


def test_the_first_stops_at_its_next_word(second, caplog):
    said = []

    def go_on(job):
        job.report_progress(90)
        said.append("worked on")

    second(go_on)
    assert said == []


def test_the_second_goes_on_undisturbed(second, caplog, monday):
    second_claim, _ = second(fail)
    second_claim.report_progress(40)
    monday.shift(datetime.timedelta(seconds=50))
    second_claim.report_progress(80)
    assert (Job.objects.get().progress, Job.objects.get().state) == (80, Job.State.RUNNING)


def test_a_worker_of_last_time_is_not_taken_for_one_of_this_time(db, monday):
    """Done, asked for again, claimed for the first time again: the count of claims is the same, the claim is not."""
    old = claim(enqueue("slow", "one").pk)
    Job.objects.update(state=Job.State.DONE, lease_until=None)
    monday.shift(LONGER)
    new = claim(enqueue("slow", "one", again=True).pk)
    assert (old.attempts, new.attempts) == (1, 1)
    with pytest.raises(LostClaim):
        old.report_progress(50)
    new.report_progress(50)
