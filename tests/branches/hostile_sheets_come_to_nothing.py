"""The hostile workbooks again, now as somebody sends them: by page and by command, nothing happens but a sentence.

Their memory is measured where they are read, in tests/core/hostile_workbooks_are_refused.py.
"""

import re
import time

import pytest
from django.urls import reverse

from branches.models import SheetImport
from tests.branches.imports import compared, upload
from tests.branches.sheets import PEOPLE, counts, database, run
from tests.builders import World
from tests.core.hostile_workbooks import HARMLESS, HOSTILE

MOST_SECONDS = 5


@pytest.fixture
def sent(tmp_path):
    def write(content):
        path = tmp_path / "党员.xlsx"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("case", [case for case in HOSTILE if HOSTILE[case]])
def test_by_page_it_is_refused_with_a_sentence(world: World, client, sent, case):
    client.force_login(world.zhou)
    before = database()["branches.Person"]
    begun = time.process_time(), time.monotonic()

    row = compared(client, sent(HOSTILE[case]))

    assert (row.status, row.rows.count()) == ("REFUSED", 0)
    assert re.search(r"[一-鿿]{4}", row.error) and "/" not in row.error
    page = client.get(reverse("import", args=[row.pk])).content.decode()
    assert f"{row.error}。" in page
    assert database()["branches.Person"] == before
    assert time.process_time() - begun[0] < MOST_SECONDS


def test_by_page_an_empty_file_is_refused_at_once(world, client, sent):
    client.force_login(world.zhou)
    assert upload(client, sent(b"")).status_code == 422
    assert SheetImport.objects.count() == 0


@pytest.mark.parametrize("case", HOSTILE)
def test_by_command_it_is_refused_with_the_same_sentence(world, sent, case):
    before, path = database(), sent(HOSTILE[case])

    said, faults, status = run(PEOPLE, path)

    assert (said, status, len(faults)) == (counts(faulty=1), 1, 1)
    assert faults[0][2].endswith(f"：{path}")
    assert database() == before


@pytest.mark.parametrize("case", HARMLESS)
def test_what_only_looks_dangerous_is_told_what_it_lacks(world, client, sent, case):
    """A good workbook with a strange dimension: it is read, and is only not a sheet of people."""
    client.force_login(world.zhou)
    row = compared(client, sent(HARMLESS[case]))
    assert (row.status, row.counts) == ("FAULTY", {"FAULTY": 1, "ROWS": 0})
