"""The background work of this floor: sheets read and written, old ones swept."""

from branches import actions
from core.jobs import job


@job("imports.read")
def read_import(job):
    actions.read_import(job.payload["sheet"], job.report_progress)


@job("imports.write")
def write_import(job):
    actions.write_import(job.payload["sheet"], job.report_progress)


@job("imports.sweep")
def sweep_imports(job):
    actions.sweep_imports()
