"""Celery's doors to this floor: compiling a report, and the sweep that catches up whatever is due."""

from celery import shared_task

from core.jobs import job
from supervision import actions, reminders


@job("compile_report")
def compile_report(job):
    actions.compile_report(job)


@shared_task(name="supervision.tasks.daily_sweep")
def daily_sweep() -> None:
    """Open the dues months that are missing and raise the reminders that are due. Does nothing when run again."""
    try:
        reminders.open_dues_months()
    finally:
        reminders.remind_of_plans()
