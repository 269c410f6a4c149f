"""The doorbell: says *when* to look, never *what* to do. A lost ring costs seconds, for the clock looks too."""

import logging
from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(*, charters: Iterable[int] = ()) -> None:
    """Have a worker look, after this transaction commits: at these charters' records, or at everything.

    A dead broker is logged and forgotten: the saved change stays saved, and the sweep finds it (rule 1).
    """
    keys = sorted(set(charters))
    transaction.on_commit(lambda: _send("jada.core.tasks.look", keys), robust=True)


def ring_outbox() -> None:
    """Have a worker send what is due, after this transaction commits."""
    transaction.on_commit(lambda: _send("dispatch.tasks.send_due"), robust=True)


def _send(task: str, *arguments: object) -> None:
    try:
        current_app.send_task(task, args=list(arguments), retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("The bell could not be rung (%s); the sweep will find the work.", type(error).__name__)
