"""`GET /healthz/`: whether each part we depend on answers. Only Postgres being down makes us unfit to serve."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SECONDS = 1.0
# libpq waits no shorter (PostgreSQL manual, 32.1.2, connect_timeout).
DATABASE_SECONDS = 2
WELL, DOWN, UNKNOWN = "well", "down", "unknown"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 with {part: well, down or what is wrong}; 503 when Postgres is down. Names no host and no secret."""
    database, calendars = _database()
    states = {"database": database, "broker": _broker(), "calendars": calendars}
    return JsonResponse(states, status=200 if database == WELL else 503)


def _database() -> tuple[str, str]:
    """Postgres and the calendars, over a connection of its own: a busy pool is no database that is down."""
    probe = connection.copy()
    probe.settings_dict["OPTIONS"] = {
        **probe.settings_dict["OPTIONS"],
        "pool": False,
        "connect_timeout": DATABASE_SECONDS,
    }
    try:
        with probe.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [DATABASE_SECONDS * 1000])
            cursor.execute("SELECT count(*) FROM charters_calendar WHERE error <> ''")
            (failing,) = cursor.fetchone()
    except DatabaseError:
        return DOWN, UNKNOWN
    finally:
        probe.close()
    return WELL, f"{failing} cannot be read" if failing else WELL


def _broker() -> str:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
        with client:
            client.ping()
    except (redis.RedisError, OSError):
        return DOWN
    return WELL
