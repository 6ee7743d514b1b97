"""Celery's doors to this floor: compiling a report, reminding, and the sweep that catches up whatever is due."""

from celery import shared_task

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


@shared_task(name="supervision.tasks.daily_sweep")
def daily_sweep() -> None:
    """See to it that the day's work is there, however often or late it is asked for.

    The reminders are a job a day, not before the morning; the dues months that are missing are opened at once. Uploaded
    sheets that have been kept long enough are taken away.
    """
    today = clock.today()
    enqueue("imports.sweep", f"imports.sweep:{today}")
    enqueue("remind_of_plans", f"remind_of_plans:{today}", not_before=clock.at(today, REMIND_FROM))
    reminders.open_dues_months()
