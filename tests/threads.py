"""Threads on one database: the same requests at the same moment, on SQLite as on PostgreSQL."""

import sqlite3
import threading

from django.db import connection, connections


def move_to_a_file(folder):
    """SQLite's in-memory test database cannot be shared between threads: copy it into a file; gives the way back."""
    if connection.vendor != "sqlite":
        return lambda: None
    connection.ensure_connection()
    path, kept, name = folder / "shared.sqlite3", connection.connection, connection.settings_dict["NAME"]
    copy = sqlite3.connect(path)
    kept.backup(copy)
    copy.close()
    connection.connection, connection.settings_dict["NAME"] = None, str(path)

    def back():
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = kept, name

    return back


def together(*acts):
    """Start all acts at the same moment; gives what each returned, or the exception that it raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
