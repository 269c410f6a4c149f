"""What a ring sets in motion."""

from celery import shared_task

from dispatch.outbox import send_due as send_what_is_due


@shared_task(name="dispatch.tasks.send_due")
def send_due() -> None:
    """Send what is due."""
    send_what_is_due()
