"""What stands in the way of a start."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class CannotStart(Exception):
    """The message is one sentence for whoever started us."""


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Makes sure that nothing else of ours works on the same folder."""
    with (var / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise CannotStart(f"it runs already on {var} (process {lock.read().strip() or 'unknown'}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
