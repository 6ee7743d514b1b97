"""Celery's doors to this floor: compiling a report, reminding, and the sweep that catches up whatever is due."""

from celery import shared_task

from activities import filing
from core import clock
from core.jobs import enqueue, job
from supervision import actions, reminders

REMIND_FROM = 8  # o'clock: nobody is woken by a deadline


@job("compile_report")
def compile_report(job):
    actions.compile_report(job)


@job("remind_of_plans")
def remind_of_plans(job):
    reminders.remind_of_plans()


@job("lapse_plans")
def lapse_plans(job):
    """到期自动备案 of whatever has waited too long by this day."""
    filing.lapse_plans()


@shared_task(name="supervision.tasks.daily_sweep")
def daily_sweep() -> None:
    """See to it that the day's work is there, however often or late it is asked for.

    The reminders are a job a day, not before the morning; the dues months that are missing are opened at once. Uploaded
    sheets that have been kept long enough are taken away, and documents that nothing holds any more; what the
    department has not answered within its period stands accepted.
    """
    today = clock.today()
    enqueue("imports.sweep", f"imports.sweep:{today}")
    enqueue("documents.sweep", f"documents.sweep:{today}")
    enqueue("lapse_plans", f"lapse_plans:{today}")
    enqueue("remind_of_plans", f"remind_of_plans:{today}", not_before=clock.at(today, REMIND_FROM))
    reminders.open_dues_months()
