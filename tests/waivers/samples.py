"""What people and programs send to sign for the reference weekend's sunset sail (docs/domain.md)."""

import base64
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from PIL import Image, ImageDraw

# Thursday noon in San Diego; the trip is on Saturday, 30 May 2026, 6:30–8:30 PM.
THURSDAY = datetime(2026, 5, 28, 19, 0, tzinfo=UTC)
STROKES = {"strokes": [[{"x": 10, "y": 40, "t": 0}, {"x": 60.5, "y": 12, "t": 84}, {"x": 140, "y": 44, "t": 170}]]}

Move = Callable[[datetime], None]


def adult(token: str, **changes: Any) -> dict[str, Any]:
    """What Quinn sends."""
    return {
        "token": token,
        "submission_key": "quinn-1",
        "name": "Quinn Harper",
        "email": "quinn@example.com",
        "phone": "+1-619-555-0001",
        "date_of_birth": "1985-07-24",
        "minors": [],
        "guardian": {"name": "", "relationship": "", "email": "", "phone": "", "signature": None},
        "signature": STROKES,
        "agreed": True,
        **changes,
    }


def minor(token: str, **changes: Any) -> dict[str, Any]:
    """What Quinn Jr., who is 16, sends."""
    return {
        **adult(token),
        "submission_key": "junior-1",
        "name": "Quinn Jr.",
        "email": "",
        "phone": "",
        "date_of_birth": "2010-02-11",
        "guardian": {"name": "Quinn Harper", "relationship": "", "email": "quinn@example.com", "phone": ""},
        **changes,
    }


def guardian(token: str, **changes: Any) -> dict[str, Any]:
    """What Quinn sends at Quinn Jr.'s guardian link."""
    return {"token": token, "signature": STROKES, "relationship": "mother", **changes}


def png(width: int = 60, height: int = 30, *, ink: bool = True) -> str:
    """A signature as a picture: a line on transparent paper."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    if ink:
        ImageDraw.Draw(image).line([(2, 2), (width - 3, height - 3)], fill=(11, 37, 69, 255), width=2)
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def token_in(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


class Door:
    """POST /waivers, as a program uses it."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)

    def send(self, content: Any) -> tuple[int, Any]:
        """Status and answer for a JSON value."""
        return self.send_bytes(json.dumps(content).encode())

    def send_bytes(self, body: bytes) -> tuple[int, Any]:
        response = self.client.post("/waivers", body, content_type="application/json")
        return response.status_code, response.json()

    def sign(self, content: Any) -> dict[str, Any]:
        """The answer to a submission that is taken."""
        status, answer = self.send(content)
        assert status == 201, answer
        return answer

    def refused(self, content: Any) -> list[str]:
        """The fields that a 422 names."""
        status, answer = self.send(content)
        assert status == 422, answer
        return [error["field"] for error in answer["detail"]]
