"""Many people by page, with a worker of their own: how long it takes, how much memory, and that a second time is quiet.

The suite sends 1,000 people. The promise is about 10,000, in 30 s and 300 MB:

    IMPORT_ROWS=10000 pytest tests/branches/a_large_sheet_is_imported_by_page.py -s
"""

import json
import os
import subprocess
import sys

import pytest

from tests.supervision.a_killed_worker_loses_nothing import ROOT, Site

pytestmark = [pytest.mark.processes, pytest.mark.own_database]
ROWS = int(os.environ.get("IMPORT_ROWS", "1000"))
MOST_SECONDS, MOST_MEGABYTES = 30, 300

# A university of 250 branches and the sheet of all its people; the department sends it twice and confirms it once.
SEND = """
import django; django.setup()
import io, json, sys, time
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook
from branches.models import Person, SheetImport
from tests.branches.sheets import HEADINGS, GOOD_PERSON
from tests.builders import World, make_branch

rows = int(sys.argv[1])
world = World()
branches = [make_branch(world.arts, f"第{n}党支部") for n in range(250)]
book, file = Workbook(write_only=True), io.BytesIO()
sheet = book.create_sheet()
sheet.append(HEADINGS)
for n in range(rows):
    changes = {"学工号": f"3{n:06d}", "姓名": f"党员{n}", "所在党支部": branches[n % 250].name,
               "联系电话": f"13{n:09d}", "党费计算基数(元)": 3000 + n % 7000}
    sheet.append(list((GOOD_PERSON | changes).values()))
book.save(file)
client, seen, times = Client(), set(), {}
client.force_login(world.zhou)

def wait(row, states):
    begun = time.monotonic()
    while True:
        row = SheetImport.objects.select_related("job").get(pk=row.pk)
        seen.add((row.status, row.job.progress))
        if row.status not in ("READING", "WRITING"):
            assert row.status in states, (row.status, row.error, row.job.error)
            return row
        assert time.monotonic() - begun < 120, (row.status, row.job.state, row.job.error)
        time.sleep(0.05)

def send():
    upload = SimpleUploadedFile("党员.xlsx", file.getvalue())
    answer = client.post("/imports/upload/", {"kind": "PEOPLE", "file": upload})
    assert answer.status_code == 302, answer.content.decode()
    return SheetImport.objects.latest("pk")

begun = time.monotonic()
row = wait(send(), {"READY"})
times["preview"] = time.monotonic() - begun
answer = client.post(f"/imports/{row.pk}/confirm/", {"digest": row.digest})
begun = time.monotonic()
row = wait(row, {"DONE"})
times["written"] = time.monotonic() - begun
first = row.counts
begun = time.monotonic()
row = wait(send(), {"READY", "DONE"})
times["again"] = time.monotonic() - begun
print(json.dumps({"first": first, "again": row.counts, "times": times, "people": Person.objects.count(),
                  "steps": len({percent for _, percent in seen}), "bytes": len(file.getvalue())}))
"""


def highest_memory(process):
    """The most memory that a process has held, in megabytes, as the kernel has kept it."""
    with open(f"/proc/{process.pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


@pytest.fixture
def site(tmp_path):
    elsewhere = os.environ.get("IMPORT_DATABASE_URL")  # an empty database of PostgreSQL, to measure there
    database = {"DATABASE_URL": elsewhere} if elsewhere else {}
    site = Site(tmp_path, SWEEP_SECONDS="1", JOB_LEASE_SECONDS="60", **database)
    try:
        yield site
    finally:
        site.end()


def test_it_is_written_once_in_time_and_in_little_memory(site):
    site.run("manage.py", "migrate", "-v", "0")
    worker = site.worker()
    site.beat()
    before = highest_memory(worker)

    command = [sys.executable, "-c", SEND, str(ROWS)]
    sent = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, timeout=300)
    assert sent.returncode == 0, sent.stderr[-2000:]
    said = json.loads(sent.stdout.splitlines()[-1])

    memory = highest_memory(worker)
    print(f"\n{ROWS} rows: {said['times']}, worker {memory} MB (at its start {before} MB), {said['bytes']} bytes")
    assert (said["first"], said["again"]) == ({"NEW": ROWS, "ROWS": ROWS}, {"UNCHANGED": ROWS, "ROWS": ROWS})
    assert said["people"] == ROWS + 22
    assert said["times"]["preview"] + said["times"]["written"] <= MOST_SECONDS
    assert memory <= MOST_MEGABYTES
    assert said["steps"] > 3  # the bar moves
