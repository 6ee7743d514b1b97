"""A worker is killed (-9) while it compiles a report. The sweep gives the job to the next worker, which ends it.

Real processes on a database and a broker of their own: the worker, beat, kill -9. The control is the same moment
without beat: a living worker that is told nothing leaves the job as the dead one left it.
"""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.own_database]

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEASE = 2
DEADLINE = 60

BUILD = """
import django; django.setup()
import json
from core.periods import Month
from supervision.actions import request_report
from supervision.rules import scope_of
from tests.builders import World
world, month = World(), Month.current()
print(json.dumps([request_report(month, scope_of(user), by=user).pk for user in (world.zhou, world.wang)]))
"""

# A worker that stands still in the first metric until it is killed, renewing its lease as a busy worker does.
SLOW_WORKER = """
import django; django.setup()
import pathlib, sys, time
from dataclasses import replace
from core.contributions import registry
from core.jobs import Job, _lease

def stand_still(branches, month):
    pathlib.Path(sys.argv[1]).touch()
    while True:
        Job.objects.filter(state=Job.State.RUNNING).update(lease_until=_lease())
        time.sleep(0.05)

for code, metric in registry.metrics.items():
    registry.metrics[code] = replace(metric, compute=stand_still)
from config.celery import app
app.worker_main(["worker", "-P", "threads", "-c", "2"])
"""

SEND = "import django; django.setup(); import sys; from core.jobs import run; run.delay(int(sys.argv[1]))"


class Site:
    """Processes around one SQLite file and one folder as broker, all of which end with the test."""

    def __init__(self, folder, **env):
        self.folder, self.running = folder, []
        # Nothing of the surroundings but the search path: whoever runs the tests may have another database configured.
        self.env = {
            "PATH": os.environ["PATH"], "VAR_DIR": str(folder), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
            "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "test", "LANG": "C.UTF-8",
            "JOB_LEASE_SECONDS": str(LEASE), "SWEEP_SECONDS": "1",
        } | env  # fmt: skip

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=DEADLINE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name, *arguments):
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def beat(self):
        return self.start("beat", "-m", "celery", "-A", "config", "beat")

    def worker(self):
        return self.start("worker", "-m", "celery", "-A", "config", "worker", "-P", "threads", "-c", "2")

    def kill(self, process):
        os.kill(process.pid, signal.SIGKILL)
        process.wait(DEADLINE)
        self.running.remove(process)

    def end(self):
        for process in list(self.running):
            self.kill(process)

    def rows(self, sql, *values):
        database = sqlite3.connect(self.folder / "activity_day.sqlite3", timeout=20)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def job(self, pk):
        return self.rows("SELECT state, attempts FROM core_job WHERE id = ?", pk)[0]

    def logs(self):
        return "\n".join(f"--- {path.name}\n{path.read_text()[-4000:]}" for path in sorted(self.folder.glob("*.log")))


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    try:
        yield site
    finally:
        site.end()


def wait_for(condition, site, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail(f"waited {seconds} s in vain\n{site.logs()}")


def stays(condition, seconds):
    """Does the condition hold at every look for so long?"""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not condition():
            return False
        time.sleep(0.05)
    return True


def test_the_next_worker_ends_what_a_killed_one_began(site):
    site.run("manage.py", "migrate", "-v", "0")
    lost, other = json.loads(site.run("-c", BUILD))
    reached = site.folder / "reached"

    beat = site.beat()
    worker = site.start("slow", "-c", SLOW_WORKER, str(reached))
    wait_for(reached.exists, site)
    site.kill(worker)
    site.kill(beat)
    for message in (site.folder / "broker" / "messages").iterdir():
        message.unlink()
    assert site.job(lost) == ("RUNNING", 1)
    assert site.rows("SELECT count(*) FROM supervision_report") == [(0,)]

    # Control: a living worker, no sweep. It does what it is told, and the lost job stays lost beyond its lease.
    site.worker()
    site.run("-c", SEND, str(other))
    wait_for(lambda: site.job(other)[1] == 1, site)
    assert stays(lambda: site.job(lost) == ("RUNNING", 1), LEASE + 2), site.logs()

    site.beat()
    wait_for(lambda: site.job(lost)[0] == "DONE", site)
    assert site.job(lost) == ("DONE", 2)
    [(results, file)] = site.rows(
        "SELECT (SELECT count(*) FROM supervision_result), file FROM supervision_report WHERE job_id = ?", lost
    )
    assert (results, (site.folder / "files" / file).read_bytes()[:2]) == (4, b"PK")
