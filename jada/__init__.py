"""Charter operations that agree with themselves: wiring, the REST API, the board."""

from jada.celery import app as celery_app

__all__ = ["celery_app"]
