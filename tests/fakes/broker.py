"""A broker's address at which something is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from jada.celery import app

NOBODY = 9  # the discard service: nothing listens there


@contextmanager
def broker_at(port: int) -> Iterator[None]:
    """Whoever rings in the block tries this port of 127.0.0.1."""
    address = app.conf.broker_url
    app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    app._after_fork()  # its open connections, too
    try:
        yield
    finally:
        app.conf.broker_url = address
        app._after_fork()
