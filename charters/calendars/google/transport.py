"""The way to Google's APIs: google-api-python-client writes the question, this module carries it.

The client's own HTTP (httplib2) is not thread-safe, reads without limits and logs what it cannot parse; its requests
are executed through `_Door` instead: urllib3 (thread-safe, time-outs on every call, limited answers), a login that is
renewed once, and an exponential back-off with jitter (developers.google.com/calendar/api/guides/errors). Errors are
translated once, and carry nothing of what was asked or answered.
"""

import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException
from typing import Any, cast

import httplib2
import urllib3
from django.conf import settings
from google.auth.exceptions import TransportError
from googleapiclient import discovery

from charters.calendars.google.credentials import NOT_BELIEVED, SERVICE, Access, ReconnectNeeded
from jada.core.errors import AdapterError

MOST_BYTES = 20_000_000
PATIENCE_SECONDS = 20.0  # for one question, every try and pause included
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
TRIES = 5
FIRST_PAUSE = 0.5
TRY_LATER = "Google is busy or asks us to slow down; it is asked again later."
UNREACHABLE = "Google cannot be reached."
TOO_SLOW = "Google takes too long to answer."
BROKEN_OFF = "The connection to Google broke off."
STRANGE = "Google's answer is not what its documentation promises."
TOO_LARGE = "Google's answer is larger than 20 MB."
# developers.google.com/calendar/api/guides/errors, “403”; developers.google.com/gmail/api/guides/handle-errors
LIMITED = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
WORDS = {
    400: "Google refused the request.",
    403: "Google does not allow it: the connected account lacks the right.",
    404: "Google knows no such calendar, event or message (or shows it to others only).",
    409: "Google has that already.",
    410: "Google no longer has it.",
    412: "It was changed in the calendar meanwhile.",
}
REASON = re.compile(r"[A-Za-z]{1,40}")

_connections = urllib3.PoolManager(num_pools=8, maxsize=16, retries=False)


class Refused(AdapterError):  # noqa: N818 what happened, in the office's word
    """Google answered, and said no: `status` is HTTP's, `reasons` are Google's own codes. Asking again cannot help."""

    def __init__(self, status: int, reasons: frozenset[str] = frozenset()) -> None:
        super().__init__(
            WORDS.get(status, f"Google answered with an error ({status})."), service=SERVICE, permanent=True
        )
        self.status = status
        self.reasons = reasons


class Missing(Refused):
    """404 or 410: there is no such thing, or no longer."""


class Changed(Refused):
    """412: the event is no longer the one whose etag we hold. Read it again."""


class _Later(AdapterError):  # noqa: N818 never leaves this module but as an AdapterError
    """This try failed; another may not."""

    def __init__(self, words: str, retry_after: float | None = None) -> None:
        super().__init__(words, service=SERVICE, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, whole; google-auth reads `status`, `headers` and `data` of it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@cache
def _service(name: str, version: str, endpoint: str) -> Any:
    # The library appends a method's path to this address; Gmail's paths begin with `gmail/v1/`, Calendar's do not.
    base = f"{endpoint}/calendar/v3/" if name == "calendar" else f"{endpoint}/"
    return discovery.build(
        name,
        version,
        http=httplib2.Http(),  # never used: `execute` brings its own
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": base},
    )


def service(name: str, version: str) -> Any:
    """The vendor's client of an API (`calendar`, `v3` or `gmail`, `v1`) under GOOGLE_API_ENDPOINT, without network."""
    return _service(name, version, settings.GOOGLE_API_ENDPOINT)


def execute(request: Any, access: Access) -> dict[str, Any]:
    """Send a request that `service` wrote, again while that may help; its answer.

    Raises Refused and its kinds, ReconnectNeeded, or AdapterError (with `retry_after` in seconds when Google named it).
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    door = cast(httplib2.Http, _Door(access, deadline))
    for tried in range(1, TRIES + 1):
        try:
            answer = request.execute(http=door)
        except _Later as later:
            pause = _pause(tried, later.retry_after)
            if tried == TRIES or time.monotonic() + pause >= deadline:
                raise AdapterError(str(later), service=SERVICE, retry_after=later.retry_after) from None
            time.sleep(pause)
        except (ValueError, RecursionError):  # no UTF-8, or nested without end: the library lets these through
            raise AdapterError(STRANGE, service=SERVICE) from None
        else:
            if isinstance(answer, dict):
                return answer
            if answer in ("", b""):  # channels.stop answers with nothing
                return {}
            raise AdapterError(STRANGE, service=SERVICE)
    raise AssertionError("the last try either answers or raises")


def forget_connections() -> None:
    """Close what is kept open for the next question."""
    _connections.clear()


def _pause(tried: int, wished: float | None) -> float:
    """Seconds: what Google wished, or twice as long each time; with jitter, so that threads do not come back as one."""
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 no secret
    grown = FIRST_PAUSE * 2 ** (tried - 1) * jitter
    return grown if wished is None else wished + FIRST_PAUSE * jitter


class _Door:
    """What google-api-python-client takes for an `httplib2.Http`: it calls `request` alone."""

    def __init__(self, access: Access, deadline: float) -> None:
        self._access = access
        self._deadline = deadline

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> tuple[httplib2.Response, bytes]:
        """One try, with one renewal of the login when Google does not accept it."""
        # urllib3 inflates what it asked for itself
        asked = {name: value for name, value in (headers or {}).items() if name.lower() != "accept-encoding"}
        asked["Accept-Encoding"] = "gzip"
        login = self._access.headers(self._ask_for_token)
        reply = self._ask(method, uri, body, asked | login)
        if reply.status == 401:
            login = self._access.renewed(login, self._ask_for_token)
            reply = self._ask(method, uri, body, asked | login)
            if reply.status == 401:
                self._access.refused(login)
        if reply.status >= 300:
            raise _refusal(reply)
        return httplib2.Response({"status": str(reply.status)}), reply.data

    def _ask(self, method: str, address: str, body: Any, headers: Mapping[str, str]) -> Reply:
        with _translated():
            left = self._left()
            response = _connections.request(
                method,
                address,
                body=body,
                headers=headers,
                preload_content=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(ANSWER_SECONDS, left)),
            )
            whole = False
            try:
                content = self._content(response)
                whole = True
            finally:
                if whole:
                    response.release_conn()
                else:
                    response.close()
            return Reply(response.status, response.headers, content)

    def _content(self, response: urllib3.BaseHTTPResponse) -> bytes:
        chunks, size = [], 0
        while chunk := response.read1(65_536, decode_content=True):
            size += len(chunk)
            if size > MOST_BYTES:
                raise AdapterError(TOO_LARGE, service=SERVICE, permanent=True)
            chunks.append(chunk)
            self._left()
        return b"".join(chunks)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise _Later(TOO_SLOW)
        return left

    def _ask_for_token(
        self, url: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_: Any
    ) -> Reply:
        """google-auth's transport (`google.auth.transport.Request`)."""
        try:
            return self._ask(method, url, body, headers or {})
        except AdapterError:
            raise TransportError(UNREACHABLE) from None  # type: ignore[no-untyped-call]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
        raise _Later(_words(error)) from None


def _words(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError):
        return UNREACHABLE
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return TOO_SLOW
    return BROKEN_OFF


def _refusal(reply: Reply) -> AdapterError:
    reasons = _reasons(reply.data)
    if reply.status == 401:
        return ReconnectNeeded(NOT_BELIEVED)
    if reply.status in {408, 429} or reply.status >= 500 or (reply.status == 403 and reasons & LIMITED):
        return _Later(TRY_LATER, _wished(reply.headers))
    kind = {404: Missing, 410: Missing, 412: Changed}.get(reply.status, Refused)
    return kind(reply.status, reasons)


def _reasons(content: bytes) -> frozenset[str]:
    """Google's codes for what is wrong, such as `rateLimitExceeded`: single words, never its sentences."""
    try:
        error = json.loads(content)["error"]
        found = [each["reason"] for each in error.get("errors", [])]
        return frozenset(each for each in found if REASON.fullmatch(each))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return frozenset()


def _wished(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds (RFC 9110, section 10.2.3: a number, or a date)."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), 86_400.0)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), 86_400.0)
