"""How Google says no, and what a request was, for whoever reads them afterwards."""

from dataclasses import dataclass
from typing import Any

Answer = tuple[int, dict[str, Any]]


@dataclass
class Request:
    """A request as it came."""

    operation: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


def refusal(status: int, reason: str, message: str) -> Answer:
    """An error in the form of the Calendar API."""
    errors = [{"domain": "global", "reason": reason, "message": message}]
    return status, {"error": {"errors": errors, "code": status, "message": message}}
