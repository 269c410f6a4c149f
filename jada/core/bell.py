"""The doorbell: says *when* to look, never *what* to do. A lost ring costs seconds, for the clock looks too."""

import logging
import threading
from collections.abc import Callable, Iterable

import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

LOOK = "jada.core.tasks.look"
# While it is set in the broker, a look at everything waits that nobody has begun. It lives beside the queue, so that
# a flushed broker loses both or none; and not for long, so that a ring that was lost mutes nobody for long.
WAITING = "jada:a-look-waits"
WAITING_SECONDS = 60
SECONDS = 2.0  # that the broker may take to answer
DEAD = "The bell could not be rung (%s); the sweep will find the work."


def ring(*, charters: Iterable[int] = ()) -> None:
    """Have a worker look, after this transaction commits: at these charters' records, or at everything.

    A dead broker is logged and forgotten: the saved change stays saved, and the sweep finds it (rule 1).
    """
    keys = sorted(set(charters))
    transaction.on_commit(lambda: _send(LOOK, keys), robust=True)


def ring_outbox() -> None:
    """Have a worker send what is due, after this transaction commits."""
    transaction.on_commit(lambda: _send("dispatch.tasks.send_due"), robust=True)


def ring_channels() -> None:
    """Have a worker open and stop push channels, after this transaction commits."""
    transaction.on_commit(lambda: _send("charters.tasks.keep_channels"), robust=True)


def ring_soon() -> None:
    """Have a worker look at everything, for a caller that must answer at once: the broker is not waited for.

    Nothing is sent while a look waits that has not begun: it will see what this ring is about. So a storm of rings
    queues one look, and no ring goes unheard: one that comes after a look began queues the next.
    """
    _ringer.ask()


def heard() -> None:
    """A look at everything begins: whoever rings from now on wants another."""
    _spoken(lambda client: client.delete(WAITING))


def _send(task: str, *arguments: object, expires: float | None = None) -> bool:
    try:
        current_app.send_task(task, args=list(arguments), expires=expires, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning(DEAD, type(error).__name__)
        return False
    return True


def _send_unless_waiting() -> None:
    first = _spoken(lambda client: client.set(WAITING, 1, nx=True, ex=WAITING_SECONDS))
    # A look that did not begin before the clock's next one is of no use any more.
    if first and not _send(LOOK, expires=settings.RECONCILE_INTERVAL):
        heard()


def _spoken(say: Callable[[redis.Redis], object]) -> bool:
    """What the broker answers to a command of its own; False when it does not answer.

    Over a connection of its own: one that was kept may have died since.
    """
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
    try:
        with client:
            return bool(say(client))
    except (redis.RedisError, OSError) as error:
        logger.warning(DEAD, type(error).__name__)
        return False


class _Ringer:
    """One thread of this process at most, that lives while there is something to ring for."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._lock = threading.Lock()
        self._asked = self._at_work = False

    def ask(self) -> None:
        """`act` soon; once for all who ask before it begins."""
        with self._lock:
            self._asked = True
            if self._at_work:
                return
            self._at_work = True
        threading.Thread(target=self._work, name="bell", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._asked:
                    self._at_work = False
                    return
                self._asked = False
            try:
                self._act()
            except BaseException:
                with self._lock:
                    self._at_work = False
                raise


_ringer = _Ringer(_send_unless_waiting)
