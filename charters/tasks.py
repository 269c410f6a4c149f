"""What the clock and a ring set in motion. Each task may run twice, or not at all: the rows say what is to be done."""

from celery import shared_task

from charters.calendars.google import push


@shared_task(name="charters.tasks.keep_channels")
def keep_channels() -> None:
    """Open, renew and stop push channels."""
    push.open_or_renew()
