"""Writers and readers race on one folder. The control is kombu's own transport, whose half files kill workers."""

import multiprocessing
import os
import time
from queue import Empty

import pytest
from kombu import Connection

import config  # noqa: F401 - registers folder://

pytestmark = [pytest.mark.processes, pytest.mark.own_database]
EACH = 500


def connect(scheme, folder):
    options = {
        "data_folder_in": f"{folder}/in",
        "data_folder_out": f"{folder}/in",
        "control_folder": f"{folder}/control",
    }
    return Connection(f"{scheme}://localhost/", transport_options=options)


def write(scheme, folder):
    with connect(scheme, folder) as connection:
        queue = connection.SimpleQueue("celery")
        for number in range(EACH):
            queue.put({"number": number})


def read(scheme, folder, found, ended):
    whole = broken = 0
    with connect(scheme, folder) as connection:
        channel = connection.channel()
        while True:
            last_look = ended.is_set()
            try:
                channel._get("celery")
                whole += 1
            except Empty:
                if last_look:
                    break
            except (ValueError, OSError):
                broken += 1
    found.put((whole, broken))


def race(scheme, folder):
    """Two writers, two readers; gives (messages read whole, files that could not be read, processes that died)."""
    (folder / "in").mkdir(parents=True)
    (folder / "control").mkdir()
    spawn = multiprocessing.get_context("spawn")
    found, ended = spawn.Queue(), spawn.Event()
    readers = [spawn.Process(target=read, args=(scheme, folder, found, ended)) for _ in range(2)]
    writers = [spawn.Process(target=write, args=(scheme, folder)) for _ in range(2)]
    for process in readers + writers:
        process.start()
    for process in writers:
        process.join(60)
    ended.set()
    counts = [found.get(timeout=60) for _ in readers]
    for process in readers:
        process.join(60)
    whole, broken = map(sum, zip(*counts, strict=True))
    return whole, broken, sum(process.exitcode != 0 for process in writers + readers)


def test_no_message_is_read_before_it_is_written(tmp_path):
    assert race("folder", tmp_path) == (2 * EACH, 0, 0)
    assert os.listdir(tmp_path / "in") == []


def test_control_the_library_reads_half_files(tmp_path):
    end, broken = time.monotonic() + 60, 0
    for attempt in range(20):
        if broken or time.monotonic() > end:
            break
        broken += sum(race("filesystem", tmp_path / str(attempt))[1:])

    assert broken > 0
