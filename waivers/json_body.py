"""Reading the JSON body of a request that anybody may send."""

import json
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from jada.core.errors import JadaError

MOST_BYTES = 1_000_000


class BodyRefusedError(JadaError):
    """The body is no JSON object we read; `status` is the HTTP status that says so."""

    def __init__(self, words: str, *, status: int) -> None:
        super().__init__(words)
        self.status = status


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body. Raises BodyRefusedError."""
    too_big = BodyRefusedError("This is more than 1 MB.", status=413)
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise too_big
        body = request.body
    except (RequestDataTooBig, ValueError) as error:
        raise too_big from error
    except UnreadablePostError as error:
        raise BodyRefusedError("The request broke off.", status=400) from error
    if len(body) > MOST_BYTES:
        raise too_big
    try:
        content = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BodyRefusedError("This is not JSON.", status=400) from error
    if not isinstance(content, dict):
        raise BodyRefusedError("This is not a JSON object.", status=422)
    return content


def _refuse_constant(name: str) -> NoReturn:
    """NaN and the infinities are not JSON (RFC 8259, section 6)."""
    raise ValueError(name)
