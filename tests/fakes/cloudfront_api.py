"""CloudFront's API for invalidations, as botocore speaks it (REST-XML, version 2020-05-31).

docs.aws.amazon.com/cloudfront/latest/APIReference: CreateInvalidation, GetInvalidation, ListInvalidations, and
InvalidationBatch for what a CallerReference does. docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide:
InvalidationLimits, and invalidation-specifying-objects for what a path may hold.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import choice
from string import ascii_uppercase, digits
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.fakes.loopback import Troubles, answer, answering, body_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from tests.fakes.loopback import Trouble

NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
ROUTE = re.compile(r"/2020-05-31/distribution/([^/]+)/invalidation(?:/([^/]+))?")
MOST_PATHS, MOST_WILDCARDS, LONGEST_PATH = 3_000, 15, 4_000
# Printable ASCII without what RFC 1738, 2.2 calls unsafe, and percent signs only before two digits. The tilde is
# refused, plain and encoded: “CloudFront doesn't support this character for invalidations, whether it's URL-encoded
# or not”.
PATH = re.compile(r"/(?:[A-Za-z0-9$\-_.+!*'(),;/?:@=&]|%(?!7[Ee])[0-9A-Fa-f]{2})*")
TOO_MANY = "Processing your request will cause you to exceed the maximum number of in-progress invalidations."
USED = (
    "Your request contains a caller reference that was used for a previous invalidation batch for the same "
    "distribution."
)


@dataclass
class Invalidation:
    """What was asked for, and whether the edge has done it. `due` is of the edge's clock, in seconds."""

    reference: str
    paths: list[str]
    due: float | None  # None: when `complete` is called
    id: str = field(default_factory=lambda: "I" + "".join(choice(ascii_uppercase + digits) for _ in range(13)))
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    done: bool = False

    def covers(self, path: str) -> bool:
        """Whether a cached path is meant: `*` is a wildcard at the end alone, and else itself; case matters."""
        return any(path.startswith(each[:-1]) if each.endswith("*") else path == each for each in self.paths)


class _Refusal(Exception):  # noqa: N818 what happened
    def __init__(self, status: str, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.body = status, error_xml(code, message)


class CloudFront:
    """One distribution's invalidations, and the API over them; `purge` is called once for each, when it completes."""

    def __init__(self, distribution: str, purge: Callable[[Invalidation], None], completes_after: float | None) -> None:
        self.distribution = distribution
        self.completes_after = completes_after  # seconds; 0: at once; None: when `complete` is called
        self.now = time.monotonic  # the edge's clock as well; a test may set it
        self.invalidations: list[Invalidation] = []
        self.repeats = 0  # requests that repeated a reference and its paths: answered, and nothing purged
        self.calls: list[str] = []
        # Which code a used reference gets with other paths: the documentation's, or InvalidArgument, which people meet
        # (github.com/aws/aws-cdk/issues/3878).
        self.code_of_a_used_reference = "InvalidationBatchAlreadyExists"
        self._purge = purge
        self._troubles = Troubles()
        self._lock = threading.RLock()

    @property
    def paths(self) -> list[str]:
        """Every path that was ever asked for, in order: what CloudFront counts by the month."""
        return [path for each in self.invalidations for path in each.paths]

    def trouble(self, operation: str, trouble: "Trouble", times: int = 1) -> None:
        """The next `times` requests of `CreateInvalidation`, `GetInvalidation` or '' for any meet this instead."""
        self._troubles.add(operation, trouble, times)

    def complete(self) -> None:
        """Everything in progress completes now."""
        with self._lock:
            for each in self.invalidations:
                self._finish(each)

    def settle(self) -> None:
        """What is due by now completes; the edge calls it before each answer, so that nobody sees it late."""
        with self._lock:
            for each in self.invalidations:
                if each.due is not None and each.due <= self.now():
                    self._finish(each)

    def _finish(self, invalidation: Invalidation) -> None:
        if not invalidation.done:
            invalidation.done = True
            self._purge(invalidation)

    # -- the wire ---------------------------------------------------------------------------------------------------

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer a request to the API."""
        route, method = ROUTE.fullmatch(environ["PATH_INFO"]), environ["REQUEST_METHOD"]
        if route is None or (method, bool(route[2])) not in OPERATIONS:
            return self._respond(
                environ, start_response, "404 Not Found", error_xml("NoSuchResource", "No such address.")
            )
        operation = OPERATIONS[method, bool(route[2])]
        with self._lock:
            self.calls.append(operation)

        def answered(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            try:
                status, body, headers = self._act(environ, operation, *route.groups())
            except _Refusal as refusal:
                status, body, headers = refusal.status, refusal.body, {}
            return self._respond(environ, start_response, status, body, headers)

        application: WSGIApplication = self._troubles.around(operation, answered)
        return list(application(environ, start_response))

    def _respond(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        status: str,
        body: str,
        headers: dict[str, str] | None = None,
    ) -> list[bytes]:
        return answer(environ, start_response, status, {"Content-Type": "text/xml", **(headers or {})}, body.encode())

    def _act(
        self, environ: "WSGIEnvironment", operation: str, distribution: str, invalidation: str | None
    ) -> tuple[str, str, dict[str, str]]:
        body = body_of(environ)
        if "/cloudfront/aws4_request" not in environ.get("HTTP_AUTHORIZATION", ""):
            raise _Refusal("403 Forbidden", "MissingAuthenticationToken", "Missing Authentication Token")
        if distribution != self.distribution:
            raise _Refusal("404 Not Found", "NoSuchDistribution", "The specified distribution does not exist.")
        with self._lock:
            self.settle()
            if operation == "CreateInvalidation":
                made = self._create(*_batch(body))
                at = f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{distribution}/invalidation/{made.id}"
                return "201 Created", _xml(made), {"Location": at}
            if operation == "ListInvalidations":
                return "200 OK", self._list(parse_qs(environ.get("QUERY_STRING", ""))), {}
            for each in self.invalidations:
                if each.id == invalidation:
                    return "200 OK", _xml(each), {}
        raise _Refusal("404 Not Found", "NoSuchInvalidation", "The specified invalidation does not exist.")

    def _create(self, reference: str, paths: list[str]) -> Invalidation:
        for known in self.invalidations:
            if known.reference == reference:
                if set(known.paths) != set(paths):
                    raise _Refusal("400 Bad Request", self.code_of_a_used_reference, USED)
                self.repeats += 1
                return known
        going_on = [path for each in self.invalidations if not each.done for path in each.paths] + paths
        wildcards = sum(path.endswith("*") for path in going_on)
        if wildcards > MOST_WILDCARDS or len(going_on) - wildcards > MOST_PATHS:
            raise _Refusal("400 Bad Request", "TooManyInvalidationsInProgress", TOO_MANY)
        due = None if self.completes_after is None else self.now() + self.completes_after
        self.invalidations.append(Invalidation(reference, paths, due))
        self.settle()
        return self.invalidations[-1]

    def _list(self, query: dict[str, list[str]]) -> str:
        marker, most = query.get("Marker", [""])[0], int(query.get("MaxItems", ["100"])[0])
        newest_first = self.invalidations[::-1]
        start = next((place + 1 for place, each in enumerate(newest_first) if each.id == marker), 0)
        page, more = newest_first[start : start + most], len(newest_first) > start + most
        following = f"<NextMarker>{page[-1].id}</NextMarker>" if more else ""
        items = "".join(f"<InvalidationSummary>{_summary(each)}</InvalidationSummary>" for each in page)
        return (
            f'<?xml version="1.0"?>\n<InvalidationList xmlns="{NAMESPACE}"><Marker>{escape(marker)}</Marker>{following}'
            f"<MaxItems>{most}</MaxItems><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"<Quantity>{len(page)}</Quantity><Items>{items}</Items></InvalidationList>"
        )


OPERATIONS = {
    ("POST", False): "CreateInvalidation",
    ("GET", True): "GetInvalidation",
    ("GET", False): "ListInvalidations",
}


def _batch(body: bytes) -> tuple[str, list[str]]:
    if not body:
        raise _Refusal("400 Bad Request", "MissingBody", "This operation requires a body.")
    try:
        batch = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise _Refusal("400 Bad Request", "MalformedXML", "The XML you provided was not well-formed.") from None
    name = {"": NAMESPACE}
    reference = batch.findtext("CallerReference", "", name)
    paths = [each.text or "" for each in batch.iterfind("Paths/Items/Path", name)]
    if int(batch.findtext("Paths/Quantity", "0", name)) != len(paths):
        raise _Refusal(
            "400 Bad Request", "InconsistentQuantities", "The value of Quantity and the size of Items don't match."
        )
    if not reference or not paths:
        raise _Refusal("400 Bad Request", "InvalidArgument", "Your request must name paths and a caller reference.")
    if not all(PATH.fullmatch(path) and len(path) <= LONGEST_PATH for path in paths):
        raise _Refusal(
            "400 Bad Request", "InvalidArgument", "Your request contains one or more invalid invalidation paths."
        )
    return reference, paths


def _summary(invalidation: Invalidation) -> str:
    return (
        f"<Id>{invalidation.id}</Id><CreateTime>{invalidation.created_at:%Y-%m-%dT%H:%M:%S.%fZ}</CreateTime>"
        f"<Status>{'Completed' if invalidation.done else 'InProgress'}</Status>"
    )


def _xml(invalidation: Invalidation) -> str:
    paths = "".join(f"<Path>{escape(path)}</Path>" for path in invalidation.paths)
    return (
        f'<?xml version="1.0"?>\n<Invalidation xmlns="{NAMESPACE}">{_summary(invalidation)}<InvalidationBatch>'
        f"<Paths><Quantity>{len(invalidation.paths)}</Quantity><Items>{paths}</Items></Paths>"
        f"<CallerReference>{escape(invalidation.reference)}</CallerReference></InvalidationBatch></Invalidation>"
    )


def error_xml(code: str, message: str) -> str:
    """An error as CloudFront writes it."""
    return (
        f'<?xml version="1.0"?>\n<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error><RequestId>fake</RequestId></ErrorResponse>"
    )


def refusing(status: str, code: str, message: str = "", headers: dict[str, str] | None = None) -> "Trouble":
    """A refusal for `CloudFront.trouble`."""
    return answering(status, error_xml(code, message), headers)


# What people meet: github.com/aws/aws-sdk-js/issues/3983
throttled = refusing("400 Bad Request", "Throttling", "Rate exceeded")
access_denied = refusing(
    "403 Forbidden", "AccessDenied", "User is not authorized to perform cloudfront:CreateInvalidation"
)
unavailable = refusing("503 Service Unavailable", "ServiceUnavailable", "CloudFront encountered an internal error.")
