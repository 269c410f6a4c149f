"""The web application, as granian loads it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jada.settings")

application = get_wsgi_application()


def keep_what_is_loaded() -> None:
    """Load every address now, and spare the garbage collector what lives as long as the process.

    It would otherwise walk all of Django in the middle of every few requests, for a tenth of a second, and the
    records of one request many times over (bench/api.py).
    """
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 loads what they lead to
    gc.collect()
    gc.freeze()
    gc.set_threshold(25_000, 10, 10)


keep_what_is_loaded()
