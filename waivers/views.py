"""The waiver's doors: POST /waivers for programs, /w/<token>/ for people (docs/operations.md).

The link's token is the right to sign; there is no login, no session and no cookie, for the form lives in a
frame of the guest page, where browsers keep cookies out. Tokens stay out of our logs.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from jada.core.clock import now
from waivers import form_page, form_post, links
from waivers.evidence import Origin
from waivers.forms import read_submission
from waivers.json_body import BodyRefusedError, read_object
from waivers.links import Link, guardian_url
from waivers.models import Waiver
from waivers.reception import receive
from waivers.refusals import FieldError, RefusedError
from waivers.signing import AlreadySignedError, LinkGoneError

GONE = "This link has expired. Ask the office for a new one."
UNREADABLE = "What was sent could not be read. Please fill in the form once more."
LONGEST_USER_AGENT = 400
View = Callable[..., HttpResponseBase]


def _private(view: View) -> View:
    """A page whose address is a secret: framed by our guest pages alone, kept by no cache and no log."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        # Django logs the path of each refused request (django.utils.log.log_response) unless that is done.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    framed = csp_replace({"frame-ancestors": settings.WAIVER_FRAME_ANCESTORS})(answer)
    return csrf_exempt(xframe_options_exempt(never_cache(framed)))


@csrf_exempt
@never_cache
def waivers(request: HttpRequest) -> HttpResponse:
    """POST /waivers: 201 with the waiver's id and status, and for a minor alone the guardian's link."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        given = read_object(request)
        link = _link_of(given)
        waiver = receive(link, given, origin=_origin(request))
    except BodyRefusedError as error:
        return _refusal(str(error), error.status)
    except RefusedError as error:
        fields = [{"field": each.field, "message": each.message} for each in error.errors]
        return _refusal(fields, HTTPStatus.UNPROCESSABLE_ENTITY)
    except LinkGoneError:
        return _refusal(GONE, HTTPStatus.NOT_FOUND)
    except AlreadySignedError as error:
        return _refusal(str(error), HTTPStatus.CONFLICT)
    answer = {"waiver_id": str(waiver.public_id), "status": waiver.status}
    if waiver.status == Waiver.Status.PENDING_GUARDIAN:
        answer["guardian_url"] = guardian_url(waiver)
    return JsonResponse(answer, status=HTTPStatus.CREATED)


@_private
def form(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the form this link is for, POST signs it; a refused form comes back as it was filled in."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    link = links.find(token)
    if link is None:
        return _page("gone", {"words": GONE}, HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        if link.waiver and link.waiver.status == Waiver.Status.SIGNED:
            return _page("done", form_page.done(link.waiver, link))
        return _form(link, {"submission_key": str(uuid.uuid4())}, [])
    read = form_post.countersigner_fields if link.kind is links.Kind.GUARDIAN else form_post.participant_fields
    try:
        given = read(request.POST)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return _form(
            link,
            {"submission_key": str(uuid.uuid4())},
            [FieldError("form", UNREADABLE)],
            HTTPStatus.BAD_REQUEST,
        )
    try:
        waiver = receive(link, given, origin=_origin(request))
    except RefusedError as error:
        return _form(link, given, error.errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    except LinkGoneError:
        return _page("gone", {"words": GONE}, HTTPStatus.NOT_FOUND)
    except AlreadySignedError:
        return _page("done", form_page.done(link.waiver, link), HTTPStatus.CONFLICT)  # type: ignore[arg-type]
    return _page("done", form_page.done(waiver, link))


def _link_of(given: dict[str, Any]) -> Link:
    """The link of a JSON submission; without any token, everything else that is wrong is named as well."""
    token = given.get("token")
    if isinstance(token, str) and token:
        link = links.find(token)
        if link is None:
            raise LinkGoneError(GONE)
        return link
    missing = FieldError("token", "Please send the token of the waiver's link.")
    today = localdate(now())
    try:
        read_submission(given, on=today, today=today)
    except RefusedError as error:
        raise RefusedError([missing, *error.errors]) from error
    raise RefusedError([missing])


def _origin(request: HttpRequest) -> Origin:
    agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT]
    return Origin(
        ip=str(request.META.get("REMOTE_ADDR") or ""),
        user_agent="".join(sign for sign in agent if sign.isprintable()),
    )


def _form(link: Link, given: dict[str, Any], errors: list[FieldError], status: int = HTTPStatus.OK) -> HttpResponse:
    if link.kind is links.Kind.GUARDIAN:
        return _page("countersign", form_page.countersign(link, given, errors), status)
    return _page("sign", form_page.sign(link, given, errors), status)


def _page(name: str, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    # Rendered without the request: no context processor touches a session here.
    return HttpResponse(render_to_string(f"waivers/{name}.html", context), status=status)


def _refusal(detail: object, status: int) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
