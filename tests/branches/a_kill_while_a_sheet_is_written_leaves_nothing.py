"""A worker is killed (-9) in the middle of writing a sheet: 0 rows; the next worker writes all of it, once.

Real processes on a database and a broker of their own. The control is the same kill without the transaction around
the writing: then the rows written before it stay.
"""

import json

import pytest

from tests.supervision.a_killed_worker_loses_nothing import Site, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.own_database]
ROWS = 40

# Zhou sends a sheet, which is read and confirmed: its writing waits as a job.
CONFIRMED = f"""
import django; django.setup()
import json
import branches.tasks
from branches.actions import confirm_import
from core.jobs import work_off
from tests.branches.sheets import HEADINGS, person_row
from tests.builders import World, make_import
world = World()
rows = [person_row(学工号=f"2{{n:05d}}", 姓名=f"党员{{n}}", 党内职务="委员") for n in range({ROWS})]
row = make_import(world.zhou, rows, HEADINGS)
assert row.status == "READY", row.counts
row = confirm_import(row, by=world.zhou, digest=row.digest, alike_ok=True)
print(json.dumps([row.pk, row.job_id]))
"""

# A worker that stands still before it writes the offices, when the people are in, until it is killed.
SLOW_WORKER = """
import django; django.setup()
import contextlib, pathlib, sys, time, types
from branches.imports.people import writing
import branches.actions.imports

def stand_still(lines, since, by):
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(600)

writing._appoint = stand_still
if sys.argv[2] == "without":
    branches.actions.imports.transaction = types.SimpleNamespace(atomic=contextlib.nullcontext)
    branches.actions.imports.lock = lambda row, *states: row
    branches.actions.imports.SOURCES["PEOPLE"].lock = lambda sheet: None
    branches.actions.imports.SOURCES["PEOPLE"].apply = writing.apply.__wrapped__
from config.celery import app
app.worker_main(["worker", "-P", "threads", "-c", "2"])
"""


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    try:
        site.run("manage.py", "migrate", "-v", "0")
        yield site
    finally:
        site.end()


def written(site):
    [(people,)] = site.rows("SELECT count(*) FROM branches_person WHERE staff_number LIKE '2%'")
    [(offices,)] = site.rows("SELECT count(*) FROM branches_appointment WHERE office = 'MEMBER'")
    return people, offices


def killed_while_writing(site, transaction):
    """Confirm a sheet, and kill the worker that writes it; gives the import's id and its job's."""
    row, job = json.loads(site.run("-c", CONFIRMED))
    reached = site.folder / "reached"
    beat = site.beat()
    worker = site.start("slow", "-c", SLOW_WORKER, str(reached), transaction)
    wait_for(reached.exists, site)
    site.kill(worker)
    site.kill(beat)
    return row, job


def test_the_next_worker_writes_what_a_killed_one_began(site):
    row, job = killed_while_writing(site, "with")
    assert written(site) == (0, 0)
    assert site.rows("SELECT status FROM branches_sheetimport WHERE id = ?", row) == [("WRITING",)]

    site.worker()
    site.beat()
    wait_for(lambda: site.job(job)[0] == "DONE", site)

    assert written(site) == (ROWS, ROWS)
    assert site.rows("SELECT status FROM branches_sheetimport WHERE id = ?", row) == [("DONE",)]
    imported = "SELECT count(*) FROM core_auditentry WHERE event = 'person.imported'"
    assert site.rows(imported) == [(ROWS,)]


def test_control_without_the_transaction_half_of_it_stays(site):
    killed_while_writing(site, "without")
    assert written(site) == (ROWS, 0)
