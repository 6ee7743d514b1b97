"""Threads that want one row at one moment: a job, an e-mail, a state, a key. Each with the guard off as its control."""

import datetime
import threading

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import F

from activities.models import MonthlyPlan
from core import clock, inbox, jobs
from core.inbox import Notice, deliver, tell
from core.jobs import Job, claim, enqueue, work_off
from core.workflow import StaleState, lock
from tests.builders import World, make_plan
from tests.threads import move_to_a_file, together

WORKERS = 6


@pytest.fixture
def world(transactional_db, tmp_path):
    """The cast in a database that threads share."""
    back = move_to_a_file(tmp_path)
    yield World()
    back()


@pytest.fixture
def meeting_point(monkeypatch):
    """Nobody goes on before everybody has looked: what makes a race certain where the guard is off."""
    return threading.Barrier(WORKERS)


def test_a_job_is_claimed_by_one(world):
    for number in range(5):
        job = enqueue("count", f"job {number}")
        claims = together(*[lambda pk=job.pk: claim(pk)] * WORKERS)
        assert [one for one in claims if one is not None] == [job]
        assert Job.objects.get(pk=job.pk).attempts == 1


def test_control_looking_before_claiming_gives_it_to_all(world, meeting_point):
    job = enqueue("count", "one")

    def look_then_leap():
        found = Job.objects.runnable(clock.now()).filter(pk=job.pk).exists()
        meeting_point.wait()
        Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=F("attempts") + 1)
        return found

    assert together(*[look_then_leap] * WORKERS) == [True] * WORKERS
    assert Job.objects.get().attempts == WORKERS


def test_a_message_that_arrives_many_times_does_the_work_once(world, monkeypatch):
    done = []
    monkeypatch.setitem(jobs._kinds, "count", lambda job: done.append(job.key))
    job = enqueue("count", "one")
    assert sorted(together(*[lambda: work_off(job.pk)] * WORKERS)) == [False] * (WORKERS - 1) + [True]
    assert done == ["one"]


def test_one_key_is_one_job_also_at_one_moment(world):
    found = together(*[lambda: enqueue("count", "one").pk] * WORKERS)
    assert found == [Job.objects.get().pk] * WORKERS


def test_one_key_is_one_notice_also_at_one_moment(world):
    asked = together(*[lambda: tell([world.li], "plan_due", key="plan:1", title="计划还没有报送")] * WORKERS)
    assert asked == [1] * WORKERS
    assert Notice.objects.count() == 1


@pytest.fixture
def letters(world):
    """Ten letters that wait for one reader; ``send`` keeps them, as several threads send."""
    world.li.email = "li@example.edu.cn"
    world.li.save(update_fields=["email"])
    for number in range(10):
        tell([world.li], "plan_due", key=f"plan:{number}", title=f"第 {number} 条")
    mail.outbox.clear()
    return sorted(f"【党员活动日】第 {number} 条" for number in range(10))


def test_a_letter_leaves_once_however_many_deliver(letters):
    assert sum(together(*[deliver] * WORKERS)) == 10
    assert sorted(one.subject for one in mail.outbox) == letters


def test_control_without_the_claim_letters_leave_more_than_once(letters, meeting_point):
    def deliver_unclaimed():
        waiting = list(Notice.objects.undelivered())
        meeting_point.wait()
        return [inbox._send(notice) for notice in waiting].count(None)

    assert sum(together(*[deliver_unclaimed] * WORKERS)) == 10 * WORKERS
    assert sorted({one.subject for one in mail.outbox}) == letters


def test_a_letter_on_its_way_is_not_sent_by_the_next_delivery(letters, monkeypatch):
    """Beat sends 'deliver' every half minute, however long a mail server takes."""
    sent = []

    def slowly(subject, *args):
        sent.append(subject)
        if len(sent) < 40:
            deliver()

    monkeypatch.setattr(inbox, "send_mail", slowly)
    deliver()
    assert sorted(sent) == letters


def test_a_letter_of_a_killed_worker_is_sent_after_a_while(letters, monkeypatch, monday):
    def killed(*args):
        raise SystemExit

    with monkeypatch.context() as worker:
        worker.setattr(inbox, "send_mail", killed)
        with pytest.raises(SystemExit):
            deliver()
    assert deliver() == 9
    assert deliver() == 0
    monday.shift(inbox.MAIL_LEASE + datetime.timedelta(seconds=1))
    assert deliver() == 1
    assert sorted(one.subject for one in mail.outbox) == letters


def test_a_state_is_left_by_one(world):
    plan = make_plan(world.first, status=MonthlyPlan.Status.FILED)

    def accept():
        with transaction.atomic():
            fresh = lock(plan, MonthlyPlan.Status.FILED)
            fresh.status = MonthlyPlan.Status.ACCEPTED
            fresh.save(update_fields=["status"])
            return "accepted"

    answers = together(*[accept] * WORKERS)
    assert answers.count("accepted") == 1
    assert [type(one) for one in answers if one != "accepted"] == [StaleState] * (WORKERS - 1)


def test_control_without_the_lock_all_leave_it(world, meeting_point):
    plan = make_plan(world.first, status=MonthlyPlan.Status.FILED)

    def accept():
        fresh = MonthlyPlan.objects.get(pk=plan.pk)
        meeting_point.wait()
        assert fresh.status == MonthlyPlan.Status.FILED
        fresh.status = MonthlyPlan.Status.ACCEPTED
        fresh.save(update_fields=["status"])
        return "accepted"

    assert together(*[accept] * WORKERS) == ["accepted"] * WORKERS


def test_a_lock_is_held_until_the_end_of_the_transaction(world):
    """Six add one to a number that they read under the lock: none is lost."""
    plan = make_plan(world.first, version=1)

    def add_one():
        with transaction.atomic():
            fresh = lock(plan)
            MonthlyPlan.objects.filter(pk=plan.pk).update(version=fresh.version + 1)

    assert together(*[add_one] * WORKERS) == [None] * WORKERS
    assert MonthlyPlan.objects.get(pk=plan.pk).version == 1 + WORKERS
