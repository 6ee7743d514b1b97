"""An uploaded sheet and its preview hold personal data: after 30 days they are taken away, and the number stays."""

import datetime

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.urls import reverse

import branches.tasks  # noqa: F401 - a worker knows every kind of job
from branches.actions import sweep_imports
from branches.models import SheetImport
from core.audit import history_of
from core.jobs import Job, work_off
from supervision.tasks import daily_sweep
from tests.builders import World, make_import

SENT = datetime.datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.fixture
def sent(world: World, django_capture_on_commit_callbacks):
    return make_import(world.zhou)


def after(**time):
    return time_machine.travel(SENT + datetime.timedelta(**time), tick=False)


@pytest.mark.parametrize(("time", "swept"), [({"days": 29, "hours": 23}, 0), ({"days": 30}, 1), ({"days": 400}, 1)])
def test_file_and_rows_go_when_their_time_is_over(sent, django_capture_on_commit_callbacks, time, swept):
    name = sent.file.name
    assert (default_storage.exists(name), sent.rows.count()) == (True, 1)

    with after(**time), django_capture_on_commit_callbacks(execute=True):
        assert sweep_imports() == swept

    row = SheetImport.objects.get(pk=sent.pk)
    assert (default_storage.exists(name), row.rows.exists(), row.is_swept) == (not swept, not swept, bool(swept))
    assert (row.status, row.counts["FAULTY"]) == ("DROPPED" if swept else "FAULTY", 1)
    assert (history_of(row).last().event == "import.swept") == bool(swept)


def test_the_daily_sweep_asks_for_it_once_a_day(sent, django_capture_on_commit_callbacks):
    with after(days=31):
        daily_sweep()
        daily_sweep()
        [job] = Job.objects.filter(kind="imports.sweep")
        with django_capture_on_commit_callbacks(execute=True):
            work_off(job.pk)
        assert not default_storage.exists(sent.file.name)
        assert sweep_imports() == 0


def test_the_page_of_a_swept_sheet_says_so(world, client, sent):
    with after(days=31):
        sweep_imports()
        client.force_login(world.zhou)
        page = client.get(reverse("import", args=[sent.pk]))
        assert "明细已经删除" in page.content.decode()
        assert client.get(reverse("import_faulty", args=[sent.pk])).status_code == 403


def test_the_file_lies_under_a_name_that_nobody_can_guess_and_no_address_leads_to_it(world, client, sent):
    assert sent.name == "名册.xlsx"
    assert len(sent.file.name.rpartition("/")[2].removesuffix(".xlsx")) == 32
    client.force_login(world.zhou)
    for address in (f"/{sent.file.name}", f"/files/{sent.file.name}", f"/media/{sent.file.name}"):
        assert client.get(address).status_code == 404
