"""What stands in the way of a start."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from alembic.util.exc import CommandError
from sqlalchemy.exc import DBAPIError


class CannotStart(Exception):
    """The message is one sentence for whoever started us."""


@contextlib.contextmanager
def usable(what: str) -> Iterator[None]:
    """Tells in a sentence what is wrong with a database that is brought to this version.

    Raises:
        CannotStart: it can't be used, or is of another version.
    """
    try:
        yield
    except DBAPIError as error:
        raise CannotStart(f"{what} can't be used: {error.orig}.") from None
    except CommandError as error:
        raise CannotStart(f"{what} is of another version than this one ({error}).") from None


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


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Listens at an address.

    Raises:
        CannotStart: it is taken, or isn't ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotStart(f"{host} is no address of this machine ({error.strerror}).") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                text = f"port {port} is in use on {host}; choose another with --port."
            else:
                text = f"it can't listen on {host}, port {port} ({error.strerror})."
            raise CannotStart(text) from None
        listener.listen(2048)
        yield listener
