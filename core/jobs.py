"""Long work as rows: written in the caller's transaction, claimed with a lease, swept up when a worker dies.

Celery's messages only say 'look at job 7'. A lost message is made up by the sweep; a repeated one finds the job
claimed or done. A killed worker's lease runs out and the next sweep sends its job again, so every job is idempotent.
A worker that was only slow finds its job taken: it stops at its next word of progress, and never writes the row again.
"""

import datetime
import logging
from collections.abc import Callable

from celery import shared_task
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q

from core import clock
from core.workbooks import SheetError
from core.workflow import BUSY, StaleState, found_it_locked

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
UNEXPECTED = "后台办理时出了意外，详情在服务器的运行日志里。"
DIED = "办理这件事的后台进程几次中断，已停止重试。"
_kinds: dict[str, Callable] = {}


class LostClaim(Exception):
    """Raised in a worker whose job is another's by now: it stops, and leaves no trace."""


class JobQuerySet(models.QuerySet):
    def held_under(self, claim):
        """The job while it is still the claimant's. The end of its lease is its token: every claim has a later one.

        (``attempts`` would do less well: it begins again when a job is asked for again.)
        """
        return self.filter(pk=claim.pk, state=Job.State.RUNNING, lease_until=claim.lease_until)

    def runnable(self, now):
        """Jobs that nobody works on: pending, or running under a lease that ran out, and not tried too often."""
        return self.filter(
            Q(state=Job.State.PENDING, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now),
            attempts__lt=MAX_ATTEMPTS,
        )

    def deadly(self, now):
        """Jobs that took every worker down that ever had them."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)


class Job(models.Model):
    """One piece of background work and how far it is."""

    class State(models.TextChoices):
        PENDING = "PENDING", "等待"
        RUNNING = "RUNNING", "进行中"
        DONE = "DONE", "完成"
        FAILED = "FAILED", "未能完成"

    kind = models.CharField("种类", max_length=60)
    key = models.CharField("键", max_length=200, unique=True)
    payload = models.JSONField("参数", default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    run_after = models.DateTimeField("不早于", default=clock.now)
    lease_until = models.DateTimeField("租约", null=True)
    progress = models.PositiveSmallIntegerField("进度", default=0)
    error = models.TextField("错误", blank=True)
    created_at = models.DateTimeField("提出", default=clock.now, editable=False)
    done_at = models.DateTimeField("完成", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        indexes = [models.Index(fields=["state", "run_after"], name="job_by_state")]

    def __str__(self):
        return f"{self.kind} {self.key}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.PENDING, self.State.RUNNING)

    def report_progress(self, percent: int) -> None:
        """Say how far the work is (0–100) and renew the lease. Raises LostClaim when it ran out and another has it."""
        lease = _lease()
        if not Job.objects.held_under(self).update(progress=percent, lease_until=lease):
            raise LostClaim(f"{self} is another worker's")
        self.lease_until = lease


def job(kind: str):
    """Register a function ``work(job)`` as the work of a kind of job. It must be idempotent."""

    def register(work):
        _kinds[kind] = work
        return work

    return register


def enqueue(kind: str, key: str, *, by=None, again=False, not_before=None, **payload) -> Job:
    """Write a job row in the caller's transaction, once a ``key``; ``again`` re-opens one that is done or failed.

    The broker hears of it from the next sweep, a few seconds later (or after the moment ``not_before``); a request
    never talks to the broker.
    """
    run_after = not_before or clock.now()
    new, created = Job.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": payload, "asked_by": by, "run_after": run_after}
    )
    if not created and again:
        Job.objects.filter(pk=new.pk, state__in=[Job.State.DONE, Job.State.FAILED]).update(
            state=Job.State.PENDING, attempts=0, progress=0, error="", payload=payload, done_at=None,
            run_after=run_after, asked_by=by,
        )  # fmt: skip
        new.refresh_from_db()
    return new


def claim(pk: int) -> Job | None:
    """Take a job for this worker by one conditional UPDATE; None when another has it or it is done."""
    lease = _lease()
    free = Job.objects.runnable(clock.now()).filter(pk=pk)
    if not free.update(state=Job.State.RUNNING, lease_until=lease, attempts=F("attempts") + 1):
        return None
    claimed = Job.objects.get(pk=pk)
    claimed.lease_until = lease  # this claim's, whoever has the job by now
    return claimed


def work_off(pk: int) -> bool:
    """Claim and do one job; False when there was nothing to do.

    The work commits its own short transactions: one around all of it would hold SQLite's only write lock throughout.
    """
    claimed = claim(pk)
    if claimed is None:
        return False
    try:
        _kinds[claimed.kind](claimed)
    except LostClaim:
        log.warning("job %s took longer than its lease and is another worker's", claimed)
    except Exception as error:  # what people may do about it is kept on the row, where the page and the sweep see it
        log.exception("job %s failed", claimed)
        last = claimed.attempts >= MAX_ATTEMPTS
        Job.objects.held_under(claimed).update(
            state=Job.State.FAILED if last else Job.State.PENDING,
            error=_sentence(error),
            lease_until=None,
            run_after=clock.now() + datetime.timedelta(seconds=10 * 2**claimed.attempts),
        )
    else:
        Job.objects.held_under(claimed).update(
            state=Job.State.DONE, progress=100, lease_until=None, done_at=clock.now(), error=""
        )
    return True


def _sentence(error: Exception) -> str:
    """What the job's page says of a failure: words that were written for users, never those of a program."""
    if found_it_locked(error):
        return BUSY
    is_told = isinstance(error, PermissionDenied | StaleState | SheetError)
    return (is_told and str(error)) or UNEXPECTED


@shared_task(name="core.jobs.run")
def run(pk: int) -> None:
    """Celery's door to ``work_off``."""
    work_off(pk)


@shared_task(name="core.jobs.sweep")
def sweep() -> int:
    """Send every job that waits or whose worker died; returns how many. Beat runs it every few seconds.

    A job whose workers all died of it (out of memory, say) is given up like one that failed as often.
    """
    Job.objects.deadly(clock.now()).update(state=Job.State.FAILED, lease_until=None, error=DIED)
    due = list(Job.objects.runnable(clock.now()).values_list("pk", flat=True)[:200])
    for pk in due:
        run.apply_async([pk], expires=60)
    return len(due)


def _lease() -> datetime.datetime:
    return clock.now() + datetime.timedelta(seconds=settings.JOB_LEASE_SECONDS)
