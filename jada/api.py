"""The REST API: calendar actions for other programs (docs/operations.md, “HTTP”), its schema and its docs.

A program shows its token (`jada.core.tokens`). Each writing request leaves a row (`ApiAccess`) without its content.
Every error is `{"detail": …}`: words, or for 422 a list of what is wrong with each field.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import URLPattern
from django.utils.encoding import escape_uri_path
from django.views.decorators.cache import never_cache
from ninja import Header, NinjaAPI, Query
from ninja.errors import AuthenticationError, AuthorizationError, HttpError
from ninja.errors import ValidationError as NinjaValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from ninja.types import DictStrAny

from charters import events
from charters.adding import add_event as enter
from charters.bookings.platform_push import PushedBooking
from charters.bookings.platform_push import sync_platform as push
from charters.calendars import corrections
from charters.models import Charter, Vessel
from charters.overrides import OverrideRefused, cancel, override
from jada import api_schemas as schemas
from jada.core import tokens
from jada.core.clock import now
from jada.core.models import ApiAccess, ApiToken
from waivers.json_body import BodyRefusedError, read_object

AHEAD = timedelta(days=90)
LONGEST_SPAN = timedelta(days=732)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Two transactions at once may want the same reference; the second one then takes the next.
TRIES = 3
UNAUTHORISED = "Please send an API token: “Authorization: Bearer …” (`manage.py tokens create NAME`)."

Status = HTTPStatus
View = Callable[..., HttpResponse]
Made = TypeVar("Made")


class FieldRefused(Exception):  # noqa: N818 reads as what happened
    """One field is wrong in a way that only we can tell."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class Bearer(HttpBearer):
    """A token in force that has the scope this method needs."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """None for a token that opens nothing. Raises AuthorizationError for one that opens something else."""
        found = tokens.find(token)
        if found is None:
            return None
        request.api_token = found  # type: ignore[attr-defined] # for the access log, whatever comes of it
        scope = ApiToken.Scope.READ if request.method in SAFE else ApiToken.Scope.WRITE
        if scope not in found.scopes:
            raise AuthorizationError(message=f"This token has no scope {scope.value}.")
        return found


class JsonBody(Parser):
    """A JSON object of at most a megabyte; anything else is refused in words."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Raises BodyRefusedError."""
        return read_object(request)


# Swagger UI writes styles into its elements; its own files are all it loads.
_docs_policy = csp_update({"style-src": [SELF, UNSAFE_INLINE]})

api = NinjaAPI(
    title="JADA",
    version="1",
    description="The calendar of the charter operation.",
    openapi_url="api/openapi.json",
    docs_url="api/docs",
    docs_decorator=_docs_policy,
    urls_namespace="api",
    auth=Bearer(),
    parser=JsonBody(),
)

REFUSALS: dict[Any, Any] = {
    frozenset({400, 401, 403, 404, 409, 413}): schemas.Refusal,
    422: schemas.FieldRefusals,
}


@api.get("calendar/events", response={200: schemas.Events, **REFUSALS}, summary="Events of the calendar")
def list_events(request: HttpRequest, wanted: Query[schemas.EventsWanted]) -> HttpResponse:
    """Events that go on at some moment from `from` to `to`, by start; a date is its whole day at the operator's.

    Cancelled ones are among them.
    """
    first = wanted.from_ or now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    starts = schemas.start_of(first)
    ends = schemas.end_of(wanted.to or first + AHEAD)
    if ends < starts:
        raise FieldRefused("to", "This is before `from`.")
    if ends - starts > LONGEST_SPAN:
        raise FieldRefused("to", "Please ask for two years at most.")
    return JsonResponse({"events": events.events(events.mentioning(events.taking_place(starts, ends), wanted.q))})


@api.post("calendar/add-event", response={201: schemas.Event, **REFUSALS}, summary="Enter an event")
def add_event(
    request: HttpRequest,
    given: schemas.NewEvent,
    idempotency_key: Annotated[schemas.Line80 | None, Header(description="The same key again: the same event.")] = None,
) -> HttpResponse:
    """The same title, hours and vessel again are the event that was entered before."""
    vessel = _vessel(given.vessel)
    key = f"{request.api_token.pk}:{idempotency_key}" if idempotency_key else ""  # type: ignore[attr-defined]
    charter = _in_turn(
        lambda: enter(
            title=given.title,
            starts_at=given.starts_at,
            ends_at=given.ends_at,
            description=given.description,
            event_type=given.event_type or "",
            vessel=vessel,
            key=key,
            by=_by(request),
        )
    )
    return JsonResponse(events.event(charter), status=Status.CREATED)


@api.patch("calendar/event/{id}", response={200: schemas.Event, **REFUSALS}, summary="Set facts by hand")
def change_event(
    request: HttpRequest,
    id: str,  # noqa: A002 the contract's name
    given: schemas.EventChange,
    correct: Annotated[bool, Query(description="Also send them to the calendar.")] = False,
) -> HttpResponse:
    """Each fact becomes an override, which wins until null removes it.

    With `correct` the captain, the crew and the hours among them are also written into the calendar, by a worker: at
    once, or held with its reason (`manage.py reconcile` shows it).
    """
    facts = {name: getattr(given, name) for name in given.model_fields_set}
    if facts.get("crew") is not None:
        facts["crew"] = [[each.name, each.role] for each in facts["crew"]]
    with transaction.atomic():
        charter = _charter(id)
        if charter.has_departed:
            raise HttpError(Status.CONFLICT, "The trip has departed; its facts are frozen.")
        starts_at, ends_at = facts.get("starts_at"), facts.get("ends_at")
        if (starts_at or ends_at) and (starts_at or charter.starts_at) == (ends_at or charter.ends_at):
            field = "ends_at" if ends_at else "starts_at"
            raise FieldRefused(field, "The trip would end at the moment it starts.")
        try:
            override(charter=charter, facts=facts, by=_by(request), why="Through the API.")
        except OverrideRefused as refusal:
            raise FieldRefused("ends_at" if "ends_at" in facts else "starts_at", str(refusal)) from refusal
        said = [name for name, value in facts.items() if value is not None and name in corrections.CORRECTABLE]
        if correct and said:
            try:
                corrections.ask(charter=charter, facts=said, by=_by(request))
            except corrections.CorrectionRefused as refusal:
                raise FieldRefused("correct", str(refusal)) from refusal
    return JsonResponse(events.event(charter))


@api.delete("calendar/event/{id}", response={204: None, **REFUSALS}, summary="Cancel an event")
def cancel_event(request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002
    """By override: it stays in the records, and a later sync does not revive it."""
    with transaction.atomic():
        charter = _charter(id)
        if not charter.overrides.filter(field="status", value=Charter.Status.CANCELLED).exists():
            cancel(charter=charter, by=_by(request), why="Cancelled through the API.")
    return HttpResponse(status=Status.NO_CONTENT)


@api.post(
    "calendar/sync-platform", response={200: schemas.PlatformCounts, **REFUSALS}, summary="Bookings of a platform"
)
def sync_platform(request: HttpRequest, given: schemas.PlatformPush) -> HttpResponse:
    """Matched to events by confirmation code, else by guest and hours, else entered; twice changes nothing."""
    bookings = [
        PushedBooking(
            confirmation_code=each.confirmation_code,
            title=each.title,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            guest_name=each.guest.name,
            guest_email=each.guest.email,
            guest_phone=each.guest.phone,
            guest_count=each.guest_count,
        )
        for each in given.events
    ]
    return JsonResponse(_in_turn(lambda: push(given.platform, bookings)))


def _in_turn(write: Callable[[], Made]) -> Made:
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError:
            if not tries_left:
                raise
    raise AssertionError


def _charter(reference: str) -> Charter:
    """Locked. Raises Http404."""
    if not (reference.isascii() and reference.isprintable()):
        raise Http404
    charter = Charter.objects.select_for_update(of=("self",)).select_related("calendar").filter(reference=reference)
    found = charter.first()
    if found is None:
        raise Http404
    return found


def _vessel(slug: str | None) -> Vessel | None:
    if slug is None:
        return None
    found = Vessel.objects.filter(slug=slug).first()
    if found is None:
        slugs = ", ".join(Vessel.objects.values_list("slug", flat=True))
        raise FieldRefused("vessel", f"There is no such vessel; there is {slugs}.")
    return found


def _by(request: HttpRequest) -> str:
    token: ApiToken = request.api_token  # type: ignore[attr-defined]
    return f"API token {token.name}"


@api.exception_handler(NinjaValidationError)
def _fields(request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
    return _refuse([_told(each) for each in error.errors], Status.UNPROCESSABLE_ENTITY)


@api.exception_handler(FieldRefused)
def _field(request: HttpRequest, error: FieldRefused) -> HttpResponse:
    return _refuse([{"field": error.field, "message": error.message}], Status.UNPROCESSABLE_ENTITY)


@api.exception_handler(AuthenticationError)
def _unauthorised(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = _refuse(UNAUTHORISED, Status.UNAUTHORIZED)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    body = error.__cause__
    if isinstance(body, BodyRefusedError):
        words = [{"field": "", "message": str(body)}] if body.status == Status.UNPROCESSABLE_ENTITY else str(body)
        return _refuse(words, body.status)
    return _refuse(error.message, error.status_code)


@api.exception_handler(Http404)
def _unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    return _refuse("There is no such event.", Status.NOT_FOUND)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _refuse("This is more than 1 MB.", Status.REQUEST_ENTITY_TOO_LARGE)


@api.exception_handler(UnreadablePostError)
def _broke_off(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    return _refuse("The request broke off.", Status.BAD_REQUEST)


def _told(error: DictStrAny) -> dict[str, str]:
    """Pydantic's error by the field's path, without where ninja put it; our own words as they are."""
    source, *path = error["loc"]
    if source == "body":
        path = path[1:]  # the argument's name
    elif source == "query":
        path = path[-1:]
    message = str(error["msg"]).removeprefix("Value error, ")
    named, colon, words = message.partition(": ")
    if colon and named.isidentifier():
        path, message = [*path, named], words
    return {"field": ".".join(map(str, path)), "message": message}


def _refuse(detail: object, status: int) -> HttpResponse:
    return JsonResponse({"detail": detail}, status=status)


def _answered(view: View) -> View:
    """Kept by no cache; a wrong method is refused in JSON; a writing request leaves its row."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = ", ".join(sorted(response.headers["Allow"].split(", ")))
            response = _refuse(f"Please use {allowed}.", Status.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = allowed
        token = getattr(request, "api_token", None)
        if token is not None and request.method not in SAFE:
            ApiAccess.objects.create(
                token=token,
                method=str(request.method),
                path=escape_uri_path(request.path)[:200],
                status=response.status_code,
            )
        return response

    answered: View = never_cache(answer)
    return answered


def urls() -> tuple[list[Any], str, str]:
    """For `path("", …)`."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith("calendar/"):
            pattern.callback = _answered(pattern.callback)
    return patterns, app, namespace
