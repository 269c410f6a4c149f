"""Celery: the worker, and the static schedule of beat. Tasks only say when to look (docs/architecture.md)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jada.settings")

app = Celery("jada")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["jada.core", "charters", "dispatch"])
app.conf.beat_schedule = {
    "look": {
        "task": "jada.core.tasks.look",
        "schedule": settings.RECONCILE_INTERVAL,
        # A look that could not start before the next one is due is of no use any more.
        "options": {"expires": settings.RECONCILE_INTERVAL},
    },
    "audit": {
        "task": "jada.core.tasks.audit",
        "schedule": crontab(hour=str(settings.AUDIT_AT), minute="0"),
        "options": {"expires": 3600},
    },
    # Channels are renewed a day ahead: an hour more or less is nothing.
    "channels": {"task": "charters.tasks.keep_channels", "schedule": 3600, "options": {"expires": 3600}},
}


@setup_logging.connect
def _keep_django_logging(**kwargs: object) -> None:
    """Django's LOGGING serves the worker too."""
