"""`manage.py sweep`: finds and does due work without a broker, until stopped (docs/architecture.md, rule 1)."""

import logging
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.db import close_old_connections

from charters.calendars.google import push
from dispatch.outbox import send_due
from jada.core import asking
from jada.core.reconcile import Scope, reconcile

logger = logging.getLogger(__name__)
# Records, pages and messages are looked at this often, in seconds: a few indexed queries when nothing is due.
PAUSE = 5.0
CHANNELS_EVERY = 3600.0  # push channels; they are renewed a day ahead
RECORD_LAYERS = frozenset({"correction", "page", "edge", "message"})


class Command(BaseCommand):
    help = "Find and do due work without a broker, until stopped. Runs beside the workers and takes nothing from them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Look once and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
        read_calendars_at = channels_at = 0.0
        while not stopped.is_set():
            try:
                whole = time.monotonic() >= read_calendars_at
                reconcile(Scope(layers=None if whole else RECORD_LAYERS))
                if whole:
                    read_calendars_at = time.monotonic() + settings.RECONCILE_INTERVAL
                send_due()
                asking.carry_out_waiting()
                if time.monotonic() >= channels_at:
                    push.open_or_renew()
                    channels_at = time.monotonic() + CHANNELS_EVERY
            except DatabaseError as error:
                logger.warning("The sweep waits for the database (%s).", type(error).__name__)
            close_old_connections()
            if options["once"]:
                return
            stopped.wait(PAUSE)
