"""Room for the frames of deep calls.

CPython 3.11 keeps the frames of a thread in pieces of 16 KB, and gives a piece back to the system as soon as its last
frame is left. Calls through pytest and Django are deep: a loop that calls across the edge of a piece maps and unmaps
memory at every turn, which took a fifth of the time of a test. A frame that is itself large is given a large piece, in
which all frames above it find room.
"""

from collections.abc import Callable
from typing import Any

SLOTS = 16_000  # of 8 bytes: the piece is 256 KB, and half of it is left for the calls


def _make_roomy() -> Callable[..., Any]:
    """A function that calls another one, with as many local variables as make its own frame large; none is ever set."""
    names = "=".join(f"slot_{number}" for number in range(SLOTS))
    space: dict[str, Any] = {}
    exec(f"def roomy(run, *args, is_never=False):\n  if is_never: {names} = None\n  return run(*args)", space)
    return space["roomy"]


in_a_roomy_frame = _make_roomy()
"""``in_a_roomy_frame(run, *args)`` is ``run(*args)``."""
