"""What guests are served from this room: the calendar file, and the pages when they are kept in a folder."""

import hashlib
import mimetypes
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from charters.models import Charter
from charters.pages.icalendar_file import charter_ics
from charters.public_links import PARTY, is_current
from jada.core import links
from jada.core.clock import now

_AFTER_TRIP = timedelta(days=1)  # the link's token expires after the trip (docs/architecture.md, rule 8)


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """`GET /g/<token>.ics`: the trip for a guest's own calendar. The token is that of the party's waiver."""
    loaded = Charter.objects.with_relations().with_waiver_counts().charters()
    charter = loaded.filter(page__waiver_lookup=links.lookup(token), ends_at__gt=now() - _AFTER_TRIP).first()
    if charter is None or not is_current(token, PARTY, charter.pk, charter.page.link_generation):
        return _not_found(request)
    response = HttpResponse(charter_ics(charter), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{charter.vessel.slug}-{charter.date}.ics"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def guest_page(request: HttpRequest, path: str) -> HttpResponseBase:
    """`GET /pages/<path>`: a page from `GUEST_PAGES_FOLDER`, as the bucket and its edge would serve it."""
    content = _kept(path)
    if content is None:
        return _not_found(request)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    response = HttpResponse(content, content_type=kind)
    response._csp_exempt = True  # type: ignore[attr-defined]  # a page carries a policy of its own
    response["Cache-Control"] = settings.GUEST_PAGES_CACHE_CONTROL
    response["ETag"] = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _kept(path: str) -> bytes | None:
    """The file's bytes; None when there is none, it is hidden (a draft), or it lies outside the folder."""
    folder: Path | None = settings.GUEST_PAGES_FOLDER
    if folder is None or any(part.startswith(".") for part in path.split("/")):
        return None
    try:
        file = Path(safe_join(folder, path)).resolve()
        return file.read_bytes() if file.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, SuspiciousFileOperation):
        return None


def _not_found(request: HttpRequest) -> HttpResponse:
    """An unknown and an expired link look the same."""
    response = render(request, "guest/not_found.html", status=404)
    response["Cache-Control"] = "no-store"
    return response
