"""`GET /healthz/`: whether each part we depend on answers. Only Postgres being down makes us unfit to serve."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from charters.models import Calendar

SECONDS = 1.0
WELL, DOWN = "well", "down"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 with {part: well, down or what is wrong}; 503 when Postgres is down. Names no host and no secret."""
    database = _database()
    states = {
        "database": database,
        "broker": _broker(),
        "calendars": _calendars() if database == WELL else "unknown",
    }
    return JsonResponse(states, status=200 if database == WELL else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return DOWN
    return WELL


def _broker() -> str:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
        with client:
            client.ping()
    except (redis.RedisError, OSError):
        return DOWN
    return WELL


def _calendars() -> str:
    failing = Calendar.objects.exclude(error="").count()
    return f"{failing} cannot be read" if failing else WELL
