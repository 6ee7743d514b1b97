"""How much of the great tables (offices × states × addresses) a run asks.

SQLite is asked all of it. What PostgreSQL would answer otherwise shows in every kind of query, not in every cell: in
``make test`` it is asked a third of the cells, in ``make test-long`` all.
"""

import os
from zlib import crc32

from django.db import connection

IS_LONG_RUN = bool(os.environ.get("LONG_RUN"))
IS_SECOND_RUN = connection.vendor == "postgresql" and not IS_LONG_RUN
SHARE = 3 if IS_SECOND_RUN else 1  # one of so many cells is asked


def is_left_to_the_long_run(item) -> bool:
    """Is this test not of the run? Whether a row of a table is one of the third depends on its name alone."""
    if item.get_closest_marker("screen"):
        return IS_SECOND_RUN
    return bool(item.get_closest_marker("table")) and crc32(item.nodeid.encode()) % SHARE != 0
