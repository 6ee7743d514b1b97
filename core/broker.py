"""A folder as Celery's broker, for the profile without Redis: kombu's filesystem transport, with every file whole.

kombu creates a message under its final name and writes it afterwards. A worker that looks in between reads an empty
file and dies of it ("Unrecoverable error: JSONDecodeError", kombu issue 1551). Here a file gets its name when it is
complete, and a message is claimed by one rename, which only one worker wins.
"""

import os
from pathlib import Path
from queue import Empty
from time import monotonic
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


def _write_whole(path: Path, content) -> None:
    part = path.with_name(f"{uuid4()}.part")
    try:
        part.write_text(dumps(content), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ChannelError(f"Cannot write {path}") from error


class Channel(filesystem.Channel):
    """Reads and writes messages as whole files."""

    def _put(self, queue, payload, **kwargs):
        _write_whole(Path(self.data_folder_out) / f"{round(monotonic() * 1000):015}_{uuid4()}.{queue}.msg", payload)

    def _get(self, queue):
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] == f"{queue}.msg":
                claimed = folder / f"{uuid4()}.part"
                try:
                    (folder / name).rename(claimed)
                except FileNotFoundError:  # another worker was faster
                    continue
                text = claimed.read_text(encoding="utf-8")
                claimed.unlink()
                return loads(text)
        raise Empty

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "lock").open("w") as guard:
            filesystem.lock(guard, filesystem.LOCK_EX)
            known = self.get_table(exchange)
            if bound not in known:
                _write_whole(self._exchange_file(exchange), [bound, *known])


class Transport(filesystem.Transport):
    """Named ``folder://`` in settings; registered by ``config.celery``."""

    Channel = Channel
