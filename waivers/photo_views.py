"""`GET, POST /p/<code>/`: the code is the right to send pictures, and to see none. No login, no session, no cookie."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from charters.models import GuestPage
from charters.pages.words import listed
from waivers import photos
from waivers.models import Photo

UNREADABLE = "What was sent did not arrive whole. Please send it once more."
TOO_MUCH = f"That is too much at a time. Please send at most {photos.MOST_AT_ONCE} pictures, then the next."
NOTHING_CHOSEN = "Please choose one picture or more first."
# A whole request: the files, and what stands between them.
MOST_BYTES = photos.MOST_AT_ONCE * photos.MOST_BYTES + 1_000_000


@csrf_exempt
@never_cache
def photo_page(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows where to send pictures, POST keeps them; a code typed otherwise leads to its own address."""
    response = _answer(request, code)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    # Django logs the path of each refused request (django.utils.log.log_response) unless that is done.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _answer(request: HttpRequest, code: str) -> HttpResponse:
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    page = photos.find(code)
    if page is None:
        return HttpResponse(render_to_string("waivers/photos_gone.html"), status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        return _receive(request, page)
    if code != page.photo_code:
        return HttpResponseRedirect(reverse("photos", args=[page.photo_code]))
    return _page(page)


def _receive(request: HttpRequest, page: GuestPage) -> HttpResponse:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        return _page(page, problems=[TOO_MUCH], status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        files = request.FILES.getlist("photos")
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return _page(page, problems=[UNREADABLE], status=HTTPStatus.BAD_REQUEST)
    if not files:
        return _page(page, problems=[NOTHING_CHOSEN], status=HTTPStatus.UNPROCESSABLE_ENTITY)
    received = photos.receive(page.charter, files)
    taken = received.kept + received.known
    return _page(
        page,
        said=_said(received),
        problems=received.problems,
        status=HTTPStatus.OK if taken else HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _said(received: photos.Received) -> str:
    parts = []
    if received.kept:
        parts.append(f"{_counted(received.kept)} received")
    if received.known:
        parts.append(f"{_counted(received.known)} we had already")
    return f"{listed(parts)}. Thank you!" if parts else ""


def _page(
    page: GuestPage, *, said: str = "", problems: list[str] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    count = Photo.objects.filter(charter=page.charter).count()
    context: dict[str, Any] = {
        "charter": page.charter,
        "brand": page.charter.brand,
        "code": page.photo_code,
        "count": _counted(count) if count else "",
        "said": said,
        "problems": problems or [],
        "full": count >= photos.MOST_A_CHARTER,
        "most_at_once": photos.MOST_AT_ONCE,
    }
    # Rendered without the request: no context processor touches a session here.
    return HttpResponse(render_to_string("waivers/photos.html", context), status=status)


def _counted(number: int) -> str:
    return "1 picture" if number == 1 else f"{number} pictures"
