"""What `manage.py` and `make run` do before Django: read the settings, have the embedded servers run."""

import os
import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jada.core.embedded import EmbeddedError, Membership, PageServing, join
from jada.core.folder_server import loopback_address


def read_settings() -> None:
    """Read the settings, or end the process with the one sentence that says which variable is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jada.settings")
    try:
        _ = settings.VAR
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename} cannot be used: {error.strerror}.")


def join_servers(
    *, pages: bool = True, owns_port: int | None = None, progress: Callable[[str], None] = lambda line: None
) -> Membership | None:
    """Join what the settings leave to us: the servers without a URL, the pages kept in a folder.

    None when that is nothing. Raises EmbeddedError; trouble with the pages alone is a warning on stderr.
    """
    database, broker = settings.EMBEDDED_DATABASE, settings.EMBEDDED_BROKER
    served = None
    if pages and settings.GUEST_PAGES_FOLDER and loopback_address(settings.GUEST_PAGES_URL):
        served = PageServing(settings.GUEST_PAGES_FOLDER, settings.GUEST_PAGES_URL, settings.GUEST_PAGES_CACHE_CONTROL)
    if not (database or broker or served):
        return None
    try:
        membership = join(
            settings.VAR,
            pages=served,
            owns_port=owns_port,
            database=database,
            broker=broker,
            progress=progress,
        )
    except EmbeddedError as error:
        if database or broker:
            raise
        sys.stderr.write(f"{error} The pages are not served meanwhile.\n")
        return None
    for warning in membership.warnings:
        sys.stderr.write(f"{warning}\n")
    return membership


def make_tables() -> None:
    """Migrate an embedded database that has no tables yet: a first command is not met by a traceback."""
    if not settings.EMBEDDED_DATABASE:
        return
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        (found,) = cursor.fetchone()
    if found is None:
        call_command("migrate", verbosity=0, interactive=False)
    connection.close()
